"""Read markers: they only move forward, members receive them at once, and unread counts follow them."""

import asyncio
import itertools
import random
import statistics
import time

import pytest

from support.client_state import ClientState
from support.markers import MARKERS, put_markers, values
from support.problems import INVALID, check_error

# Every change reaches all devices within this time.
DELIVERY_SECONDS = 0.1


# Moving markers


@pytest.mark.loops
async def test_bob_reads_and_every_member_gets_the_receipt(alice, bob, lobby):
    for i in range(3):
        await alice.post_message(lobby, f"m{i}")
    alice_connection, bob_connection = await alice.connect(), await bob.connect()
    other_connection = await (await bob.another_session()).connect()
    me = await put_markers(bob, lobby, delivered_seq=3, read_seq=2)
    assert (values(me), me["unread"], me["mentions"]) == ((3, 2, 2), 1, 0)
    for connection in (alice_connection, bob_connection, other_connection):
        receipt = await connection.expect("receipt")
        assert receipt.data == {"room_id": lobby, "user_id": bob.user_id, "delivered_seq": 3, "preview_seq": 2, "read_seq": 2}
        assert type(receipt.id) is int
    stored = (await bob.get_room(lobby))["me"]
    assert stored == {**me, "draft": None}


async def test_the_mark_command_and_the_rest_request_do_the_same(alice, bob, lobby):
    for i in range(4):
        await alice.post_message(lobby, f"m{i}")
    connection = await bob.connect()
    assert values(await connection.command_ok("mark", room_id=lobby, preview_seq=2)) == (2, 2, 0)
    assert values(await put_markers(bob, lobby, read_seq=3)) == (3, 3, 3)
    assert values(await connection.command_ok("mark", room_id=lobby, delivered_seq=4)) == (4, 3, 3)
    assert (await bob.get_room(lobby))["me"] == {**await connection.command_ok("mark", room_id=lobby, read_seq=0), "draft": None}


async def test_a_marker_moves_neither_back_nor_beyond_the_newest_message(alice, bob, lobby):
    for i in range(3):
        await alice.post_message(lobby, f"m{i}")
    connection = await alice.connect()
    assert values(await put_markers(bob, lobby, read_seq=2)) == (2, 2, 2)
    assert values(await put_markers(bob, lobby, delivered_seq=1, preview_seq=0, read_seq=1)) == (2, 2, 2)
    assert values(await put_markers(bob, lobby, read_seq=2**63 - 1)) == (3, 3, 3)
    await alice.catch_up(connection)
    assert [values(frame.data) for frame in connection.received("receipt")] == [(2, 2, 2), (3, 3, 3)], (
        "an unchanged marker publishes nothing"
    )


@pytest.mark.loops
async def test_with_parallel_updates_over_rest_and_websocket_no_marker_moves_back(alice, bob, lobby):
    for i in range(30):
        await alice.post_message(lobby, f"m{i}")
    rng = random.Random(4)
    alice_connection = await alice.connect()
    connections = [await bob.connect() for _ in range(3)]
    devices = [await bob.another_session() for _ in range(2)]

    async def mark(number: int):
        for _ in range(25):
            update = {rng.choice(MARKERS): rng.randint(0, 30)}
            if number < 3:
                await connections[number].command_ok("mark", room_id=lobby, **update)
            else:
                await put_markers(devices[number % 2], lobby, **update)

    await asyncio.gather(*(mark(number) for number in range(8)))
    await put_markers(bob, lobby, read_seq=30)
    await alice.catch_up(alice_connection)
    moves = [values(frame.data) for frame in alice_connection.received("receipt", user_id=bob.user_id)]
    assert moves[-1] == (30, 30, 30)
    for before, after in itertools.pairwise(moves):
        assert all(a <= b for a, b in zip(before, after, strict=True)) and before != after
    assert all(delivered >= preview >= read for delivered, preview, read in moves)


async def test_a_burst_of_marks_is_published_as_one_receipt(alice, bob, lobby):
    for i in range(60):
        await alice.post_message(lobby, f"m{i}")
    alice_connection, connection = await alice.connect(), await bob.connect()
    for seq in range(1, 61):
        await connection.send("mark", {"room_id": lobby, "read_seq": seq}, ref=f"m{seq}")
    responses = [await connection.reply(f"m{seq}") for seq in range(1, 61)]
    assert all(response.event == "ok" and response.data["read_seq"] >= seq for seq, response in enumerate(responses, 1))
    await alice.catch_up(alice_connection)
    received = alice_connection.received("receipt")
    assert received[-1].data["read_seq"] == 60
    assert len(received) <= 6, "sixty marks were not coalesced"


@pytest.mark.parametrize(
    "markers",
    [{}, {"read_seq": -1}, {"read_seq": "1"}, {"read_seq": 1.5}, {"read_seq": None}, {"delivered_seq": 2**64}, {"preview_seq": [1]}],
)
async def test_invalid_marks_are_refused_and_change_nothing(alice, bob, lobby, markers):
    await alice.post_message(lobby, "hello")
    check_error(await bob.put(f"/rooms/{lobby}/markers", json=markers), INVALID)
    connection = await bob.connect()
    assert (await connection.command_error("mark", room_id=lobby, **markers))["status"] in INVALID
    assert values((await bob.get_room(lobby))["me"]) == (0, 0, 0)


