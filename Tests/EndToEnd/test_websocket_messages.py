"""People talk over WebSocket: what is said arrives everywhere, once, in one order, and is answered."""

import asyncio
import re
import secrets

import pytest

from support.line import Line
from support.people import People
from support.problems import INVALID, check_problem
from support.raw import CLOSE, PING, PONG, RawWebSocket, frame


async def test_alice_says_something_and_everyone_hears_it_once(alice, bob, lobby):
    here, there, his = await alice.connect(), await alice.connect(), await bob.connect()
    message = await here.send_message(lobby, "Hello", client_id="c-1")
    assert (message["seq"], message["content"], message["client_id"], message["user_id"]) == (1, "Hello", "c-1", alice.user_id)
    for person, line in ((alice, here), (alice, there), (bob, his)):
        heard = await line.expect("new_message", room_id=lobby)
        assert heard.data == message
        assert type(heard.id) is int and heard.id > line.welcome.data["cursor"]
        assert heard.ref is None
        await person.catch_up(line)
        assert len(line.heard("new_message", room_id=lobby)) == 1
    assert (await bob.page(lobby))["messages"] == [message]


async def test_what_is_written_over_rest_is_heard_live(alice, bob, lobby):
    line = await bob.connect()
    message = await alice.write(lobby, "over REST", client_id="c-1")
    heard = await line.expect("new_message", room_id=lobby)
    assert heard.data == message


async def test_mallory_outside_hears_nothing(alice, bob, mallory, lobby):
    outside, inside = await mallory.connect(), await bob.connect()
    sender = await alice.connect()
    await sender.send_message(lobby, "private")
    await sender.say("typing", {"room_id": lobby})
    await alice.write(lobby, "private too")
    await alice.patch(f"/rooms/{lobby}/messages/1", json={"content": "private still"})
    await inside.expect("message_edited")
    await mallory.catch_up(outside)
    assert all(lobby not in heard.text for heard in outside.history)


@pytest.mark.loops
async def test_everyone_hears_everything_in_the_same_order(people, alice, bob, lobby):
    crowd = [alice, bob, *await people.registered("carol", "dave")]
    for person in crowd[2:]:
        await alice.add(lobby, person)
    lines = [await person.connect() for person in crowd]

    async def talk(person, line, i):
        for j in range(10):
            if (i + j) % 2:
                await line.send_message(lobby, f"{i}/{j}")
            else:
                await person.write(lobby, f"{i}/{j}")

    await asyncio.gather(*(talk(person, line, i) for i, (person, line) in enumerate(zip(crowd, lines, strict=True))))
    heard = [await line.expect_messages(lobby, 40) for line in lines]
    for one in heard:
        assert [message.data["seq"] for message in one] == list(range(1, 41))
        ids = [message.id for message in one]
        assert ids == sorted(set(ids))
        assert [(message.id, message.data) for message in one] == [(message.id, message.data) for message in heard[0]]
    # Each sender's own words keep the order in which she said them.
    for i in range(4):
        mine = [message.data["content"] for message in heard[0] if message.data["content"].startswith(f"{i}/")]
        assert mine == [f"{i}/{j}" for j in range(10)]


async def test_commands_sent_in_one_breath_are_all_answered_and_kept_in_order(alice, lobby):
    line = await alice.connect()
    for i in range(200):
        await line.say("send_message", {"room_id": lobby, "content": f"m{i}", "client_id": f"c{i}"}, ref=f"x{i}")
    replies = [await line.reply(f"x{i}", within=10) for i in range(200)]
    assert [reply.event for reply in replies] == ["ok"] * 200
    assert [reply.data["message"]["seq"] for reply in replies] == list(range(1, 201))
    heard = await line.expect_messages(lobby, 200)
    assert [message.data["content"] for message in heard] == [f"m{i}" for i in range(200)]


async def test_a_retry_on_either_way_is_the_same_message(alice, bob, lobby):
    line, his = await alice.connect(), await bob.connect()
    first = await line.send_message(lobby, "once", client_id="k")
    assert await line.send_message(lobby, "once", client_id="k") == first
    over_rest = await alice.post(f"/rooms/{lobby}/messages", json={"content": "once", "client_id": "k"})
    assert (over_rest.status_code, over_rest.json()) == (200, first)
    again = await alice.write(lobby, "twice", client_id="k2")
    assert await line.send_message(lobby, "twice", client_id="k2") == again
    check_problem(await line.refused("send_message", room_id=lobby, content="other words", client_id="k"), 409, "client_id_reused")
    await bob.catch_up(his)
    assert his.messages(lobby) == ["once", "twice"]


