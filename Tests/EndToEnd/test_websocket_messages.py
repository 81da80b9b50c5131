"""Messages over WebSocket: each reaches every connection once, in one order, and every command gets a reply."""

import asyncio
import re
import secrets

import pytest

from support.clients import TestUsers
from support.problems import INVALID, check_problem
from support.raw_socket import CLOSE, PING, PONG, RawWebSocket, frame
from support.ws_client import Connection


async def test_a_message_of_alice_reaches_every_connection_once(alice, bob, lobby):
    first, second, bob_connection = await alice.connect(), await alice.connect(), await bob.connect()
    message = await first.send_message(lobby, "Hello", client_id="c-1")
    assert (message["seq"], message["content"], message["client_id"], message["user_id"]) == (1, "Hello", "c-1", alice.user_id)
    for user, connection in ((alice, first), (alice, second), (bob, bob_connection)):
        received = await connection.expect("new_message", room_id=lobby)
        assert received.data == message
        assert type(received.id) is int and received.id > connection.welcome.data["cursor"]
        assert received.ref is None
        await user.catch_up(connection)
        assert len(connection.received("new_message", room_id=lobby)) == 1
    assert (await bob.page(lobby))["messages"] == [message]


async def test_a_message_posted_over_rest_is_delivered_live(alice, bob, lobby):
    connection = await bob.connect()
    message = await alice.post_message(lobby, "over REST", client_id="c-1")
    received = await connection.expect("new_message", room_id=lobby)
    assert received.data == message


async def test_mallory_as_a_non_member_receives_nothing(alice, bob, mallory, lobby):
    mallory_connection, bob_connection = await mallory.connect(), await bob.connect()
    sender = await alice.connect()
    await sender.send_message(lobby, "private")
    await sender.send("typing", {"room_id": lobby})
    await alice.post_message(lobby, "private too")
    await alice.patch(f"/rooms/{lobby}/messages/1", json={"content": "private still"})
    await bob_connection.expect("message_edited")
    await mallory.catch_up(mallory_connection)
    assert all(lobby not in received.text for received in mallory_connection.history)


@pytest.mark.loops
async def test_every_connection_receives_everything_in_the_same_order(users, alice, bob, lobby):
    members = [alice, bob, *await users.register_all("carol", "dave")]
    for user in members[2:]:
        await alice.add(lobby, user)
    connections = [await user.connect() for user in members]

    async def write(user, connection, i):
        for j in range(10):
            if (i + j) % 2:
                await connection.send_message(lobby, f"{i}/{j}")
            else:
                await user.post_message(lobby, f"{i}/{j}")

    await asyncio.gather(*(write(user, connection, i) for i, (user, connection) in enumerate(zip(members, connections, strict=True))))
    received = [await connection.expect_messages(lobby, 40) for connection in connections]
    for one in received:
        assert [message.data["seq"] for message in one] == list(range(1, 41))
        ids = [message.id for message in one]
        assert ids == sorted(set(ids))
        assert [(message.id, message.data) for message in one] == [(message.id, message.data) for message in received[0]]
    # The messages of each sender keep their order.
    for i in range(4):
        contents = [message.data["content"] for message in received[0] if message.data["content"].startswith(f"{i}/")]
        assert contents == [f"{i}/{j}" for j in range(10)]


async def test_commands_sent_at_once_all_get_a_reply_and_keep_their_order(alice, lobby):
    connection = await alice.connect()
    for i in range(200):
        await connection.send("send_message", {"room_id": lobby, "content": f"m{i}", "client_id": f"c{i}"}, ref=f"x{i}")
    replies = [await connection.reply(f"x{i}", within=10) for i in range(200)]
    assert [reply.event for reply in replies] == ["ok"] * 200
    assert [reply.data["message"]["seq"] for reply in replies] == list(range(1, 201))
    received = await connection.expect_messages(lobby, 200)
    assert [message.data["content"] for message in received] == [f"m{i}" for i in range(200)]


async def test_a_retry_over_rest_or_websocket_returns_the_same_message(alice, bob, lobby):
    connection, bob_connection = await alice.connect(), await bob.connect()
    first = await connection.send_message(lobby, "once", client_id="k")
    assert await connection.send_message(lobby, "once", client_id="k") == first
    over_rest = await alice.post(f"/rooms/{lobby}/messages", json={"content": "once", "client_id": "k"})
    assert (over_rest.status_code, over_rest.json()) == (200, first)
    again = await alice.post_message(lobby, "twice", client_id="k2")
    assert await connection.send_message(lobby, "twice", client_id="k2") == again
    check_problem(
        await connection.command_error("send_message", room_id=lobby, content="other content", client_id="k"), 409, "client_id_reused"
    )
    await bob.catch_up(bob_connection)
    assert bob_connection.messages(lobby) == ["once", "twice"]


