"""Presence: published in batches to users who share a room, computed over all devices, and stable across short disconnects."""

import asyncio
import os
import signal
import time

import pytest

from support.clients import TestUsers
from support.presence import PresenceWatch, online_ids, profile, wait_for_presence
from support.problems import check_error
from support.ws_client import Connection

GRACE_SECONDS = 8


async def test_alice_sees_bob_become_active_idle_and_offline(alice, bob, lobby):
    bob_watch = PresenceWatch(await alice.connect(), bob)
    bob_connection = await bob.connect()
    await bob_watch.expect_states("active")
    await bob_connection.command_ok("set_presence", state="idle")
    await bob_watch.expect_states("active", "idle")
    await bob_connection.close()
    left_at = time.monotonic()
    await bob_watch.expect_states("active", "idle", "offline", within=GRACE_SECONDS + 3)
    assert time.monotonic() - left_at > GRACE_SECONDS - 1
    changes = bob_watch.changes
    assert all(set(change) == {"user_id", "state", "last_seen_at"} for change in changes)
    assert [change["last_seen_at"] for change in changes] == sorted(change["last_seen_at"] for change in changes)
    assert all(frame.id is None for frame in bob_watch.connection.received("presence"))
    offline = await wait_for_presence(alice, bob, "offline")
    assert offline["last_seen_at"] == changes[-1]["last_seen_at"]


@pytest.mark.loops
async def test_the_more_active_of_two_devices_decides_bobs_presence(alice, bob, lobby):
    bob_watch = PresenceWatch(await alice.connect(), bob)
    laptop = await bob.connect()
    phone = await (await bob.another_session()).connect()
    await bob_watch.expect_states("active")
    await laptop.command_ok("set_presence", state="idle")
    await asyncio.sleep(1.5)
    await bob_watch.expect_states("active")
    await phone.command_ok("set_presence", state="idle")
    await bob_watch.expect_states("active", "idle")
    await laptop.command_ok("set_presence", state="active")
    await bob_watch.expect_states("active", "idle", "active")
    await laptop.close()
    await bob_watch.expect_states("active", "idle", "active", "idle")
    await phone.abort()
    await bob_watch.expect_states("active", "idle", "active", "idle", "offline", within=GRACE_SECONDS + 3)


@pytest.mark.loops
async def test_a_new_connection_gets_one_presence_snapshot_of_the_users_in_shared_rooms(users, alice, bob, lobby):
    carol, dave, erin = await users.register_all("carol", "dave", "erin")
    for user in (carol, dave, erin):
        await alice.add(lobby, user)
    await bob.create_room("direct", members=[carol])
    carol_connection = await carol.connect()
    await bob.connect()
    await (await dave.connect()).command_ok("set_presence", state="idle")
    await wait_for_presence(bob, dave, "idle")
    await PresenceWatch(carol_connection, bob).expect_states("active")
    connection = await alice.connect()
    expected = {bob: "active", carol: "active", dave: "idle", erin: None}
    await asyncio.sleep(0.8)
    assert {user: PresenceWatch(connection, user).states for user in expected} == {
        user: [state] if state else [] for user, state in expected.items()
    }
    # One more for the own change, which every member receives.
    assert len(connection.received("presence")) <= 2


async def test_mallory_who_shares_no_room_with_bob_receives_no_presence_of_bob(alice, bob, mallory, lobby):
    # As a member of the room, Mallory receives it.
    await alice.add(lobby, mallory)
    watch_as_member = PresenceWatch(await mallory.connect(), bob)
    bob_connection = await bob.connect()
    await watch_as_member.expect_states("active")
    assert (await profile(mallory, bob))["presence"] in ("active", "offline")
    await wait_for_presence(mallory, bob, "active")
    assert bob.user_id in await online_ids(mallory)
    # After the removal, no longer.
    await alice.remove(lobby, mallory)
    await watch_as_member.connection.expect("member_left")
    watch_afterwards = PresenceWatch(await mallory.connect(), bob)
    await bob_connection.command_ok("set_presence", state="idle")
    await wait_for_presence(alice, bob, "idle")
    await asyncio.sleep(0.6)
    assert watch_as_member.states == ["active"] and watch_afterwards.states == []
    assert bob.user_id not in await online_ids(mallory)
    found = await profile(mallory, bob)
    assert found["presence"] == "offline" and found["last_seen_at"] is None


