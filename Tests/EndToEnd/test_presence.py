"""Who is here: told in batches to those who share a room, over all devices, and not at every hiccup of a connection."""

import asyncio
import os
import signal
import time

import pytest

from support.line import Line
from support.people import People, Person
from support.problems import check_refusal

GRACE_SECONDS = 8


class Watch:
    """What a line has been told of one person, in order."""

    def __init__(self, line: Line, person: Person):
        self.line = line
        self.user_id = person.user_id

    @property
    def changes(self) -> list[dict]:
        told = [change for frame in self.line.heard("presence") for change in frame.data["changes"]]
        return [change for change in told if change["user_id"] == self.user_id]

    @property
    def states(self) -> list[str]:
        return [change["state"] for change in self.changes]

    async def until(self, *states: str, within: float = 4) -> None:
        """Waits until exactly these states have been told."""
        deadline = time.monotonic() + within
        while self.states != list(states):
            assert time.monotonic() < deadline, f"told {self.states}, wanted {states}"
            assert self.states == list(states)[: len(self.states)], f"told {self.states}, wanted {states}"
            await asyncio.sleep(0.02)


async def seen(viewer: Person, person: Person) -> dict:
    answer = await viewer.get(f"/users/{person.user_id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def until_seen(viewer: Person, person: Person, state: str, within: float = 4) -> dict:
    deadline = time.monotonic() + within
    while (found := await seen(viewer, person))["presence"] != state:
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.05)
    return found


async def online(person: Person, **query) -> list[str]:
    return [user["user_id"] for user in await person.walk("/users/online", **query)]


async def test_alice_is_told_that_bob_comes_turns_away_and_leaves(alice, bob, lobby):
    bobs = Watch(await alice.connect(), bob)
    his = await bob.connect()
    await bobs.until("active")
    await his.done("set_presence", state="idle")
    await bobs.until("active", "idle")
    await his.hang_up()
    left_at = time.monotonic()
    await bobs.until("active", "idle", "offline", within=GRACE_SECONDS + 3)
    assert time.monotonic() - left_at > GRACE_SECONDS - 1
    told = bobs.changes
    assert all(set(change) == {"user_id", "state", "last_seen_at"} for change in told)
    assert [change["last_seen_at"] for change in told] == sorted(change["last_seen_at"] for change in told)
    assert all(frame.id is None for frame in bobs.line.heard("presence"))
    gone = await until_seen(alice, bob, "offline")
    assert gone["last_seen_at"] == told[-1]["last_seen_at"]


@pytest.mark.loops
async def test_of_bobs_two_devices_the_more_active_one_counts(alice, bob, lobby):
    bobs = Watch(await alice.connect(), bob)
    laptop = await bob.connect()
    phone = await (await bob.on_another_device()).connect()
    await bobs.until("active")
    await laptop.done("set_presence", state="idle")
    await asyncio.sleep(1.5)
    await bobs.until("active")
    await phone.done("set_presence", state="idle")
    await bobs.until("active", "idle")
    await laptop.done("set_presence", state="active")
    await bobs.until("active", "idle", "active")
    await laptop.hang_up()
    await bobs.until("active", "idle", "active", "idle")
    await phone.vanish()
    await bobs.until("active", "idle", "active", "idle", "offline", within=GRACE_SECONDS + 3)


@pytest.mark.loops
async def test_whoever_comes_is_told_who_is_here_in_one_frame_and_of_nobody_else(people, alice, bob, lobby):
    carol, dave, erin = await people.registered("carol", "dave", "erin")
    for person in (carol, dave, erin):
        await alice.add(lobby, person)
    await bob.create_room("direct", members=[carol])
    hers = await carol.connect()
    await bob.connect()
    await (await dave.connect()).done("set_presence", state="idle")
    await until_seen(bob, dave, "idle")
    await Watch(hers, bob).until("active")
    line = await alice.connect()
    here = {bob: "active", carol: "active", dave: "idle", erin: None}
    await asyncio.sleep(0.8)
    assert {person: Watch(line, person).states for person in here} == {person: [state] if state else [] for person, state in here.items()}
    # Beside that of her own coming, which all are told.
    assert len(line.heard("presence")) <= 2


