"""Adding people to rooms at the limits as shipped: how many strangers an hour, who is invited instead, and what the limits are called."""

import asyncio

import pytest

from support.clients import TestUser, TestUsers
from support.problems import INVALID, check_error
from support.stored_messages import STORED

HOUR_MS = 3_600_000
SHIPPED = {
    name: None
    for name in (
        "ECHOCHAT_ROOM_RATE",
        "ECHOCHAT_ADDING_RATE",
        "ECHOCHAT_ROOMS_PER_USER",
        "ECHOCHAT_OWNED_ROOMS_PER_USER",
        "ECHOCHAT_UNOPENED_ROOMS_PER_USER",
    )
}


def check_rate_limited(response, name: str) -> None:
    problem = check_error(response, 429, "rate_limited")
    assert 0 < problem["retry_after_ms"] <= HOUR_MS and int(response.headers["retry-after"]) >= 1, problem
    assert problem["limit"] == name, problem


async def protect(user: TestUser) -> None:
    response = await user.patch("/users/me/preferences", json={"added_by": "contacts"})
    assert response.status_code == 200 and response.json()["added_by"] == "contacts", response.text


async def invitations(user: TestUser) -> list[dict]:
    return await user.list_all("/users/me/invitations")


# Limits


async def test_the_welcome_names_the_limits_on_rooms_and_on_adding_people(own_server):
    server = own_server(**SHIPPED)
    async with TestUsers(server) as users:
        limits = (await (await users.register("alice")).connect()).welcome.data["limits"]
        assert limits["adding_rate"] == {"count": 30, "window_ms": HOUR_MS}
        assert limits["room_rate"] == {"count": 200, "window_ms": HOUR_MS}
        names = ("rooms_per_user", "owned_rooms_per_user", "unopened_rooms_per_user", "members_per_room", "invitations_per_user")
        assert [limits[name] for name in names] == [1000, 500, 200, 100_000, 100]


async def test_mallory_adds_thirty_strangers_an_hour_by_whatever_door(own_server):
    server = own_server(**SHIPPED)
    async with TestUsers(server) as users:
        mallory = await users.register("mallory")
        strangers = await users.register_all(*(f"stranger{i}" for i in range(33)))
        group = (await mallory.create_room("group", members=strangers[:20]))["room_id"]
        for stranger in strangers[20:25]:
            await mallory.add(group, stranger)
        for stranger in strangers[25:30]:
            await mallory.create_room("direct", members=[stranger])
        victim = strangers[30]
        for body in (
            {"kind": "direct", "members": [victim.user_id]},
            {"kind": "group", "name": "Club", "members": [victim.user_id]},
            {"kind": "public", "name": "Club", "members": [strangers[0].user_id, victim.user_id]},
        ):
            check_rate_limited(await mallory.post("/rooms", json=body), "adding")
        check_rate_limited(await mallory.put(f"/rooms/{group}/members/{victim.user_id}"), "adding")
        assert (await victim.get("/sync")).json()["rooms"] == []
        # People who are in a room with Mallory already are free.
        await mallory.create_room("group", members=strangers[:30])
        lobby = (await victim.create_room("public"))["room_id"]
        await mallory.join(lobby)
        await mallory.add(group, victim)


async def test_a_flood_of_groups_takes_only_a_part_of_bobs_rooms_and_none_of_his_own(own_server):
    server = own_server(
        **{**SHIPPED, "ECHOCHAT_EVENT_RATE": "off", "ECHOCHAT_COMMAND_RATE": "off", "ECHOCHAT_UNOPENED_ROOMS_PER_USER": "20"}
    )
    async with TestUsers(server) as users:
        bob, mallory = await users.register_all("bob", "mallory")
        own = (await bob.create_room("group"))["room_id"]
        statuses = []
        for i in range(40):
            response = await mallory.post("/rooms", json={"kind": "group", "name": f"Spam {i}", "members": [bob.user_id]})
            statuses.append(response.status_code)
        assert statuses == [201] * 20 + [409] * 20
        assert "unopened_rooms_per_user" in check_error(response, 409, "conflict")["detail"]
        rooms = [room["room_id"] for room in (await bob.get("/sync")).json()["rooms"]]
        assert len(rooms) == 21 and own in rooms
        await bob.create_room("group")