async def test_alice_edits_and_deletes_over_websocket(alice, bob, lobby):
    connection, bob_connection = await alice.connect(), await bob.connect()
    await connection.send_message(lobby, "teh")
    posted = await bob_connection.expect("new_message")
    edited = (await connection.command_ok("edit_message", room_id=lobby, seq=1, content="the"))["message"]
    assert edited["content"] == "the" and edited["edited_at"]
    received = await bob_connection.expect("message_edited", room_id=lobby)
    assert received.data == edited and received.id > posted.id
    deleted = (await connection.command_ok("delete_message", room_id=lobby, seq=1))["message"]
    assert deleted["deleted"] is True and not deleted.get("content")
    deletion = await bob_connection.expect("message_deleted", room_id=lobby)
    assert {key: deletion.data[key] for key in ("room_id", "seq", "deleted_by")} == {
        "room_id": lobby,
        "seq": 1,
        "deleted_by": alice.user_id,
    }
    assert deletion.id > received.id
    assert "the" not in deletion.data.values()


async def test_edits_and_deletions_over_rest_are_delivered_live(alice, bob, lobby):
    bob_connection = await bob.connect()
    await alice.post_message(lobby, "teh")
    edited = (await alice.patch(f"/rooms/{lobby}/messages/1", json={"content": "the"})).json()
    assert (await bob_connection.expect("message_edited", room_id=lobby)).data == edited
    await alice.delete(f"/rooms/{lobby}/messages/1")
    assert (await bob_connection.expect("message_deleted", room_id=lobby)).data["seq"] == 1


async def test_only_the_author_edits_and_only_moderators_delete_messages_of_others(alice, bob, mallory, lobby):
    await alice.post_message(lobby, "original")
    bob_connection, mallory_connection = await bob.connect(), await mallory.connect()
    check_problem(await bob_connection.command_error("edit_message", room_id=lobby, seq=1, content="edited"), 403)
    check_problem(await bob_connection.command_error("delete_message", room_id=lobby, seq=1), 403)
    for command in (
        {"event": "edit_message", "content": "x", "seq": 1},
        {"event": "delete_message", "seq": 1},
        {"event": "send_message", "content": "x"},
    ):
        event = command.pop("event")
        foreign = check_problem(await mallory_connection.command_error(event, room_id=lobby, **command), 404)
        unknown = check_problem(await mallory_connection.command_error(event, room_id=lobby[::-1], **command), 404)
        for problem in (foreign, unknown):
            problem.pop("request_id"), problem.pop("instance", None)
        assert foreign == unknown
    assert [message["content"] for message in await alice.all_messages(lobby)] == ["original"]


async def test_alice_replies_over_websocket(alice, bob, lobby):
    await bob.post_message(lobby, "Anyone?")
    connection = await alice.connect()
    assert (await connection.send_message(lobby, "Me", reply_to=1))["reply_to"] == 1
    check_problem(await connection.command_error("send_message", room_id=lobby, content="x", reply_to=99), (400, 404, 422))


@pytest.mark.parametrize("content", ["", "x" * 4001, None, 7, ["x"]], ids=lambda content: f"{content!a}"[:12])
async def test_an_invalid_message_is_refused_and_the_connection_stays_open(alice, lobby, content):
    connection = await alice.connect()
    check_problem(await connection.command_error("send_message", room_id=lobby, content=content), INVALID)
    await connection.ping()
    assert (await connection.send_message(lobby, "x" * 4000))["seq"] == 1


async def test_content_in_every_script_is_delivered_unchanged(alice, bob, lobby):
    connection, bob_connection = await alice.connect(), await bob.connect()
    for content in ("𝄞" * 4000, "👩‍👩‍👧‍👦 🏳️‍🌈", "שלום", 'quotes " \\ / \b\f\n\r\t', "a\u2028b\u2029c", "á"):
        assert (await connection.send_message(lobby, content))["content"] == content
        assert (await bob_connection.expect("new_message", room_id=lobby)).data["content"] == content


# Ephemeral events


@pytest.mark.loops
async def test_bob_sees_that_alice_is_typing(alice, bob, mallory, lobby):
    connection, bob_connection = await alice.connect(), await bob.connect()
    await connection.send("typing", {"room_id": lobby})
    typing = await bob_connection.expect("user_typing", room_id=lobby)
    assert typing.id is None
    assert (typing.data["user_id"], typing.data["username"]) == (alice.user_id, alice.username)
    assert typing.data["expires_in_ms"] > 0


