"""An owner deletes a room: every member receives the deletion and nothing after, and the room no longer exists."""

import asyncio

from support.clients import TestUsers
from support.problems import check_error, check_problem, without_request_id


async def test_every_member_receives_the_deletion_of_the_room_and_nothing_after(alice, bob, lobby):
    other = (await alice.create_room("group", members=[bob]))["room_id"]
    connection, room_connection = await bob.connect(), await bob.connect(room=lobby)
    await alice.post_message(lobby, "hello")
    await connection.expect("new_message", content="hello")
    check_error(await bob.delete(f"/rooms/{lobby}"), 403)
    assert (await alice.delete(f"/rooms/{lobby}")).status_code == 204
    deletion = await connection.expect("room_deleted", room_id=lobby)
    await room_connection.expect("room_deleted", room_id=lobby)
    assert deletion.data["kind"] == "group" and "me" not in deletion.data
    for event, data in (("send_message", {"content": "x"}), ("edit_message", {"seq": 1, "content": "x"}), ("typing", {})):
        check_problem(await connection.command_error(event, room_id=lobby, **data), 404)
    await alice.post_message(other, "over here")
    await connection.expect("new_message", room_id=other, content="over here")
    await bob.catch_up(connection)
    assert all(frame.data.get("room_id") != lobby for frame in connection.history[connection.history.index(deletion) + 1 :] if frame.id)


async def test_a_deleted_room_is_like_one_that_never_existed(alice, bob, mallory, lobby):
    await alice.post_message(lobby, "hello", client_id="hello-1")
    assert (await alice.delete(f"/rooms/{lobby}")).status_code == 204
    for user in (alice, bob, mallory):
        for method, rest in (("GET", ""), ("GET", "/messages"), ("GET", "/members"), ("DELETE", ""), ("POST", "/join")):
            deleted = await user.request(method, f"/rooms/{lobby}{rest}")
            unknown = await user.request(method, f"/rooms/{lobby[::-1]}{rest}")
            assert without_request_id(check_error(deleted, 404)) == without_request_id(check_error(unknown, 404)), (method, rest)
    check_error(await alice.post(f"/rooms/{lobby}/messages", json={"content": "hello", "client_id": "hello-1"}), 404)
    assert lobby not in [room["room_id"] for room in (await bob.get("/sync")).json()["rooms"]]


async def test_bob_receives_the_deletion_on_resume(alice, bob, lobby):
    cursor = (await bob.get("/sync")).json()["cursor"]
    await alice.post_message(lobby, "secret")
    assert (await alice.delete(f"/rooms/{lobby}")).status_code == 204
    connection = await bob.connect(since=cursor)
    assert connection.welcome.data["resumed"] is True
    await connection.expect("room_deleted", room_id=lobby)
    again = await bob.connect(since=connection.last_id)
    await bob.catch_up(again)
    assert not again.received("room_deleted")


async def test_the_messages_are_purged_from_disk_and_memory(own_server):
    server = own_server(ECHOCHAT_JOURNAL_KEEP="2s")
    async with TestUsers(server) as users:
        alice, bob = await users.register_all("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        cursor = (await bob.get("/sync")).json()["cursor"]
        await asyncio.gather(*(alice.post_message(room, f"secret {i}") for i in range(30)))
        assert (await alice.delete(f"/rooms/{room}")).status_code == 204
        connection = await bob.connect(since=cursor)
        await connection.expect("room_deleted", room_id=room)
        assert not connection.messages(room), "the replay buffer still has the messages"
        for _ in range(100):
            with server.database() as database:
                left = database.execute("SELECT count(*) FROM messages").fetchone()[0]
                journalled = database.execute("SELECT count(*) FROM journal WHERE data LIKE '%secret%'").fetchone()[0]
            if left == journalled == 0:
                break
            await asyncio.sleep(0.1)
        assert (left, journalled) == (0, 0)
