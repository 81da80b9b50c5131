"""A block hides what either of two users hears of the other (Decisions/0012)."""

from support.markers import put_markers, receipts
from support.ws_client import Connection

# What an event says of its author, by event.
ABOUT = {"user_typing": "user_id", "receipt": "user_id", "user_updated": "user_id"}


def heard(connection: Connection, user) -> set[str]:
    """What the connection has heard of the user so far."""
    events = {frame.event for frame in connection.history if frame.event in ABOUT and frame.data[ABOUT[frame.event]] == user.user_id}
    changes = [change for frame in connection.received("presence") for change in frame.data.get("changes", [])]
    return events | {"presence" for change in changes if change["user_id"] == user.user_id}


async def test_in_a_direct_room_of_a_block_nothing_passes(alice, mallory):
    room = (await mallory.create_room("direct", members=[alice]))["room_id"]
    await mallory.post_message(room, "hello")
    await alice.put(f"/users/{mallory.user_id}/block")
    for one, other in ((alice, mallory), (mallory, alice)):
        connection, sender = await one.connect(), await other.connect()
        await sender.command_ok("typing", room_id=room)
        await put_markers(other, room, read_seq=1)
        await other.patch("/users/me", json={"status_text": "elsewhere"})
        await one.catch_up(connection)
        assert heard(connection, other) == set()
        assert other.user_id not in await receipts(one, room, 1)


async def test_a_mention_of_who_blocked_by_the_other_counts_for_nobody(alice, mallory, lobby):
    await alice.add(lobby, mallory)
    for is_blocked in (False, True):
        if is_blocked:
            await alice.put(f"/users/{mallory.user_id}/block")
        for author, mentioned in ((alice, mallory), (mallory, alice)):
            posted = await author.post_message(lobby, f"@{mentioned.username}")
            count = 0 if is_blocked and mentioned is alice else 1
            assert (await mentioned.get_room(lobby))["me"]["mentions"] == count
            [badge] = [room for room in (await mentioned.get("/users/me/badges")).json()["rooms"] if room["room_id"] == lobby]
            assert badge["mentions"] == count
            await put_markers(mentioned, lobby, read_seq=posted["seq"])