async def test_mallory_who_shares_no_room_with_bob_is_told_nothing_of_him(alice, bob, mallory, lobby):
    # That she would hear, if she were in the room: here she is.
    await alice.add(lobby, mallory)
    inside = Watch(await mallory.connect(), bob)
    his = await bob.connect()
    await inside.until("active")
    assert (await seen(mallory, bob))["presence"] in ("active", "offline")
    await until_seen(mallory, bob, "active")
    assert bob.user_id in await online(mallory)
    # And now she is not.
    await alice.remove(lobby, mallory)
    await inside.line.expect("member_left")
    outside = Watch(await mallory.connect(), bob)
    await his.done("set_presence", state="idle")
    await until_seen(alice, bob, "idle")
    await asyncio.sleep(0.6)
    assert inside.states == ["active"] and outside.states == []
    assert bob.user_id not in await online(mallory)
    found = await seen(mallory, bob)
    assert found["presence"] == "offline" and found["last_seen_at"] is None


@pytest.mark.loops
async def test_who_has_blocked_another_neither_shows_herself_nor_sees_the_other(people, alice, bob, mallory, lobby):
    await alice.add(lobby, mallory)
    # Before, both do.
    watch = Watch(await alice.connect(), mallory)
    hers = await mallory.connect()
    await watch.until("active")
    await until_seen(mallory, alice, "active")
    assert (await alice.put(f"/users/{mallory.user_id}/block")).is_success
    his = await bob.connect()
    alices, mallorys, bobs = Watch(await mallory.connect(), alice), Watch(await alice.connect(), mallory), Watch(hers, bob)
    await asyncio.sleep(0.8)
    for device in (*alice.lines, *mallory.lines):
        await device.done("set_presence", state="idle")
    await Watch(his, mallory).until("active", "idle")
    await Watch(his, alice).until("active", "idle")
    await bobs.until("active")
    assert alices.states == [] and mallorys.states == [] and watch.states == ["active"]
    for viewer, other in ((alice, mallory), (mallory, alice)):
        assert (await seen(viewer, other))["presence"] == "offline" and (await seen(viewer, other))["last_seen_at"] is None
        assert other.user_id not in await online(viewer) and bob.user_id in await online(viewer)
    assert (await seen(bob, mallory))["presence"] == "idle"


async def test_a_reload_tells_nobody_anything(alice, bob, lobby):
    bobs = Watch(await alice.connect(), bob)
    his = await bob.connect()
    await bobs.until("active")
    for _ in range(3):
        await his.vanish()
        await asyncio.sleep(0.7)
        his = await bob.connect()
    # Nor does one of a page that is not being looked at, and says so at once.
    await his.done("set_presence", state="idle")
    await bobs.until("active", "idle")
    await his.hang_up()
    await asyncio.sleep(0.5)
    his = await bob.connect()
    await asyncio.sleep(0.4)
    await his.done("set_presence", state="idle")
    await asyncio.sleep(GRACE_SECONDS + 1)
    await bobs.until("active", "idle")


@pytest.mark.loops
async def test_bob_who_comes_into_alices_room_is_shown_there_and_sees_her(alice, bob):
    room = (await alice.create_room("public", "Open house"))["room_id"]
    hers, his = await alice.connect(), await bob.connect()
    await asyncio.sleep(0.8)
    assert Watch(hers, bob).states == [] and Watch(his, alice).states == []
    await bob.join(room)
    await Watch(hers, bob).until("active")
    assert "active" in Watch(his, alice).states or await his.expect("presence", within=2)
    assert set(Watch(his, alice).states) == {"active"}


async def test_a_line_for_one_room_is_told_of_people_there_alone(people, alice, bob, lobby):
    carol = await people.register("carol")
    await alice.create_room("group", "Another", members=[carol])
    await carol.connect()
    narrow, wide = await alice.connect(room=lobby), await alice.connect()
    await Watch(wide, carol).until("active")
    await bob.connect()
    await Watch(narrow, bob).until("active")
    assert Watch(narrow, carol).states == []


async def test_whoever_shares_several_rooms_with_bob_hears_each_change_once(alice, bob, lobby):
    for i in range(5):
        await alice.create_room("group", f"Room {i}", members=[bob])
    await alice.create_room("direct", members=[bob])
    bobs = Watch(await alice.connect(), bob)
    await bob.connect()
    await bobs.until("active")
    await asyncio.sleep(0.6)
    await bobs.until("active")


@pytest.mark.loops
async def test_who_shares_rooms_with_different_news_is_told_of_each_person_once(people, alice, bob):
    """Bob is in both rooms, Carol in one of them; they turn away and back at the same moment."""
    carol = await people.register("carol")
    await alice.create_room("group", "Both", members=[bob, carol])
    await alice.create_room("group", "Bob alone", members=[bob])
    hers = await alice.connect()
    bobs, carols = Watch(hers, bob), Watch(hers, carol)
    lines = await asyncio.gather(bob.connect(), carol.connect())
    states = ["active"]
    for state in ("idle", "active", "idle"):
        await asyncio.gather(bobs.until(*states), carols.until(*states))
        await asyncio.sleep(1)
        await asyncio.gather(*(line.done("set_presence", state=state) for line in lines))
        states.append(state)
    await asyncio.gather(bobs.until(*states), carols.until(*states))
    await asyncio.sleep(0.6)
    assert bobs.states == carols.states == states


