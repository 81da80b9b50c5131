"""Groups, direct rooms and the list of own rooms: creating, joining, leaving, and changing members."""

import asyncio
import re
import secrets

import pytest

from support.problems import INVALID, check_error, without_request_id
from support.rooms import members_of, room_ids

ROOM = {"room_id", "kind", "name", "topic", "created_by", "created_at", "member_count", "first_seq", "last_seq"}
ROOM |= {"retention_seconds", "last_message", "with", "me"}

ME = {"role", "delivered_seq", "preview_seq", "read_seq", "unread", "marked_unread_seq", "mentions", "notify", "muted_until", "draft"}


async def own_rooms(user) -> list[dict]:
    return await user.list_all("/rooms")


# Groups


async def test_alice_creates_a_group_with_bob_and_both_see_it(alice, bob):
    response = await alice.post("/rooms", json={"kind": "group", "name": "Book club", "topic": "Moby-Dick", "members": [bob.user_id]})
    assert response.status_code == 201, response.text
    room = response.json()
    assert set(room) == ROOM
    assert set(room["me"]) == ME
    assert re.fullmatch(r"[A-Za-z0-9]{8,64}", room["room_id"])
    assert (room["kind"], room["name"], room["topic"], room["created_by"]) == ("group", "Book club", "Moby-Dick", alice.user_id)
    assert (room["member_count"], room["last_seq"], room["last_message"], room["with"]) == (2, 0, None, None)
    assert room["me"]["role"] == "owner"

    listed = await bob.get_room(room["room_id"])
    assert listed["me"]["role"] == "member"
    assert {key: value for key, value in listed.items() if key != "me"} == {key: value for key, value in room.items() if key != "me"}
    assert room["room_id"] in await room_ids(alice)
    assert room["room_id"] in await room_ids(bob)
    assert await members_of(bob, room["room_id"]) == {alice.user_id: "owner", bob.user_id: "member"}


async def test_members_of_a_new_room_are_named_by_id_or_by_username(alice, bob, mallory):
    names = [f"@{bob.username.upper()}", mallory.username, bob.user_id]
    response = await alice.post("/rooms", json={"kind": "group", "name": "Book club", "members": names})
    assert response.status_code == 201, response.text
    assert set(await members_of(alice, response.json()["room_id"])) == {alice.user_id, bob.user_id, mallory.user_id}
    direct = (await alice.post("/rooms", json={"kind": "direct", "members": [bob.username]})).json()
    assert direct["with"]["user_id"] == bob.user_id
    assert (await bob.post("/rooms", json={"kind": "direct", "members": [alice.user_id]})).json()["room_id"] == direct["room_id"]
    for unknown in ("nobody-of-this-name", f"@{bob.user_id}", f"@@{bob.username}", "", "@"):
        problem = check_error(await alice.post("/rooms", json={"kind": "group", "name": "Book club", "members": [unknown]}), 422)
        assert [error["field"] for error in problem["errors"]] == ["members"]


async def test_a_group_does_not_exist_for_mallory(lobby, mallory):
    for method, rest in (("GET", ""), ("GET", "/members"), ("POST", "/join"), ("POST", "/leave"), ("GET", "/messages")):
        foreign = await mallory.request(method, f"/rooms/{lobby}{rest}")
        unknown = await mallory.request(method, f"/rooms/{lobby[::-1]}{rest}")
        assert without_request_id(check_error(foreign, 404)) == without_request_id(check_error(unknown, 404)), (method, rest)
    assert lobby not in await room_ids(mallory)


async def test_mallory_cannot_join_a_group_uninvited(lobby, alice, mallory):
    foreign = await mallory.put(f"/rooms/{lobby}/members/{mallory.user_id}", json={"role": "member"})
    unknown = await mallory.put(f"/rooms/{lobby[::-1]}/members/{mallory.user_id}", json={"role": "member"})
    assert without_request_id(check_error(foreign, 404)) == without_request_id(check_error(unknown, 404))
    assert mallory.user_id not in await members_of(alice, lobby)


async def test_alice_adds_and_removes_mallory(lobby, alice, mallory):
    await alice.add(lobby, mallory)
    assert (await mallory.get_room(lobby))["me"]["role"] == "member"
    assert (await members_of(alice, lobby))[mallory.user_id] == "member"
    assert (await alice.get_room(lobby))["member_count"] == 3
    await alice.remove(lobby, mallory)
    check_error(await mallory.get(f"/rooms/{lobby}"), 404)
    assert mallory.user_id not in await members_of(alice, lobby)
    assert (await alice.get_room(lobby))["member_count"] == 2
    check_error(await alice.delete(f"/rooms/{lobby}/members/{mallory.user_id}"), 404)


