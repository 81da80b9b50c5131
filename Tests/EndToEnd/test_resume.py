"""People come back after an absence and miss nothing, hear nothing twice, and learn when that cannot be promised."""

import asyncio
import json
import random
import time

import pytest

from support.line import Line
from support.people import NotAdmitted, People
from support.raw import TEXT, RawWebSocket, frame


def check_each_once_in_order(frames, first_seq: int, count: int) -> None:
    assert [frame.data["seq"] for frame in frames] == list(range(first_seq, first_seq + count))
    ids = [frame.id for frame in frames]
    assert ids == sorted(set(ids))


@pytest.mark.loops
async def test_alice_hears_what_she_missed_before_anything_newer(alice, bob, lobby):
    line = await alice.connect()
    await bob.write(lobby, "heard")
    await line.expect("new_message")
    cursor = line.last_id
    await line.vanish()
    his = await bob.connect()
    for i in range(10):
        await bob.write(lobby, f"missed {i}")
        await his.send_message(lobby, f"missed too {i}")
    await bob.patch(f"/rooms/{lobby}/messages/1", json={"content": "heard, and corrected"})
    await bob.delete(f"/rooms/{lobby}/messages/2")
    back = await alice.connect(since=cursor)
    assert back.welcome.data["resumed"] is True
    await bob.write(lobby, "newer")
    await back.expect("new_message", content="newer")
    durable = [frame for frame in back.history if frame.id is not None]
    assert [frame.event for frame in durable] == ["new_message"] * 20 + ["message_edited", "message_deleted", "new_message"]
    ids = [frame.id for frame in durable]
    assert ids == sorted(set(ids)) and ids[0] > cursor
    check_each_once_in_order(back.heard("new_message"), 2, 21)


async def test_who_missed_nothing_gets_nothing(alice, bob, lobby):
    line = await alice.connect()
    await bob.write(lobby, "heard")
    await line.expect("new_message")
    cursor = line.last_id
    await line.hang_up()
    back = await alice.connect(since=cursor)
    assert back.welcome.data["resumed"] is True
    await bob.write(lobby, "next")
    await back.expect("new_message")
    assert back.messages(lobby) == ["next"]


async def test_who_comes_back_is_not_told_what_was_said_and_taken_back_in_one_breath(alice, bob, lobby):
    """Three commands of one write are one commit, and one batch of news."""
    his = await bob.connect()
    cursor = his.welcome.data["cursor"]
    hers = await RawWebSocket.open(alice.server.port, alice.access_token)

    def command(event: str, **data) -> bytes:
        return frame(TEXT, json.dumps({"event": event, "data": {"room_id": lobby, **data}}).encode())

    await hers.send(
        command("send_message", content="secret 1")
        + command("edit_message", seq=1, content="secret 2")
        + command("delete_message", seq=1)
        + command("send_message", content="hello")
    )
    await his.expect("new_message", content="hello")
    back = await bob.connect(since=cursor)
    await back.expect("new_message", content="hello")
    told = [frame.event for frame in back.history if frame.id is not None]
    assert told[-4:] == ["new_message", "message_edited", "message_deleted", "new_message"]
    assert not [frame for frame in back.history if "secret" in str(frame.data)]