async def test_alice_corrects_and_takes_back_over_websocket(alice, bob, lobby):
    line, his = await alice.connect(), await bob.connect()
    await line.send_message(lobby, "teh")
    posted = await his.expect("new_message")
    edited = (await line.done("edit_message", room_id=lobby, seq=1, content="the"))["message"]
    assert edited["content"] == "the" and edited["edited_at"]
    heard = await his.expect("message_edited", room_id=lobby)
    assert heard.data == edited and heard.id > posted.id
    deleted = (await line.done("delete_message", room_id=lobby, seq=1))["message"]
    assert deleted["deleted"] is True and not deleted.get("content")
    gone = await his.expect("message_deleted", room_id=lobby)
    assert {key: gone.data[key] for key in ("room_id", "seq", "deleted_by")} == {"room_id": lobby, "seq": 1, "deleted_by": alice.user_id}
    assert gone.id > heard.id
    assert "the" not in gone.data.values()


async def test_what_is_corrected_and_deleted_over_rest_is_heard_live(alice, bob, lobby):
    his = await bob.connect()
    await alice.write(lobby, "teh")
    edited = (await alice.patch(f"/rooms/{lobby}/messages/1", json={"content": "the"})).json()
    assert (await his.expect("message_edited", room_id=lobby)).data == edited
    await alice.delete(f"/rooms/{lobby}/messages/1")
    assert (await his.expect("message_deleted", room_id=lobby)).data["seq"] == 1


async def test_nobody_corrects_or_deletes_anothers_words(alice, bob, mallory, lobby):
    await alice.write(lobby, "hers")
    his, outside = await bob.connect(), await mallory.connect()
    check_problem(await his.refused("edit_message", room_id=lobby, seq=1, content="his"), 403)
    check_problem(await his.refused("delete_message", room_id=lobby, seq=1), 403)
    for command in (
        {"event": "edit_message", "content": "x", "seq": 1},
        {"event": "delete_message", "seq": 1},
        {"event": "send_message", "content": "x"},
    ):
        event = command.pop("event")
        foreign = check_problem(await outside.refused(event, room_id=lobby, **command), 404)
        unknown = check_problem(await outside.refused(event, room_id=lobby[::-1], **command), 404)
        for problem in (foreign, unknown):
            problem.pop("request_id"), problem.pop("instance", None)
        assert foreign == unknown
    assert [message["content"] for message in await alice.all_messages(lobby)] == ["hers"]


async def test_alice_replies_over_websocket(alice, bob, lobby):
    await bob.write(lobby, "Anyone?")
    line = await alice.connect()
    assert (await line.send_message(lobby, "Me", reply_to=1))["reply_to"] == 1
    check_problem(await line.refused("send_message", room_id=lobby, content="x", reply_to=99), (400, 404, 422))


@pytest.mark.parametrize("content", ["", "x" * 4001, None, 7, ["x"]], ids=lambda content: f"{content!a}"[:12])
async def test_a_message_that_cannot_be_is_refused_and_the_line_stays(alice, lobby, content):
    line = await alice.connect()
    check_problem(await line.refused("send_message", room_id=lobby, content=content), INVALID)
    await line.ping()
    assert (await line.send_message(lobby, "x" * 4000))["seq"] == 1


async def test_content_in_every_script_is_heard_as_it_was_written(alice, bob, lobby):
    line, his = await alice.connect(), await bob.connect()
    for content in ("𝄞" * 4000, "👩‍👩‍👧‍👦 🏳️‍🌈", "שלום", 'quotes " \\ / \b\f\n\r\t', "a\u2028b\u2029c", "á"):
        assert (await line.send_message(lobby, content))["content"] == content
        assert (await his.expect("new_message", room_id=lobby)).data["content"] == content


# Fleeting things


@pytest.mark.loops
async def test_bob_sees_that_alice_is_typing(alice, bob, mallory, lobby):
    line, his = await alice.connect(), await bob.connect()
    await line.say("typing", {"room_id": lobby})
    seen = await his.expect("user_typing", room_id=lobby)
    assert seen.id is None
    assert (seen.data["user_id"], seen.data["username"]) == (alice.user_id, alice.username)
    assert seen.data["expires_in_ms"] > 0


@pytest.mark.loops
async def test_typing_into_a_foreign_room_is_seen_by_nobody(alice, bob, mallory, lobby):
    hers, his = await mallory.connect(), await bob.connect()
    check_problem(await hers.refused("typing", room_id=lobby), 404)
    await hers.ping()
    await bob.catch_up(his)
    assert not his.heard("user_typing")


