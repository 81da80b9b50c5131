"""People make rooms of all three kinds, find them, join, leave, and let each other in and out."""

import asyncio
import re
import secrets

import pytest

from support.problems import INVALID, anonymous, check_refusal

ROOM = {"room_id", "kind", "name", "topic", "created_by", "created_at", "member_count", "last_seq", "last_message", "with", "me"}
ME = {"role", "delivered_seq", "preview_seq", "read_seq", "unread", "mentions", "notify", "muted_until"}


async def members_of(person, room_id: str) -> dict[str, str]:
    """User id to role."""
    return {member["user"]["user_id"]: member["role"] for member in await person.walk(f"/rooms/{room_id}/members")}


async def my_rooms(person, **query) -> list[str]:
    return [room["room_id"] for room in await person.walk("/rooms", **query)]


async def mine(person) -> list[dict]:
    return await person.walk("/rooms")


# Groups


async def test_alice_makes_a_group_with_bob_and_both_see_it(alice, bob):
    answer = await alice.post("/rooms", json={"kind": "group", "name": "Book club", "topic": "Moby-Dick", "members": [bob.user_id]})
    assert answer.status_code == 201, answer.text
    room = answer.json()
    assert set(room) == ROOM
    assert set(room["me"]) == ME
    assert re.fullmatch(r"[A-Za-z0-9]{8,64}", room["room_id"])
    assert (room["kind"], room["name"], room["topic"], room["created_by"]) == ("group", "Book club", "Moby-Dick", alice.user_id)
    assert (room["member_count"], room["last_seq"], room["last_message"], room["with"]) == (2, 0, None, None)
    assert room["me"]["role"] == "owner"

    seen = await bob.see_room(room["room_id"])
    assert seen["me"]["role"] == "member"
    assert {key: value for key, value in seen.items() if key != "me"} == {key: value for key, value in room.items() if key != "me"}
    assert room["room_id"] in await my_rooms(alice)
    assert room["room_id"] in await my_rooms(bob)
    assert await members_of(bob, room["room_id"]) == {alice.user_id: "owner", bob.user_id: "member"}


async def test_a_group_is_to_mallory_as_if_it_did_not_exist(lobby, mallory):
    for method, rest in (("GET", ""), ("GET", "/members"), ("POST", "/join"), ("POST", "/leave"), ("GET", "/messages")):
        foreign = await mallory.request(method, f"/rooms/{lobby}{rest}")
        unknown = await mallory.request(method, f"/rooms/{lobby[::-1]}{rest}")
        assert anonymous(check_refusal(foreign, 404)) == anonymous(check_refusal(unknown, 404)), (method, rest)
    assert lobby not in await my_rooms(mallory)


async def test_mallory_cannot_let_herself_in(lobby, alice, mallory):
    foreign = await mallory.put(f"/rooms/{lobby}/members/{mallory.user_id}", json={"role": "member"})
    unknown = await mallory.put(f"/rooms/{lobby[::-1]}/members/{mallory.user_id}", json={"role": "member"})
    assert anonymous(check_refusal(foreign, 404)) == anonymous(check_refusal(unknown, 404))
    assert mallory.user_id not in await members_of(alice, lobby)


async def test_alice_lets_mallory_in_and_puts_her_out_again(lobby, alice, mallory):
    await alice.add(lobby, mallory)
    assert (await mallory.see_room(lobby))["me"]["role"] == "member"
    assert (await members_of(alice, lobby))[mallory.user_id] == "member"
    assert (await alice.see_room(lobby))["member_count"] == 3
    await alice.remove(lobby, mallory)
    check_refusal(await mallory.get(f"/rooms/{lobby}"), 404)
    assert mallory.user_id not in await members_of(alice, lobby)
    assert (await alice.see_room(lobby))["member_count"] == 2
    check_refusal(await alice.delete(f"/rooms/{lobby}/members/{mallory.user_id}"), 404)


async def test_letting_somebody_in_twice_changes_nothing(lobby, alice, mallory):
    await alice.add(lobby, mallory)
    await alice.add(lobby, mallory)
    assert (await alice.see_room(lobby))["member_count"] == 3


async def test_alice_makes_bob_a_moderator(lobby, alice, bob):
    await alice.add(lobby, bob, "moderator")
    assert (await members_of(alice, lobby))[bob.user_id] == "moderator"
    assert (await bob.see_room(lobby))["me"]["role"] == "moderator"


