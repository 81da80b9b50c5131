"""Single sign-on by nginx, with the locations of its manual as they stand: whom nginx knows is signed in, and nobody else."""

import base64
import contextlib
import http.server
import json
import re
import subprocess
import threading

import pytest

from support.clients import API, TestUser, TestUsers
from support.nginx_location import nginx_with_location
from support.problems import check_error
from support.raw_socket import JSON, exchange, request
from support.server import REPOSITORY, Server

MANUAL = (REPOSITORY / "nginx" / "README.md").read_text()
WITH_BASIC, WITH_REQUEST = re.findall(r"```nginx\n(location = [^`]*?/api/v1/auth/proxy [^`]*)```", MANUAL)
PASSWORDS = {"alice": "a long walk", "bob@example.org": "a short swim", "Zoë": "grüße"}
PATH = f"{API}/auth/proxy"

SPELLINGS = [
    "Echochat-Remote-User",
    "ECHOCHAT-REMOTE-USER",
    "echochat-remote-user",
    "ECHOCHAT_REMOTE_USER",
    "Echochat_Remote_User",
    "Echochat-Remote_User",
    "Remote-User",
    "REMOTE_USER",
    "X-Remote-User",
    "X-Forwarded-User",
    "X-Auth-Request-User",
    "X-Authenticated-User",
    "HTTP-ECHOCHAT-REMOTE-USER",
    "HTTP_ECHOCHAT_REMOTE_USER",
    "Http-Echochat-Remote-User",
    "Content-Echochat-Remote-User",
    "X-Echochat-Remote-User",
    "Echochat--Remote--User",
    "Echochat.Remote.User",
    "-Echochat-Remote-User",
    "Fastcgi-Param-Echochat-Remote-User",
]


@pytest.fixture
def site(tmp_path):
    """Starts a system with one more location in its nginx."""
    with contextlib.ExitStack() as stack:

        def start(location: str) -> Server:
            return stack.enter_context(Server(tmp_path / "d", nginx=nginx_with_location(tmp_path / "nginx", location)))

        yield start


@pytest.fixture
def with_basic(site, tmp_path) -> Server:
    lines = []
    for name, password in PASSWORDS.items():
        hashed = subprocess.run(["openssl", "passwd", "-6", "-stdin"], input=password, capture_output=True, text=True, check=True).stdout
        lines.append(f"{name}:{hashed.strip()}")
    file = tmp_path / "htpasswd"
    file.write_text("\n".join(lines) + "\n")
    assert "/etc/nginx/echochat.htpasswd" in WITH_BASIC
    return site(WITH_BASIC.replace("/etc/nginx/echochat.htpasswd", str(file)))


def basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


async def sign_in(user: TestUser, headers: dict[str, str], **more):
    return await user.post("/auth/proxy", token="", headers=headers, **more)


async def test_whom_auth_basic_lets_in_is_signed_in_as_themselves(with_basic):
    async with TestUsers(with_basic) as users:
        local = await TestUser(with_basic, "alice").register()
        seen = {}
        for name, password in PASSWORDS.items():
            user = users.unregistered("visitor")
            response = await sign_in(user, basic(name, password))
            assert response.status_code == 200, response.text
            user.accept_tokens(response.json())
            seen[name] = user.user_id
            assert (await user.get("/auth/me")).json()["user_id"] == user.user_id
            again = await sign_in(user, basic(name, password))
            assert again.json()["user"] == response.json()["user"], "the same account"
            assert len((await user.get("/auth/sessions")).json()["items"]) == 2
            await (await user.connect()).ping()
            assert (await user.refresh()).user_id == user.user_id
            export = (await user.get("/users/me/export")).json()
            assert export["host_identity"] == {"issuer": None, "subject": name}
        assert len({local.user_id, *seen.values()}) == 4, "nobody is taken for another"
        assert (await local.get("/auth/me")).json()["username"] == "alice"
        await local.close()


async def test_a_page_may_have_its_refresh_token_as_a_cookie(with_basic):
    async with TestUsers(with_basic) as users:
        user = users.unregistered("page")
        signed_in = basic("alice", PASSWORDS["alice"])
        check_error(await sign_in(user, signed_in, json={"refresh": "cookie"}), 403)
        response = await sign_in(user, signed_in | {"X-EchoChat": "1"}, json={"refresh": "cookie"})
        assert response.status_code == 200 and "refresh_token" not in response.json()
        assert response.headers["set-cookie"].startswith("echochat_refresh=") and "HttpOnly" in response.headers["set-cookie"]
        check_error(await sign_in(user, signed_in, json={"refresh": "nowhere"}), 422)
        check_error(await user.get("/auth/proxy", token="", headers=signed_in), 405)


