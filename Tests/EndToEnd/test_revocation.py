"""Who signs out, is signed out or is put out of a room hears nothing more, at once, whatever is on its way."""

import asyncio
import time

import jwt
import pytest

from support.people import PASSWORD, NotAdmitted, People
from support.problems import check_problem, check_refusal

CLOSE_WITHIN_SECONDS = 1.0


async def prove_it_hears(line, speaker, room_id: str) -> None:
    """A silence proves nothing unless there was hearing before."""
    await speaker.write(room_id, "can you hear me?")
    await line.expect("new_message", room_id=room_id, content="can you hear me?")


async def nothing_more(line, speaker, room_id: str) -> None:
    """Speaks into the room at once, then sees the line closed in time and that it carried none of it."""
    begun = time.monotonic()
    await asyncio.gather(*(speaker.write(room_id, f"secret {i}") for i in range(5)))
    await line.expect_close(4001, within=CLOSE_WITHIN_SECONDS + 1)
    assert line.closed_at - begun < CLOSE_WITHIN_SECONDS, f"closed only after {line.closed_at - begun:.3f} s"
    assert not [content for content in line.messages(room_id) if content.startswith("secret")]


async def log_out(bob, phone) -> None:
    assert (await bob.post("/auth/logout")).status_code == 204


async def sign_out_from_the_phone(bob, phone) -> None:
    session = jwt.decode(bob.access_token, options={"verify_signature": False})["sid"]
    assert (await phone.delete(f"/auth/sessions/{session}")).status_code == 204


async def change_password_on_the_phone(bob, phone) -> None:
    answer = await phone.post("/auth/password/change", json={"old_password": PASSWORD, "new_password": "quite another walk"})
    assert answer.is_success, answer.text


async def use_a_refresh_token_twice(bob, phone) -> None:
    for _ in range(2):
        answer = await bob.post("/auth/refresh", token="", json={"refresh_token": bob.refresh_token})
    check_refusal(answer, 401)


ENDS = [log_out, sign_out_from_the_phone, change_password_on_the_phone, use_a_refresh_token_twice]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
@pytest.mark.loops
async def test_a_session_that_ends_loses_its_lines_and_other_sessions_keep_theirs(alice, bob, lobby, end):
    phone = await bob.on_another_device()
    lines = [await bob.connect(way=way) for way in ("header", "ticket", "frame")]
    on_phone = await phone.connect()
    for line in lines:
        await prove_it_hears(line, alice, lobby)
    await end(bob, phone)
    await asyncio.gather(*(nothing_more(line, alice, lobby) for line in lines))
    with pytest.raises(NotAdmitted):
        await bob.connect()
    await phone.catch_up(on_phone)
    assert len([content for content in on_phone.messages(lobby) if content.startswith("secret")]) == 15


async def test_an_ended_session_does_nothing_more_over_its_line(alice, bob, lobby):
    line = await bob.connect()
    await prove_it_hears(line, alice, lobby)
    before = (await alice.see_room(lobby))["last_seq"]
    # Commands that race with the logout may still be served before it, none after it was answered.
    assert (await bob.post("/auth/logout")).status_code == 204
    for i in range(20):
        try:
            await line.say("send_message", {"room_id": lobby, "content": f"too late {i}"}, ref=f"x{i}")
        except Exception:
            break
    await line.expect_close(4001, within=2)
    assert not line.heard("ok")
    assert (await alice.see_room(lobby))["last_seq"] == before


@pytest.mark.loops
async def test_fifteen_logouts_in_a_stream_of_messages_let_nothing_through(alice, bob, lobby):
    going = True

    async def talk():
        i = 0
        while going:
            i += 1
            await alice.write(lobby, f"m{i}")

    talking = asyncio.create_task(talk())
    try:
        for _ in range(15):
            phone = await bob.on_another_device()
            line = await phone.connect()
            await line.expect("new_message")
            assert (await phone.post("/auth/logout")).status_code == 204
            done = (await alice.write(lobby, "mark"))["seq"]
            begun = time.monotonic()
            await line.expect_close(4001, within=2)
            assert line.closed_at - begun < CLOSE_WITHIN_SECONDS
            assert max(frame.data["seq"] for frame in line.heard("new_message")) < done
    finally:
        going = False
        await talking


@pytest.mark.loops
async def test_mallory_removed_from_the_lobby_hears_nothing_more(alice, mallory, lobby):
    await alice.add(lobby, mallory)
    line, narrow = await mallory.connect(), await mallory.connect(room=lobby)
    await prove_it_hears(line, alice, lobby)
    await prove_it_hears(narrow, alice, lobby)
    await alice.remove(lobby, mallory)
    speaker = await alice.connect()
    await alice.write(lobby, "secret")
    await speaker.send_message(lobby, "secret too")
    await speaker.say("typing", {"room_id": lobby})
    await alice.patch(f"/rooms/{lobby}/messages/1", json={"content": "secret three"})
    await alice.delete(f"/rooms/{lobby}/messages/2")
    await mallory.catch_up(line)
    left = line.heard("member_left", room_id=lobby)
    assert [frame.data["user"]["user_id"] for frame in left] == [mallory.user_id]
    after = line.history[line.history.index(left[0]) + 1 :]
    assert all(lobby not in frame.text for frame in after), [frame.text for frame in after]
    if not narrow.is_closed:
        await narrow.ping()
    assert not any("secret" in frame.text for frame in narrow.history)
    for event, data in (
        ("send_message", {"content": "let me in"}),
        ("typing", {}),
        ("edit_message", {"seq": 1, "content": "x"}),
        ("delete_message", {"seq": 1}),
    ):
        check_problem(await line.refused(event, room_id=lobby, **data), 404)
    # Nor later, by coming back with an old cursor.
    again = await mallory.connect(since=left[0].id)
    await mallory.catch_up(again)
    assert all(lobby not in frame.text for frame in again.history)


