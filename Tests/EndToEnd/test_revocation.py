"""After the end of a session or a membership nothing more is delivered, whatever is on its way."""

import asyncio
import time

import jwt
import pytest

from support.clients import PASSWORD, TestUsers
from support.problems import check_error, check_problem
from support.ws_client import ConnectionRejected

CLOSE_WITHIN_SECONDS = 1.0


async def check_delivers(connection, sender, room_id: str) -> None:
    """Checks that the connection receives messages; otherwise later silence proves nothing."""
    await sender.post_message(room_id, "can you hear me?")
    await connection.expect("new_message", room_id=room_id, content="can you hear me?")


async def check_closed_without_messages(connection, sender, room_id: str) -> None:
    """Posts messages at once, and checks that the connection is closed in time without receiving them."""
    started = time.monotonic()
    await asyncio.gather(*(sender.post_message(room_id, f"secret {i}") for i in range(5)))
    await connection.expect_close(4001, within=CLOSE_WITHIN_SECONDS + 1)
    assert connection.closed_at - started < CLOSE_WITHIN_SECONDS, f"closed only after {connection.closed_at - started:.3f} s"
    assert not [content for content in connection.messages(room_id) if content.startswith("secret")]


async def log_out(bob, phone) -> None:
    assert (await bob.post("/auth/logout")).status_code == 204


async def end_session_from_the_phone(bob, phone) -> None:
    session = jwt.decode(bob.access_token, options={"verify_signature": False})["sid"]
    assert (await phone.delete(f"/auth/sessions/{session}")).status_code == 204


async def change_password_on_the_phone(bob, phone) -> None:
    response = await phone.post("/auth/password/change", json={"old_password": PASSWORD, "new_password": "quite another walk"})
    assert response.is_success, response.text


async def use_a_copied_refresh_token(bob, phone) -> None:
    copied = bob.refresh_token
    await bob.refresh()
    await bob.refresh()
    check_error(await bob.post("/auth/refresh", token="", json={"refresh_token": copied}), 401)


async def revoke_the_refresh_token(bob, phone) -> None:
    response = await bob.post("/auth/revoke", token="", data={"token": bob.refresh_token, "token_type_hint": "refresh_token"})
    assert response.status_code == 200, response.text


ENDINGS = [log_out, end_session_from_the_phone, change_password_on_the_phone, use_a_copied_refresh_token, revoke_the_refresh_token]


@pytest.mark.parametrize("end", ENDINGS, ids=lambda end: end.__name__)
@pytest.mark.loops
async def test_an_ended_session_loses_its_connections_and_other_sessions_keep_theirs(alice, bob, lobby, end):
    phone = await bob.another_session()
    connections = [await bob.connect(auth=auth) for auth in ("header", "ticket", "frame")]
    on_phone = await phone.connect()
    for connection in connections:
        await check_delivers(connection, alice, lobby)
    await end(bob, phone)
    await asyncio.gather(*(check_closed_without_messages(connection, alice, lobby) for connection in connections))
    with pytest.raises(ConnectionRejected):
        await bob.connect()
    await phone.catch_up(on_phone)
    assert len([content for content in on_phone.messages(lobby) if content.startswith("secret")]) == 15


async def test_an_ended_session_executes_no_more_commands(alice, bob, lobby):
    connection = await bob.connect()
    await check_delivers(connection, alice, lobby)
    before = (await alice.get_room(lobby))["last_seq"]
    # Commands may be executed before the logout, but not after its response.
    assert (await bob.post("/auth/logout")).status_code == 204
    for i in range(20):
        try:
            await connection.send("send_message", {"room_id": lobby, "content": f"too late {i}"}, ref=f"x{i}")
        except Exception:
            break
    await connection.expect_close(4001, within=2)
    assert not connection.received("ok")
    assert (await alice.get_room(lobby))["last_seq"] == before


@pytest.mark.loops
async def test_fifteen_logouts_in_a_stream_of_messages_deliver_nothing_afterwards(alice, bob, lobby):
    running = True

    async def write():
        i = 0
        while running:
            i += 1
            await alice.post_message(lobby, f"m{i}")

    writing = asyncio.create_task(write())
    try:
        for _ in range(15):
            phone = await bob.another_session()
            connection = await phone.connect()
            await connection.expect("new_message")
            assert (await phone.post("/auth/logout")).status_code == 204
            last_seq = (await alice.post_message(lobby, "mark"))["seq"]
            started = time.monotonic()
            await connection.expect_close(4001, within=2)
            assert connection.closed_at - started < CLOSE_WITHIN_SECONDS
            assert max(frame.data["seq"] for frame in connection.received("new_message")) < last_seq
    finally:
        running = False
        await writing