@pytest.mark.loops
async def test_a_block_hides_presence_in_both_directions(users, alice, bob, mallory, lobby):
    await alice.add(lobby, mallory)
    # Without the block, both see each other.
    watch_before_block = PresenceWatch(await alice.connect(), mallory)
    mallory_connection = await mallory.connect()
    await watch_before_block.expect_states("active")
    await wait_for_presence(mallory, alice, "active")
    assert (await alice.put(f"/users/{mallory.user_id}/block")).is_success
    bob_connection = await bob.connect()
    alice_watch, mallory_watch, bob_watch = (
        PresenceWatch(await mallory.connect(), alice),
        PresenceWatch(await alice.connect(), mallory),
        PresenceWatch(mallory_connection, bob),
    )
    await asyncio.sleep(0.8)
    for device in (*alice.connections, *mallory.connections):
        await device.command_ok("set_presence", state="idle")
    await PresenceWatch(bob_connection, mallory).expect_states("active", "idle")
    await PresenceWatch(bob_connection, alice).expect_states("active", "idle")
    await bob_watch.expect_states("active")
    assert alice_watch.states == [] and mallory_watch.states == [] and watch_before_block.states == ["active"]
    for viewer, other in ((alice, mallory), (mallory, alice)):
        assert (await profile(viewer, other))["presence"] == "offline" and (await profile(viewer, other))["last_seen_at"] is None
        assert other.user_id not in await online_ids(viewer) and bob.user_id in await online_ids(viewer)
    assert (await profile(bob, mallory))["presence"] == "idle"


async def test_a_page_reload_publishes_no_presence_change(alice, bob, lobby):
    bob_watch = PresenceWatch(await alice.connect(), bob)
    bob_connection = await bob.connect()
    await bob_watch.expect_states("active")
    for _ in range(3):
        await bob_connection.abort()
        await asyncio.sleep(0.7)
        bob_connection = await bob.connect()
    # The same for a hidden page, which sets itself to idle at once.
    await bob_connection.command_ok("set_presence", state="idle")
    await bob_watch.expect_states("active", "idle")
    await bob_connection.close()
    await asyncio.sleep(0.5)
    bob_connection = await bob.connect()
    await asyncio.sleep(0.4)
    await bob_connection.command_ok("set_presence", state="idle")
    await asyncio.sleep(GRACE_SECONDS + 1)
    await bob_watch.expect_states("active", "idle")


@pytest.mark.loops
async def test_bob_joining_the_room_of_alice_and_alice_see_each_others_presence(alice, bob):
    room = (await alice.create_room("public", "Open house"))["room_id"]
    alice_connection, bob_connection = await alice.connect(), await bob.connect()
    await asyncio.sleep(0.8)
    assert PresenceWatch(alice_connection, bob).states == [] and PresenceWatch(bob_connection, alice).states == []
    await bob.join(room)
    await PresenceWatch(alice_connection, bob).expect_states("active")
    assert "active" in PresenceWatch(bob_connection, alice).states or await bob_connection.expect("presence", within=2)
    assert set(PresenceWatch(bob_connection, alice).states) == {"active"}


async def test_a_connection_for_one_room_receives_presence_of_that_room_only(users, alice, bob, lobby):
    carol = await users.register("carol")
    await alice.create_room("group", "Another", members=[carol])
    await carol.connect()
    room_connection, connection = await alice.connect(room=lobby), await alice.connect()
    await PresenceWatch(connection, carol).expect_states("active")
    await bob.connect()
    await PresenceWatch(room_connection, bob).expect_states("active")
    assert PresenceWatch(room_connection, carol).states == []


async def test_a_user_who_shares_several_rooms_with_bob_receives_each_change_once(alice, bob, lobby):
    for i in range(5):
        await alice.create_room("group", f"Room {i}", members=[bob])
    await alice.create_room("direct", members=[bob])
    bob_watch = PresenceWatch(await alice.connect(), bob)
    await bob.connect()
    await bob_watch.expect_states("active")
    await asyncio.sleep(0.6)
    await bob_watch.expect_states("active")


@pytest.mark.loops
async def test_a_user_in_rooms_with_different_changes_receives_each_users_change_once(users, alice, bob):
    """Bob is in both rooms, Carol in one of them; both become idle and active at the same moment."""
    carol = await users.register("carol")
    await alice.create_room("group", "Both", members=[bob, carol])
    await alice.create_room("group", "Bob alone", members=[bob])
    alice_connection = await alice.connect()
    bob_watch, carol_watch = PresenceWatch(alice_connection, bob), PresenceWatch(alice_connection, carol)
    connections = await asyncio.gather(bob.connect(), carol.connect())
    states = ["active"]
    for state in ("idle", "active", "idle"):
        await asyncio.gather(bob_watch.expect_states(*states), carol_watch.expect_states(*states))
        await asyncio.sleep(1)
        await asyncio.gather(*(connection.command_ok("set_presence", state=state) for connection in connections))
        states.append(state)
    await asyncio.gather(bob_watch.expect_states(*states), carol_watch.expect_states(*states))
    await asyncio.sleep(0.6)
    assert bob_watch.states == carol_watch.states == states