async def test_whom_auth_basic_does_not_know_is_not_signed_in(with_basic):
    async with TestUsers(with_basic) as users:
        user = users.unregistered("mallory")
        for headers in ({}, basic("alice", "wrong"), basic("nobody", ""), {"Authorization": "Basic"}, {"Authorization": "Bearer x"}):
            response = await sign_in(user, headers)
            check_error(response, 401)
            assert response.json()["code"] == "unauthenticated" and response.headers["www-authenticate"].startswith("Basic ")
        with with_basic.database() as database:
            assert database.execute("SELECT count(*) FROM users").fetchone() == (0,)


async def test_no_header_names_somebody_else_to_a_site_that_knows_its_users(with_basic):
    for spelling in SPELLINGS:
        headers = [*basic("alice", PASSWORDS["alice"]).items(), (spelling, "bob@example.org"), JSON]
        response = await exchange(with_basic.port, request("POST", PATH, headers, b"{}"))
        assert response.status == 200 and json.loads(response.body)["user"]["username"] == "alice", spelling


async def test_a_suspended_user_is_not_signed_in(with_basic):
    async with TestUsers(with_basic) as users:
        user = users.unregistered("visitor")
        user.accept_tokens((await sign_in(user, basic("alice", PASSWORDS["alice"]))).json())
        connection = await user.connect()
        with_basic.run_ctl("user", "suspend", user.profile["username"])
        await connection.expect_close(4003, within=1)
        check_error(await sign_in(user, basic("alice", PASSWORDS["alice"])), 403)


# The control: a site whose nginx names no user


async def test_without_the_location_there_is_no_such_path(server):
    claims = [("Authorization", basic("alice", PASSWORDS["alice"])["Authorization"]), ("Authorization", "Bearer x"), ("X-Nothing", "")]
    for claim in claims:
        response = await exchange(server.port, request("POST", PATH, [claim, JSON], b"{}"))
        assert response.status == 404 and response.problem()["code"] == "not_found", response


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_a_header_names_nobody(server, spelling):
    for method, value in (("POST", "alice"), ("POST", "alice\tbob"), ("POST", "")):
        for target in (PATH, f"{PATH}?ECHOCHAT_REMOTE_USER=alice"):
            raw = request(method, target, [(spelling, value), (spelling.lower(), value), JSON], b"{}")
            response = await exchange(server.port, raw)
            assert response.status in (400, 404) and response.problem()["code"] in ("not_found", "malformed_request"), (value, response)
    for separator in ("", " ", "\t"):
        raw = f"POST {PATH} HTTP/1.1\r\nHost: x\r\n{spelling}{separator}:alice\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        assert (await exchange(server.port, raw.encode())).status in (400, 404)


# auth_request


class Gateway(http.server.BaseHTTPRequestHandler):
    """Knows who has one of these cookies, as oauth2-proxy does."""

    users = {"carol": "carol", "nameless": ""}
    asked = 0

    def do_GET(self):
        Gateway.asked += 1
        session = (self.headers.get("Cookie") or "").removeprefix("session=")
        self.send_response(202 if session in self.users else 401)
        if user := self.users.get(session):
            self.send_header("X-Auth-Request-User", user)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def with_request(site):
    gateway = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=gateway.serve_forever, daemon=True).start()
    assert "http://127.0.0.1:4180/" in WITH_REQUEST
    yield site(WITH_REQUEST.replace("127.0.0.1:4180", f"127.0.0.1:{gateway.server_port}"))
    gateway.shutdown()
    gateway.server_close()


async def test_whom_the_gateway_knows_is_signed_in(with_request):
    async with TestUsers(with_request) as users:
        user = users.unregistered("visitor")
        before = Gateway.asked
        response = await sign_in(user, {"Cookie": "session=carol"}, json={})
        assert response.status_code == 200 and response.json()["user"]["username"] == "carol", response.text
        assert Gateway.asked == before + 1
        user.accept_tokens(response.json())
        assert (await user.get("/auth/me")).json()["username"] == "carol"
        assert Gateway.asked == before + 1, "from then on the session is EchoChat's"
        for cookie in ({}, {"Cookie": "session=mallory"}, {"X-Auth-Request-User": "carol"}, {"Remote-User": "carol"}):
            check_error(await sign_in(user, cookie), 401)
        # Let in, but not named: no user, no such path.
        check_error(await sign_in(user, {"Cookie": "session=nameless", "X-Auth-Request-User": "carol"}), 404)
        for spelling in SPELLINGS:
            headers = [("Cookie", "session=carol"), (spelling, "alice"), JSON]
            answer = await exchange(with_request.port, request("POST", PATH, headers, b"{}"))
            assert answer.status == 200 and json.loads(answer.body)["user"]["username"] == "carol", spelling
