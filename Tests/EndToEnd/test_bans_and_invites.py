"""Bans, invites, and the default room that every new user joins."""

import asyncio

import pytest

from support.clients import TestUsers
from support.problems import INVALID, check_error, check_problem, without_request_id


async def ban(moderator, room_id: str, user, **body) -> dict:
    response = await moderator.put(f"/rooms/{room_id}/bans/{user.user_id}", json=body)
    assert response.status_code in (200, 201), response.text
    return response.json()


async def invite(moderator, room_id: str, **body) -> dict:
    response = await moderator.post(f"/rooms/{room_id}/invites", json=body)
    assert response.status_code == 201, response.text
    return response.json()


# Bans


async def test_mallory_banned_from_a_public_room_is_removed_and_cannot_return(alice, mallory):
    room = (await alice.create_room("public"))["room_id"]
    await mallory.join(room)
    connection = await mallory.connect()
    await alice.post_message(room, "can you hear me?")
    await connection.expect("new_message", content="can you hear me?")
    code = (await invite(alice, room))["code"]

    created = await ban(alice, room, mallory, reason="spam")
    assert set(created) == {"user", "banned_by", "reason", "created_at"}
    assert (created["user"]["user_id"], created["banned_by"], created["reason"]) == (mallory.user_id, alice.user_id, "spam")
    left = await connection.expect("member_left", room_id=room)
    assert left.data["reason"] == "banned"
    await alice.post_message(room, "secret")
    await mallory.catch_up(connection)
    assert "secret" not in connection.messages(room)

    check_error(await mallory.post(f"/rooms/{room}/join"), 403, "forbidden")
    check_error(await mallory.post(f"/invites/{code}/accept"), 403, "forbidden")
    check_error(await mallory.post(f"/rooms/{room}/messages", json={"content": "x"}), 403)
    check_problem(await connection.command_error("send_message", room_id=room, content="x"), 403)
    check_error(await alice.put(f"/rooms/{room}/members/{mallory.user_id}"), 403)

    assert [item["user"]["user_id"] for item in await alice.list_all(f"/rooms/{room}/bans", limit=1)] == [mallory.user_id]
    assert (await alice.get(f"/rooms/{room}/bans/{mallory.user_id}")).json() == created
    assert (await alice.delete(f"/rooms/{room}/bans/{mallory.user_id}")).status_code == 204
    check_error(await alice.delete(f"/rooms/{room}/bans/{mallory.user_id}"), 404)
    check_error(await alice.get(f"/rooms/{room}/bans/{mallory.user_id}"), 404)
    await mallory.join(room)


@pytest.mark.parametrize(("kind", "status"), [("group", 404), ("public", 403)])
async def test_a_banned_author_who_repeats_a_request_reads_nothing_of_what_happened_since(alice, mallory, kind, status):
    room = (await alice.create_room(kind, members=[mallory]))["room_id"]
    body = {"content": "mine", "client_id": "c1"}
    assert (await mallory.post(f"/rooms/{room}/messages", json=body)).status_code == 201
    assert (await mallory.put(f"/rooms/{room}/messages/1/reactions/👍")).status_code == 200
    connection = await mallory.connect()
    await ban(alice, room, mallory)
    assert (await alice.put(f"/rooms/{room}/messages/1/reactions/🎉")).status_code == 200
    keyed = {"headers": {"Idempotency-Key": "c1"}}
    repeats = [
        await mallory.post(f"/rooms/{room}/messages", json=body),
        await mallory.post(f"/rooms/{room}/messages", json={"content": "mine"}, **keyed),
        await mallory.patch(f"/rooms/{room}/messages/1", json={"content": "mine"}, **keyed),
        await mallory.put(f"/rooms/{room}/messages/1/reactions/👍"),
        await mallory.delete(f"/rooms/{room}/messages/1"),
    ]
    for response in repeats:
        check_error(response, status)
        assert "🎉" not in response.text
    check_problem(await connection.command_error("send_message", room_id=room, **body), status)


async def test_only_moderators_can_list_and_set_bans(alice, bob, mallory, lobby):
    for method, path in (
        ("GET", "/bans"),
        ("GET", f"/bans/{alice.user_id}"),
        ("PUT", f"/bans/{alice.user_id}"),
        ("DELETE", f"/bans/{alice.user_id}"),
    ):
        check_error(await bob.request(method, f"/rooms/{lobby}{path}"), 403)
        foreign = await mallory.request(method, f"/rooms/{lobby}{path}")
        unknown = await mallory.request(method, f"/rooms/{lobby[::-1]}{path}")
        assert without_request_id(check_error(foreign, 404)) == without_request_id(check_error(unknown, 404)), (method, path)
    check_error(await alice.put(f"/rooms/{lobby}/bans/{alice.user_id}"), 403)
    check_error(await alice.put(f"/rooms/{lobby}/bans/nosuchuser"), 404)
    for reason in (7, ["x"], "x" * 501, "a\nb"):
        check_error(await alice.put(f"/rooms/{lobby}/bans/{mallory.user_id}", json={"reason": reason}), INVALID)


