"""Resuming from a cursor misses nothing and repeats nothing, or says that it cannot."""

import asyncio
import json
import random
import time

import pytest

from support.clients import TestUsers
from support.raw_socket import TEXT, RawWebSocket, frame
from support.ws_client import Connection, ConnectionRejected


def check_each_once_in_order(frames, first_seq: int, count: int) -> None:
    assert [frame.data["seq"] for frame in frames] == list(range(first_seq, first_seq + count))
    ids = [frame.id for frame in frames]
    assert ids == sorted(set(ids))


@pytest.mark.loops
async def test_alice_receives_missed_events_before_new_ones(alice, bob, lobby):
    connection = await alice.connect()
    await bob.post_message(lobby, "received")
    await connection.expect("new_message")
    cursor = connection.last_id
    await connection.abort()
    bob_connection = await bob.connect()
    for i in range(10):
        await bob.post_message(lobby, f"missed {i}")
        await bob_connection.send_message(lobby, f"missed too {i}")
    await bob.patch(f"/rooms/{lobby}/messages/1", json={"content": "received and edited"})
    await bob.delete(f"/rooms/{lobby}/messages/2")
    resumed = await alice.connect(since=cursor)
    assert resumed.welcome.data["resumed"] is True
    await bob.post_message(lobby, "newer")
    await resumed.expect("new_message", content="newer")
    durable = [frame for frame in resumed.history if frame.id is not None]
    assert [frame.event for frame in durable] == ["new_message"] * 20 + ["message_edited", "message_deleted", "new_message"]
    ids = [frame.id for frame in durable]
    assert ids == sorted(set(ids)) and ids[0] > cursor
    check_each_once_in_order(resumed.received("new_message"), 2, 21)


async def test_a_resume_without_missed_events_sends_nothing(alice, bob, lobby):
    connection = await alice.connect()
    await bob.post_message(lobby, "received")
    await connection.expect("new_message")
    cursor = connection.last_id
    await connection.close()
    resumed = await alice.connect(since=cursor)
    assert resumed.welcome.data["resumed"] is True
    await bob.post_message(lobby, "next")
    await resumed.expect("new_message")
    assert resumed.messages(lobby) == ["next"]


async def test_a_resume_does_not_send_a_message_posted_and_deleted_in_one_commit(alice, bob, lobby):
    """Commands of one write are committed and published together."""
    bob_connection = await bob.connect()
    cursor = bob_connection.welcome.data["cursor"]
    raw = await RawWebSocket.open(alice.server.port, alice.access_token)

    def command(event: str, **data) -> bytes:
        return frame(TEXT, json.dumps({"event": event, "data": {"room_id": lobby, **data}}).encode())

    await raw.send(
        command("send_message", content="secret 1")
        + command("edit_message", seq=1, content="secret 2")
        + command("delete_message", seq=1)
        + command("send_message", content="hello")
    )
    await bob_connection.expect("new_message", content="hello")
    resumed = await bob.connect(since=cursor)
    await resumed.expect("new_message", content="hello")
    events = [frame.event for frame in resumed.history if frame.id is not None]
    assert events[-4:] == ["new_message", "message_edited", "message_deleted", "new_message"]
    assert not [frame for frame in resumed.history if "secret" in str(frame.data)]