async def test_mallory_as_a_non_member_can_set_no_marker_and_receives_no_receipt(alice, bob, mallory, lobby):
    await alice.post_message(lobby, "hello")
    mallory_connection = await mallory.connect()
    for room_id in (lobby, "nowhere"):
        check_error(await mallory.put(f"/rooms/{room_id}/markers", json={"read_seq": 1}), 404)
        assert (await mallory_connection.command_error("mark", room_id=room_id, read_seq=1))["status"] == 404
        check_error(await mallory.get(f"/rooms/{room_id}/messages/1/receipts"), 404)
    await put_markers(bob, lobby, read_seq=1)
    await mallory.catch_up(mallory_connection)
    assert not mallory_connection.received("receipt")


# Unread


async def test_own_messages_are_never_unread(alice, bob, lobby):
    connection = await bob.connect()
    for i in range(3):
        await alice.post_message(lobby, f"m{i}")
    assert (await alice.get_room(lobby))["me"]["unread"] == 0
    assert (await bob.get_room(lobby))["me"]["unread"] == 3
    await connection.send_message(lobby, "a reply")
    assert (await bob.get_room(lobby))["me"]["unread"] == 0
    assert (await alice.get_room(lobby))["me"]["unread"] == 1


# All changes


@pytest.mark.loops
async def test_every_change_reaches_three_devices_within_100_ms_and_all_agree_with_sync(alice, bob, lobby):
    """Two devices of Bob and one of Alice. Ten rounds of every change; the median counts, as the machine may be busy."""
    phone = await bob.another_session()
    users = [alice, bob, phone]
    client_states, stale_states = [], []
    for user in users:
        state = (await user.get("/sync")).json()
        for states in (client_states, stale_states):
            states.append(ClientState(user.user_id))
            states[-1].load(state)
    connections = [await user.connect(since=client_state.cursor) for user, client_state in zip(users, client_states, strict=True)]
    durations: dict[str, list[float]] = {}

    async def check_delivery(what: str, action, event: str, recipients=None, **where):
        start = time.monotonic()
        await action
        received = [await connection.expect(event, room_id=lobby, **where) for connection in recipients or connections]
        durations.setdefault(what, []).append(max(frame.at for frame in received) - start)

    for seq in range(1, 11):
        url = f"/rooms/{lobby}/messages/{seq}"
        bob_connections = connections[1:]
        await check_delivery("post", connections[0].send_message(lobby, f"@{bob.username} {seq}"), "new_message", seq=seq)
        await check_delivery(
            "deliver",
            connections[1].command_ok("mark", room_id=lobby, delivered_seq=seq),
            "receipt",
            delivered_seq=seq,
            preview_seq=seq - 1,
        )
        await check_delivery("preview", put_markers(phone, lobby, preview_seq=seq), "receipt", preview_seq=seq, read_seq=seq - 1)
        await check_delivery("react", bob.put(f"{url}/reactions/👍"), "reaction_added", seq=seq)
        await check_delivery(
            "remove reaction", connections[2].command_ok("remove_reaction", room_id=lobby, seq=seq, emoji="👍"), "reaction_removed", seq=seq
        )
        await check_delivery("edit", alice.patch(url, json={"content": f"edited {seq}"}), "message_edited", seq=seq)
        await check_delivery("no mention", asyncio.sleep(0), "member_updated", bob_connections, reason="mentions")
        await check_delivery("read", connections[2].command_ok("mark", room_id=lobby, read_seq=seq), "receipt", read_seq=seq)
        level = ("all", "mentions")[seq % 2]
        await check_delivery(
            "set level", bob.put(f"/rooms/{lobby}/notify", json={"level": level}), "member_updated", bob_connections, reason="notify"
        )
        if seq % 3 == 0:
            await check_delivery("delete", alice.delete(url), "message_deleted", seq=seq)
    print({what: f"{statistics.median(times) * 1000:.1f} ms, at most {max(times) * 1000:.1f}" for what, times in durations.items()})
    for what, times in durations.items():
        assert statistics.median(times) < DELIVERY_SECONDS, (what, times)

    # A device that was connected all the time and one that resumes only now both hold what /sync returns.
    for user, client_state, connection, stale_state in zip(users, client_states, connections, stale_states, strict=True):
        await user.catch_up(connection)
        client_state.apply_received(connection)
        resumed = await user.connect(since=stale_state.cursor)
        assert resumed.welcome.data["resumed"] is True
        await user.catch_up(resumed)
        stale_state.apply_received(resumed)
        loaded = ClientState(user.user_id)
        loaded.load((await user.get("/sync")).json())
        assert client_state.rooms[lobby] == stale_state.rooms[lobby] == loaded.rooms[lobby]
