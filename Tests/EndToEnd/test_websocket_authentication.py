"""WebSocket authentication: every method of the contract works, and every other attempt is refused."""

import asyncio
import time

import jwt
import pytest

from support.clients import AUTH_METHODS, PASSWORD, UNAUTHENTICATED, TestUsers, check_rejected
from support.forged_tokens import forged_tokens, mismatched_tokens
from support.problems import check_problem
from support.ws_client import Connection, ConnectionRejected


@pytest.mark.parametrize("auth", AUTH_METHODS)
async def test_alice_connects_with_every_authentication_method(alice, auth):
    before = (await alice.get("/sync")).json()
    connection = await alice.connect(auth=auth)
    assert connection.history[0].event == "welcome"
    data = connection.welcome.data
    assert {"user", "session_id", "cursor", "epoch", "resumed", "heartbeat_ms", "limits"} <= set(data)
    assert data["user"]["user_id"] == alice.user_id
    assert data["session_id"] == jwt.decode(alice.access_token, options={"verify_signature": False})["sid"]
    assert type(data["cursor"]) is int and data["cursor"] >= before["cursor"]
    assert data["epoch"] == before["epoch"]
    assert data["resumed"] is False
    assert data["heartbeat_ms"] == 25000
    assert isinstance(data["limits"], dict) and data["limits"]
    await connection.ping()
    if auth == "subprotocol":
        assert connection.socket.subprotocol == "echochat.v1"


@pytest.mark.parametrize("auth", AUTH_METHODS)
async def test_alice_resumes_with_every_authentication_method(alice, bob, lobby, auth):
    cursor = (await alice.get("/sync")).json()["cursor"]
    await bob.post_message(lobby, "while offline")
    connection = await alice.connect(auth=auth, since=cursor)
    assert connection.welcome.data["resumed"] is True
    await connection.expect("new_message", room_id=lobby, content="while offline")


@pytest.mark.parametrize("auth", ("header", "subprotocol", "query", "frame"))
async def test_a_forged_token_cannot_connect(alice, mallory, auth):
    forgeries = forged_tokens(mallory.access_token, alice.user_id)
    forgeries |= mismatched_tokens(alice.server.data, mallory.access_token, alice.access_token)
    for name, forged in forgeries.items():
        if auth == "subprotocol" and not set(forged) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.%*+"):
            continue  # not a valid subprotocol name: client libraries refuse to send it
        rejected = await check_rejected(mallory, (*UNAUTHENTICATED, 400) if auth != "frame" else (4001,), auth=auth, token=forged)
        assert all(frame.event == "error" for frame in rejected.frames), (name, rejected)
    await (await mallory.connect(auth=auth)).ping()


@pytest.mark.parametrize("auth", ("header", "subprotocol", "query", "frame"))
async def test_a_refresh_token_cannot_connect(alice, auth):
    await check_rejected(alice, UNAUTHENTICATED, auth=auth, token=alice.refresh_token)


@pytest.mark.parametrize("auth", ("header", "subprotocol", "query", "frame"))
async def test_a_token_from_before_the_logout_cannot_connect(alice, auth):
    await alice.post("/auth/logout")
    await check_rejected(alice, UNAUTHENTICATED, auth=auth)


async def test_the_password_is_not_accepted_as_a_token(alice):
    await check_rejected(alice, UNAUTHENTICATED, token=PASSWORD.replace(" ", "-"))


# Tickets


async def test_a_ticket_is_valid_for_one_connection(alice):
    response = await alice.post("/auth/ws-ticket")
    assert response.json()["expires_in"] == 30
    ticket = response.json()["ticket"]
    await alice.connect(auth="ticket", ticket=ticket)
    await check_rejected(alice, UNAUTHENTICATED, auth="ticket", ticket=ticket)