async def test_adding_a_member_twice_changes_nothing(lobby, alice, mallory):
    await alice.add(lobby, mallory)
    await alice.add(lobby, mallory)
    assert (await alice.get_room(lobby))["member_count"] == 3


async def test_alice_makes_bob_a_moderator(lobby, alice, bob):
    await alice.add(lobby, bob, "moderator")
    assert (await members_of(alice, lobby))[bob.user_id] == "moderator"
    assert (await bob.get_room(lobby))["me"]["role"] == "moderator"


async def test_bob_as_a_member_cannot_set_roles_or_remove_alice(lobby, alice, bob):
    for role in ("moderator", "owner"):
        check_error(await bob.put(f"/rooms/{lobby}/members/{bob.user_id}", json={"role": role}), 403)
    check_error(await bob.delete(f"/rooms/{lobby}/members/{alice.user_id}"), 403)
    check_error(await bob.put(f"/rooms/{lobby}/members/{alice.user_id}", json={"role": "member"}), 403)
    assert await members_of(alice, lobby) == {alice.user_id: "owner", bob.user_id: "member"}


async def test_an_unknown_user_or_role_cannot_be_added(lobby, alice, mallory):
    check_error(await alice.put(f"/rooms/{lobby}/members/nosuchuser", json={"role": "member"}), (404, 422))
    for role in ("emperor", "", 7, None, ["member"]):
        check_error(await alice.put(f"/rooms/{lobby}/members/{mallory.user_id}", json={"role": role}), INVALID)
    check_error(await alice.post("/rooms", json={"kind": "group", "name": "Ghosts", "members": ["nosuchuser"]}), (400, 404, 422))
    assert mallory.user_id not in await members_of(alice, lobby)


async def test_after_leaving_bob_no_longer_sees_the_group(lobby, alice, bob):
    await bob.leave(lobby)
    check_error(await bob.get(f"/rooms/{lobby}"), 404)
    check_error(await bob.post(f"/rooms/{lobby}/leave"), 404)
    check_error(await bob.post(f"/rooms/{lobby}/join"), 404)
    assert lobby not in await room_ids(bob)
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
async def test_an_invalid_room_is_refused(alice, body):
    before = await room_ids(alice)
    check_error(await alice.post("/rooms", json=body), INVALID)
    assert await room_ids(alice) == before


async def test_two_requests_with_one_idempotency_key_create_one_room(alice):
    body, headers = {"kind": "group", "name": "Once"}, {"Idempotency-Key": secrets.token_hex(8)}
    responses = await asyncio.gather(*(alice.post("/rooms", json=body, headers=headers) for _ in range(5)))
    responses.append(await alice.post("/rooms", json=body, headers=headers))
    assert {response.status_code for response in responses} <= {200, 201}, [response.text for response in responses]
    assert len({response.json()["room_id"] for response in responses}) == 1
    check_error(await alice.post("/rooms", json={**body, "name": "Twice"}, headers=headers), (409, 422))


# Direct rooms


async def test_two_users_have_one_direct_room_whichever_opens_it_first(alice, bob, mallory):
    first = await alice.post("/rooms", json={"kind": "direct", "members": [bob.user_id]})
    assert first.status_code == 201, first.text
    room = first.json()
    assert room["kind"] == "direct"
    assert room["with"]["user_id"] == bob.user_id
    again = await alice.post("/rooms", json={"kind": "direct", "members": [bob.user_id]})
    by_bob = await bob.post("/rooms", json={"kind": "direct", "members": [alice.user_id]})
    assert (again.status_code, by_bob.status_code) == (200, 200)
    assert again.json()["room_id"] == by_bob.json()["room_id"] == room["room_id"]
    assert by_bob.json()["with"]["user_id"] == alice.user_id
    assert (await bob.get_room(room["room_id"]))["member_count"] == 2
    check_error(await mallory.get(f"/rooms/{room['room_id']}"), 404)


async def test_two_users_who_open_a_direct_room_at_once_get_one_room(alice, bob):
    responses = await asyncio.gather(
        *(
            opener.post("/rooms", json={"kind": "direct", "members": [other.user_id]})
            for _ in range(25)
            for opener, other in ((alice, bob), (bob, alice))
        )
    )
    assert sorted(response.status_code for response in responses) == [200] * 49 + [201], [response.text for response in responses]
    assert len({response.json()["room_id"] for response in responses}) == 1


