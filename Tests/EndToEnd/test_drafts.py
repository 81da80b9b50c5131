"""Drafts and marks as unread: the same on all devices of a user, live, after a resume, and nobody else's."""

from support.clients import TestUser
from support.markers import put_markers
from support.problems import INVALID, check_error


async def draft(user: TestUser, room_id: str):
    """The draft in every document that bears it: one, if all agree."""
    (synced,) = [room for room in (await user.get("/sync")).json()["rooms"] if room["room_id"] == room_id]
    (listed,) = [room for room in await user.list_all("/rooms") if room["room_id"] == room_id]
    own = (await user.get_room(room_id))["me"]["draft"]
    assert own == synced["me"]["draft"] == listed["me"]["draft"]
    return own


async def test_a_draft_is_the_same_on_all_devices_and_nobody_elses(alice, bob, lobby):
    laptop, phone, other = await alice.connect(), await alice.connect(), await bob.connect()
    narrowed = await alice.connect(room=lobby)
    await bob.post_message(lobby, "Who is hungry?")
    stored = (await alice.put(f"/rooms/{lobby}/draft", json={"content": "Lunch at", "reply_to": 1})).json()
    assert stored["room_id"] == lobby and stored["content"] == "Lunch at" and stored["reply_to"] == 1
    for connection in (laptop, phone, narrowed):
        assert (await connection.expect("draft_updated")).data == stored
    assert await draft(alice, lobby) == {key: stored[key] for key in ("content", "reply_to", "updated_at")}
    assert await draft(bob, lobby) is None

    assert (await alice.put(f"/rooms/{lobby}/draft", json={"content": "Lunch at one?"})).json()["reply_to"] is None
    assert (await alice.delete(f"/rooms/{lobby}/draft")).status_code == 204
    assert (await phone.expect("draft_updated")).data["content"] == "Lunch at one?"
    assert (await phone.expect("draft_updated")).data["content"] == ""
    assert await draft(alice, lobby) is None
    await bob.post_message(lobby, "the last event that Bob hears")
    await other.expect("new_message", content="the last event that Bob hears")
    assert not other.received("draft_updated")


async def test_a_device_that_resumes_hears_the_newest_draft_alone(alice, lobby):
    connection = await alice.connect()
    cursor = connection.welcome.data["cursor"]
    await connection.close()
    for content in ("L", "Lu", "Lunch"):
        await alice.put(f"/rooms/{lobby}/draft", json={"content": content})
    resumed = await alice.connect(since=cursor)
    assert resumed.welcome.data["resumed"] is True
    assert (await resumed.expect("draft_updated")).data["content"] == "Lunch"
    await alice.post_message(lobby, "and then this")
    await resumed.expect("new_message")
    assert len(resumed.received("draft_updated")) == 1


async def test_a_draft_is_bounded_as_a_message_is(alice, lobby):
    path = f"/rooms/{lobby}/draft"
    for body in (
        {"content": "a" * 4001},
        {"content": "a\0"},
        {"content": 1},
        {},
        {"content": "a", "reply_to": 0},
        {"content": "a", "reply_to": "1"},
    ):
        check_error(await alice.put(path, json=body), INVALID)
    assert (await alice.put(path, json={"content": "👨‍👩‍👧‍👦" * 1000})).status_code == 200
    assert (await draft(alice, lobby))["content"] == "👨‍👩‍👧‍👦" * 1000
    assert (await alice.put(path, json={"content": "  \n"})).status_code == 200, "a draft may be blank: it is not sent"


async def test_a_mark_as_unread_reaches_the_own_devices_and_ends_by_reading_on(alice, bob, lobby):
    phone, other = await bob.connect(), await alice.connect()
    for content in ("one", "two"):
        await alice.post_message(lobby, content)
    await put_markers(bob, lobby, read_seq=2)
    me = (await bob.put(f"/rooms/{lobby}/unread", json={"seq": 1})).json()
    assert (me["marked_unread_seq"], me["read_seq"], me["unread"]) == (1, 2, 0)
    assert (await phone.expect("member_updated", reason="unread")).data["me"] == me
    assert (await bob.get_room(lobby))["me"] == {**me, "draft": None}
    assert (await bob.delete(f"/rooms/{lobby}/unread")).status_code == 204
    assert (await phone.expect("member_updated", reason="unread")).data["me"]["marked_unread_seq"] is None
    await bob.put(f"/rooms/{lobby}/unread", json={"seq": 2})
    await alice.post_message(lobby, "three")
    assert (await put_markers(bob, lobby, read_seq=3))["marked_unread_seq"] is None
    assert (await bob.get_room(lobby))["me"]["marked_unread_seq"] is None
    for body in ({"seq": 0}, {"seq": 4}, {"seq": 1 << 62}, {"seq": "1"}, {}):
        check_error(await bob.put(f"/rooms/{lobby}/unread", json=body), INVALID)
    assert not other.received("member_updated")