async def test_a_ping_is_answered_with_its_ref_or_without(alice):
    line = await alice.connect()
    reply = await line.ask("ping")
    assert reply.event == "pong" and reply.id is None
    await line.say("ping")
    assert (await line.expect("pong")).ref is None
    await line.say("ping", {}, ref="é" * 32)
    assert (await line.reply("é" * 32)).event == "pong"


async def test_alice_says_goodbye_and_is_answered(alice):
    line = await alice.connect()
    await line.socket.close(1000, "bye")
    await line.expect_close(1000)


async def test_a_silent_client_is_pinged_and_let_go_only_if_it_does_not_answer(own_server):
    async with People(own_server(ECHOCHAT_HEARTBEAT="1")) as people:
        alice, bob = await people.registered("alice", "bob")
        attentive = await alice.connect()
        assert attentive.welcome.data["heartbeat_ms"] == 1000
        raw = await RawWebSocket.open(people.server.port, bob.access_token)
        assert (await raw.receive_event())["event"] == "welcome"
        for _ in range(2):
            opcode, payload = await raw.receive(within=3)
            assert opcode == PING
            await raw.send(frame(PONG, payload))
        opcode, _ = await raw.receive(within=3)
        assert opcode == PING
        # From here on Bob is silent.
        code = await raw.close_code(within=14)
        assert code in (None, 1001, 1002, 1006, 1008, 1011, 4010, 4011), code
        await attentive.ping()


async def test_with_several_loops_everyone_still_hears_everything_in_one_order(own_server):
    async with People(own_server(ECHOCHAT_LOOPS="3")) as people:
        crowd = await people.registered("alice", "bob", "carol", "dave", "erin", "frank")
        room = (await crowd[0].create_room("group", members=crowd[1:]))["room_id"]
        lines = [await person.connect() for person in crowd for _ in range(2)]

        async def talk(line, i):
            for j in range(20):
                await line.send_message(room, f"{i}/{j}")

        await asyncio.gather(*(talk(line, i) for i, line in enumerate(lines)))
        await lines[0].say("typing", {"room_id": room})
        for line in lines[2:]:
            await line.expect("user_typing", room_id=room)
        heard = [await line.expect_messages(room, 20 * len(lines)) for line in lines]
        for one in heard:
            assert [message.data["seq"] for message in one] == list(range(1, 20 * len(lines) + 1))
            assert [message.id for message in one] == [message.id for message in heard[0]]


async def test_many_lines_of_one_user_hear_the_same(own_server):
    async with People(own_server(ECHOCHAT_CONNECTIONS_PER_USER=None)) as people:
        alice, bob = await people.registered("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        lines = [await bob.connect() for _ in range(20)]
        for i in range(20):
            await alice.write(room, f"m{i}")
        for line in lines:
            heard = await line.expect_messages(room, 20)
            assert [message.data["content"] for message in heard] == [f"m{i}" for i in range(20)]


async def test_a_client_that_offers_compression_is_served(alice, bob, lobby):
    url = alice.server.websocket_url
    line = await (await Line.open(url, headers={"Authorization": f"Bearer {alice.access_token}"}, compression="deflate")).be_welcomed()
    content = "again and again " * 200
    assert (await line.send_message(lobby, content.strip()))["seq"] == 1
    assert (await line.expect("new_message")).data["content"] == content.strip()
    await line.hang_up()


async def test_a_message_in_fragments_with_a_ping_between_is_read(alice, lobby):
    raw = await RawWebSocket.open(alice.server.port, alice.access_token)
    assert (await raw.receive_event())["event"] == "welcome"
    text = ('{"event":"send_message","ref":"f","data":{"room_id":"%s","content":"%s"}}' % (lobby, "☃" + secrets.token_hex(8))).encode()
    middle = text.index("☃".encode()) + 1  # within the snowman
    await raw.send(frame(0x1, text[:middle], final=False) + frame(PING, b"still there?") + frame(0x0, text[middle:]))
    opcode, payload = await raw.receive()
    assert (opcode, payload) == (PONG, b"still there?")
    events = [(await raw.receive_event()) for _ in range(2)]
    assert {event["event"] for event in events} == {"ok", "new_message"}
    assert re.search("☃", (await alice.page(lobby))["messages"][0]["content"])
    await raw.send(frame(CLOSE, b"\x03\xe8"))
    assert await raw.close_code() == 1000