async def test_a_device_that_cannot_make_up_its_mind_is_told_once_a_second_at_most(alice, bob, lobby):
    bobs = Watch(await alice.connect(), bob)
    his = await bob.connect()
    end = time.monotonic() + 3
    while time.monotonic() < end:
        await his.say("set_presence", {"state": "idle"})
        await asyncio.sleep(0.1)
        await his.say("set_presence", {"state": "active"})
        await asyncio.sleep(0.1)
    assert 1 <= len(bobs.states) <= 4
    assert all(a != b for a, b in zip(bobs.states, bobs.states[1:], strict=False))


async def test_who_is_here_is_a_list_in_pages_for_those_who_are_signed_in(people, alice, bob, lobby):
    carol = await people.register("carol")
    await alice.add(lobby, carol)
    for person in (alice, bob, carol):
        await person.connect()
    for person in (alice, bob, carol):
        await until_seen(alice, person, "active")
    whole = await alice.walk("/users/online")
    assert {user["user_id"] for user in whole} == {person.user_id for person in (alice, bob, carol)}
    assert all(user["presence"] == "active" and user["last_seen_at"] for user in whole)
    assert await online(alice, limit=1) == [user["user_id"] for user in whole]
    check_refusal(await alice.get("/users/online", token=""), 401)
    check_refusal(await alice.get("/users/online?cursor=x"), 422)


async def test_what_is_no_presence_is_refused_and_a_stranger_at_the_door_has_none(alice, server):
    line = await alice.connect()
    for state in ("offline", "away", "", None, 7):
        assert (await line.refused("set_presence", state=state))["status"] == 422
    assert (await line.refused("set_presence"))["status"] == 422
    await line.ping()
    nobody = await Line.open(server.websocket_url, origin=server.origin)
    assert (await nobody.refused("set_presence", state="idle"))["code"] == "unauthenticated"
    await nobody.hang_up()


@pytest.mark.parametrize("way", ["killed", "told to stop"])
async def test_a_restart_of_the_daemon_tells_nobody_anything(own_server, way):
    server = own_server()
    async with People(server) as people:
        alice, bob, carol = await people.registered("alice", "bob", "carol")
        await alice.create_room("group", members=[bob, carol])
        hers, his, carols = await alice.connect(), await bob.connect(), await carol.connect()
        await his.done("set_presence", state="idle")
        await until_seen(alice, bob, "idle")
        await until_seen(alice, carol, "active")
        cursor = hers.last_id
        if way == "killed":
            killed = server.kill("push")
        else:
            killed = {"push": server.signal("push", signal.SIGTERM)}
        server.wait_replaced(killed, within=10)
        for line in (hers, his, carols):
            await line.expect_close(1006, 1001, 1012, within=10)
        back = await alice.connect(since=cursor)
        bobs, carols = Watch(back, bob), Watch(back, carol)
        assert (await seen(alice, bob))["presence"] == "idle"
        await asyncio.sleep(1)
        his = await bob.connect()
        await his.done("set_presence", state="idle")
        # She was told once, as a newcomer; of Carol, who does not come back, she hears when the grace is over.
        await carols.until("active", "offline", within=GRACE_SECONDS + 5)
        assert bobs.states == ["idle"]
        assert (await until_seen(alice, carol, "offline"))["last_seen_at"]


async def test_when_the_daemon_is_gone_for_good_nobody_is_here_any_more(own_server):
    """The lease runs out: nothing but time takes people offline then."""
    server = own_server()
    async with People(server) as people:
        alice, bob = await people.registered("alice", "bob")
        await alice.create_room("group", members=[bob])
        await bob.connect()
        there = await until_seen(alice, bob, "active")
        # Stopped, not killed, so that the supervisor does not start another.
        pid = server.signal("push", signal.SIGSTOP)
        try:
            gone = await until_seen(alice, bob, "offline", within=35)
            assert await online(alice) == []
        finally:
            os.kill(pid, signal.SIGCONT)
        assert gone["last_seen_at"] >= there["last_seen_at"]
        await until_seen(alice, bob, "active", within=15)
