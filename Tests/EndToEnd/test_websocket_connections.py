"""WebSocket handshakes: origins, the connection limit, the room filter, and invalid requests."""

import asyncio
import contextlib
import re
import secrets
import time

import pytest
from websockets.exceptions import ConnectionClosed

from support.clients import AUTH_METHODS, TestUsers, check_rejected
from support.problems import check_field, check_problem
from support.raw_socket import bearer, exchange, request
from support.ws_client import Connection, ConnectionRejected

# Origins


async def test_pages_of_the_own_and_of_a_listed_origin_may_connect(own_server):
    server = own_server(ECHOCHAT_ORIGINS="https://chat.example.org,https://other.example.org:8443")
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        for origin in (server.origin, "https://chat.example.org", "https://other.example.org:8443"):
            for auth in ("ticket", "query", "frame", "header", "subprotocol"):
                await (await alice.connect(auth=auth, origin=origin)).ping()
        for origin in foreign_origins(server.port) + [
            "https://other.example.org",
            "https://chat.example.org:8443",
            "http://chat.example.org",
        ]:
            await check_rejected(alice, (403,), auth="query", origin=origin)


def foreign_origins(port: int) -> list[str]:
    return [
        "https://evil.example",
        "null",
        "",
        "file://",
        "http://127.0.0.1",
        f"http://127.0.0.1:{port}.evil.example",
        f"http://evil.example:{port}",
        f"http://127.0.0.1:{port}@evil.example",
        f"http://127.0.0.1:{port}/",
        f"http://x127.0.0.1:{port}",
        f"http://127.0.0.1:{port} http://evil.example",
        f"HTTP://EVIL.EXAMPLE:{port}",
        f"ws://127.0.0.1:{port}",
        f"http://127.0.0.1:{port + 1}",
        "http://localhost:1",
        f"http://[::1]:{port}",
        f"//127.0.0.1:{port}",
        f"127.0.0.1:{port}",
        "*",
    ]


@pytest.mark.parametrize("auth", AUTH_METHODS)
async def test_a_page_of_a_foreign_origin_cannot_connect_even_with_a_valid_token(alice, auth):
    for origin in foreign_origins(alice.server.port):
        if origin:
            await check_rejected(alice, (403,), auth=auth, origin=origin)


# Connection limit and room filter


async def test_the_limits_on_connections_are_named_in_the_welcome_and_in_the_close_reason(own_server):
    server = own_server(ECHOCHAT_CONNECTIONS_PER_USER="1", ECHOCHAT_SIGNIN_DEADLINE="1s", ECHOCHAT_COMMAND_RATE="3/1h")
    async with TestUsers(server) as users:
        alice, bob = await users.register_all("alice", "bob")
        connection = await alice.connect()
        limits = connection.welcome.data["limits"]
        assert (limits["connections_per_user"], limits["sign_in_ms"], limits["frames_before_sign_in"]) == (1, 1000, 20)
        assert (limits["refusals_in_a_row"], limits["pong_ms"]) == (100, 10_000)
        second = await Connection.open(server.websocket_url, headers={"Authorization": f"Bearer {alice.access_token}"})
        await second.expect_close(1013)
        assert "connections_per_user" in second.close_reason, second.close_reason
        late = await Connection.open(server.websocket_url, origin=server.origin)
        await late.expect_close(4011)
        assert "sign_in_ms" in late.close_reason, late.close_reason
        hasty = await Connection.open(server.websocket_url, origin=server.origin)
        for _ in range(21):
            await hasty.send_text('{"event":"typing"}')
        await hasty.expect_close(4008)
        assert re.fullmatch(r"retry_after_ms=\d+; frames_before_sign_in", hasty.close_reason), hasty.close_reason
        for _ in range(110):
            with contextlib.suppress(ConnectionClosed):
                await connection.send_text('{"event":"ping"}')
        await connection.expect_close(4008)
        assert re.fullmatch(r"retry_after_ms=\d+; refusals_in_a_row", connection.close_reason), connection.close_reason
        again = await Connection.open(server.websocket_url, headers={"Authorization": f"Bearer {alice.access_token}"})
        await again.expect_close(4008)
        assert re.fullmatch(r"retry_after_ms=\d+; command_rate", again.close_reason), again.close_reason
        await (await bob.connect()).ping()


