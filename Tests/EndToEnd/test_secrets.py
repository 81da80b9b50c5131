"""No log has a token, ticket or password, and the database has none in clear text, whatever was requested and however it failed."""

import asyncio
import contextlib
import signal
import stat
from pathlib import Path

from support.clients import API, TestUsers
from support.files import entries
from support.raw_socket import exchange, request
from support.ws_client import Connection, ConnectionRejected


def found_in(secrets: dict[str, str], files) -> list[str]:
    """The secrets that the files contain, whole or in a part that is long enough to matter."""
    found = []
    for path in files:
        content = Path(path).read_bytes()
        for name, secret in secrets.items():
            parts = [secret, *(part for part in secret.split(".") if len(part) > 30)] if secret.count(".") == 2 else [secret]
            # The header of a token is the same for all and no secret.
            if len(parts) == 4:
                parts.pop(1)
            found += [f"{name} in {Path(path).name}" for part in parts if part.encode() in content]
    return found


async def try_request(port: int, target: str, headers=(), method: str = "GET", body: bytes = b"") -> None:
    with contextlib.suppress(TimeoutError, ConnectionError, EOFError, ValueError, IndexError):
        await exchange(port, request(method, target, list(headers), body), within=2)


UPGRADE = [("Upgrade", "websocket"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Sec-WebSocket-Version", "13")]


async def test_no_secret_is_written_in_clear_text(own_server):
    server = own_server()
    async with TestUsers(server) as users:
        alice = users.unregistered("alice")
        alice.password = "correct-horse-battery-staple"
        await alice.register()
        secrets = {"password": alice.password, "first access token": alice.access_token, "first refresh token": alice.refresh_token}

        # Requests that succeed.
        for auth in ("header", "subprotocol", "query", "frame"):
            await (await alice.connect(auth=auth)).ping()
        secrets["used ticket"] = await alice.get_ticket()
        await alice.connect(auth="ticket", ticket=secrets["used ticket"])
        secrets["unused ticket"] = await alice.get_ticket()
        await alice.refresh()
        secrets |= {"second access token": alice.access_token, "second refresh token": alice.refresh_token}
        token, ticket = alice.access_token, secrets["unused ticket"]
        await alice.log_in()
        secrets |= {"third access token": alice.access_token, "third refresh token": alice.refresh_token}
        cookie = await alice.post(
            "/auth/login",
            token="",
            json={"username": alice.username, "password": alice.password, "refresh": "cookie"},
            headers={"X-EchoChat": "1"},
        )
        secrets["cookie"] = cookie.headers["set-cookie"].split(";")[0].partition("=")[2]

        # Requests that are refused, by the programs or by nginx, on the right path and on wrong ones.
        wrong = {
            "wrong password": "incorrect-horse-battery-staple",
            "wrong token": "x" * 40 + "." + "y" * 40 + "." + "z" * 43,
            "wrong ticket": "w" * 43,
        }
        secrets |= wrong
        await alice.post("/auth/login", token="", json={"username": alice.username, "password": wrong["wrong password"]})
        await alice.post("/auth/login", token="", json={"username": [wrong["wrong password"]], "password": wrong["wrong password"]})
        await alice.post(
            "/auth/login",
            token="",
            content=f'{{"password":"{wrong["wrong password"]}"'.encode(),
            headers={"Content-Type": "application/json"},
        )
        for auth, name in (("query", "wrong token"), ("header", "wrong token"), ("subprotocol", "wrong token"), ("frame", "wrong token")):
            with contextlib.suppress(ConnectionRejected):
                await alice.connect(auth=auth, token=wrong[name])
        with contextlib.suppress(ConnectionRejected):
            await alice.connect(auth="ticket", ticket=wrong["wrong ticket"])
        with contextlib.suppress(ConnectionRejected):
            await alice.connect(auth="query", origin="https://evil.example")
        for secret in (f"token={token}", f"ticket={ticket}", f"token={wrong['wrong token']}"):
            for path in (
                "/ws",
                "/ws/",
                "//ws",
                "/WS",
                "/ws/x",
                "/./ws",
                "/x/../ws",
                "/%77s",
                "/",
                "/api/v1/auth/me",
                "/nowhere",
                "/docs",
                "/healthz",
            ):
                await try_request(server.port, f"{path}?{secret}")
                await try_request(server.port, f"{path}?{secret}", UPGRADE)
            await try_request(server.port, f"/ws?{secret}", UPGRADE, method="POST", body=b"x")
            await try_request(server.port, f"/ws?{secret}", [("X-Long", "x" * 40_000)])
            await try_request(server.port, f"/ws?{secret}&padding=" + "p" * 40_000)
            await try_request(server.port, f"/ws?{secret}", [("Content-Length", "a")])
            await try_request(server.port, f"/ws?{secret}", [("Host", "one"), ("Host", "two")])
            await try_request(server.port, f"/ws?{secret}", [("Content-Length", "99999999999")], method="POST")
            await try_request(server.port, f"/ws?{secret}", [("X Bad", "x")])
            await try_request(server.port, f"/api/v1/rooms?{secret}", [("Content-Length", "99999999")], method="POST")
            await try_request(server.port, "/", [("Referer", f"{server.url}/ws?{secret}"), ("User-Agent", secret)])
            await try_request(server.port, f"/ws?{secret} HTTP/9.9\r\nX: y", UPGRADE)
            await try_request(server.port, f"/ws?{secret}\x01", UPGRADE)

        # The daemon is killed during a handshake: nginx writes to its error log.
        for secret in (f"token={token}", f"ticket={ticket}"):
            server.signal("push", signal.SIGSTOP)
            waiting = [asyncio.create_task(try_request(server.port, f"/ws?{secret}", UPGRADE)) for _ in range(3)]
            done = asyncio.create_task(try_request(server.port, "/healthz"))
            await done
            killed = server.kill("push")
            await asyncio.gather(*waiting)
            server.wait_replaced(killed)
        # The daemon's socket is missing for a moment.
        socket_path = server.data / "run" / "push.sock"
        if socket_path.exists():
            renamed = socket_path.with_suffix(".aside")
            socket_path.rename(renamed)
            await try_request(server.port, f"/ws?token={token}", UPGRADE)
            await try_request(server.port, f"/ws?ticket={ticket}", UPGRADE)
            renamed.rename(socket_path)
        # The worker is killed while it handles a request.
        server.signal("rest", signal.SIGSTOP)
        body = f'{{"username":"{alice.username}","password":"{alice.password}"}}'.encode()
        waiting = [
            asyncio.create_task(
                try_request(server.port, f"{API}/auth/login?token={token}", [("Content-Type", "application/json")], "POST", body)
            ),
            asyncio.create_task(try_request(server.port, f"{API}/auth/me?token={token}", [("Authorization", f"Bearer {token}")])),
        ]
        await try_request(server.port, "/")
        killed = server.kill("rest")
        await asyncio.gather(*waiting)
        server.wait_replaced(killed)
        # Directly to the daemon, without nginx.
        host, port = server.daemon_address()
        for secret in (f"token={token}", f"ticket={ticket}", f"token={wrong['wrong token']}"):
            await try_request(port, f"/ws?{secret}", UPGRADE)
            await try_request(port, f"/nowhere?{secret}")
            await try_request(port, f"/ws?{secret}&padding=" + "p" * 40_000)

        command_lines = [Path(f"/proc/{pid}/cmdline") for pid in server.pids().values()]
        assert not found_in(secrets, command_lines)
    server.stop()
    logs = server.log_files()
    assert logs and sum(path.stat().st_size for path in logs) > 0, "there are no logs to search"
    assert any(b"/api/v1/auth/me" in path.read_bytes() for path in logs), "the logs have no trace of the requests: this proves nothing"
    assert not found_in(secrets, logs)
    assert not found_in(secrets, [path for path in entries(server.data) if path.name.startswith("echochat.db")])
    assert not found_in({"output": alice.password, "token": token}, []) and not any(
        secret in "".join(server.output) for secret in secrets.values()
    )


async def test_only_the_owner_can_read_the_key_files(server):
    for path, entry in entries(server.data).items():
        mode = entry.st_mode
        # The names of uploaded files are drawn: some contain these words.
        if stat.S_ISLNK(mode) or stat.S_ISSOCK(mode) or path.is_relative_to(server.data / "files"):
            continue
        if any(word in path.name.lower() for word in ("key", "secret")) or path.name.startswith("echochat.db"):
            assert mode & 0o077 == 0, f"{path.relative_to(server.data)} may be read by others: {mode:o}"


async def test_tickets_in_urls_are_not_sent_on_to_other_sites(alice):
    connection = await Connection.open(f"{alice.server.websocket_url}?ticket={await alice.get_ticket()}", origin=alice.server.origin)
    await connection.wait_for_welcome()
    await connection.close()
    response = await exchange(alice.server.port, request("GET", f"/ws?ticket={'w' * 43}"))
    assert response.headers.get("referrer-policy") == "no-referrer", response.headers
