"""An owner deletes a room: it is gone for everyone, they are told so, and hear nothing after."""

import asyncio

from support.people import People
from support.problems import anonymous, check_problem, check_refusal


async def test_everyone_in_the_room_hears_of_its_end_and_nothing_after(alice, bob, lobby):
    other = (await alice.create_room("group", members=[bob]))["room_id"]
    line, narrow = await bob.connect(), await bob.connect(room=lobby)
    await alice.write(lobby, "hello")
    await line.expect("new_message", content="hello")
    check_refusal(await bob.delete(f"/rooms/{lobby}"), 403)
    assert (await alice.delete(f"/rooms/{lobby}")).status_code == 204
    end = await line.expect("room_deleted", room_id=lobby)
    await narrow.expect("room_deleted", room_id=lobby)
    assert end.data["kind"] == "group" and "me" not in end.data
    for event, data in (("send_message", {"content": "x"}), ("edit_message", {"seq": 1, "content": "x"}), ("typing", {})):
        check_problem(await line.refused(event, room_id=lobby, **data), 404)
    await alice.write(other, "here we go on")
    await line.expect("new_message", room_id=other, content="here we go on")
    await bob.catch_up(line)
    assert all(frame.data.get("room_id") != lobby for frame in line.history[line.history.index(end) + 1 :] if frame.id)


async def test_a_deleted_room_is_like_one_that_never_was(alice, bob, mallory, lobby):
    await alice.write(lobby, "hello", client_id="hello-1")
    assert (await alice.delete(f"/rooms/{lobby}")).status_code == 204
    for person in (alice, bob, mallory):
        for method, rest in (("GET", ""), ("GET", "/messages"), ("GET", "/members"), ("DELETE", ""), ("POST", "/join")):
            gone = await person.request(method, f"/rooms/{lobby}{rest}")
            unknown = await person.request(method, f"/rooms/{lobby[::-1]}{rest}")
            assert anonymous(check_refusal(gone, 404)) == anonymous(check_refusal(unknown, 404)), (method, rest)
    check_refusal(await alice.post(f"/rooms/{lobby}/messages", json={"content": "hello", "client_id": "hello-1"}), 404)
    assert lobby not in [room["room_id"] for room in (await bob.get("/sync")).json()["rooms"]]


async def test_bob_who_was_away_hears_of_the_end_when_he_comes_back(alice, bob, lobby):
    cursor = (await bob.get("/sync")).json()["cursor"]
    await alice.write(lobby, "secret")
    assert (await alice.delete(f"/rooms/{lobby}")).status_code == 204
    line = await bob.connect(since=cursor)
    assert line.welcome.data["resumed"] is True
    await line.expect("room_deleted", room_id=lobby)
    again = await bob.connect(since=line.last_id)
    await bob.catch_up(again)
    assert not again.heard("room_deleted")


async def test_its_words_leave_the_disk_and_the_daemons_memory(own_server):
    server = own_server(ECHOCHAT_JOURNAL_KEEP="2s")
    async with People(server) as people:
        alice, bob = await people.registered("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        cursor = (await bob.get("/sync")).json()["cursor"]
        await asyncio.gather(*(alice.write(room, f"secret {i}") for i in range(30)))
        assert (await alice.delete(f"/rooms/{room}")).status_code == 204
        line = await bob.connect(since=cursor)
        await line.expect("room_deleted", room_id=room)
        assert not line.messages(room), "the tail has forgotten the words"
        for _ in range(100):
            with server.database() as database:
                left = database.execute("SELECT count(*) FROM messages").fetchone()[0]
                told = database.execute("SELECT count(*) FROM journal WHERE data LIKE '%secret%'").fetchone()[0]
            if left == told == 0:
                break
            await asyncio.sleep(0.1)
        assert (left, told) == (0, 0)