@pytest.mark.parametrize("tail_bytes", ["0", "16777216"], ids=["journal", "memory"])
async def test_who_comes_back_is_not_told_what_was_taken_back_meanwhile(own_server, tail_bytes):
    async with People(own_server(ECHOCHAT_TAIL_BYTES=tail_bytes)) as people:
        alice, bob = await people.registered("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        listening = await bob.connect()
        cursor = listening.welcome.data["cursor"]
        await alice.write(room, "regrettable")
        await alice.write(room, "draft")
        await alice.patch(f"/rooms/{room}/messages/2", json={"content": "regrettable as well"})
        await listening.expect("message_edited")
        for seq in (1, 2):
            assert (await alice.delete(f"/rooms/{room}/messages/{seq}")).is_success
        await alice.write(room, "innocent")
        back = await bob.connect(since=cursor)
        assert back.welcome.data["resumed"] is True
        await back.expect("new_message", content="innocent")
        assert not [frame.text for frame in back.history if "regrettable" in frame.text or "draft" in frame.text]
        check_each_once_in_order(back.heard("new_message", room_id=room), 1, 3)


async def test_resuming_twice_from_the_same_place_gives_the_same(alice, bob, lobby):
    cursor = (await alice.get("/sync")).json()["cursor"]
    for i in range(5):
        await bob.write(lobby, f"m{i}")
    first, second = await alice.connect(since=cursor), await alice.connect(since=cursor)
    one, two = await first.expect_messages(lobby, 5), await second.expect_messages(lobby, 5)
    assert [(frame.id, frame.data) for frame in one] == [(frame.id, frame.data) for frame in two]


async def test_without_since_nothing_old_comes(alice, bob, lobby):
    await bob.write(lobby, "old")
    line = await alice.connect()
    await bob.write(lobby, "new")
    await line.expect("new_message")
    assert line.messages(lobby) == ["new"]
    assert line.welcome.data["resumed"] is False


async def test_a_cursor_from_the_future_is_not_resumed(alice):
    cursor = (await alice.get("/sync")).json()["cursor"]
    line = await alice.connect(since=cursor + 10**9)
    assert line.welcome.data["resumed"] is False
    assert line.welcome.data["cursor"] < cursor + 10**9


@pytest.mark.parametrize("since", ["abc", "-1", "1.5", "9" * 30, "0x10", "", "１２", "1 OR 1=1"])
async def test_a_cursor_that_is_none_is_refused_or_not_resumed(alice, since):
    try:
        line = await alice.connect(since=since)
    except NotAdmitted as refusal:
        assert refusal.reason in (400, 422, 1008), refusal
    else:
        assert line.welcome.data["resumed"] is False
        await line.ping()


@pytest.mark.parametrize("since", ["abc", -1, 1.5, 10**30, None, [], True])
async def test_a_cursor_in_the_first_frame_that_is_none_is_refused_or_not_resumed(alice, since):
    line = await Line.open(alice.server.websocket_url, origin=alice.server.origin)
    alice.lines.append(line)
    await line.say("authenticate", {"token": alice.access_token, "since": since})
    try:
        await line.be_welcomed(within=1.5)
    except NotAdmitted as refusal:
        assert refusal.code in (4001, 1008), refusal
    except AssertionError:
        assert [frame.event for frame in line.history] == ["error"], line.history
    else:
        assert line.welcome.data["resumed"] is False
        await line.ping()


async def test_a_long_absence_is_read_from_the_journal_when_memory_no_longer_has_it(own_server):
    async with People(own_server(ECHOCHAT_TAIL_BYTES="4096")) as people:
        alice, bob = await people.registered("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        cursor = (await alice.get("/sync")).json()["cursor"]
        his = await bob.connect()
        for i in range(600):
            await his.say("send_message", {"room_id": room, "content": f"m{i} " + "x" * 500}, ref=f"x{i}")
        await his.reply("x599", within=15)
        back = await alice.connect(since=cursor)
        assert back.welcome.data["resumed"] is True
        check_each_once_in_order(await back.expect_messages(room, 600, within=15), 1, 600)
        # Nearly there is nearly the same: from every place near the edge of memory.
        ids = [frame.id for frame in back.heard("new_message", room_id=room)]
        for missing in (1, 2, 5, 6, 7, 8, 9, 10, 20, 50):
            again = await alice.connect(since=ids[-missing - 1])
            check_each_once_in_order(await again.expect_messages(room, missing), 601 - missing, missing)
            await again.hang_up()


@pytest.mark.loops
async def test_alice_on_a_train_loses_the_line_thirty_times_while_bob_keeps_talking(alice, bob, lobby):
    his = await bob.connect()
    total = 400
    cursor = (await alice.get("/sync")).json()["cursor"]
    chance = random.Random(7)

    async def talk():
        for i in range(total):
            if i % 4:
                await his.send_message(lobby, f"m{i}")
            else:
                await bob.write(lobby, f"m{i}")

    heard = []
    talking = asyncio.create_task(talk())
    try:
        for _ in range(30):
            line = await alice.connect(since=cursor)
            assert line.welcome.data["resumed"] is True
            if not talking.done():
                # She hears a few more, then is gone in the middle of it.
                target = chance.randint(1, 12)
                deadline = time.monotonic() + 5
                while len(line.heard("new_message", room_id=lobby)) < target and not talking.done() and time.monotonic() < deadline:
                    await asyncio.sleep(0.001)
            await line.vanish()
            heard += line.heard("new_message", room_id=lobby)
            cursor = line.last_id
    finally:
        await talking
    line = await alice.connect(since=cursor)
    heard += await line.expect_messages(lobby, total - len(heard)) if len(heard) < total else []
    check_each_once_in_order(heard, 1, total)


@pytest.mark.loops
async def test_fifty_lines_come_back_at_once_from_fifty_places(alice, bob, lobby):
    cursor = (await alice.get("/sync")).json()["cursor"]
    first = await alice.connect(since=cursor)
    await asyncio.gather(*(bob.write(lobby, f"m{i}") for i in range(50)))
    ids = [frame.id for frame in await first.expect_messages(lobby, 50)]
    lines = await asyncio.gather(*(alice.connect(since=since) for since in [cursor, *ids[:-1]]))
    for missed, line in enumerate(lines):
        check_each_once_in_order(await line.expect_messages(lobby, 50 - missed), missed + 1, 50 - missed)


@pytest.mark.loops
async def test_of_a_room_entered_and_left_while_away_exactly_the_time_as_a_member_is_heard(alice, mallory, lobby):
    cursor = (await mallory.get("/sync")).json()["cursor"]
    await alice.write(lobby, "before")
    await alice.add(lobby, mallory)
    await alice.write(lobby, "during")
    await alice.remove(lobby, mallory)
    await alice.write(lobby, "after")
    line = await mallory.connect(since=cursor)
    assert line.welcome.data["resumed"] is True
    await mallory.catch_up(line)
    about = [
        frame.event
        for frame in line.history
        if frame.data.get("room_id") == lobby and frame.event in ("member_joined", "new_message", "member_left")
    ]
    assert about == ["member_joined", "new_message", "member_left"]
    assert line.messages(lobby) == ["during"]


async def test_who_was_put_out_and_let_in_again_while_away_misses_only_the_time_between(alice, bob, lobby):
    cursor = (await bob.get("/sync")).json()["cursor"]
    await alice.write(lobby, "one")
    await alice.remove(lobby, bob)
    await alice.write(lobby, "secret")
    await alice.add(lobby, bob)
    await alice.write(lobby, "two")
    line = await bob.connect(since=cursor)
    await bob.catch_up(line)
    assert line.messages(lobby) == ["one", "two"]


async def test_when_the_journal_no_longer_reaches_back_alice_is_told_to_sync(own_server):
    server = own_server(ECHOCHAT_JOURNAL_KEEP="1s", ECHOCHAT_TAIL_BYTES="4096")
    async with People(server) as people:
        alice, bob = await people.registered("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        cursor = (await alice.get("/sync")).json()["cursor"]
        for i in range(30):
            await bob.write(room, f"m{i} " + "x" * 500)
        deadline = time.monotonic() + 30
        while True:
            # Until it is pruned the whole story must come; from then on the honest answer.
            line = await alice.connect(since=cursor)
            if line.welcome.data["resumed"] is False:
                break
            check_each_once_in_order(await line.expect_messages(room, 30), 1, 30)
            await line.hang_up()
            assert time.monotonic() < deadline, "the journal was never pruned"
            await asyncio.sleep(0.25)
        await bob.write(room, "live")
        await line.expect("new_message", room_id=room, content="live")
        assert line.messages(room) == ["live"]
        state = (await alice.get("/sync")).json()
        fresh = await alice.connect(since=state["cursor"])
        assert fresh.welcome.data["resumed"] is True
        assert [message["seq"] for message in await alice.all_messages(room)] == list(range(1, 32))


async def test_a_daemon_that_starts_anew_resumes_as_if_nothing_had_been(own_server):
    server = own_server()
    async with People(server) as people:
        alice, bob = await people.registered("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        line = await alice.connect()
        await bob.write(room, "one")
        await line.expect("new_message")
        killed = server.kill("push")
        await bob.write(room, "two")
        server.wait_replaced(killed)
        await bob.write(room, "three")
        back = await alice.connect(since=line.last_id)
        assert back.welcome.data["resumed"] is True
        assert back.welcome.data["epoch"] == line.welcome.data["epoch"]
        check_each_once_in_order(await back.expect_messages(room, 2), 2, 2)