async def test_in_a_storm_of_joins_bans_and_messages_no_message_of_mallory_follows_a_ban(users, alice, bob, mallory):
    room = (await alice.create_room("public", members=[bob]))["room_id"]
    bob_connection = await bob.connect()
    connection = await mallory.connect()
    path = f"/rooms/{room}/bans/{mallory.user_id}"

    async def repeat(times, act):
        for _ in range(times):
            response = await act()
            assert response.status_code < 500, response.text

    async def send_many():
        for i in range(60):
            await connection.command("send_message", room_id=room, content=f"websocket {i}")

    await asyncio.gather(
        repeat(20, lambda: alice.put(path)),
        repeat(20, lambda: alice.delete(path)),
        repeat(60, lambda: mallory.post(f"/rooms/{room}/join")),
        repeat(60, lambda: mallory.post(f"/rooms/{room}/messages", json={"content": "rest"})),
        send_many(),
    )
    await ban(alice, room, mallory)
    check_error(await mallory.post(f"/rooms/{room}/messages", json={"content": "too late"}), 403)
    await bob.catch_up(bob_connection)
    is_member, posts, bans = False, 0, 0
    for frame in bob_connection.history:
        if frame.data.get("room_id") != room:
            continue
        if frame.event in ("member_joined", "member_left") and frame.data["user"]["user_id"] == mallory.user_id:
            is_member = frame.event == "member_joined"
            bans += not is_member
        if frame.event == "new_message":
            assert is_member, f"a message at {frame.id} after a ban"
            posts += 1
    assert posts > 0 and bans > 0, "nothing was tested"


# Invites


async def test_bob_joins_the_group_of_alice_by_an_invite(alice, bob):
    room = (await alice.create_room("group"))["room_id"]
    created = await invite(alice, room, expires_in=3600, uses=1)
    assert set(created) == {"code", "room_id", "created_by", "created_at", "expires_at", "uses_left"}
    assert (created["room_id"], created["created_by"], created["uses_left"]) == (room, alice.user_id, 1)
    connection = await bob.connect()
    response = await bob.post(f"/invites/{created['code']}/accept")
    assert response.status_code == 200 and response.json()["me"]["role"] == "member", response.text
    joined = await connection.expect("member_joined", room_id=room)
    assert joined.data["reason"] == "invited"
    assert (await bob.post(f"/invites/{created['code']}/accept")).status_code == 404
    assert (await alice.get(f"/rooms/{room}/invites")).json()["items"] == []


async def test_of_ten_users_who_accept_an_invite_for_four_at_once_four_join(users, alice):
    room = (await alice.create_room("group"))["room_id"]
    code = (await invite(alice, room, uses=4))["code"]
    guests = await users.register_all(*(f"guest{i}" for i in range(10)))
    responses = await asyncio.gather(*(guest.post(f"/invites/{code}/accept") for guest in guests))
    assert sorted(response.status_code for response in responses) == [200] * 4 + [404] * 6
    assert (await alice.get_room(room))["member_count"] == 5


async def test_all_invalid_invites_get_the_same_response(alice, bob, mallory, lobby):
    revoked = (await invite(alice, lobby))["code"]
    assert (await alice.delete(f"/rooms/{lobby}/invites/{revoked}")).status_code == 204
    check_error(await alice.delete(f"/rooms/{lobby}/invites/{revoked}"), 404)
    await ban(alice, lobby, mallory)
    valid = (await invite(alice, lobby))["code"]
    responses = [await mallory.post(f"/invites/{code}/accept") for code in (revoked, valid, revoked[::-1], "-", "x" * 64)]
    assert len({str(without_request_id(check_error(response, 404))) for response in responses}) == 1
    # The invite itself is valid, for a user who is not banned.
    assert (await bob.post(f"/invites/{valid}/accept")).status_code == 200


async def test_only_moderators_can_invite_and_invites_are_bounded(alice, bob, mallory, lobby):
    check_error(await bob.post(f"/rooms/{lobby}/invites"), 403)
    check_error(await bob.get(f"/rooms/{lobby}/invites"), 403)
    foreign = check_error(await mallory.post(f"/rooms/{lobby}/invites"), 404)
    unknown = check_error(await mallory.post(f"/rooms/{lobby[::-1]}/invites"), 404)
    assert without_request_id(foreign) == without_request_id(unknown)
    for body in (
        {"expires_in": 0},
        {"expires_in": -1},
        {"expires_in": 10**18},
        {"expires_in": "x"},
        {"uses": 0},
        {"uses": 10**9},
        {"uses": 1.5},
    ):
        check_error(await alice.post(f"/rooms/{lobby}/invites", json=body), INVALID)
    codes = [(await invite(alice, lobby))["code"] for _ in range(3)]
    assert [item["code"] for item in await alice.list_all(f"/rooms/{lobby}/invites", limit=2)] == codes


# Default rooms


async def test_new_users_join_the_operators_default_room(own_server):
    server = own_server()
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        response = server.run_ctl("room", "default", "Everyone", "--make")
        room = response.split()[0]
        server.run_ctl("room", "owner", "Everyone", alice.username)
        connection = await alice.connect()
        bob = await users.register("bob")
        joined = await connection.expect("member_joined", room_id=room)
        assert (joined.data["user"]["user_id"], joined.data["reason"]) == (bob.user_id, "default")
        assert [item["room_id"] for item in (await bob.get("/rooms")).json()["items"]] == [room]
        assert (await alice.get_room(room))["me"]["role"] == "owner"
        await bob.post_message(room, "hello everyone")
        await connection.expect("new_message", content="hello everyone")
        server.run_ctl("room", "default", room, "--off")
        carol = await users.register("carol")
        assert (await carol.get("/rooms")).json()["items"] == []


@pytest.mark.parametrize("arguments", [["room"], ["room", "default"], ["room", "default", "x", "--what"], ["user"], ["user", "suspend"]])
def test_unknown_command_line_arguments_are_refused(server, arguments):
    assert "help" in server.run_ctl(*arguments, status=64)


def test_the_command_line_names_the_missing_room_or_user(server):
    assert "no public room" in server.run_ctl("room", "default", "Nowhere", status=1)
    assert "no such user" in server.run_ctl("user", "show", "nobody-at-all", status=1)