@pytest.mark.loops
async def test_typing_in_a_room_without_membership_is_seen_by_nobody(alice, bob, mallory, lobby):
    mallory_connection, bob_connection = await mallory.connect(), await bob.connect()
    check_problem(await mallory_connection.command_error("typing", room_id=lobby), 404)
    await mallory_connection.ping()
    await bob.catch_up(bob_connection)
    assert not bob_connection.received("user_typing")


async def test_a_ping_gets_a_pong_with_or_without_a_ref(alice):
    connection = await alice.connect()
    reply = await connection.command("ping")
    assert reply.event == "pong" and reply.id is None
    await connection.send("ping")
    assert (await connection.expect("pong")).ref is None
    await connection.send("ping", {}, ref="é" * 32)
    assert (await connection.reply("é" * 32)).event == "pong"


async def test_a_close_by_the_client_is_answered(alice):
    connection = await alice.connect()
    await connection.socket.close(1000, "done")
    await connection.expect_close(1000)


async def test_a_silent_client_is_pinged_and_closed_only_without_a_pong(own_server):
    async with TestUsers(own_server(ECHOCHAT_HEARTBEAT="1")) as users:
        alice, bob = await users.register_all("alice", "bob")
        answering = await alice.connect()
        assert answering.welcome.data["heartbeat_ms"] == 1000
        raw = await RawWebSocket.open(users.server.port, bob.access_token)
        assert (await raw.receive_event())["event"] == "welcome"
        for _ in range(2):
            opcode, payload = await raw.receive(within=3)
            assert opcode == PING
            await raw.send(frame(PONG, payload))
        opcode, _ = await raw.receive(within=3)
        assert opcode == PING
        # From here on Bob sends no pong.
        code = await raw.close_code(within=14)
        assert code in (None, 1001, 1002, 1006, 1008, 1011, 4010, 4011), code
        await answering.ping()


async def test_with_several_loops_every_connection_receives_everything_in_one_order(own_server):
    async with TestUsers(own_server(ECHOCHAT_LOOPS="3")) as users:
        members = await users.register_all("alice", "bob", "carol", "dave", "erin", "frank")
        room = (await members[0].create_room("group", members=members[1:]))["room_id"]
        connections = [await user.connect() for user in members for _ in range(2)]

        async def write(connection, i):
            for j in range(20):
                await connection.send_message(room, f"{i}/{j}")

        await asyncio.gather(*(write(connection, i) for i, connection in enumerate(connections)))
        await connections[0].send("typing", {"room_id": room})
        for connection in connections[2:]:
            await connection.expect("user_typing", room_id=room)
        received = [await connection.expect_messages(room, 20 * len(connections)) for connection in connections]
        for one in received:
            assert [message.data["seq"] for message in one] == list(range(1, 20 * len(connections) + 1))
            assert [message.id for message in one] == [message.id for message in received[0]]


async def test_many_connections_of_one_user_receive_the_same(own_server):
    async with TestUsers(own_server(ECHOCHAT_CONNECTIONS_PER_USER=None)) as users:
        alice, bob = await users.register_all("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        connections = [await bob.connect() for _ in range(20)]
        for i in range(20):
            await alice.post_message(room, f"m{i}")
        for connection in connections:
            received = await connection.expect_messages(room, 20)
            assert [message.data["content"] for message in received] == [f"m{i}" for i in range(20)]


async def test_a_client_that_offers_compression_can_connect(alice, bob, lobby):
    url = alice.server.websocket_url
    connection = await (
        await Connection.open(url, headers={"Authorization": f"Bearer {alice.access_token}"}, compression="deflate")
    ).wait_for_welcome()
    content = "again and again " * 200
    assert (await connection.send_message(lobby, content.strip()))["seq"] == 1
    assert (await connection.expect("new_message")).data["content"] == content.strip()
    await connection.close()


async def test_a_fragmented_message_with_a_ping_between_is_accepted(alice, lobby):
    raw = await RawWebSocket.open(alice.server.port, alice.access_token)
    assert (await raw.receive_event())["event"] == "welcome"
    text = ('{"event":"send_message","ref":"f","data":{"room_id":"%s","content":"%s"}}' % (lobby, "☃" + secrets.token_hex(8))).encode()
    middle = text.index("☃".encode()) + 1  # within the bytes of the snowman
    await raw.send(frame(0x1, text[:middle], final=False) + frame(PING, b"still there?") + frame(0x0, text[middle:]))
    opcode, payload = await raw.receive()
    assert (opcode, payload) == (PONG, b"still there?")
    events = [(await raw.receive_event()) for _ in range(2)]
    assert {event["event"] for event in events} == {"ok", "new_message"}
    assert re.search("☃", (await alice.page(lobby))["messages"][0]["content"])
    await raw.send(frame(CLOSE, b"\x03\xe8"))
    assert await raw.close_code() == 1000
