"""Origins of web pages: one reading of the settings in every program, for REST and WebSocket, and a line in the log for a refusal."""

import asyncio
import subprocess

import httpx
import pytest

from support.clients import API, TestUsers, check_rejected
from support.raw_socket import request
from support.server import PROGRAMS, REPOSITORY, wait_until

PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization, content-type"}

# What an operator may write, and the origin that browsers send.
SPELLINGS = {
    "https://a.example.org/": "https://a.example.org",
    "HTTPS://B.Example.ORG": "https://b.example.org",
    "https://c.example.org:443": "https://c.example.org",
    "http://d.example.org:80/": "http://d.example.org",
    "https://e.example.org:8443//": "https://e.example.org:8443",
    "http://[0:0::1]:5173": "http://[::1]:5173",
    "capacitor://localhost": "capacitor://localhost",
}

NO_ORIGINS = [
    "chat.example.org",
    "*",
    "null",
    "https://",
    "https://chat.example.org/chat?x",
    "https://*.example.org",
    "wss://chat.example.org",
    "https://chat.example.org:99999",
    "https://user@chat.example.org",
    "https://bücher.example",
]


@pytest.mark.parametrize("value", NO_ORIGINS)
def test_what_is_no_origin_stops_every_program_with_a_sentence(tmp_path, value):
    for command in ("echochat-rest", "echochat-push", "echochatctl serve", "echochatctl migrate", "echochatctl user list"):
        words = command.split()
        for name, setting in (("ECHOCHAT_PUBLIC_URL", value), ("ECHOCHAT_ORIGINS", f"https://friend.example.org,{value}")):
            environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "ECHOCHAT_DATA": str(tmp_path / "d"), name: setting}
            done = subprocess.run(
                [str(PROGRAMS / words[0]), *words[1:]], cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=20
            )
            assert done.returncode == 78, (words, name, done)
            assert f"{name}={setting}: wanted " in done.stderr, (words, done.stderr)
            assert f"; {value} " in done.stderr, (words, done.stderr)
    assert not (tmp_path / "d").exists()


async def stream_status(user, origin: str) -> tuple[int, str | None]:
    """The status of a page's event stream, and the origin that may read it."""
    async with user.http.stream("GET", f"{API}/events", params={"token": user.access_token}, headers={"Origin": origin}) as response:
        return response.status_code, response.headers.get("access-control-allow-origin")


async def test_an_origin_is_the_same_in_every_spelling_over_rest_websocket_and_event_stream(own_server):
    server = own_server(ECHOCHAT_ORIGINS=", ".join(SPELLINGS), ECHOCHAT_PUBLIC_URL="HTTPS://Site.example.org:443/")
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        for origin in [*SPELLINGS.values(), "https://site.example.org"]:
            for sent in {origin, origin.upper() if "[" not in origin else origin}:
                response = await alice.request("OPTIONS", "/rooms", token="", headers={"Origin": sent, **PREFLIGHT})
                assert response.headers.get("access-control-allow-origin") == origin, sent
                await (await alice.connect(auth="query", origin=sent)).ping()
                assert await stream_status(alice, sent) == (200, origin)
                response = await alice.request("OPTIONS", "/events", token="", headers={"Origin": sent, **PREFLIGHT})
                assert response.headers.get("access-control-allow-origin") == origin, sent
        foreign = ("http://a.example.org", "https://a.example.org:8443", "https://e.example.org", "http://site.example.org")
        for origin in (*foreign, server.origin):
            response = await alice.request("OPTIONS", "/rooms", token="", headers={"Origin": origin, **PREFLIGHT})
            assert "access-control-allow-origin" not in response.headers, origin
            await check_rejected(alice, (403,), auth="query", origin=origin)
            assert await stream_status(alice, origin) == (403, None)


async def test_a_page_that_is_refused_leaves_bounded_lines_with_origin_host_and_settings(own_server):
    server = own_server(ECHOCHAT_ORIGINS="https://friend.example.org")
    logs = {name: server.data / "log" / f"{name}.log" for name in ("push", "rest")}
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        # What pages of the site and of a listed origin do leaves none.
        await (await alice.connect(auth="query", origin=server.origin)).ping()
        for origin in (server.origin, "https://friend.example.org"):
            await alice.request("OPTIONS", "/rooms", token="", headers={"Origin": origin, **PREFLIGHT})
        for path in logs.values():
            assert "is refused at the host" not in path.read_text()
        for _ in range(40):
            await check_rejected(alice, (403,), auth="query", origin="https://evil.example:444")
            await alice.request("OPTIONS", "/rooms", token="", headers={"Origin": "https://evil.example:444", **PREFLIGHT})
    for name, path in logs.items():

        def refusals(path=path):
            return [line for line in path.read_text().splitlines() if "is refused at" in line]

        lines = wait_until(refusals, 5, f"a line of {name}")
        for part in ('"https://evil.example:444"', f'"127.0.0.1:{server.port}"', "ECHOCHAT_PUBLIC_URL", "ECHOCHAT_ORIGINS"):
            assert part in lines[0], (name, lines[0])
        # Twenty in ten seconds; what is left out is counted.
        assert len(lines) < 40 or "lines were left out" in path.read_text(), name


async def handshake(server, token: str, host: str, origin: str) -> int:
    """The status of a page's handshake that a proxy passes on with another Host."""
    key = ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
    headers = [("Upgrade", "websocket"), key, ("Sec-WebSocket-Version", "13"), ("Origin", origin)]
    raw = request("GET", f"/ws?token={token}", headers).replace(b"Connection: close", b"Connection: Upgrade")
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        writer.write(raw.replace(b"Host: 127.0.0.1", f"Host: {host}".encode()))
        async with asyncio.timeout(5):
            return int((await reader.readline()).split()[1])
    finally:
        writer.close()


async def test_behind_a_proxy_that_rewrites_the_host_the_public_url_names_the_site(own_server):
    site = "https://site.example.org"
    for server, status in ((own_server(), 403), (own_server(ECHOCHAT_PUBLIC_URL=f"{site}/"), 101)):
        async with TestUsers(server) as users:
            token = (await users.register("alice")).access_token
        assert await handshake(server, token, "internal:8080", site) == status
        # The Host as the browser sent it, with and without the default port.
        assert await handshake(server, token, "Site.example.org", site) == 101
        assert await handshake(server, token, "site.example.org:443", site) == 101
        log = (server.data / "log" / "push.log").read_text()
        assert ('"internal:8080"' in log) == (status == 403), log


async def test_a_page_learns_by_a_post_why_its_handshake_fails(own_server):
    server = own_server()
    async with httpx.AsyncClient(trust_env=False) as http:
        for origin, status in ((server.origin, 405), ("https://evil.example", 403), (None, 405)):
            response = await http.post(f"{server.url}/ws", headers={"Origin": origin} if origin else {})
            assert response.status_code == status, (origin, response.text)
            assert response.headers["content-type"] == "application/problem+json"


async def test_sessions_live_on_when_the_public_url_is_spelled_in_another_way(own_server):
    server = own_server(ECHOCHAT_PUBLIC_URL="https://site.example.org")
    async with TestUsers(server) as users:
        token = (await users.register("alice")).access_token
    assert server.stop() == 0
    server.settings["ECHOCHAT_PUBLIC_URL"] = "HTTPS://Site.example.org:443/"
    server.start()
    async with httpx.AsyncClient(trust_env=False) as http:
        response = await http.get(f"{server.url}/api/v1/auth/me", headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 200, response.text