async def test_of_ten_connections_with_one_ticket_one_succeeds(alice):
    ticket = await alice.get_ticket()
    results = await asyncio.gather(*(alice.connect(auth="ticket", ticket=ticket) for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(result, Connection) for result in results) == 1
    for result in results:
        assert isinstance(result, Connection) or result.reason in UNAUTHENTICATED, result


async def test_a_ticket_from_before_the_logout_cannot_connect(alice):
    ticket = await alice.get_ticket()
    await alice.post("/auth/logout")
    await check_rejected(alice, UNAUTHENTICATED, auth="ticket", ticket=ticket)


@pytest.mark.parametrize("ticket", ["x", "0" * 43, "\u2603", "' OR 1=1 --", "x" * 3000])
async def test_an_invented_ticket_cannot_connect(alice, ticket):
    await check_rejected(alice, (*UNAUTHENTICATED, 400), auth="ticket", ticket=ticket)


# The first frame


async def test_before_authentication_nothing_is_sent_and_no_command_executed(alice, lobby):
    connection = await Connection.open(alice.server.websocket_url, origin=alice.server.origin)
    await connection.send("send_message", {"room_id": lobby, "content": "anonymous"}, ref="a")
    await connection.send("ping", {}, ref="b")
    await connection.send("authenticate", {"token": alice.access_token})
    await connection.expect("welcome")
    assert [frame.event for frame in connection.history] == ["error", "pong", "welcome"]
    check_problem(connection.history[0].data, 401)
    await connection.close()
    assert (await alice.get_room(lobby))["last_seq"] == 0


async def test_a_client_that_does_not_authenticate_in_time_is_closed(own_server):
    server = own_server(ECHOCHAT_SIGNIN_DEADLINE="1")
    connection = await Connection.open(server.websocket_url, origin=server.origin)
    started = time.monotonic()
    await connection.expect_close(4011, within=3)
    assert time.monotonic() - started > 0.8
    assert not connection.history


async def test_a_client_that_authenticates_in_time_stays_connected(own_server):
    server = own_server(ECHOCHAT_SIGNIN_DEADLINE="1")
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        connection = await alice.connect(auth="frame")
        waiting = await Connection.open(server.websocket_url, origin=server.origin)
        await waiting.expect_close(4011, within=3)
        await connection.ping()


@pytest.mark.parametrize("data", [{}, {"token": None}, {"token": 7}, {"token": ["x"]}, {"token": ""}, None])
async def test_a_first_frame_without_a_token_does_not_authenticate(alice, data):
    connection = await Connection.open(alice.server.websocket_url, origin=alice.server.origin)
    await connection.send("authenticate", data)
    try:
        with pytest.raises(ConnectionRejected) as rejected:
            await connection.wait_for_welcome(within=1)
        assert rejected.value.code == 4001
    except AssertionError:
        # The connection may also stay open, with an error.
        assert [frame.event for frame in connection.history] == ["error"]
        check_problem(connection.history[0].data)
    finally:
        await connection.close()


# Expiry


async def test_a_connection_ends_with_its_token_unless_a_new_one_is_sent(own_server):
    async with TestUsers(own_server(ECHOCHAT_ACCESS_TOKEN_TTL="2")) as users:
        alice, bob = await users.register_all("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        await alice.refresh()
        extended = await alice.connect()
        expiring = await bob.connect()
        started = time.monotonic()
        for _ in range(3):
            await asyncio.sleep(1)
            await alice.refresh()
            reply = await extended.command("authenticate", token=alice.access_token)
            assert reply.event in ("ok", "welcome"), reply.text
        await expiring.expect_close(4009, within=1)
        assert expiring.closed_at - started < 3.2
        assert time.monotonic() - started > 3
        await alice.post_message(room, "still here")
        await extended.expect("new_message", content="still here")
        await extended.expect_close(4009, within=4)


async def test_a_connection_is_not_extended_by_an_invalid_token_or_another_users_token(alice, bob):
    connection = await alice.connect()
    forged = next(iter(forged_tokens(alice.access_token, bob.user_id).values()))
    phone = await alice.another_session()
    await phone.post("/auth/logout")
    mismatched = mismatched_tokens(alice.server.data, alice.access_token, bob.access_token)
    for token in (forged, alice.refresh_token, bob.access_token, phone.access_token, *mismatched.values()):
        try:
            problem = await connection.command_error("authenticate", token=token)
            check_problem(problem)
        except AssertionError:
            # Closing the connection is allowed as well.
            assert connection.is_closed and connection.close_code in (4001, 1008), connection.history[-1].text
            connection = await alice.connect()
    await connection.ping()
