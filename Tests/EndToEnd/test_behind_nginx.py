"""The README's ways to run behind an nginx that is there already: what `make install` installs, and a site below a path."""

import os
import re
import subprocess

import httpx
import pytest
import websockets

from support.browser import browsers, get_me_in_swagger_ui
from support.clients import TestUsers
from support.event_document import CheckedClientConnection
from support.own_nginx import answers, nginx
from support.server import PROGRAMS, REPOSITORY, TEST_SETTINGS, free_port, wait_until

LOCATION = re.compile(r"^ *location /chat/ \{.*?^ *\}", re.DOTALL | re.MULTILINE)


@pytest.fixture
def programs_are_built():
    """`make install` takes the release of the source tree."""
    if PROGRAMS != REPOSITORY / ".build" / "release":
        pytest.skip("other programs are under test")


def test_what_make_install_installs_serves_behind_an_nginx(tmp_path, programs_are_built):
    root = tmp_path / "root"
    subprocess.run(["make", "install", f"DESTDIR={root}"], cwd=REPOSITORY, check=True, capture_output=True, umask=0o077)
    share = root / "usr/local/share/echochat/nginx"
    for path in (root / "usr/local/bin", share, *share.rglob("*"), *(root / "etc/nginx").rglob("*")):
        assert path.stat().st_mode & 0o444 == 0o444, f"everybody may read {path}"
    run = tmp_path / "run"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ECHOCHAT_")} | TEST_SETTINGS
    environment |= {"ECHOCHAT_DATA": str(tmp_path / "data"), "ECHOCHAT_RUN": str(run)}
    # The places of a real installation become those of this test.
    places = {"/run/echochat/": f"{run}/", "/var/log/nginx/": f"{tmp_path}/", "/usr/local/share/": f"{root}/usr/local/share/"}
    for file in (root / "etc/nginx").glob("*.conf"):
        text = file.read_text()
        assert "/usr/share/echochat" not in text
        for installed, here in places.items():
            text = text.replace(installed, here)
        file.write_text(text)
    port = free_port()
    site = f"server {{ listen 127.0.0.1:{port}; include {root}/etc/nginx/echochat-server.conf; }}"
    started = []
    try:
        for name in ("rest", "push"):
            program = [root / "usr/local/bin" / f"echochat-{name}"]
            started.append(subprocess.Popen(program, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
            wait_until((run / f"{name}.sock").exists, 10, f"{name} listens")
        with nginx(tmp_path / "nginx", f"include {root}/etc/nginx/echochat-http.conf; {site}"):
            wait_until(lambda: answers(f"http://127.0.0.1:{port}/readyz"), 10, "the site is ready")
            page = httpx.get(f"http://127.0.0.1:{port}/", trust_env=False)
            assert page.status_code == 200 and "<!doctype html" in page.text.lower()
            docs = httpx.get(f"http://127.0.0.1:{port}/docs/problems", trust_env=False)
            assert docs.status_code == 200 and 'id="rate_limited"' in docs.text
            assert httpx.get(f"http://127.0.0.1:{port}/docs/vendor/asyncapi-viewer.js", trust_env=False).status_code == 200, "make docs"
    finally:
        for process in started:
            process.terminate()
        assert [process.wait(15) for process in started] == [0, 0]
    # `serve` finds the shipped configuration from its own place.
    environment |= {"ECHOCHAT_PORT": str(free_port())}
    serving = subprocess.Popen(
        [root / "usr/local/bin/echochatctl", "serve"], env=environment, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    )
    try:
        assert "is ready at" in serving.stdout.readline()
        assert "<!doctype html" in httpx.get(f"http://127.0.0.1:{environment['ECHOCHAT_PORT']}/", trust_env=False).text.lower()
    finally:
        serving.terminate()
        assert serving.wait(20) == 0


async def test_a_site_works_below_a_path_with_the_location_of_the_manual(own_server, tmp_path):
    server = own_server()
    location = LOCATION.search((REPOSITORY / "nginx" / "README.md").read_text())[0].replace(":8080", f":{server.port}")
    port = free_port()
    base = f"http://127.0.0.1:{port}/chat"
    with nginx(tmp_path / "outer", f"server {{ listen 127.0.0.1:{port}; {location} }}"):
        wait_until(lambda: answers(f"{base}/readyz"), 10, "the site is ready")
        async with httpx.AsyncClient(base_url=f"{base}/", trust_env=False, headers={"X-EchoChat": "1"}) as http:
            page = await http.get("")
            assert page.status_code == 200
            for link in re.findall(r'(?:src|href)="([^"#]+)"', page.text):
                assert not link.startswith("/"), "links are relative"
                assert (await http.get(link)).status_code == 200, link
            assert (await http.get("docs", follow_redirects=True)).url == f"{base}/docs/"
            account = {"username": "alice", "password": "correct-horse-battery", "refresh": "cookie"}
            made = await http.post("api/v1/auth/register", json=account)
            assert made.status_code == 201, made.text
            assert "path=/chat/api/" in made.headers["set-cookie"].lower()
            # The cookie comes back: a reload of the page does not sign out.
            refreshed = await http.post("api/v1/auth/refresh", json={})
            assert refreshed.status_code == 200, refreshed.text
            token = refreshed.json()["access_token"]
        async with websockets.connect(
            f"ws://127.0.0.1:{port}/chat/ws",
            create_connection=CheckedClientConnection,
            additional_headers={"Authorization": f"Bearer {token}"},
            origin=f"http://127.0.0.1:{port}",
            proxy=None,
        ) as connection:
            assert "welcome" in await connection.recv()
        async with TestUsers(server) as users, browsers(tmp_path, "reader") as (reader,):
            await reader.page.goto(f"{base}/docs/api.html")
            await get_me_in_swagger_ui(reader.page, (await users.register("alice")).username)