@pytest.mark.parametrize("replay_bytes", ["0", "16777216"], ids=["journal", "replay buffer"])
async def test_a_resume_does_not_send_a_message_deleted_meanwhile(own_server, replay_bytes):
    async with TestUsers(own_server(ECHOCHAT_TAIL_BYTES=replay_bytes)) as users:
        alice, bob = await users.register_all("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        bob_connection = await bob.connect()
        cursor = bob_connection.welcome.data["cursor"]
        await alice.post_message(room, "regrettable")
        await alice.post_message(room, "draft")
        await alice.patch(f"/rooms/{room}/messages/2", json={"content": "regrettable as well"})
        await bob_connection.expect("message_edited")
        for seq in (1, 2):
            assert (await alice.delete(f"/rooms/{room}/messages/{seq}")).is_success
        await alice.post_message(room, "innocent")
        resumed = await bob.connect(since=cursor)
        assert resumed.welcome.data["resumed"] is True
        await resumed.expect("new_message", content="innocent")
        assert not [frame.text for frame in resumed.history if "regrettable" in frame.text or "draft" in frame.text]
        check_each_once_in_order(resumed.received("new_message", room_id=room), 1, 3)


async def test_resuming_twice_from_the_same_position_sends_the_same(alice, bob, lobby):
    cursor = (await alice.get("/sync")).json()["cursor"]
    for i in range(5):
        await bob.post_message(lobby, f"m{i}")
    first, second = await alice.connect(since=cursor), await alice.connect(since=cursor)
    one, two = await first.expect_messages(lobby, 5), await second.expect_messages(lobby, 5)
    assert [(frame.id, frame.data) for frame in one] == [(frame.id, frame.data) for frame in two]


async def test_without_since_no_old_event_is_sent(alice, bob, lobby):
    await bob.post_message(lobby, "old")
    connection = await alice.connect()
    await bob.post_message(lobby, "new")
    await connection.expect("new_message")
    assert connection.messages(lobby) == ["new"]
    assert connection.welcome.data["resumed"] is False


async def test_a_cursor_from_the_future_is_not_resumed(alice):
    cursor = (await alice.get("/sync")).json()["cursor"]
    connection = await alice.connect(since=cursor + 10**9)
    assert connection.welcome.data["resumed"] is False
    assert connection.welcome.data["cursor"] < cursor + 10**9


@pytest.mark.parametrize("since", ["abc", "-1", "1.5", "9" * 30, "0x10", "", "１２", "1 OR 1=1"])
async def test_an_invalid_cursor_is_refused_or_not_resumed(alice, since):
    try:
        connection = await alice.connect(since=since)
    except ConnectionRejected as rejected:
        assert rejected.reason in (400, 422, 1008), rejected
    else:
        assert connection.welcome.data["resumed"] is False
        await connection.ping()


@pytest.mark.parametrize("since", ["abc", -1, 1.5, 10**30, None, [], True])
async def test_an_invalid_cursor_in_the_first_frame_is_refused_or_not_resumed(alice, since):
    connection = await Connection.open(alice.server.websocket_url, origin=alice.server.origin)
    alice.connections.append(connection)
    await connection.send("authenticate", {"token": alice.access_token, "since": since})
    try:
        await connection.wait_for_welcome(within=1.5)
    except ConnectionRejected as rejected:
        assert rejected.code in (4001, 1008), rejected
    except AssertionError:
        assert [frame.event for frame in connection.history] == ["error"], connection.history
    else:
        assert connection.welcome.data["resumed"] is False
        await connection.ping()


async def test_events_older_than_the_replay_buffer_are_read_from_the_journal(own_server):
    async with TestUsers(own_server(ECHOCHAT_TAIL_BYTES="4096")) as users:
        alice, bob = await users.register_all("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        cursor = (await alice.get("/sync")).json()["cursor"]
        bob_connection = await bob.connect()
        for i in range(600):
            await bob_connection.send("send_message", {"room_id": room, "content": f"m{i} " + "x" * 500}, ref=f"x{i}")
        await bob_connection.reply("x599", within=15)
        resumed = await alice.connect(since=cursor)
        assert resumed.welcome.data["resumed"] is True
        check_each_once_in_order(await resumed.expect_messages(room, 600, within=15), 1, 600)
        # The same from positions near the start of the replay buffer.
        ids = [frame.id for frame in resumed.received("new_message", room_id=room)]
        for missed in (1, 2, 5, 6, 7, 8, 9, 10, 20, 50):
            resumed_again = await alice.connect(since=ids[-missed - 1])
            check_each_once_in_order(await resumed_again.expect_messages(room, missed), 601 - missed, missed)
            await resumed_again.close()


@pytest.mark.loops
async def test_alice_loses_the_connection_thirty_times_while_bob_writes_and_misses_nothing(alice, bob, lobby):
    bob_connection = await bob.connect()
    total = 400
    cursor = (await alice.get("/sync")).json()["cursor"]
    rng = random.Random(7)

    async def write():
        for i in range(total):
            if i % 4:
                await bob_connection.send_message(lobby, f"m{i}")
            else:
                await bob.post_message(lobby, f"m{i}")

    received = []
    writing = asyncio.create_task(write())
    try:
        for _ in range(30):
            connection = await alice.connect(since=cursor)
            assert connection.welcome.data["resumed"] is True
            if not writing.done():
                # Alice receives a few more messages, then loses the connection.
                target = rng.randint(1, 12)
                deadline = time.monotonic() + 5
                while (
                    len(connection.received("new_message", room_id=lobby)) < target and not writing.done() and time.monotonic() < deadline
                ):
                    await asyncio.sleep(0.001)
            await connection.abort()
            received += connection.received("new_message", room_id=lobby)
            cursor = connection.last_id
    finally:
        await writing
    connection = await alice.connect(since=cursor)
    received += await connection.expect_messages(lobby, total - len(received)) if len(received) < total else []
    check_each_once_in_order(received, 1, total)


@pytest.mark.loops
async def test_fifty_connections_resume_at_once_from_fifty_positions(alice, bob, lobby):
    cursor = (await alice.get("/sync")).json()["cursor"]
    first = await alice.connect(since=cursor)
    await asyncio.gather(*(bob.post_message(lobby, f"m{i}") for i in range(50)))
    ids = [frame.id for frame in await first.expect_messages(lobby, 50)]
    connections = await asyncio.gather(*(alice.connect(since=since) for since in [cursor, *ids[:-1]]))
    for missed, connection in enumerate(connections):
        check_each_once_in_order(await connection.expect_messages(lobby, 50 - missed), missed + 1, 50 - missed)


@pytest.mark.loops
async def test_of_a_room_joined_and_left_while_offline_exactly_the_membership_is_sent(alice, mallory, lobby):
    cursor = (await mallory.get("/sync")).json()["cursor"]
    await alice.post_message(lobby, "before")
    await alice.add(lobby, mallory)
    await alice.post_message(lobby, "during")
    await alice.remove(lobby, mallory)
    await alice.post_message(lobby, "after")
    connection = await mallory.connect(since=cursor)
    assert connection.welcome.data["resumed"] is True
    await mallory.catch_up(connection)
    events = [
        frame.event
        for frame in connection.history
        if frame.data.get("room_id") == lobby and frame.event in ("member_joined", "new_message", "member_left")
    ]
    assert events == ["member_joined", "new_message", "member_left"]
    assert connection.messages(lobby) == ["during"]


async def test_a_member_removed_and_added_again_while_offline_misses_only_the_time_between(alice, bob, lobby):
    cursor = (await bob.get("/sync")).json()["cursor"]
    await alice.post_message(lobby, "one")
    await alice.remove(lobby, bob)
    await alice.post_message(lobby, "secret")
    await alice.add(lobby, bob)
    await alice.post_message(lobby, "two")
    connection = await bob.connect(since=cursor)
    await bob.catch_up(connection)
    assert connection.messages(lobby) == ["one", "two"]


async def test_a_cursor_older_than_the_journal_is_not_resumed(own_server):
    server = own_server(ECHOCHAT_JOURNAL_KEEP="1s", ECHOCHAT_TAIL_BYTES="4096")
    async with TestUsers(server) as users:
        alice, bob = await users.register_all("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        cursor = (await alice.get("/sync")).json()["cursor"]
        for i in range(30):
            await bob.post_message(room, f"m{i} " + "x" * 500)
        deadline = time.monotonic() + 30
        while True:
            # Until the journal is pruned the resume is complete; afterwards `resumed` is false.
            connection = await alice.connect(since=cursor)
            if connection.welcome.data["resumed"] is False:
                break
            check_each_once_in_order(await connection.expect_messages(room, 30), 1, 30)
            await connection.close()
            assert time.monotonic() < deadline, "the journal was never pruned"
            await asyncio.sleep(0.25)
        await bob.post_message(room, "live")
        await connection.expect("new_message", room_id=room, content="live")
        assert connection.messages(room) == ["live"]
        state = (await alice.get("/sync")).json()
        fresh = await alice.connect(since=state["cursor"])
        assert fresh.welcome.data["resumed"] is True
        assert [message["seq"] for message in await alice.all_messages(room)] == list(range(1, 32))


async def test_a_restarted_daemon_resumes_completely(own_server):
    server = own_server()
    async with TestUsers(server) as users:
        alice, bob = await users.register_all("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        connection = await alice.connect()
        await bob.post_message(room, "one")
        await connection.expect("new_message")
        killed = server.kill("push")
        await bob.post_message(room, "two")
        server.wait_replaced(killed)
        await bob.post_message(room, "three")
        resumed = await alice.connect(since=connection.last_id)
        assert resumed.welcome.data["resumed"] is True
        assert resumed.welcome.data["epoch"] == connection.welcome.data["epoch"]
        check_each_once_in_order(await resumed.expect_messages(room, 2), 2, 2)