async def test_a_direct_room_needs_exactly_one_other_existing_user(alice, bob, mallory):
    check_error(await alice.post("/rooms", json={"kind": "direct", "members": ["nosuchuser"]}), (400, 404, 422))
    check_error(await alice.post("/rooms", json={"kind": "direct", "members": [bob.user_id, mallory.user_id]}), INVALID)
    check_error(await alice.post("/rooms", json={"kind": "direct", "members": [alice.user_id]}), INVALID)


async def test_a_third_user_cannot_be_added_to_a_direct_room(alice, bob, mallory):
    room_id = (await alice.create_room("direct", members=[bob]))["room_id"]
    check_error(await alice.put(f"/rooms/{room_id}/members/{mallory.user_id}", json={"role": "member"}), (400, 403, 409, 422))
    check_error(await mallory.post(f"/rooms/{room_id}/join"), 404)
    assert set(await members_of(alice, room_id)) == {alice.user_id, bob.user_id}


# Own rooms


async def test_own_rooms_are_listed_latest_activity_first(alice, bob):
    rooms = [(await alice.create_room("group", f"R{i}", members=[bob]))["room_id"] for i in range(3)]
    for i in (1, 0, 2, 0):
        await bob.post_message(rooms[i], f"in {i}")
    listed = await own_rooms(alice)
    assert [room["room_id"] for room in listed][:3] == [rooms[0], rooms[2], rooms[1]]
    assert listed[0]["last_seq"] == 2
    assert listed[0]["last_message"]["content"] == "in 0"
    assert listed[0]["last_message"]["seq"] == 2


async def test_own_rooms_are_listed_once_across_pages(alice):
    created = [(await alice.create_room("group", f"R{i}"))["room_id"] for i in range(7)]
    paged = await room_ids(alice, limit=3)
    assert len(paged) == len(set(paged))
    assert set(created) <= set(paged)
    assert paged == await room_ids(alice, limit=200)


async def test_an_unchanged_room_is_not_sent_again(alice, lobby):
    tag = (await alice.get(f"/rooms/{lobby}")).headers["etag"]
    assert tag.startswith('W/"')
    assert (await alice.get(f"/rooms/{lobby}", headers={"If-None-Match": tag})).status_code == 304
    await alice.post_message(lobby, "now it has changed")
    assert (await alice.get(f"/rooms/{lobby}", headers={"If-None-Match": tag})).status_code == 200


# Live events


async def test_alice_receives_joins_and_leaves_live(alice, bob, mallory):
    room_id = (await alice.create_room("public"))["room_id"]
    connection = await alice.connect()
    await bob.join(room_id)
    joined = await connection.expect("member_joined", room_id=room_id)
    assert joined.id > connection.welcome.data["cursor"]
    assert joined.data["user"]["user_id"] == bob.user_id
    assert joined.data["role"] == "member"
    await bob.leave(room_id)
    left = await connection.expect("member_left", room_id=room_id)
    assert left.data["user"]["user_id"] == bob.user_id
    assert left.id > joined.id
    await alice.add(room_id, mallory)
    assert (await connection.expect("member_joined", room_id=room_id)).data["user"]["user_id"] == mallory.user_id
    await alice.remove(room_id, mallory)
    assert (await connection.expect("member_left", room_id=room_id)).data["user"]["user_id"] == mallory.user_id


async def test_bob_receives_the_new_membership_and_then_the_messages(alice, bob):
    room_id = (await alice.create_room("group"))["room_id"]
    await alice.post_message(room_id, "before Bob")
    connection = await bob.connect()
    await alice.add(room_id, bob)
    assert (await connection.expect("member_joined", room_id=room_id)).data["user"]["user_id"] == bob.user_id
    await alice.post_message(room_id, "welcome, Bob")
    await connection.expect("new_message", room_id=room_id, content="welcome, Bob")
    assert connection.messages(room_id) == ["welcome, Bob"]


async def test_bob_receives_a_new_room_as_a_member(alice, bob):
    connection = await bob.connect()
    room_id = (await alice.create_room("direct", members=[bob]))["room_id"]
    await connection.expect("member_joined", room_id=room_id)
    await bob.catch_up(connection)
    for created in connection.received("room_created", room_id=room_id):
        assert "me" not in created.data