async def test_rooms_bob_never_opened_do_not_push_his_own_out_of_sync(alice, bob, mallory):
    """The response is bounded in bytes; the bound falls on the rooms that others added him to."""
    own = (await bob.create_room("group"))["room_id"]
    read = (await alice.create_room("group", members=[bob]))["room_id"]
    await alice.post_message(read, "hello")
    assert (await bob.put(f"/rooms/{read}/markers", json={"read_seq": 1})).is_success
    long = ("a" + "\u0301" * 5) * 3900
    spam = []
    for _ in range(60):
        spam.append((await mallory.create_room(members=[bob]))["room_id"])
        await mallory.post_message(spam[-1], long)
    listed = [room["room_id"] for room in (await bob.get("/sync")).json()["rooms"]]
    assert len(listed) < 60 and listed[-2:] == [read, own] and listed[:-2] == spam[::-1][: len(listed) - 2]
    assert {room["room_id"] for room in await bob.list_all("/rooms")} == {own, read, *spam}


async def test_many_rooms_are_refused_with_the_time_to_retry(own_server):
    server = own_server(ECHOCHAT_ROOM_RATE="2/1h", ECHOCHAT_ROOMS_PER_USER="3")
    async with TestUsers(server) as users:
        alice, bob = await users.register_all("alice", "bob")
        for _ in range(2):
            await alice.create_room("group")
        check_rate_limited(await alice.post("/rooms", json={"kind": "public", "name": "Club"}), "new_rooms")
        rooms = [(await bob.create_room("public"))["room_id"] for _ in range(2)]
        await alice.join(rooms[0])
        problem = check_error(await alice.post(f"/rooms/{rooms[1]}/join"), 409, "conflict")
        assert "rooms_per_user" in problem["detail"] and "3" in problem["detail"]


# Preference and invitations


async def test_the_preference_is_shown_kept_and_sent_to_the_users_devices(alice, bob):
    connection, others = await bob.connect(), await alice.connect()
    assert (await bob.get("/users/me/preferences")).json() == {"added_by": "everyone"}
    await protect(bob)
    await connection.expect("preferences_updated", added_by="contacts")
    assert (await bob.get("/users/me/preferences")).json() == {"added_by": "contacts"}
    assert (await bob.patch("/users/me/preferences", json={})).json() == {"added_by": "contacts"}
    for body in ({"added_by": "nobody"}, {"added_by": None}, {"added_by": 7}):
        check_error(await bob.patch("/users/me/preferences", json=body), INVALID)
    await alice.catch_up(others)
    assert not others.received("preferences_updated")


async def test_bob_is_invited_on_all_his_devices_and_joins_by_accepting(alice, bob, mallory):
    await protect(bob)
    cursor = (await bob.get("/sync")).json()["cursor"]
    phone, laptop, others = await bob.connect(), await bob.connect(), await mallory.connect()
    created = await alice.create_room("group", "Garden", members=[bob, mallory])
    room = created["room_id"]
    assert created["invited"] == [bob.user_id] and created["member_count"] == 2
    for connection in (phone, laptop, await bob.connect(since=cursor)):
        event = await connection.expect("invited", room_id=room)
        assert event.id > cursor
        assert event.data["room"]["name"] == "Garden" and event.data["invited_by"]["user_id"] == alice.user_id
    [invitation] = await invitations(bob)
    assert invitation == event.data
    check_error(await bob.get(f"/rooms/{room}"), 404)
    response = await alice.put(f"/rooms/{room}/members/{bob.user_id}")
    assert response.status_code == 202 and response.json()["invited"] is True, response.text

    accepted = await bob.post(f"/users/me/invitations/{room}/accept")
    assert accepted.status_code == 200 and accepted.json()["me"]["role"] == "member", accepted.text
    await phone.expect("member_joined", room_id=room)
    assert await invitations(bob) == []
    check_error(await bob.post(f"/users/me/invitations/{room}/accept"), 404)
    await mallory.catch_up(others)
    assert not others.received("invited")
    # Now Alice and Bob share a room.
    assert "invited" not in await alice.create_room("group", members=[bob])


