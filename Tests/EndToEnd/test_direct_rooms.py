"""Direct rooms that one of the two has left: the next message brings them back, unless it may or can not reach them any more."""

import pytest

from support.clients import TestUser, TestUsers
from support.problems import check_error, check_problem
from support.rooms import room_ids


@pytest.fixture
async def direct(alice, bob):
    """The direct room of Alice and Bob, with two messages."""
    room = (await alice.create_room("direct", members=[bob]))["room_id"]
    await alice.post_message(room, "hello")
    await bob.post_message(room, "hi")
    return room


async def protect(user: TestUser) -> None:
    assert (await user.patch("/users/me/preferences", json={"added_by": "contacts"})).is_success


async def delete_account(user: TestUser) -> None:
    response = await user.request("DELETE", "/users/me", json={"password": user.password})
    assert response.is_success, response.text


async def send(user: TestUser, room_id: str, content: str, via: str) -> dict:
    if via == "rest":
        return await user.post_message(room_id, content)
    return await (await user.connect()).send_message(room_id, content)


@pytest.mark.loops
@pytest.mark.parametrize("via", ["rest", "websocket"])
async def test_the_next_message_brings_back_who_left_and_every_device_hears_it(alice, bob, direct, via):
    devices = [await bob.connect(), await (await bob.another_session()).connect()]
    watching = await alice.connect()
    await bob.leave(direct)
    for connection in (*devices, watching):
        await connection.expect("member_left", room_id=direct)
    assert direct not in await room_ids(bob)
    message = await send(alice, direct, "are you there?", via)
    for connection in devices:
        heard = [await connection.expect("member_joined", room_id=direct), await connection.expect("new_message", room_id=direct)]
        assert heard[0].id < heard[1].id and heard[0].data["user"]["user_id"] == bob.user_id
        assert heard[0].data["reason"] == "message" and heard[1].data == message
    assert (await watching.expect("member_joined", room_id=direct)).data["user"]["user_id"] == bob.user_id
    room = await bob.get_room(direct)
    assert (room["me"]["unread"], room["me"]["role"], room["member_count"]) == (1, "member", 2)
    assert [message["content"] for message in await bob.all_messages(direct)] == ["hello", "hi", "are you there?"]
    await bob.post_message(direct, "yes")
    await watching.expect("new_message", content="yes")


@pytest.mark.loops
async def test_who_was_offline_hears_it_on_resume(alice, bob, direct):
    connection = await bob.connect()
    await bob.leave(direct)
    await connection.expect("member_left", room_id=direct)
    cursor = connection.last_id
    await connection.close()
    await alice.post_message(direct, "first")
    await alice.post_message(direct, "second", client_id="twice")
    again = await alice.post(f"/rooms/{direct}/messages", json={"content": "second", "client_id": "twice"})
    assert again.status_code == 200
    resumed = await bob.connect(since=cursor)
    await resumed.expect("new_message", content="second")
    assert [frame.event for frame in resumed.received(room_id=direct)] == ["member_joined", "new_message", "new_message"]
    assert (await bob.get_room(direct))["me"]["unread"] == 2


async def test_a_connection_narrowed_to_the_room_hears_it_after_coming_back(alice, bob, direct):
    await bob.leave(direct)
    await alice.post_message(direct, "are you there?")
    narrowed = await bob.connect(room=direct)
    await alice.post_message(direct, "now?")
    await narrowed.expect("new_message", content="now?")


async def test_a_block_keeps_who_left_away(alice, bob, direct):
    await bob.leave(direct)
    assert (await bob.put(f"/users/{alice.user_id}/block")).is_success
    check_error(await alice.post(f"/rooms/{direct}/messages", json={"content": "hello?"}), 403, "forbidden")
    assert direct not in await room_ids(bob)
    assert (await bob.delete(f"/users/{alice.user_id}/block")).is_success
    await alice.post_message(direct, "hello again")
    assert direct in await room_ids(bob)


async def test_who_lets_only_contacts_add_them_is_invited_and_the_message_waits(alice, bob, direct):
    await protect(bob)
    connection = await bob.connect()
    await bob.leave(direct)
    for content in ("hello?", "are you there?"):
        await alice.post_message(direct, content)
    assert (await connection.expect("invited")).data["room_id"] == direct
    assert direct not in await room_ids(bob)
    accepted = (await bob.post(f"/users/me/invitations/{direct}/accept")).json()
    assert accepted["me"]["unread"] == 2, "what Bob had before he left is not unread again"
    assert (await alice.get_room(direct))["member_count"] == 2


async def test_what_needs_no_message_does_not_bring_back_who_left(alice, bob, direct):
    """An edit or a reaction is seen when the other comes back; it calls nobody."""
    connection = await alice.connect()
    await bob.leave(direct)
    await connection.command_ok("edit_message", room_id=direct, seq=1, content="hello there")
    await connection.command_ok("add_reaction", room_id=direct, seq=2, emoji="👍")
    await connection.command_ok("typing", room_id=direct)
    assert direct not in await room_ids(bob)
    await alice.post_message(direct, "come back")
    assert [message["content"] for message in await bob.all_messages(direct)] == ["hello there", "hi", "come back"]


async def test_nothing_is_sent_to_a_deleted_account(alice, bob, direct):
    await delete_account(bob)
    connection = await alice.connect()
    messages = f"/rooms/{direct}/messages"
    check_error(await alice.post(messages, json={"content": "anybody?"}), 403, "recipient_gone")
    check_problem(await connection.command_error("send_message", room_id=direct, content="anybody?"), 403, "recipient_gone")
    check_error(await alice.patch(f"{messages}/1", json={"content": "changed"}), 403, "recipient_gone")
    check_error(await alice.put(f"{messages}/1/reactions/👍"), 403, "recipient_gone")
    check_problem(await connection.command_error("add_reaction", room_id=direct, seq=1, emoji="👍"), 403, "recipient_gone")
    check_error(await alice.post("/rooms", json={"kind": "direct", "members": [bob.user_id]}), 422, "invalid_field")
    # What is Alice's own stays hers.
    assert (await alice.page(direct))["messages"][0]["content"] == "hello"
    assert (await alice.delete(f"{messages}/1")).is_success
    await connection.command_ok("mark", room_id=direct, read_seq=2)
    await alice.leave(direct)
    assert direct not in await room_ids(alice)


async def test_a_message_to_a_deleted_account_that_was_sent_before_can_be_repeated(alice, bob, direct):
    first = await alice.post_message(direct, "bye", client_id="bye")
    await delete_account(bob)
    again = await alice.post(f"/rooms/{direct}/messages", json={"content": "bye", "client_id": "bye"})
    assert again.status_code == 200 and again.json()["seq"] == first["seq"]


async def test_a_suspended_recipient_has_the_messages_once_the_suspension_is_over(own_server):
    server = own_server()
    async with TestUsers(server) as users:
        alice, bob = await users.register_all("alice", "bob")
        direct = (await alice.create_room("direct", members=[bob]))["room_id"]
        await bob.leave(direct)
        server.run_ctl("user", "suspend", bob.username)
        await alice.post_message(direct, "see you")
        server.run_ctl("user", "unsuspend", bob.username)
        await bob.log_in()
        room = await bob.get_room(direct)
        assert room["me"]["unread"] == 1 and room["last_message"]["content"] == "see you"