async def test_bob_cannot_raise_himself_nor_put_alice_out(lobby, alice, bob):
    for role in ("moderator", "owner"):
        check_refusal(await bob.put(f"/rooms/{lobby}/members/{bob.user_id}", json={"role": role}), 403)
    check_refusal(await bob.delete(f"/rooms/{lobby}/members/{alice.user_id}"), 403)
    check_refusal(await bob.put(f"/rooms/{lobby}/members/{alice.user_id}", json={"role": "member"}), 403)
    assert await members_of(alice, lobby) == {alice.user_id: "owner", bob.user_id: "member"}


async def test_nobody_lets_in_one_who_does_not_exist_or_with_a_role_that_does_not(lobby, alice, mallory):
    check_refusal(await alice.put(f"/rooms/{lobby}/members/nosuchuser", json={"role": "member"}), (404, 422))
    for role in ("emperor", "", 7, None, ["member"]):
        check_refusal(await alice.put(f"/rooms/{lobby}/members/{mallory.user_id}", json={"role": role}), INVALID)
    check_refusal(await alice.post("/rooms", json={"kind": "group", "name": "Ghosts", "members": ["nosuchuser"]}), (400, 404, 422))
    assert mallory.user_id not in await members_of(alice, lobby)


async def test_bob_leaves_the_group_and_it_is_gone_for_him(lobby, alice, bob):
    await bob.leave(lobby)
    check_refusal(await bob.get(f"/rooms/{lobby}"), 404)
    check_refusal(await bob.post(f"/rooms/{lobby}/leave"), 404)
    check_refusal(await bob.post(f"/rooms/{lobby}/join"), 404)
    assert lobby not in await my_rooms(bob)
    assert await members_of(alice, lobby) == {alice.user_id: "owner"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "palace", "name": "x"},
        {"kind": None},
        {"kind": 7},
        {"kind": "group", "name": 7},
        {"kind": "public"},
        {"kind": "public", "name": ""},
        {"kind": "group", "name": "n" * 10_000},
        {"kind": "group", "name": "x", "topic": "t" * 60_000},
        {"kind": "group", "name": "x", "members": "all"},
        {"kind": "group", "name": "x", "members": [7]},
        {"kind": "direct"},
        {"kind": "direct", "members": []},
        [],
        "room",
        None,
    ],
)
async def test_a_room_that_cannot_be_is_refused(alice, body):
    before = await my_rooms(alice)
    check_refusal(await alice.post("/rooms", json=body), INVALID)
    assert await my_rooms(alice) == before


async def test_a_room_asked_for_twice_with_one_idempotency_key_is_made_once(alice):
    body, headers = {"kind": "group", "name": "Once"}, {"Idempotency-Key": secrets.token_hex(8)}
    answers = await asyncio.gather(*(alice.post("/rooms", json=body, headers=headers) for _ in range(5)))
    answers.append(await alice.post("/rooms", json=body, headers=headers))
    assert {answer.status_code for answer in answers} <= {200, 201}, [answer.text for answer in answers]
    assert len({answer.json()["room_id"] for answer in answers}) == 1
    check_refusal(await alice.post("/rooms", json={**body, "name": "Twice"}, headers=headers), (409, 422))


# Public rooms


async def test_a_public_room_is_listed_and_anyone_joins_and_leaves(alice, mallory):
    name = f"Plaza {secrets.token_hex(6)}"
    room_id = (await alice.create_room("public", name, topic="All welcome"))["room_id"]
    listed = {room["room_id"]: room for room in await mallory.walk("/rooms/public", limit=200)}
    assert listed[room_id]["name"] == name
    assert listed[room_id]["topic"] == "All welcome"
    assert listed[room_id]["member_count"] == 1
    await mallory.join(room_id)
    assert (await mallory.see_room(room_id))["me"]["role"] == "member"
    assert (await alice.see_room(room_id))["member_count"] == 2
    await mallory.join(room_id)
    assert (await alice.see_room(room_id))["member_count"] == 2
    await mallory.leave(room_id)
    assert room_id not in await my_rooms(mallory)
    assert (await alice.see_room(room_id))["member_count"] == 1
    await mallory.join(room_id)
    assert room_id in await my_rooms(mallory)


async def test_groups_and_conversations_of_two_are_not_in_the_directory(alice, bob, lobby, mallory):
    private = (await alice.create_room("direct", members=[bob]))["room_id"]
    for person in (alice, bob, mallory):
        listed = {room["room_id"] for room in await person.walk("/rooms/public", limit=200)}
        assert not listed & {lobby, private}


