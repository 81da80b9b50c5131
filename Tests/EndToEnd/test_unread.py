"""Unread counts: only messages that still stand are counted, wherever a client reads or reckons the number."""

import pytest

from support.client_state import ClientState, room_summary
from support.clients import TestUser
from support.markers import put_markers


async def counts(user: TestUser, room_id: str) -> set[int]:
    """The unread count of a room in every document that bears it: one number, if all agree."""
    listed = {room["room_id"]: room["me"]["unread"] for room in await user.list_all("/rooms")}
    synced = {room["room_id"]: room["me"]["unread"] for room in (await user.get("/sync")).json()["rooms"]}
    badges = (await user.get("/users/me/badges")).json()
    badge = {room["room_id"]: room["unread"] for room in badges["rooms"]}
    assert badges["unread"] == sum(badge.values())
    return {(await user.get_room(room_id))["me"]["unread"], listed[room_id], synced[room_id], badge.get(room_id, 0)}


async def delete(user: TestUser, room_id: str, *seqs: int) -> None:
    for seq in seqs:
        response = await user.delete(f"/rooms/{room_id}/messages/{seq}")
        assert response.is_success, response.text


async def test_deleted_messages_are_not_unread_whoever_deletes_them_and_however(alice, bob, mallory, lobby):
    await alice.add(lobby, mallory)
    for i in range(6):
        await (mallory if i == 5 else alice).post_message(lobby, f"m{i}")
    assert await counts(bob, lobby) == {6}
    await delete(alice, lobby, 1, 2)
    await (await alice.connect()).command_ok("delete_message", room_id=lobby, seq=4)
    assert await counts(bob, lobby) == {3}
    await delete(alice, lobby, 6)
    await delete(alice, lobby, 6)
    assert await counts(bob, lobby) == {2}
    await delete(alice, lobby, 3, 5)
    assert await counts(bob, lobby) == {0}
    await alice.post_message(lobby, "the only one")
    assert await counts(bob, lobby) == {1}


async def test_reading_up_to_a_message_leaves_those_that_stand_after_it(alice, bob, lobby):
    for i in range(8):
        await alice.post_message(lobby, f"m{i}")
    await delete(alice, lobby, 2, 3, 6)
    assert (await put_markers(bob, lobby, read_seq=2))["unread"] == 4 and await counts(bob, lobby) == {4}
    me = await (await bob.connect()).command_ok("mark", room_id=lobby, read_seq=4)
    assert me["unread"] == 3 and await counts(bob, lobby) == {3}
    await delete(alice, lobby, 1)
    assert await counts(bob, lobby) == {3}
    assert (await put_markers(bob, lobby, read_seq=8))["unread"] == 0 and await counts(bob, lobby) == {0}


async def test_who_joins_or_comes_back_counts_no_deleted_message(alice, bob, mallory, lobby):
    for i in range(3):
        await alice.post_message(lobby, f"m{i}")
    await alice.add(lobby, mallory)
    assert await counts(mallory, lobby) == {0}
    await delete(alice, lobby, 1, 2)
    assert await counts(mallory, lobby) == {0} and await counts(bob, lobby) == {1}
    response = await bob.put(f"/rooms/{lobby}/notify", json={"level": "mentions"})
    assert response.json()["unread"] == 1, response.text


async def test_a_device_is_told_the_count_when_another_one_reads_past_deleted_messages(alice, bob, lobby):
    """Which of the unread messages of its /sync are deleted, a device cannot know."""
    for i in range(5):
        await alice.post_message(lobby, f"m{i}")
    await delete(alice, lobby, 2)
    phone = await bob.connect()
    await put_markers(bob, lobby, read_seq=1)
    await put_markers(bob, lobby, read_seq=3)
    told = await phone.expect("member_updated", room_id=lobby)
    assert (told.data["reason"], told.data["me"]["unread"], told.data["me"]["read_seq"]) == ("unread", 2, 3)
    await put_markers(bob, lobby, read_seq=5)
    await bob.catch_up(phone)
    assert len(phone.received("member_updated")) == 1, "without deleted messages on the way, the receipt says enough"


@pytest.mark.loops
async def test_a_client_that_resumes_reckons_the_number_that_it_would_read(alice, bob, lobby):
    await alice.post_message(lobby, "before")
    state = ClientState(bob.user_id)
    state.load((await bob.get("/sync")).json())
    connection = await bob.connect(since=state.cursor)
    for i in range(3):
        await alice.post_message(lobby, f"m{i}")
    await delete(alice, lobby, 1, 3)
    await bob.catch_up(connection)
    state.apply_received(connection)
    assert state.rooms[lobby]["me"]["unread"] == 2 and await counts(bob, lobby) == {2}
    await connection.close()

    # Missed: a message that was deleted, and markers of another device, of which only the last receipt is kept.
    await put_markers(bob, lobby, read_seq=2)
    for i in range(3):
        await alice.post_message(lobby, f"n{i}")
    await delete(alice, lobby, 2, 5)
    await put_markers(bob, lobby, read_seq=3)
    resumed = await bob.connect(since=state.cursor)
    await bob.catch_up(resumed)
    state.apply_received(resumed)
    assert state.rooms[lobby]["me"] == room_summary(await bob.get_room(lobby))["me"]
    assert state.rooms[lobby]["me"]["unread"] == 3 and await counts(bob, lobby) == {3}