async def test_in_a_direct_room_the_first_message_waits_for_bob(alice, bob):
    await protect(bob)
    connection = await bob.connect()
    created = await alice.create_room("direct", members=[bob])
    room = created["room_id"]
    assert created["invited"] == [bob.user_id] and created["with"]["user_id"] == bob.user_id
    await alice.post_message(room, "hello")
    await connection.expect("invited", room_id=room)
    await bob.catch_up(connection)
    assert not connection.messages(room)
    accepted = (await bob.post(f"/users/me/invitations/{room}/accept")).json()
    assert accepted["last_message"]["content"] == "hello" and accepted["me"]["unread"] == 1
    await bob.post_message(room, "hello yourself")


async def test_a_declined_invitation_does_not_come_again(alice, bob):
    await protect(bob)
    room = (await alice.create_room("group", members=[bob]))["room_id"]
    assert (await bob.post(f"/users/me/invitations/{room}/decline")).status_code == 204
    check_error(await bob.post(f"/users/me/invitations/{room}/decline"), 404)
    connection = await bob.connect()
    assert (await alice.put(f"/rooms/{room}/members/{bob.user_id}")).status_code == 202
    await bob.catch_up(connection)
    assert not connection.received("invited") and await invitations(bob) == []


@pytest.mark.parametrize("reason", ["the room is deleted", "the inviter leaves", "a block"])
async def test_an_invitation_is_withdrawn(alice, bob, mallory, reason):
    await protect(bob)
    cursor = (await bob.get("/sync")).json()["cursor"]
    room = (await alice.create_room("group", members=[bob, mallory]))["room_id"]
    assert [item["room_id"] for item in await invitations(bob)] == [room]
    if reason == "the room is deleted":
        assert (await alice.delete(f"/rooms/{room}")).status_code == 204
    elif reason == "the inviter leaves":
        await alice.leave(room)
    else:
        assert (await bob.put(f"/users/{alice.user_id}/block")).is_success
        check_error(await alice.put(f"/rooms/{room}/members/{bob.user_id}"), 403)
    assert await invitations(bob) == []
    check_error(await bob.post(f"/users/me/invitations/{room}/accept"), 404)
    assert cursor > 0


# Empty rooms


async def test_a_group_and_its_history_end_with_the_last_member(own_server):
    server = own_server(ECHOCHAT_JOURNAL_KEEP="2s")
    async with TestUsers(server) as users:
        alice, bob = await users.register_all("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        await alice.post_message(room, "secret")
        await bob.leave(room)
        assert (await alice.get_room(room))["member_count"] == 1
        await alice.leave(room)
        check_error(await alice.get(f"/rooms/{room}"), 404)
        for _ in range(100):
            with server.database() as database:
                rooms = database.execute("SELECT count(*) FROM rooms").fetchone()[0]
                messages = database.execute(f"SELECT count(*) FROM {STORED}").fetchone()[0]
                messages += database.execute("SELECT count(*) FROM journal WHERE data LIKE '%secret%'").fetchone()[0]
            if rooms == messages == 0:
                break
            await asyncio.sleep(0.1)
        assert (rooms, messages) == (0, 0)


# Invitation links


async def test_an_invite_shows_room_inviter_and_members_to_whoever_holds_its_code(alice, bob, mallory, users):
    room = (await alice.create_room("group", "Garden", members=[mallory]))["room_id"]
    code = (await alice.post(f"/rooms/{room}/invites")).json()["code"]
    nobody = users.unregistered("nobody")
    shown = [await nobody.get(f"/invites/{code}", token=""), await bob.get(f"/invites/{code}"), await alice.get(f"/invites/{code}")]
    for response in shown:
        assert response.status_code == 200, response.text
        preview = response.json()
        assert preview["room"]["name"] == "Garden" and preview["room"]["room_id"] == room and preview["member_count"] == 2
        assert preview["invited_by"] == {
            "user_id": alice.user_id,
            "username": alice.username,
            "display_name": alice.profile["display_name"],
        }
        assert "last_message" not in response.text and "last_seq" not in response.text
    # Looking takes no use and joins nobody.
    assert [item["room_id"] for item in (await bob.get("/rooms")).json()["items"]] == []
    unknown = [await nobody.get(f"/invites/{text}", token="") for text in (code[::-1], "x", "-")]
    assert (await alice.delete(f"/rooms/{room}/invites/{code}")).status_code == 204
    for response in (*unknown, await nobody.get(f"/invites/{code}", token="")):
        check_error(response, 404)