async def test_the_directory_is_read_page_by_page_each_room_once(alice, bob):
    made = {(await alice.create_room("public", f"Row {i} {secrets.token_hex(4)}"))["room_id"] for i in range(7)}
    seen = [room["room_id"] for room in await bob.walk("/rooms/public", limit=3)]
    assert len(seen) == len(set(seen))
    assert made <= set(seen)


async def test_a_public_room_is_found_by_name_and_topic_though_letters_are_wrong(alice, bob, mallory):
    mark = secrets.token_hex(4)

    async def found(person, q: str) -> list[str]:
        return [room["name"] for room in await person.walk("/rooms/public", q=f"{q} {mark}", limit=1)]

    await alice.create_room("group", f"Astronomers {mark}")
    talk = await alice.create_room("public", f"Telescopes {mark}", topic="For astronomers")
    club = await bob.create_room("public", f"Astronomers {mark}", topic="Clear skies")
    by_name = [club["name"], talk["name"]]
    for q in ("astronomers", "ASTRO", "astronomres", "astrnomers", "astronommers", "ronom"):
        assert await found(mallory, q) == by_name, q
    assert await found(mallory, "teleskopes") == [talk["name"]]
    assert await found(mallory, "gastronomy") == []

    answer = await alice.patch(f"/rooms/{talk['room_id']}", json={"name": f"Lenses {mark}", "topic": "Glass"})
    assert answer.status_code == 200, answer.text
    assert await found(mallory, "astronomers") == [club["name"]]
    assert await found(mallory, "lenzes") == [f"Lenses {mark}"]
    assert (await bob.delete(f"/rooms/{club['room_id']}")).status_code == 204
    assert await found(mallory, "astronomers") == []


async def test_a_stranger_does_not_write_into_a_public_room_before_joining(alice, mallory):
    room_id = (await alice.create_room("public"))["room_id"]
    check_refusal(await mallory.post(f"/rooms/{room_id}/messages", json={"content": "spam"}), (403, 404))
    await mallory.join(room_id)
    await mallory.write(room_id, "hello")
    await mallory.leave(room_id)
    check_refusal(await mallory.post(f"/rooms/{room_id}/messages", json={"content": "spam"}), (403, 404))


async def test_a_stranger_who_looks_at_a_public_room_sees_none_of_its_words(alice, mallory):
    room_id = (await alice.create_room("public"))["room_id"]
    message = await alice.write(room_id, "among ourselves")
    seen = await mallory.see_room(room_id)
    assert (seen["me"], seen["last_message"], seen["last_seq"]) == (None, None, 1)
    assert (await mallory.post(f"/rooms/{room_id}/join")).json()["last_message"] == message
    await mallory.leave(room_id)
    assert (await mallory.see_room(room_id))["last_message"] is None


async def test_twenty_people_join_a_public_room_at_once_and_all_are_counted(people, alice):
    room_id = (await alice.create_room("public"))["room_id"]
    crowd = await people.registered(*(f"guest{i}" for i in range(20)))
    await asyncio.gather(*(person.join(room_id) for person in crowd))
    assert (await alice.see_room(room_id))["member_count"] == 21
    assert len(await members_of(alice, room_id)) == 21
    paged = [member["user"]["user_id"] for member in await alice.walk(f"/rooms/{room_id}/members", limit=4)]
    assert len(paged) == len(set(paged)) == 21


# Conversations of two


async def test_two_people_have_one_direct_room_whoever_asks_first(alice, bob, mallory):
    first = await alice.post("/rooms", json={"kind": "direct", "members": [bob.user_id]})
    assert first.status_code == 201, first.text
    room = first.json()
    assert room["kind"] == "direct"
    assert room["with"]["user_id"] == bob.user_id
    again = await alice.post("/rooms", json={"kind": "direct", "members": [bob.user_id]})
    other_way = await bob.post("/rooms", json={"kind": "direct", "members": [alice.user_id]})
    assert (again.status_code, other_way.status_code) == (200, 200)
    assert again.json()["room_id"] == other_way.json()["room_id"] == room["room_id"]
    assert other_way.json()["with"]["user_id"] == alice.user_id
    assert (await bob.see_room(room["room_id"]))["member_count"] == 2
    check_refusal(await mallory.get(f"/rooms/{room['room_id']}"), 404)


