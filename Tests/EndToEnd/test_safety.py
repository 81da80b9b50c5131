"""Alice is safe from Mallory: blocks, reports, and the operator who suspends."""

import asyncio
import time

import pytest

from support.people import NotAdmitted, People
from support.problems import INVALID, anonymous, check_problem, check_refusal

CLOSE_WITHIN_SECONDS = 1.0


# Blocks


async def test_no_direct_message_passes_between_alice_and_mallory_whom_she_blocked(alice, mallory):
    room = (await mallory.create_room("direct", members=[alice]))["room_id"]
    hers, line = await alice.connect(), await mallory.connect()
    await mallory.write(room, "hello")
    await hers.expect("new_message", content="hello")

    assert (await alice.put(f"/users/{mallory.user_id}/block")).status_code == 204
    assert (await alice.put(f"/users/{mallory.user_id}/block")).status_code == 204
    words = anonymous(check_refusal(await mallory.post(f"/rooms/{room}/messages", json={"content": "hello?"}), 403))
    assert anonymous(check_refusal(await alice.post(f"/rooms/{room}/messages", json={"content": "go away"}), 403)) == words
    assert anonymous(check_problem(await line.refused("send_message", room_id=room, content="hello??"), 403)) == words
    assert anonymous(check_problem(await line.refused("edit_message", room_id=room, seq=1, content="an insult"), 403)) == words
    assert anonymous(check_refusal(await mallory.patch(f"/rooms/{room}/messages/1", json={"content": "an insult"}), 403)) == words
    check_refusal(await mallory.post("/rooms", json={"kind": "direct", "members": [alice.user_id]}), 403)
    check_refusal(await mallory.post("/rooms", json={"kind": "group", "name": "Trap", "members": [alice.user_id]}), 403)
    await alice.catch_up(hers)
    assert hers.messages(room) == ["hello"]

    blocks = (await alice.get("/users/me/blocks")).json()
    assert [item["user"]["user_id"] for item in blocks["items"]] == [mallory.user_id] and blocks["next_cursor"] is None
    assert (await mallory.get("/users/me/blocks")).json()["items"] == []
    assert (await alice.delete(f"/users/{mallory.user_id}/block")).status_code == 204
    assert (await alice.delete(f"/users/{mallory.user_id}/block")).status_code == 204
    await mallory.write(room, "sorry")
    await hers.expect("new_message", content="sorry")


async def test_in_a_room_of_many_a_block_silences_nobody_but_calls_nobody(alice, bob, mallory, lobby):
    await alice.add(lobby, mallory)
    await alice.put(f"/users/{mallory.user_id}/block")
    said = await mallory.write(lobby, f"@{alice.username} and @{bob.username}, look")
    assert said["mentions"] == [bob.user_id]
    assert (await alice.see_room(lobby))["last_seq"] == said["seq"]


async def test_whom_one_cannot_block(alice):
    check_refusal(await alice.put(f"/users/{alice.user_id}/block"), 409)
    for user_id in ("nosuchuser", "a-b"):
        check_refusal(await alice.put(f"/users/{user_id}/block"), 404)
        check_refusal(await alice.delete(f"/users/{user_id}/block"), 404)


# Reports


async def test_bob_reports_mallory_to_the_moderators_and_alice_settles_it(alice, bob, mallory, lobby):
    await alice.add(lobby, mallory)
    await mallory.write(lobby, "an insult")
    path = f"/rooms/{lobby}/messages/1/report"
    assert (await bob.post(path, json={"reason": "an insult"})).status_code == 201
    assert (await bob.post(path)).status_code == 200
    check_refusal(await bob.get(f"/rooms/{lobby}/reports"), 403)
    [report] = (await alice.get(f"/rooms/{lobby}/reports")).json()["items"]
    assert set(report) == {"seq", "reporter", "reason", "created_at", "message"}
    assert (report["reporter"]["user_id"], report["message"]["content"]) == (bob.user_id, "an insult")
    assert (await alice.delete(f"/rooms/{lobby}/reports/1")).status_code == 204
    check_refusal(await alice.delete(f"/rooms/{lobby}/reports/1"), 404)
    assert (await alice.get(f"/rooms/{lobby}/reports")).json()["items"] == []