@pytest.mark.loops
async def test_mallory_removed_from_the_lobby_receives_nothing_more(alice, mallory, lobby):
    await alice.add(lobby, mallory)
    connection, room_connection = await mallory.connect(), await mallory.connect(room=lobby)
    await check_delivers(connection, alice, lobby)
    await check_delivers(room_connection, alice, lobby)
    await alice.remove(lobby, mallory)
    sender = await alice.connect()
    await alice.post_message(lobby, "secret")
    await sender.send_message(lobby, "secret too")
    await sender.send("typing", {"room_id": lobby})
    await alice.patch(f"/rooms/{lobby}/messages/1", json={"content": "secret three"})
    await alice.delete(f"/rooms/{lobby}/messages/2")
    await mallory.catch_up(connection)
    left = connection.received("member_left", room_id=lobby)
    assert [frame.data["user"]["user_id"] for frame in left] == [mallory.user_id]
    after = connection.history[connection.history.index(left[0]) + 1 :]
    assert all(lobby not in frame.text for frame in after), [frame.text for frame in after]
    if not room_connection.is_closed:
        await room_connection.ping()
    assert not any("secret" in frame.text for frame in room_connection.history)
    for event, data in (
        ("send_message", {"content": "let me in"}),
        ("typing", {}),
        ("edit_message", {"seq": 1, "content": "x"}),
        ("delete_message", {"seq": 1}),
    ):
        check_problem(await connection.command_error(event, room_id=lobby, **data), 404)
    # A resume from an old cursor delivers nothing either.
    again = await mallory.connect(since=left[0].id)
    await mallory.catch_up(again)
    assert all(lobby not in frame.text for frame in again.history)


@pytest.mark.loops
async def test_a_removal_takes_effect_at_its_own_position_in_a_stream_of_messages(alice, bob, mallory, lobby):
    await alice.add(lobby, mallory)
    mallory_connection, bob_connection = await mallory.connect(), await bob.connect()
    running = True

    async def write():
        i = 0
        while running:
            i += 1
            await bob.post_message(lobby, f"m{i}")

    writing = [asyncio.create_task(write()) for _ in range(3)]
    try:
        for _ in range(10):
            await mallory_connection.expect("new_message", room_id=lobby)
            await alice.remove(lobby, mallory)
            await mallory_connection.expect("member_left", room_id=lobby)
            await alice.add(lobby, mallory)
    finally:
        running = False
        await asyncio.gather(*writing)
    await bob.catch_up(bob_connection)
    await mallory.catch_up(mallory_connection)
    # Bob received everything; this tells exactly what Mallory must have received.
    is_member, expected = True, []
    for frame in bob_connection.history:
        if frame.data.get("room_id") != lobby:
            continue
        is_about_mallory = frame.event in ("member_left", "member_joined") and frame.data["user"]["user_id"] == mallory.user_id
        if is_about_mallory and frame.event == "member_joined":
            is_member = True
        if is_member and frame.event in ("new_message", "member_left", "member_joined"):
            expected.append((frame.id, frame.event))
        if is_about_mallory and frame.event == "member_left":
            is_member = False
    received = [
        (frame.id, frame.event)
        for frame in mallory_connection.history
        if frame.data.get("room_id") == lobby and frame.event in ("new_message", "member_left", "member_joined")
    ]
    assert received == expected


@pytest.mark.loops
async def test_bob_after_leaving_receives_nothing_more(alice, bob, lobby):
    connection = await bob.connect()
    await check_delivers(connection, alice, lobby)
    await bob.leave(lobby)
    await alice.post_message(lobby, "secret")
    await bob.catch_up(connection)
    assert connection.received("member_left", room_id=lobby)
    assert "secret" not in connection.messages(lobby)


async def test_revocation_works_with_a_broken_doorbell(own_server):
    server = own_server()
    async with TestUsers(server) as users:
        alice, bob, mallory = await users.register_all("alice", "bob", "mallory")
        room = (await alice.create_room("group", members=[bob, mallory]))["room_id"]
        phone = await bob.another_session()
        bob_connection, mallory_connection = await phone.connect(), await mallory.connect()
        await check_delivers(bob_connection, alice, room)
        await check_delivers(mallory_connection, alice, room)
        (server.data / "run" / "doorbell.sock").unlink()
        assert (await phone.post("/auth/logout")).status_code == 204
        await check_closed_without_messages(bob_connection, alice, room)
        await alice.remove(room, mallory)
        started = time.monotonic()
        await alice.post_message(room, "secret")
        left = await mallory_connection.expect("member_left", room_id=room)
        assert left.at - started < CLOSE_WITHIN_SECONDS
        await mallory.catch_up(mallory_connection)
        assert not [content for content in mallory_connection.messages(room) if content == "secret"]


async def test_revocation_works_with_several_loops(own_server):
    async with TestUsers(own_server(ECHOCHAT_LOOPS="3")) as users:
        alice, bob, mallory = await users.register_all("alice", "bob", "mallory")
        room = (await alice.create_room("group", members=[bob, mallory]))["room_id"]
        for _ in range(5):
            phone = await bob.another_session()
            connections = [await phone.connect() for _ in range(6)]
            for connection in connections:
                await check_delivers(connection, alice, room)
            assert (await phone.post("/auth/logout")).status_code == 204
            await asyncio.gather(*(check_closed_without_messages(connection, alice, room) for connection in connections))
        mallory_connections = [await mallory.connect() for _ in range(6)]
        for connection in mallory_connections:
            await check_delivers(connection, alice, room)
        await alice.remove(room, mallory)
        await alice.post_message(room, "secret after removal")
        for connection in mallory_connections:
            await mallory.catch_up(connection)
            assert connection.received("member_left", room_id=room)
            assert "secret after removal" not in connection.messages(room)


async def test_a_session_that_ended_while_the_daemon_was_down_cannot_connect(own_server):
    server = own_server()
    async with TestUsers(server) as users:
        alice, bob = await users.register_all("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        connection = await bob.connect()
        await check_delivers(connection, alice, room)
        killed = server.kill("push")
        assert (await bob.post("/auth/logout")).status_code == 204
        server.wait_replaced(killed)
        with pytest.raises(ConnectionRejected) as rejected:
            await bob.connect(since=connection.last_id)
        assert rejected.value.reason in (401, 4001)
