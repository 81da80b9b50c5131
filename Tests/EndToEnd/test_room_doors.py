"""Who comes into a room and who is kept out of it: bans, invitations, and rooms that take everybody in."""

import asyncio

import pytest

from support.people import People
from support.problems import INVALID, anonymous, check_problem, check_refusal


async def ban(moderator, room_id: str, person, **body) -> dict:
    answer = await moderator.put(f"/rooms/{room_id}/bans/{person.user_id}", json=body)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


async def invite(moderator, room_id: str, **body) -> dict:
    answer = await moderator.post(f"/rooms/{room_id}/invites", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


# Bans


async def test_mallory_banned_from_a_public_room_is_out_and_stays_out(alice, mallory):
    room = (await alice.create_room("public"))["room_id"]
    await mallory.join(room)
    line = await mallory.connect()
    await alice.write(room, "can you hear me?")
    await line.expect("new_message", content="can you hear me?")
    code = (await invite(alice, room))["code"]

    made = await ban(alice, room, mallory, reason="spam")
    assert set(made) == {"user", "banned_by", "reason", "created_at"}
    assert (made["user"]["user_id"], made["banned_by"], made["reason"]) == (mallory.user_id, alice.user_id, "spam")
    left = await line.expect("member_left", room_id=room)
    assert left.data["reason"] == "banned"
    await alice.write(room, "secret")
    await mallory.catch_up(line)
    assert "secret" not in line.messages(room)

    check_refusal(await mallory.post(f"/rooms/{room}/join"), 403, "forbidden")
    check_refusal(await mallory.post(f"/invites/{code}/accept"), 403, "forbidden")
    check_refusal(await mallory.post(f"/rooms/{room}/messages", json={"content": "x"}), 403)
    check_problem(await line.refused("send_message", room_id=room, content="x"), 403)
    check_refusal(await alice.put(f"/rooms/{room}/members/{mallory.user_id}"), 403)

    assert [item["user"]["user_id"] for item in await alice.walk(f"/rooms/{room}/bans", limit=1)] == [mallory.user_id]
    assert (await alice.get(f"/rooms/{room}/bans/{mallory.user_id}")).json() == made
    assert (await alice.delete(f"/rooms/{room}/bans/{mallory.user_id}")).status_code == 204
    check_refusal(await alice.delete(f"/rooms/{room}/bans/{mallory.user_id}"), 404)
    check_refusal(await alice.get(f"/rooms/{room}/bans/{mallory.user_id}"), 404)
    await mallory.join(room)


async def test_bans_are_the_moderators_business(alice, bob, mallory, lobby):
    for method, path in (
        ("GET", "/bans"),
        ("GET", f"/bans/{alice.user_id}"),
        ("PUT", f"/bans/{alice.user_id}"),
        ("DELETE", f"/bans/{alice.user_id}"),
    ):
        check_refusal(await bob.request(method, f"/rooms/{lobby}{path}"), 403)
        foreign = await mallory.request(method, f"/rooms/{lobby}{path}")
        unknown = await mallory.request(method, f"/rooms/{lobby[::-1]}{path}")
        assert anonymous(check_refusal(foreign, 404)) == anonymous(check_refusal(unknown, 404)), (method, path)
    check_refusal(await alice.put(f"/rooms/{lobby}/bans/{alice.user_id}"), 403)
    check_refusal(await alice.put(f"/rooms/{lobby}/bans/nosuchuser"), 404)
    for reason in (7, ["x"], "x" * 501, "a\nb"):
        check_refusal(await alice.put(f"/rooms/{lobby}/bans/{mallory.user_id}", json={"reason": reason}), INVALID)


async def test_in_a_storm_of_joins_bans_and_words_no_word_of_mallorys_stands_after_a_ban(people, alice, bob, mallory):
    room = (await alice.create_room("public", members=[bob]))["room_id"]
    witness = await bob.connect()
    line = await mallory.connect()
    path = f"/rooms/{room}/bans/{mallory.user_id}"

    async def many(times, act):
        for _ in range(times):
            answer = await act()
            assert answer.status_code < 500, answer.text

    async def chatter():
        for i in range(60):
            await line.ask("send_message", room_id=room, content=f"line {i}")

    await asyncio.gather(
        many(20, lambda: alice.put(path)),
        many(20, lambda: alice.delete(path)),
        many(60, lambda: mallory.post(f"/rooms/{room}/join")),
        many(60, lambda: mallory.post(f"/rooms/{room}/messages", json={"content": "rest"})),
        chatter(),
    )
    await ban(alice, room, mallory)
    check_refusal(await mallory.post(f"/rooms/{room}/messages", json={"content": "too late"}), 403)
    await bob.catch_up(witness)
    inside, spoke, bans = False, 0, 0
    for frame in witness.history:
        if frame.data.get("room_id") != room:
            continue
        if frame.event in ("member_joined", "member_left") and frame.data["user"]["user_id"] == mallory.user_id:
            inside = frame.event == "member_joined"
            bans += not inside
        if frame.event == "new_message":
            assert inside, f"a word at {frame.id}"
            spoke += 1
    assert spoke > 0 and bans > 0, "nothing was tried"


# Invitations


async def test_bob_comes_into_alices_group_by_a_link(alice, bob):
    room = (await alice.create_room("group"))["room_id"]
    made = await invite(alice, room, expires_in=3600, uses=1)
    assert set(made) == {"code", "room_id", "created_by", "created_at", "expires_at", "uses_left"}
    assert (made["room_id"], made["created_by"], made["uses_left"]) == (room, alice.user_id, 1)
    line = await bob.connect()
    answer = await bob.post(f"/invites/{made['code']}/accept")
    assert answer.status_code == 200 and answer.json()["me"]["role"] == "member", answer.text
    joined = await line.expect("member_joined", room_id=room)
    assert joined.data["reason"] == "invited"
    assert (await bob.post(f"/invites/{made['code']}/accept")).status_code == 404
    assert (await alice.get(f"/rooms/{room}/invites")).json()["items"] == []


async def test_of_ten_who_follow_a_link_for_four_at_once_four_come_in(people, alice):
    room = (await alice.create_room("group"))["room_id"]
    code = (await invite(alice, room, uses=4))["code"]
    crowd = await people.registered(*(f"guest{i}" for i in range(10)))
    answers = await asyncio.gather(*(guest.post(f"/invites/{code}/accept") for guest in crowd))
    assert sorted(answer.status_code for answer in answers) == [200] * 4 + [404] * 6
    assert (await alice.see_room(room))["member_count"] == 5


async def test_links_that_lead_nowhere_are_all_answered_alike(alice, bob, mallory, lobby):
    revoked = (await invite(alice, lobby))["code"]
    assert (await alice.delete(f"/rooms/{lobby}/invites/{revoked}")).status_code == 204
    check_refusal(await alice.delete(f"/rooms/{lobby}/invites/{revoked}"), 404)
    await ban(alice, lobby, mallory)
    closed = (await invite(alice, lobby))["code"]
    answers = [await mallory.post(f"/invites/{code}/accept") for code in (revoked, closed, revoked[::-1], "-", "x" * 64)]
    assert len({str(anonymous(check_refusal(answer, 404))) for answer in answers}) == 1
    # They are open to whoever may come.
    assert (await bob.post(f"/invites/{closed}/accept")).status_code == 200


async def test_inviting_is_for_moderators_and_has_bounds(alice, bob, mallory, lobby):
    check_refusal(await bob.post(f"/rooms/{lobby}/invites"), 403)
    check_refusal(await bob.get(f"/rooms/{lobby}/invites"), 403)
    foreign = check_refusal(await mallory.post(f"/rooms/{lobby}/invites"), 404)
    unknown = check_refusal(await mallory.post(f"/rooms/{lobby[::-1]}/invites"), 404)
    assert anonymous(foreign) == anonymous(unknown)
    for body in (
        {"expires_in": 0},
        {"expires_in": -1},
        {"expires_in": 10**18},
        {"expires_in": "x"},
        {"uses": 0},
        {"uses": 10**9},
        {"uses": 1.5},
    ):
        check_refusal(await alice.post(f"/rooms/{lobby}/invites", json=body), INVALID)
    codes = [(await invite(alice, lobby))["code"] for _ in range(3)]
    assert [item["code"] for item in await alice.walk(f"/rooms/{lobby}/invites", limit=2)] == codes


# Rooms that take everybody in


async def test_the_operators_default_room_takes_in_whoever_signs_up(own_server):
    server = own_server()
    async with People(server) as people:
        alice = await people.register("alice")
        answer = server.operate("room", "default", "Everyone", "--make")
        room = answer.split()[0]
        server.operate("room", "owner", "Everyone", alice.username)
        line = await alice.connect()
        bob = await people.register("bob")
        joined = await line.expect("member_joined", room_id=room)
        assert (joined.data["user"]["user_id"], joined.data["reason"]) == (bob.user_id, "default")
        assert [item["room_id"] for item in (await bob.get("/rooms")).json()["items"]] == [room]
        assert (await alice.see_room(room))["me"]["role"] == "owner"
        await bob.write(room, "hello everyone")
        await line.expect("new_message", content="hello everyone")
        server.operate("room", "default", room, "--off")
        carol = await people.register("carol")
        assert (await carol.get("/rooms")).json()["items"] == []


@pytest.mark.parametrize("words", [["room"], ["room", "default"], ["room", "default", "x", "--what"], ["user"], ["user", "suspend"]])
def test_words_that_the_command_line_does_not_know_are_refused(server, words):
    assert "help" in server.operate(*words, status=64)


def test_the_command_line_names_what_it_does_not_find(server):
    assert "no public room" in server.operate("room", "default", "Nowhere", status=1)
    assert "no such user" in server.operate("user", "show", "nobody-at-all", status=1)
