"""Protection from Mallory: blocks, reports, and suspension by the operator."""

import asyncio
import time

import pytest

from support.clients import TestUsers
from support.problems import INVALID, check_error, check_problem, without_request_id
from support.ws_client import ConnectionRejected

CLOSE_WITHIN_SECONDS = 1.0


# Blocks


async def test_no_direct_message_passes_between_alice_and_blocked_mallory(alice, mallory):
    room = (await mallory.create_room("direct", members=[alice]))["room_id"]
    alice_connection, connection = await alice.connect(), await mallory.connect()
    await mallory.post_message(room, "hello")
    await alice_connection.expect("new_message", content="hello")

    assert (await alice.put(f"/users/{mallory.user_id}/block")).status_code == 204
    assert (await alice.put(f"/users/{mallory.user_id}/block")).status_code == 204
    problem = without_request_id(check_error(await mallory.post(f"/rooms/{room}/messages", json={"content": "hello?"}), 403))
    assert without_request_id(check_error(await alice.post(f"/rooms/{room}/messages", json={"content": "go away"}), 403)) == problem
    assert (
        without_request_id(check_problem(await connection.command_error("send_message", room_id=room, content="hello??"), 403)) == problem
    )
    assert (
        without_request_id(check_problem(await connection.command_error("edit_message", room_id=room, seq=1, content="an insult"), 403))
        == problem
    )
    assert without_request_id(check_error(await mallory.patch(f"/rooms/{room}/messages/1", json={"content": "an insult"}), 403)) == problem
    check_error(await mallory.post("/rooms", json={"kind": "direct", "members": [alice.user_id]}), 403)
    check_error(await mallory.post("/rooms", json={"kind": "group", "name": "Trap", "members": [alice.user_id]}), 403)
    await alice.catch_up(alice_connection)
    assert alice_connection.messages(room) == ["hello"]

    blocks = (await alice.get("/users/me/blocks")).json()
    assert [item["user"]["user_id"] for item in blocks["items"]] == [mallory.user_id] and blocks["next_cursor"] is None
    assert (await mallory.get("/users/me/blocks")).json()["items"] == []
    assert (await alice.delete(f"/users/{mallory.user_id}/block")).status_code == 204
    assert (await alice.delete(f"/users/{mallory.user_id}/block")).status_code == 204
    await mallory.post_message(room, "sorry")
    await alice_connection.expect("new_message", content="sorry")


async def test_in_a_group_a_block_stops_mentions_but_not_messages(alice, bob, mallory, lobby):
    await alice.add(lobby, mallory)
    await alice.put(f"/users/{mallory.user_id}/block")
    posted = await mallory.post_message(lobby, f"@{alice.username} and @{bob.username}, look")
    assert posted["mentions"] == [bob.user_id]
    assert (await alice.get_room(lobby))["last_seq"] == posted["seq"]


async def test_oneself_and_unknown_users_cannot_be_blocked(alice):
    check_error(await alice.put(f"/users/{alice.user_id}/block"), 409)
    for user_id in ("nosuchuser", "a-b"):
        check_error(await alice.put(f"/users/{user_id}/block"), 404)
        check_error(await alice.delete(f"/users/{user_id}/block"), 404)


# Reports


async def test_bob_reports_mallory_to_the_moderators_and_alice_resolves_it(alice, bob, mallory, lobby):
    await alice.add(lobby, mallory)
    await mallory.post_message(lobby, "an insult")
    path = f"/rooms/{lobby}/messages/1/report"
    assert (await bob.post(path, json={"reason": "an insult"})).status_code == 201
    assert (await bob.post(path)).status_code == 200
    check_error(await bob.get(f"/rooms/{lobby}/reports"), 403)
    [report] = (await alice.get(f"/rooms/{lobby}/reports")).json()["items"]
    assert set(report) == {"seq", "reporter", "reason", "created_at", "message"}
    assert (report["reporter"]["user_id"], report["message"]["content"]) == (bob.user_id, "an insult")
    assert (await alice.delete(f"/rooms/{lobby}/reports/1")).status_code == 204
    check_error(await alice.delete(f"/rooms/{lobby}/reports/1"), 404)
    assert (await alice.get(f"/rooms/{lobby}/reports")).json()["items"] == []