async def test_a_flapping_device_is_published_once_a_second_at_most(alice, bob, lobby):
    bob_watch = PresenceWatch(await alice.connect(), bob)
    bob_connection = await bob.connect()
    end = time.monotonic() + 3
    while time.monotonic() < end:
        await bob_connection.send("set_presence", {"state": "idle"})
        await asyncio.sleep(0.1)
        await bob_connection.send("set_presence", {"state": "active"})
        await asyncio.sleep(0.1)
    assert 1 <= len(bob_watch.states) <= 4
    assert all(a != b for a, b in zip(bob_watch.states, bob_watch.states[1:], strict=False))


async def test_online_users_are_a_paginated_list_that_needs_authentication(users, alice, bob, lobby):
    carol = await users.register("carol")
    await alice.add(lobby, carol)
    for user in (alice, bob, carol):
        await user.connect()
    for user in (alice, bob, carol):
        await wait_for_presence(alice, user, "active")
    online_users = await alice.list_all("/users/online")
    assert {item["user_id"] for item in online_users} == {user.user_id for user in (alice, bob, carol)}
    assert all(item["presence"] == "active" and item["last_seen_at"] for item in online_users)
    assert await online_ids(alice, limit=1) == [item["user_id"] for item in online_users]
    check_error(await alice.get("/users/online", token=""), 401)
    check_error(await alice.get("/users/online?cursor=x"), 422)


async def test_an_invalid_presence_is_refused_and_an_unauthenticated_connection_has_none(alice, server):
    connection = await alice.connect()
    for state in ("offline", "away", "", None, 7):
        assert (await connection.command_error("set_presence", state=state))["status"] == 422
    assert (await connection.command_error("set_presence"))["status"] == 422
    await connection.ping()
    unauthenticated = await Connection.open(server.websocket_url, origin=server.origin)
    assert (await unauthenticated.command_error("set_presence", state="idle"))["code"] == "unauthenticated"
    await unauthenticated.close()


@pytest.mark.parametrize("method", ["killed", "stopped"])
async def test_a_restart_of_the_daemon_publishes_no_presence_change(own_server, method):
    server = own_server()
    async with TestUsers(server) as users:
        alice, bob, carol = await users.register_all("alice", "bob", "carol")
        await alice.create_room("group", members=[bob, carol])
        alice_connection, bob_connection, carol_connection = await alice.connect(), await bob.connect(), await carol.connect()
        await bob_connection.command_ok("set_presence", state="idle")
        await wait_for_presence(alice, bob, "idle")
        await wait_for_presence(alice, carol, "active")
        cursor = alice_connection.last_id
        killed = server.kill("push") if method == "killed" else {"push": server.signal("push", signal.SIGTERM)}
        server.wait_replaced(killed, within=10)
        for connection in (alice_connection, bob_connection, carol_connection):
            await connection.expect_close(1006, 1001, 1012, within=10)
        resumed = await alice.connect(since=cursor)
        bob_watch, carol_watch = PresenceWatch(resumed, bob), PresenceWatch(resumed, carol)
        assert (await profile(alice, bob))["presence"] == "idle"
        await asyncio.sleep(1)
        bob_connection = await bob.connect()
        await bob_connection.command_ok("set_presence", state="idle")
        # Alice received one snapshot; Carol, who does not reconnect, goes offline after the grace period.
        await carol_watch.expect_states("active", "offline", within=GRACE_SECONDS + 5)
        assert bob_watch.states == ["idle"]
        assert (await wait_for_presence(alice, carol, "offline"))["last_seen_at"]


async def test_without_a_daemon_everybody_is_offline_when_the_lease_expires(own_server):
    """Only the expiry of the lease sets users offline then."""
    server = own_server(ECHOCHAT_WATCHDOG="off")
    async with TestUsers(server) as users:
        alice, bob = await users.register_all("alice", "bob")
        await alice.create_room("group", members=[bob])
        await bob.connect()
        before = await wait_for_presence(alice, bob, "active")
        # Stopped, not killed, so that the supervisor, without its watchdog, does not restart it.
        pid = server.signal("push", signal.SIGSTOP)
        try:
            offline = await wait_for_presence(alice, bob, "offline", within=35)
            assert await online_ids(alice) == []
        finally:
            os.kill(pid, signal.SIGCONT)
        assert offline["last_seen_at"] >= before["last_seen_at"]
        await wait_for_presence(alice, bob, "active", within=15)
