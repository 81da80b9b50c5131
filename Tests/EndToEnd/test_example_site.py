"""The example of a site with TLS, and the filter for fail2ban: both as shipped, with the places of this test."""

import contextlib
import re
import shutil
import socket
import ssl
import subprocess

import httpx
import pytest
import websockets

from support.event_document import CheckedClientConnection
from support.own_nginx import Site, answers, has_ipv6, nginx
from support.server import REPOSITORY, free_port, wait_until

HOST = "chat.example.org"
PASSWORD = "correct-horse-battery"
NETWORKS = {"192.0.2.7": 3, "2001:db8::7": 2}


@pytest.fixture
def certificate(tmp_path):
    """A self-made certificate, and what trusts it."""
    pem, key = tmp_path / "fullchain.pem", tmp_path / "privkey.pem"
    words = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
        "-subj",
        f"/CN={HOST}",
    ]
    subprocess.run([*words, "-addext", f"subjectAltName=DNS:{HOST}", "-keyout", key, "-out", pem], check=True, capture_output=True)
    return pem, key


@pytest.fixture
def tls_site(tmp_path, certificate):
    """The site of the example, and the ports of its two servers."""
    site = Site(tmp_path / "site", ECHOCHAT_PUBLIC_URL=f"https://{HOST}")
    http, https = free_port(), free_port()
    pem, key = certificate
    text = (REPOSITORY / "nginx/example-site.conf").read_text()
    for shipped, here in {
        "/etc/nginx/echochat-http.conf": site.http,
        "/etc/nginx/echochat-server.conf": site.server,
        f"/etc/letsencrypt/live/{HOST}/fullchain.pem": pem,
        f"/etc/letsencrypt/live/{HOST}/privkey.pem": key,
        "listen 80;": f"listen 127.0.0.1:{http};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{https} ssl http2;",
        "listen [::]:80;": f"listen [::1]:{http};" if has_ipv6() else "",
        "listen [::]:443 ssl http2;": f"listen [::1]:{https} ssl http2;" if has_ipv6() else "",
    }.items():
        assert shipped in text
        text = text.replace(shipped, str(here))
    # The filter of fail2ban must tell addresses apart.
    realip = "set_real_ip_from 127.0.0.1; real_ip_header X-Address;"
    with site.programs(), nginx(tmp_path / "nginx", realip + text):
        verified = ssl.create_default_context(cafile=str(pem))
        headers = {"Host": HOST}
        with httpx.Client(verify=verified, trust_env=False, headers=headers, base_url=f"https://127.0.0.1:{https}") as client:
            client.event_hooks = {"request": [lambda request: request.extensions.update(sni_hostname=HOST)]}

            def is_ready() -> bool:
                with contextlib.suppress(httpx.TransportError):
                    return client.get("/readyz").status_code == 200
                return False

            wait_until(is_ready, 10, "the site is ready")
            yield site, client, http, https, verified


async def test_the_example_serves_over_tls_alone(tls_site):
    site, client, http, https, verified = tls_site
    moved = httpx.get(f"http://127.0.0.1:{http}/docs/?x=1", trust_env=False)
    assert (moved.status_code, moved.headers["location"]) == (301, f"https://{HOST}/docs/?x=1")
    assert "strict-transport-security" not in moved.headers
    account = client.post(
        "/api/v1/auth/register", json={"username": "alice", "password": PASSWORD, "refresh": "cookie"}, headers={"X-EchoChat": "1"}
    )
    assert account.status_code == 201 and "Secure" in account.headers["set-cookie"]
    token = account.json()["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"
    stored = client.post("/api/v1/files", files={"file": ("note.txt", b"words", "text/plain")})
    read = client.get(stored.json()["url"])
    assert read.content == b"words"
    answers = [account, stored, read, *(client.get(path) for path in ("/", "/app.js", "/docs/", "/nothing", "/api/v1/nothing", "/healthz"))]
    assert [answer.headers.get_list("strict-transport-security") for answer in answers] == [["max-age=86400"]] * len(answers)
    async with websockets.connect(
        f"wss://{HOST}/ws",
        host="127.0.0.1",
        port=https,
        ssl=verified,
        create_connection=CheckedClientConnection,
        additional_headers={"Authorization": f"Bearer {token}"},
        origin=f"https://{HOST}",
        proxy=None,
    ) as connection:
        assert "welcome" in await connection.recv()
    context = ssl.create_default_context(cafile=str(site.directory.parent / "fullchain.pem"))
    context.set_alpn_protocols(["h2", "http/1.1"])
    with socket.create_connection(("127.0.0.1", https)) as plain, context.wrap_socket(plain, server_hostname=HOST) as connection:
        assert connection.selected_alpn_protocol() == "h2"


def test_without_the_line_of_the_example_there_is_no_hsts(tmp_path):
    site = Site(tmp_path / "site")
    port = free_port()
    with nginx(tmp_path / "nginx", f"include {site.http}; server {{ listen 127.0.0.1:{port}; include {site.server}; }}"):
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/"), 10, "nginx answers")
        assert "strict-transport-security" not in httpx.get(f"http://127.0.0.1:{port}/", trust_env=False).headers


def test_fail2ban_counts_exactly_the_wrong_passwords(tls_site):
    site, client, *_ = tls_site
    alice = {"username": "alice", "password": PASSWORD}
    wrong = {**alice, "password": "not the password"}
    client.post("/api/v1/auth/register", json=alice)

    def sign_in(status: int, address: str, **more) -> None:
        answer = client.post(more.pop("path", "/api/v1/auth/login"), headers={"X-Address": address}, **more)
        assert answer.status_code == status, answer.text

    for address, count in NETWORKS.items():
        for number in range(count):
            # The second one in another spelling of the path, and by the form of OAuth 2.
            form = {"grant_type": "password", **wrong}
            sign_in(401, address, **({"path": "/api/v1/auth/%6cogin", "data": form} if number == 1 else {"json": wrong}))
    sign_in(401, "192.0.2.8", json={"username": "nobody", "password": PASSWORD})
    # No wrong passwords.
    sign_in(200, "192.0.2.9", json=alice)
    sign_in(422, "192.0.2.9", json={"username": "alice"})
    sign_in(401, "192.0.2.9", path="/api/v1/auth/refresh", json={"refresh_token": "x" * 43})
    client.get("/api/v1/auth/me", headers={"X-Address": "192.0.2.9"})
    client.get('/x" POST "/api/v1/auth/login" 401 ', headers={"X-Address": "192.0.2.9"})
    client.get("/api/v1/auth/login", headers={"X-Address": "192.0.2.9"})
    tester = shutil.which("fail2ban-regex")
    assert tester, "make test-packages"
    log = site.directory / "echochat-access.log"
    done = subprocess.run(
        [tester, "--print-all-matched", log, REPOSITORY / "nginx/fail2ban/echochat.conf"], capture_output=True, text=True, check=True
    )
    matched = done.stdout.partition("Matched line(s):")[2].partition("Missed line(s):")[0]
    counted = re.findall(r"^\|  (\S+) \d{4}-", matched, re.MULTILINE)
    assert {address: counted.count(address) for address in set(counted)} == {**NETWORKS, "192.0.2.8": 1}, done.stdout