async def test_own_and_unknown_messages_cannot_be_reported(alice, bob, mallory, lobby):
    await alice.post_message(lobby, "hello")
    for seq in (2, 0, 10**12, "x"):
        check_error(await bob.post(f"/rooms/{lobby}/messages/{seq}/report"), 404)
    for reason in (7, "x" * 501):
        check_error(await bob.post(f"/rooms/{lobby}/messages/1/report", json={"reason": reason}), INVALID)
    for method, rest in (("POST", "/messages/1/report"), ("GET", "/reports"), ("DELETE", "/reports/1")):
        foreign = await mallory.request(method, f"/rooms/{lobby}{rest}")
        unknown = await mallory.request(method, f"/rooms/{lobby[::-1]}{rest}")
        assert without_request_id(check_error(foreign, 404)) == without_request_id(check_error(unknown, 404))
    direct = (await alice.create_room("direct", members=[bob]))["room_id"]
    await alice.post_message(direct, "hello")
    check_error(await bob.post(f"/rooms/{direct}/messages/1/report"), 403)


# Suspension


async def check_closed_without_messages(connection, sender, room_id: str) -> None:
    started = time.monotonic()
    await asyncio.gather(*(sender.post_message(room_id, f"secret {i}") for i in range(5)))
    await connection.expect_close(4003, within=CLOSE_WITHIN_SECONDS + 1)
    assert connection.closed_at - started < CLOSE_WITHIN_SECONDS, f"closed only after {connection.closed_at - started:.3f} s"
    assert not [content for content in connection.messages(room_id) if content.startswith("secret")]


@pytest.mark.parametrize(("doorbell", "loops"), [("working", "1"), ("broken", "1"), ("working", "3")])
async def test_mallory_suspended_loses_connections_and_tokens_within_a_second(own_server, doorbell, loops):
    server = own_server(ECHOCHAT_LOOPS=loops)
    async with TestUsers(server) as users:
        alice, mallory = await users.register_all("alice", "mallory")
        room = (await alice.create_room("group", members=[mallory]))["room_id"]
        phone = await mallory.another_session()
        connections = [await mallory.connect(), await phone.connect(auth="ticket"), await phone.connect(room=room)]
        await alice.post_message(room, "can you hear me?")
        for connection in connections:
            await connection.expect("new_message", content="can you hear me?")
        cursor = connections[0].last_id
        if doorbell == "broken":
            (server.data / "run" / "doorbell.sock").unlink()
        assert "suspended" in server.run_ctl("user", "suspend", mallory.username)
        await asyncio.gather(*(check_closed_without_messages(connection, alice, room) for connection in connections))

        for user in (mallory, phone):
            check_error(await user.get("/auth/me"), 403, "suspended")
            check_error(await user.post("/auth/refresh", token="", json={"refresh_token": user.refresh_token}), 403, "suspended")
            with pytest.raises(ConnectionRejected) as rejected:
                await user.connect()
            assert rejected.value.reason in (403, 4003)
        login = {"username": mallory.username, "password": mallory.password}
        check_error(await mallory.post("/auth/login", token="", json=login), 403, "suspended")
        assert "suspended     2" in server.run_ctl("user", "show", mallory.username)
        assert f"{mallory.username}\t{mallory.user_id}" in server.run_ctl("user", "list")

        server.run_ctl("user", "unsuspend", mallory.username)
        check_error(await mallory.get("/auth/me"), 401)
        check_error(await phone.post("/auth/refresh", token="", json={"refresh_token": phone.refresh_token}), 401)
        await mallory.log_in()
        await mallory.post_message(room, "I am back")
        # The resume works although the missed events include the suspension.
        resumed = await mallory.connect(since=cursor)
        await resumed.expect("new_message", content="I am back")
        assert len(resumed.messages(room)) == 5 * len(connections) + 1


async def test_a_suspended_user_posts_nothing_more_over_an_open_connection(own_server):
    server = own_server()
    async with TestUsers(server) as users:
        alice, mallory = await users.register_all("alice", "mallory")
        room = (await alice.create_room("group", members=[mallory]))["room_id"]
        connection = await mallory.connect()
        writing = True

        async def write():
            i = 0
            while writing and not connection.is_closed:
                i += 1
                try:
                    await connection.send("send_message", {"room_id": room, "content": f"m{i}"}, ref=f"r{i}")
                except Exception:
                    return
                await asyncio.sleep(0)

        writer = asyncio.create_task(write())
        await asyncio.sleep(0.2)
        await asyncio.to_thread(server.run_ctl, "user", "suspend", mallory.username)
        before = (await alice.get_room(room))["last_seq"]
        # The close code is `suspended`, also if a command notices the suspension before the event arrives.
        await connection.expect_close(4003, within=2)
        writing = False
        await writer
        assert before > 0
        assert (await alice.get_room(room))["last_seq"] == before
