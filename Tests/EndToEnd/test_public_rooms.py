"""Public rooms: the directory, search, joining, and what non-members see."""

import asyncio
import secrets

from support.problems import check_error
from support.rooms import members_of, room_ids


async def test_a_public_room_is_listed_and_anyone_joins_and_leaves(alice, mallory):
    name = f"Plaza {secrets.token_hex(6)}"
    room_id = (await alice.create_room("public", name, topic="All welcome"))["room_id"]
    listed = {room["room_id"]: room for room in await mallory.list_all("/rooms/public", limit=200)}
    assert listed[room_id]["name"] == name
    assert listed[room_id]["topic"] == "All welcome"
    assert listed[room_id]["member_count"] == 1
    await mallory.join(room_id)
    assert (await mallory.get_room(room_id))["me"]["role"] == "member"
    assert (await alice.get_room(room_id))["member_count"] == 2
    await mallory.join(room_id)
    assert (await alice.get_room(room_id))["member_count"] == 2
    await mallory.leave(room_id)
    assert room_id not in await room_ids(mallory)
    assert (await alice.get_room(room_id))["member_count"] == 1
    await mallory.join(room_id)
    assert room_id in await room_ids(mallory)


async def test_groups_and_direct_rooms_are_not_in_the_directory(alice, bob, lobby, mallory):
    private = (await alice.create_room("direct", members=[bob]))["room_id"]
    for user in (alice, bob, mallory):
        listed = {room["room_id"] for room in await user.list_all("/rooms/public", limit=200)}
        assert not listed & {lobby, private}


async def test_the_directory_lists_each_room_once_across_pages(alice, bob):
    created = {(await alice.create_room("public", f"Row {i} {secrets.token_hex(4)}"))["room_id"] for i in range(7)}
    listed = [room["room_id"] for room in await bob.list_all("/rooms/public", limit=3)]
    assert len(listed) == len(set(listed))
    assert created <= set(listed)


async def test_a_public_room_is_found_by_name_and_topic_despite_typos(alice, bob, mallory):
    suffix = secrets.token_hex(4)

    async def found(user, q: str) -> list[str]:
        return [room["name"] for room in await user.list_all("/rooms/public", q=f"{q} {suffix}", limit=1)]

    await alice.create_room("group", f"Astronomers {suffix}")
    telescopes = await alice.create_room("public", f"Telescopes {suffix}", topic="For astronomers")
    astronomers = await bob.create_room("public", f"Astronomers {suffix}", topic="Clear skies")
    by_relevance = [astronomers["name"], telescopes["name"]]
    for q in ("astronomers", "ASTRO", "astronomres", "astrnomers", "astronommers", "ronom"):
        assert await found(mallory, q) == by_relevance, q
    assert await found(mallory, "teleskopes") == [telescopes["name"]]
    assert await found(mallory, "gastronomy") == []

    response = await alice.patch(f"/rooms/{telescopes['room_id']}", json={"name": f"Lenses {suffix}", "topic": "Glass"})
    assert response.status_code == 200, response.text
    assert await found(mallory, "astronomers") == [astronomers["name"]]
    assert await found(mallory, "lenzes") == [f"Lenses {suffix}"]
    assert (await bob.delete(f"/rooms/{astronomers['room_id']}")).status_code == 204
    assert await found(mallory, "astronomers") == []


async def test_a_non_member_cannot_post_to_a_public_room_before_joining(alice, mallory):
    room_id = (await alice.create_room("public"))["room_id"]
    check_error(await mallory.post(f"/rooms/{room_id}/messages", json={"content": "spam"}), (403, 404))
    await mallory.join(room_id)
    await mallory.post_message(room_id, "hello")
    await mallory.leave(room_id)
    check_error(await mallory.post(f"/rooms/{room_id}/messages", json={"content": "spam"}), (403, 404))


async def test_a_non_member_sees_a_public_room_but_none_of_its_messages(alice, mallory):
    room_id = (await alice.create_room("public"))["room_id"]
    message = await alice.post_message(room_id, "among ourselves")
    listed = await mallory.get_room(room_id)
    assert (listed["me"], listed["last_message"], listed["last_seq"]) == (None, None, 1)
    assert (await mallory.post(f"/rooms/{room_id}/join")).json()["last_message"] == message
    await mallory.leave(room_id)
    assert (await mallory.get_room(room_id))["last_message"] is None


async def test_twenty_users_join_a_public_room_at_once_and_all_are_counted(users, alice):
    room_id = (await alice.create_room("public"))["room_id"]
    guests = await users.register_all(*(f"guest{i}" for i in range(20)))
    await asyncio.gather(*(user.join(room_id) for user in guests))
    assert (await alice.get_room(room_id))["member_count"] == 21
    assert len(await members_of(alice, room_id)) == 21
    paged = [member["user"]["user_id"] for member in await alice.list_all(f"/rooms/{room_id}/members", limit=4)]
    assert len(paged) == len(set(paged)) == 21