async def test_two_who_write_to_each_other_at_once_still_have_one_room(alice, bob):
    answers = await asyncio.gather(
        *(
            one.post("/rooms", json={"kind": "direct", "members": [other.user_id]})
            for _ in range(25)
            for one, other in ((alice, bob), (bob, alice))
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200] * 49 + [201], [answer.text for answer in answers]
    assert len({answer.json()["room_id"] for answer in answers}) == 1


async def test_a_conversation_of_two_needs_exactly_one_other_who_exists(alice, bob, mallory):
    check_refusal(await alice.post("/rooms", json={"kind": "direct", "members": ["nosuchuser"]}), (400, 404, 422))
    check_refusal(await alice.post("/rooms", json={"kind": "direct", "members": [bob.user_id, mallory.user_id]}), INVALID)
    check_refusal(await alice.post("/rooms", json={"kind": "direct", "members": [alice.user_id]}), INVALID)


async def test_a_third_is_not_let_into_a_conversation_of_two(alice, bob, mallory):
    room_id = (await alice.create_room("direct", members=[bob]))["room_id"]
    check_refusal(await alice.put(f"/rooms/{room_id}/members/{mallory.user_id}", json={"role": "member"}), (400, 403, 409, 422))
    check_refusal(await mallory.post(f"/rooms/{room_id}/join"), 404)
    assert set(await members_of(alice, room_id)) == {alice.user_id, bob.user_id}


# My rooms


async def test_my_rooms_come_latest_activity_first(alice, bob):
    rooms = [(await alice.create_room("group", f"R{i}", members=[bob]))["room_id"] for i in range(3)]
    for i in (1, 0, 2, 0):
        await bob.write(rooms[i], f"in {i}")
    listed = await mine(alice)
    assert [room["room_id"] for room in listed][:3] == [rooms[0], rooms[2], rooms[1]]
    assert listed[0]["last_seq"] == 2
    assert listed[0]["last_message"]["content"] == "in 0"
    assert listed[0]["last_message"]["seq"] == 2


async def test_my_rooms_are_read_page_by_page_each_once(alice):
    made = [(await alice.create_room("group", f"R{i}"))["room_id"] for i in range(7)]
    paged = await my_rooms(alice, limit=3)
    assert len(paged) == len(set(paged))
    assert set(made) <= set(paged)
    assert paged == await my_rooms(alice, limit=200)


async def test_an_unchanged_room_need_not_be_read_again(alice, lobby):
    tag = (await alice.get(f"/rooms/{lobby}")).headers["etag"]
    assert tag.startswith('W/"')
    assert (await alice.get(f"/rooms/{lobby}", headers={"If-None-Match": tag})).status_code == 304
    await alice.write(lobby, "now it has changed")
    assert (await alice.get(f"/rooms/{lobby}", headers={"If-None-Match": tag})).status_code == 200


# News of rooms, live


async def test_alice_hears_live_who_comes_and_goes(alice, bob, mallory):
    room_id = (await alice.create_room("public"))["room_id"]
    line = await alice.connect()
    await bob.join(room_id)
    joined = await line.expect("member_joined", room_id=room_id)
    assert joined.id > line.welcome.data["cursor"]
    assert joined.data["user"]["user_id"] == bob.user_id
    assert joined.data["role"] == "member"
    await bob.leave(room_id)
    left = await line.expect("member_left", room_id=room_id)
    assert left.data["user"]["user_id"] == bob.user_id
    assert left.id > joined.id
    await alice.add(room_id, mallory)
    assert (await line.expect("member_joined", room_id=room_id)).data["user"]["user_id"] == mallory.user_id
    await alice.remove(room_id, mallory)
    assert (await line.expect("member_left", room_id=room_id)).data["user"]["user_id"] == mallory.user_id


async def test_bob_hears_that_he_was_let_in_and_then_what_is_said(alice, bob):
    room_id = (await alice.create_room("group"))["room_id"]
    await alice.write(room_id, "before Bob")
    line = await bob.connect()
    await alice.add(room_id, bob)
    assert (await line.expect("member_joined", room_id=room_id)).data["user"]["user_id"] == bob.user_id
    await alice.write(room_id, "welcome, Bob")
    await line.expect("new_message", room_id=room_id, content="welcome, Bob")
    assert line.messages(room_id) == ["welcome, Bob"]


async def test_bob_hears_of_a_new_room_he_is_a_member_of(alice, bob):
    line = await bob.connect()
    room_id = (await alice.create_room("direct", members=[bob]))["room_id"]
    await line.expect("member_joined", room_id=room_id)
    await bob.catch_up(line)
    for created in line.heard("room_created", room_id=room_id):
        assert "me" not in created.data