@pytest.mark.parametrize(
    "query, field",
    [("since=x", "since"), ("since=-1", "since"), ("since=%2B5", "since"), ("since=1.5", "since"), ("since=1e400", "since"),
     ("since=99999999999999999999", "since"), ("room=a%20b", "room")],
)  # fmt: skip
async def test_an_item_of_the_handshake_that_is_wrong_is_refused_with_its_name(alice, query, field):
    raw = request(
        "GET",
        f"/ws?{query}",
        [("Upgrade", "websocket"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Sec-WebSocket-Version", "13"), bearer(alice)],
    ).replace(b"Connection: close", b"Connection: Upgrade")
    response = await exchange(alice.server.port, raw)
    assert response.status == 422, response
    check_field(response.problem(), field)


@pytest.mark.parametrize("loops", ["1", "3"])
async def test_a_connection_over_the_limit_is_refused_until_another_closes(own_server, loops):
    async with TestUsers(own_server(ECHOCHAT_CONNECTIONS_PER_USER="3", ECHOCHAT_LOOPS=loops)) as users:
        alice, bob = await users.register_all("alice", "bob")
        connections = [await alice.connect() for _ in range(3)]
        await check_rejected(alice, (429, 503, 1008, 1013, 4008))
        await (await bob.connect()).ping()
        for connection in connections:
            await connection.ping()
        await connections[0].abort()
        deadline = time.monotonic() + 5
        while True:
            try:
                await alice.connect()
                break
            except ConnectionRejected:
                assert time.monotonic() < deadline, "the connection of a lost client still counts"
                await asyncio.sleep(0.05)


async def test_a_connection_for_one_room_receives_only_that_room(alice, bob, lobby):
    other = (await alice.create_room("group", members=[bob]))["room_id"]
    connection = await bob.connect(room=lobby)
    everything = await bob.connect()
    await alice.post_message(other, "elsewhere")
    await alice.post_message(lobby, "here")
    await everything.expect("new_message", room_id=other)
    await connection.expect("new_message", room_id=lobby, content="here")
    assert not connection.received("new_message", room_id=other)


async def test_commands_on_a_connection_for_one_room_go_to_that_room_unless_they_name_another(alice, bob, lobby):
    other = (await alice.create_room("group", members=[bob]))["room_id"]
    connection, watching = await alice.connect(room=lobby), await bob.connect()
    message = (await connection.command_ok("send_message", content="here"))["message"]
    assert message["room_id"] == lobby
    seq = message["seq"]
    assert (await connection.command_ok("edit_message", seq=seq, content="here it is"))["message"]["content"] == "here it is"
    await connection.command_ok("add_reaction", seq=seq, emoji="👍")
    await connection.command_ok("remove_reaction", seq=seq, emoji="👍")
    await connection.command_ok("mark", read_seq=seq)
    await connection.send("typing")
    await watching.expect("user_typing", room_id=lobby)
    assert (await connection.command_ok("delete_message", seq=seq))["message"]["deleted"]
    # The connection receives one room; the user may write to any.
    assert (await connection.send_message(other, "there"))["room_id"] == other
    await watching.expect("new_message", room_id=other, content="there")
    check_problem(await connection.command_error("send_message", room_id=lobby[::-1], content="x"), code="not_found")
    problem = check_problem(await watching.command_error("send_message", content="x"), code="invalid_field")
    assert problem["errors"][0]["field"] == "data.room_id"


async def test_a_connection_for_a_room_without_membership_receives_nothing_of_it(alice, mallory, lobby):
    """Refused or silent, and always the same as for a room that does not exist."""
    outcomes = []
    for room in (lobby, lobby[::-1]):
        try:
            connection = await mallory.connect(room=room)
        except ConnectionRejected as rejected:
            outcomes.append(rejected.reason)
        else:
            outcomes.append("open")
            await alice.post_message(lobby, secrets.token_hex(4))
            await connection.ping()
            assert not connection.received("new_message")
    assert outcomes[0] == outcomes[1], outcomes


# Invalid handshakes


def upgrade(**changes: str | None) -> list[tuple[str, str]]:
    headers = {"Upgrade": "websocket", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13"}
    for name, value in changes.items():
        headers[name.replace("_", "-")] = value
    return [(name, value) for name, value in headers.items() if value is not None]


@pytest.mark.parametrize(
    "changes, statuses",
    [
        ({"Sec_WebSocket_Key": None}, (400,)),
        ({"Sec_WebSocket_Key": "short"}, (400,)),
        ({"Sec_WebSocket_Key": "!" * 24}, (400,)),
        ({"Sec_WebSocket_Version": None}, (400, 426)),
        ({"Sec_WebSocket_Version": "12"}, (400, 426)),
        ({"Sec_WebSocket_Version": "thirteen"}, (400, 426)),
        ({"Upgrade": None}, (400, 426)),
        ({"Upgrade": "h2c"}, (400, 426)),
    ],
)
async def test_an_invalid_handshake_is_refused(alice, changes, statuses):
    headers = upgrade(**changes) + [("Authorization", f"Bearer {alice.access_token}")]
    response = await exchange(alice.server.port, request("GET", "/ws", headers).replace(b"Connection: close", b"Connection: Upgrade"))
    assert response.status in statuses, response


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD", "OPTIONS"])
async def test_only_get_opens_a_websocket(alice, method):
    headers = upgrade() + [("Authorization", f"Bearer {alice.access_token}")]
    raw = request(method, "/ws", headers).replace(b"Connection: close", b"Connection: Upgrade")
    if method == "HEAD":
        return  # the response has no body, which exchange() does not support
    response = await exchange(alice.server.port, raw)
    assert response.status in (400, 405, 426), response


async def test_a_handshake_with_an_overlong_head_is_refused(alice):
    for headers in ([("X-Long", "x" * 40_000)], [(f"X-{i}", "x") for i in range(500)]):
        response = await exchange(alice.server.port, request("GET", "/ws", upgrade() + headers))
        assert 400 <= response.status < 500, response
