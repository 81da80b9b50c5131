"""Pinned and saved messages, and replies: who hears of them, who may, and what a page holds."""

import asyncio

from support.problems import check_error


def seqs(items: list[dict]) -> list[int]:
    return [item.get("message", item)["seq"] for item in items]


async def test_a_pinned_message_is_told_to_the_room_and_listed(alice, bob, lobby):
    connection = await bob.connect()
    for content in ("one", "two"):
        await bob.post_message(lobby, content)
    check_error(await bob.put(f"/rooms/{lobby}/pins/1"), 403)
    for seq in (1, 2, 2):
        assert (await alice.put(f"/rooms/{lobby}/pins/{seq}")).status_code == 204
        await asyncio.sleep(0.002)  # the order is by the millisecond
    for seq in (1, 2):
        assert (await connection.expect("message_pinned")).data == {"room_id": lobby, "seq": seq, "user_id": alice.user_id}
    pins = await bob.list_all(f"/rooms/{lobby}/pins")
    assert seqs(pins) == [2, 1] and {pin["pinned_by"] for pin in pins} == {alice.user_id}
    assert pins[0]["message"] == (await bob.get(f"/rooms/{lobby}/messages/2")).json()
    assert (await alice.delete(f"/rooms/{lobby}/pins/2")).status_code == 204
    assert (await connection.expect("message_unpinned")).data["seq"] == 2
    await bob.delete(f"/rooms/{lobby}/messages/1")
    assert await bob.list_all(f"/rooms/{lobby}/pins") == []
    check_error(await alice.put(f"/rooms/{lobby}/pins/1"), 409)
    for seq in ("0", "3", "x", "99999999999999999999"):
        check_error(await alice.put(f"/rooms/{lobby}/pins/{seq}"), 404)


async def test_saved_messages_are_the_users_own_on_all_devices(alice, bob, lobby):
    phone, narrowed, other = await bob.connect(), await bob.connect(room=lobby), await alice.connect()
    for content in ("one", "two", "three"):
        await alice.post_message(lobby, content)
    for seq in (3, 1, 3):
        assert (await bob.put(f"/users/me/saved/{lobby}/{seq}")).status_code == 204
    for seq in (3, 1):
        assert (await phone.expect("message_saved")).data == {"room_id": lobby, "seq": seq}
    assert seqs(await bob.list_all("/users/me/saved")) == [1, 3] and await alice.list_all("/users/me/saved") == []
    page = (await bob.get("/users/me/saved?limit=1")).json()
    assert seqs(page["items"]) == [1]
    assert seqs((await bob.get(f"/users/me/saved?cursor={page['next_cursor']}")).json()["items"]) == [3]
    assert (await bob.delete(f"/users/me/saved/{lobby}/3")).status_code == 204
    assert (await phone.expect("message_unsaved")).data["seq"] == 3
    exported = (await bob.get("/users/me/export")).json()["saved"]
    assert [(place["room_id"], place["seq"]) for place in exported] == [(lobby, 1)]
    await bob.post(f"/rooms/{lobby}/leave")
    assert await bob.list_all("/users/me/saved") == []
    for connection in (narrowed, other):
        assert not connection.received("message_saved") + connection.received("message_unsaved")


async def test_the_replies_to_a_message_are_listed_in_pages(alice, bob, lobby):
    await alice.post_message(lobby, "Who is hungry?")
    for number in range(5):
        await bob.post_message(lobby, f"answer {number}", reply_to=1 if number != 2 else None)
    assert seqs(await alice.list_all(f"/rooms/{lobby}/messages/1/replies")) == [2, 3, 5, 6]
    page = (await alice.get(f"/rooms/{lobby}/messages/1/replies?limit=3")).json()
    assert seqs(page["items"]) == [2, 3, 5] and page["next_cursor"]
    check_error(await alice.get(f"/rooms/{lobby}/messages/7/replies"), 404)


async def test_members_are_searched_and_show_how_far_they_have_come(alice, bob, mallory, lobby):
    await alice.add(lobby, mallory)
    await alice.post_message(lobby, "hello")
    await bob.put(f"/rooms/{lobby}/markers", json={"read_seq": 1})
    members = {member["user"]["user_id"]: member for member in await alice.list_all(f"/rooms/{lobby}/members", marks=1)}
    assert members[bob.user_id]["marks"] == {"delivered_seq": 1, "preview_seq": 1, "read_seq": 1}
    assert members[mallory.user_id]["marks"]["delivered_seq"] == 0
    await bob.patch("/users/me", json={"hide_read_receipts": True})
    members = {member["user"]["user_id"]: member for member in await alice.list_all(f"/rooms/{lobby}/members", marks=1, q=bob.username)}
    assert list(members) == [bob.user_id] and members[bob.user_id]["marks"] is None
    assert "marks" not in (await alice.list_all(f"/rooms/{lobby}/members"))[0]
    check_error(await alice.get(f"/rooms/{lobby}/members?marks=yes"), 422)
    check_error(await alice.get(f"/rooms/{lobby}/members?q={'a' * 3000}"), 422)


async def test_the_newest_messages_of_a_public_room_are_read_before_joining(alice, bob, mallory):
    lobby = (await alice.create_room("public", "Newcomers"))["room_id"]
    for number in range(60):
        await alice.post_message(lobby, f"m{number}")
    seen = (await mallory.get(f"/rooms/{lobby}/messages?limit=200")).json()
    assert seqs(seen["messages"]) == list(range(11, 61)) and not seen["has_before"] and not seen["has_after"]
    check_error(await mallory.get(f"/rooms/{lobby}/messages?before=11"), 403)
    await alice.put(f"/rooms/{lobby}/bans/{mallory.user_id}")
    check_error(await mallory.get(f"/rooms/{lobby}/messages"), 403)
    group = (await alice.create_room("group", members=[bob]))["room_id"]
    await alice.post_message(group, "secret")
    check_error(await mallory.get(f"/rooms/{group}/messages"), 404)


async def test_a_sync_names_the_authors_that_it_shows_alone(alice, bob, mallory, lobby):
    await alice.add(lobby, mallory)
    await bob.post_message(lobby, "first")
    await mallory.post_message(lobby, "newest")
    users = {user["user_id"] for user in (await alice.get("/sync")).json()["users"]}
    assert users == {alice.user_id, mallory.user_id}