async def test_what_cannot_be_reported(alice, bob, mallory, lobby):
    await alice.write(lobby, "hello")
    for seq in (2, 0, 10**12, "x"):
        check_refusal(await bob.post(f"/rooms/{lobby}/messages/{seq}/report"), 404)
    for reason in (7, "x" * 501):
        check_refusal(await bob.post(f"/rooms/{lobby}/messages/1/report", json={"reason": reason}), INVALID)
    for method, rest in (("POST", "/messages/1/report"), ("GET", "/reports"), ("DELETE", "/reports/1")):
        foreign = await mallory.request(method, f"/rooms/{lobby}{rest}")
        unknown = await mallory.request(method, f"/rooms/{lobby[::-1]}{rest}")
        assert anonymous(check_refusal(foreign, 404)) == anonymous(check_refusal(unknown, 404))
    direct = (await alice.create_room("direct", members=[bob]))["room_id"]
    await alice.write(direct, "hello")
    check_refusal(await bob.post(f"/rooms/{direct}/messages/1/report"), 403)


# Suspension


async def nothing_more(line, speaker, room_id: str) -> None:
    begun = time.monotonic()
    await asyncio.gather(*(speaker.write(room_id, f"secret {i}") for i in range(5)))
    await line.expect_close(4003, within=CLOSE_WITHIN_SECONDS + 1)
    assert line.closed_at - begun < CLOSE_WITHIN_SECONDS, f"closed only after {line.closed_at - begun:.3f} s"
    assert not [content for content in line.messages(room_id) if content.startswith("secret")]


@pytest.mark.parametrize(("bell", "loops"), [("whole", "1"), ("broken", "1"), ("whole", "3")])
async def test_mallory_suspended_loses_lines_and_tokens_within_a_second(own_server, bell, loops):
    server = own_server(ECHOCHAT_LOOPS=loops)
    async with People(server) as people:
        alice, mallory = await people.registered("alice", "mallory")
        room = (await alice.create_room("group", members=[mallory]))["room_id"]
        phone = await mallory.on_another_device()
        lines = [await mallory.connect(), await phone.connect(way="ticket"), await phone.connect(room=room)]
        await alice.write(room, "can you hear me?")
        for line in lines:
            await line.expect("new_message", content="can you hear me?")
        cursor = lines[0].last_id
        if bell == "broken":
            (server.data / "run" / "doorbell.sock").unlink()
        assert "suspended" in server.operate("user", "suspend", mallory.username)
        await asyncio.gather(*(nothing_more(line, alice, room) for line in lines))

        for person in (mallory, phone):
            check_refusal(await person.get("/auth/me"), 403, "suspended")
            check_refusal(await person.post("/auth/refresh", token="", json={"refresh_token": person.refresh_token}), 403, "suspended")
            with pytest.raises(NotAdmitted) as shut:
                await person.connect()
            assert shut.value.reason in (403, 4003)
        login = {"username": mallory.username, "password": mallory.password}
        check_refusal(await mallory.post("/auth/login", token="", json=login), 403, "suspended")
        assert "suspended     2" in server.operate("user", "show", mallory.username)
        assert f"{mallory.username}\t{mallory.user_id}" in server.operate("user", "list")

        server.operate("user", "unsuspend", mallory.username)
        check_refusal(await mallory.get("/auth/me"), 401)
        check_refusal(await phone.post("/auth/refresh", token="", json={"refresh_token": phone.refresh_token}), 401)
        await mallory.log_in()
        await mallory.write(room, "I am back")
        # What she missed tells of her suspension, too, which is over.
        back = await mallory.connect(since=cursor)
        await back.expect("new_message", content="I am back")
        assert len(back.messages(room)) == 5 * len(lines) + 1


async def test_a_suspended_one_says_nothing_more_over_her_line(own_server):
    server = own_server()
    async with People(server) as people:
        alice, mallory = await people.registered("alice", "mallory")
        room = (await alice.create_room("group", members=[mallory]))["room_id"]
        line = await mallory.connect()
        talking = True

        async def talk():
            i = 0
            while talking and not line.is_closed:
                i += 1
                try:
                    await line.say("send_message", {"room_id": room, "content": f"m{i}"}, ref=f"r{i}")
                except Exception:
                    return
                await asyncio.sleep(0)

        chatter = asyncio.create_task(talk())
        await asyncio.sleep(0.2)
        await asyncio.to_thread(server.operate, "user", "suspend", mallory.username)
        before = (await alice.see_room(room))["last_seq"]
        # Closed as suspended, also when one of her own commands finds it out before the news does.
        await line.expect_close(4003, within=2)
        talking = False
        await chatter
        assert before > 0
        assert (await alice.see_room(room))["last_seq"] == before