@pytest.mark.loops
async def test_removal_cuts_at_its_own_place_in_a_stream_of_messages(alice, bob, mallory, lobby):
    await alice.add(lobby, mallory)
    hers, his = await mallory.connect(), await bob.connect()
    going = True

    async def talk():
        i = 0
        while going:
            i += 1
            await bob.write(lobby, f"m{i}")

    talking = [asyncio.create_task(talk()) for _ in range(3)]
    try:
        for _ in range(10):
            await hers.expect("new_message", room_id=lobby)
            await alice.remove(lobby, mallory)
            await hers.expect("member_left", room_id=lobby)
            await alice.add(lobby, mallory)
    finally:
        going = False
        await asyncio.gather(*talking)
    await bob.catch_up(his)
    await mallory.catch_up(hers)
    # Bob heard it all; from that, what Mallory was to hear is known exactly.
    inside, wanted = True, []
    for frame in his.history:
        if frame.data.get("room_id") != lobby:
            continue
        about_her = frame.event in ("member_left", "member_joined") and frame.data["user"]["user_id"] == mallory.user_id
        if about_her and frame.event == "member_joined":
            inside = True
        if inside and frame.event in ("new_message", "member_left", "member_joined"):
            wanted.append((frame.id, frame.event))
        if about_her and frame.event == "member_left":
            inside = False
    got = [
        (frame.id, frame.event)
        for frame in hers.history
        if frame.data.get("room_id") == lobby and frame.event in ("new_message", "member_left", "member_joined")
    ]
    assert got == wanted


@pytest.mark.loops
async def test_bob_who_leaves_hears_nothing_more(alice, bob, lobby):
    line = await bob.connect()
    await prove_it_hears(line, alice, lobby)
    await bob.leave(lobby)
    await alice.write(lobby, "secret")
    await bob.catch_up(line)
    assert line.heard("member_left", room_id=lobby)
    assert "secret" not in line.messages(lobby)


async def test_all_this_holds_with_a_broken_doorbell(own_server):
    server = own_server()
    async with People(server) as people:
        alice, bob, mallory = await people.registered("alice", "bob", "mallory")
        room = (await alice.create_room("group", members=[bob, mallory]))["room_id"]
        phone = await bob.on_another_device()
        his, hers = await phone.connect(), await mallory.connect()
        await prove_it_hears(his, alice, room)
        await prove_it_hears(hers, alice, room)
        (server.data / "run" / "doorbell.sock").unlink()
        assert (await phone.post("/auth/logout")).status_code == 204
        await nothing_more(his, alice, room)
        await alice.remove(room, mallory)
        begun = time.monotonic()
        await alice.write(room, "secret")
        left = await hers.expect("member_left", room_id=room)
        assert left.at - begun < CLOSE_WITHIN_SECONDS
        await mallory.catch_up(hers)
        assert not [content for content in hers.messages(room) if content == "secret"]


async def test_all_this_holds_with_several_loops(own_server):
    async with People(own_server(ECHOCHAT_LOOPS="3")) as people:
        alice, bob, mallory = await people.registered("alice", "bob", "mallory")
        room = (await alice.create_room("group", members=[bob, mallory]))["room_id"]
        for _ in range(5):
            phone = await bob.on_another_device()
            lines = [await phone.connect() for _ in range(6)]
            for line in lines:
                await prove_it_hears(line, alice, room)
            assert (await phone.post("/auth/logout")).status_code == 204
            await asyncio.gather(*(nothing_more(line, alice, room) for line in lines))
        hers = [await mallory.connect() for _ in range(6)]
        for line in hers:
            await prove_it_hears(line, alice, room)
        await alice.remove(room, mallory)
        await alice.write(room, "secret after removal")
        for line in hers:
            await mallory.catch_up(line)
            assert line.heard("member_left", room_id=room)
            assert "secret after removal" not in line.messages(room)


async def test_a_session_that_ended_while_the_daemon_was_down_does_not_come_back(own_server):
    server = own_server()
    async with People(server) as people:
        alice, bob = await people.registered("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        line = await bob.connect()
        await prove_it_hears(line, alice, room)
        killed = server.kill("push")
        assert (await bob.post("/auth/logout")).status_code == 204
        server.wait_replaced(killed)
        with pytest.raises(NotAdmitted) as refusal:
            await bob.connect(since=line.last_id)
        assert refusal.value.reason in (401, 4001)
