"""How far people have got: marks that only move forward, seen by everyone at once, and by nobody whom it does not concern."""

import asyncio
import itertools
import random
import statistics
import time

import pytest

from support.picture import Picture
from support.problems import INVALID, check_refusal

MARKS = ("delivered_seq", "preview_seq", "read_seq")
# Every state change is on all devices within this time.
SOON_SECONDS = 0.1
# Rooms with more members than this hear no receipts of each other.
CROWD = 100


async def put_marks(person, room_id, **marks):
    answer = await person.put(f"/rooms/{room_id}/markers", json=marks)
    assert answer.status_code == 200, answer.text
    return answer.json()


def three(marks: dict) -> tuple:
    return tuple(marks[mark] for mark in MARKS)


async def receipts(person, room_id, seq) -> dict:
    items = await person.walk(f"/rooms/{room_id}/messages/{seq}/receipts")
    assert all(set(item) == {"user_id", "state", "at"} for item in items)
    return {item["user_id"]: item["state"] for item in items}


# Moving them


@pytest.mark.loops
async def test_bob_reads_and_everyone_is_told_how_far(alice, bob, lobby):
    for i in range(3):
        await alice.write(lobby, f"m{i}")
    hers, his = await alice.connect(), await bob.connect()
    other = await (await bob.on_another_device()).connect()
    me = await put_marks(bob, lobby, delivered_seq=3, read_seq=2)
    assert (three(me), me["unread"], me["mentions"]) == ((3, 2, 2), 1, 0)
    for line in (hers, his, other):
        told = await line.expect("receipt")
        assert told.data == {"room_id": lobby, "user_id": bob.user_id, "delivered_seq": 3, "preview_seq": 2, "read_seq": 2}
        assert type(told.id) is int
    seen = (await bob.see_room(lobby))["me"]
    assert seen == me


async def test_the_command_and_the_request_do_the_same(alice, bob, lobby):
    for i in range(4):
        await alice.write(lobby, f"m{i}")
    line = await bob.connect()
    assert three(await line.done("mark", room_id=lobby, preview_seq=2)) == (2, 2, 0)
    assert three(await put_marks(bob, lobby, read_seq=3)) == (3, 3, 3)
    assert three(await line.done("mark", room_id=lobby, delivered_seq=4)) == (4, 3, 3)
    assert (await bob.see_room(lobby))["me"] == await line.done("mark", room_id=lobby, read_seq=0)


async def test_a_mark_goes_neither_back_nor_beyond_the_newest_message(alice, bob, lobby):
    for i in range(3):
        await alice.write(lobby, f"m{i}")
    line = await alice.connect()
    assert three(await put_marks(bob, lobby, read_seq=2)) == (2, 2, 2)
    assert three(await put_marks(bob, lobby, delivered_seq=1, preview_seq=0, read_seq=1)) == (2, 2, 2)
    assert three(await put_marks(bob, lobby, read_seq=2**63 - 1)) == (3, 3, 3)
    await alice.catch_up(line)
    assert [three(frame.data) for frame in line.heard("receipt")] == [(2, 2, 2), (3, 3, 3)], "what moves nothing is not told"


@pytest.mark.loops
async def test_with_parallel_marks_over_both_doors_no_mark_moves_back(alice, bob, lobby):
    for i in range(30):
        await alice.write(lobby, f"m{i}")
    chance = random.Random(4)
    watcher = await alice.connect()
    lines = [await bob.connect() for _ in range(3)]
    devices = [await bob.on_another_device() for _ in range(2)]

    async def mark(number: int):
        for _ in range(25):
            wish = {chance.choice(MARKS): chance.randint(0, 30)}
            if number < 3:
                await lines[number].done("mark", room_id=lobby, **wish)
            else:
                await put_marks(devices[number % 2], lobby, **wish)

    await asyncio.gather(*(mark(number) for number in range(8)))
    await put_marks(bob, lobby, read_seq=30)
    await alice.catch_up(watcher)
    told = [three(frame.data) for frame in watcher.heard("receipt", user_id=bob.user_id)]
    assert told[-1] == (30, 30, 30)
    for earlier, later in itertools.pairwise(told):
        assert all(a <= b for a, b in zip(earlier, later, strict=True)) and earlier != later
    assert all(delivered >= preview >= read for delivered, preview, read in told)


async def test_a_burst_of_marks_is_told_as_one(alice, bob, lobby):
    for i in range(60):
        await alice.write(lobby, f"m{i}")
    watcher, line = await alice.connect(), await bob.connect()
    for seq in range(1, 61):
        await line.say("mark", {"room_id": lobby, "read_seq": seq}, ref=f"m{seq}")
    answers = [await line.reply(f"m{seq}") for seq in range(1, 61)]
    assert all(answer.event == "ok" and answer.data["read_seq"] >= seq for seq, answer in enumerate(answers, 1))
    await alice.catch_up(watcher)
    told = watcher.heard("receipt")
    assert told[-1].data["read_seq"] == 60
    assert len(told) <= 6, "sixty marks"


@pytest.mark.parametrize(
    "marks",
    [{}, {"read_seq": -1}, {"read_seq": "1"}, {"read_seq": 1.5}, {"read_seq": None}, {"delivered_seq": 2**64}, {"preview_seq": [1]}],
)
async def test_marks_that_make_no_sense_are_refused_and_change_nothing(alice, bob, lobby, marks):
    await alice.write(lobby, "hello")
    check_refusal(await bob.put(f"/rooms/{lobby}/markers", json=marks), INVALID)
    line = await bob.connect()
    assert (await line.refused("mark", room_id=lobby, **marks))["status"] in INVALID
    assert three((await bob.see_room(lobby))["me"]) == (0, 0, 0)


async def test_mallory_outside_marks_nothing_and_hears_nothing(alice, bob, mallory, lobby):
    await alice.write(lobby, "hello")
    outside = await mallory.connect()
    for room_id in (lobby, "nowhere"):
        check_refusal(await mallory.put(f"/rooms/{room_id}/markers", json={"read_seq": 1}), 404)
        assert (await outside.refused("mark", room_id=room_id, read_seq=1))["status"] == 404
        check_refusal(await mallory.get(f"/rooms/{room_id}/messages/1/receipts"), 404)
    await put_marks(bob, lobby, read_seq=1)
    await mallory.catch_up(outside)
    assert not outside.heard("receipt")


# Unread


async def test_ones_own_messages_are_never_unread(alice, bob, lobby):
    line = await bob.connect()
    for i in range(3):
        await alice.write(lobby, f"m{i}")
    assert (await alice.see_room(lobby))["me"]["unread"] == 0
    assert (await bob.see_room(lobby))["me"]["unread"] == 3
    await line.send_message(lobby, "an answer, from someone who has read")
    assert (await bob.see_room(lobby))["me"]["unread"] == 0
    assert (await alice.see_room(lobby))["me"]["unread"] == 1


# Who has a message


async def test_a_messages_receipts_say_who_has_it_and_since_when(people, alice, bob, lobby):
    carol, dave = await people.registered("carol", "dave")
    await alice.add(lobby, carol)
    first = await alice.write(lobby, "one")
    await alice.write(lobby, "two")
    await alice.add(lobby, dave)
    assert await receipts(alice, lobby, 1) == {bob.user_id: "sent", carol.user_id: "sent"}
    await put_marks(bob, lobby, delivered_seq=2, preview_seq=1)
    assert await receipts(alice, lobby, 1) == {bob.user_id: "preview_read", carol.user_id: "sent"}
    assert await receipts(alice, lobby, 2) == {bob.user_id: "delivered", carol.user_id: "sent"}
    await put_marks(bob, lobby, read_seq=1)
    at = (await alice.walk(f"/rooms/{lobby}/messages/1/receipts"))[0]["at"]
    assert at >= first["created_at"]
    await put_marks(bob, lobby, read_seq=2)
    again = (await alice.walk(f"/rooms/{lobby}/messages/1/receipts"))[0]
    assert (again["state"], again["at"]) == ("read", at), "reading on does not change when this one was read"
    await carol.write(lobby, "an answer")
    assert await receipts(bob, lobby, 1) == {bob.user_id: "read", carol.user_id: "read"}
    for seq in (0, 4, "x", -1):
        check_refusal(await alice.get(f"/rooms/{lobby}/messages/{seq}/receipts"), 404)


async def test_receipts_are_paged_like_every_list(people, alice, lobby):
    crowd = await people.registered(*(f"p{i}" for i in range(5)))
    for person in crowd:
        await alice.add(lobby, person)
    await alice.write(lobby, "hello")
    paged = await alice.walk(f"/rooms/{lobby}/messages/1/receipts", limit=2)
    assert len(paged) == 6 and len({item["user_id"] for item in paged}) == 6


# Whom it does not concern


async def test_who_hides_her_reading_is_told_of_it_on_her_own_devices_alone(alice, bob, lobby):
    await alice.write(lobby, "hello")
    answer = await bob.patch("/users/me", json={"hide_read_receipts": True})
    assert answer.status_code == 200 and answer.json()["hide_read_receipts"] is True
    assert (await bob.get("/auth/me")).json()["hide_read_receipts"] is True
    assert "hide_read_receipts" not in (await alice.get(f"/users/{bob.user_id}")).json()
    hers, his = await alice.connect(), await bob.connect()
    there = await (await bob.on_another_device()).connect()
    since = hers.welcome.data["cursor"]
    await put_marks(bob, lobby, read_seq=1)
    for line in (his, there):
        assert (await line.expect("receipt")).data["read_seq"] == 1
    await alice.catch_up(hers)
    assert not hers.heard("receipt")
    assert await receipts(alice, lobby, 1) == {}
    later = await bob.connect(since=since)
    assert (await later.expect("receipt", user_id=bob.user_id)).data["read_seq"] == 1
    hers = await alice.connect(since=since)
    await alice.catch_up(hers)
    assert not hers.heard("receipt")
    check_refusal(await bob.patch("/users/me", json={"hide_read_receipts": "yes"}), INVALID)


async def test_in_a_crowd_receipts_are_no_storm(people, alice, bob, lobby):
    crowd = await people.registered(*(f"p{i}" for i in range(CROWD - 1)))
    for person in crowd:
        await alice.add(lobby, person)
    await alice.write(lobby, "hello")
    hers, his = await alice.connect(), await bob.connect()
    await asyncio.gather(*(put_marks(person, lobby, read_seq=1) for person in (bob, *crowd)))
    assert (await his.expect("receipt", user_id=bob.user_id)).data["read_seq"] == 1
    for person, line in ((alice, hers), (bob, his)):
        await person.catch_up(line)
    assert len(hers.heard("receipt")) == 0 and len(his.heard("receipt")) == 1
    assert list((await receipts(alice, lobby, 1)).values()) == ["read"] * CROWD
    # Nor does it stand in the way of those who come back.
    back = await alice.connect(since=hers.welcome.data["cursor"])
    await alice.catch_up(back)
    assert back.welcome.data["resumed"] is True and not back.heard("receipt")


async def test_who_comes_back_hears_the_newest_receipt_of_each(alice, bob, lobby):
    for i in range(20):
        await alice.write(lobby, f"m{i}")
    line = await alice.connect()
    since = line.welcome.data["cursor"]
    await line.vanish()
    for seq in range(1, 21):
        await put_marks(bob, lobby, read_seq=seq)
    await alice.catch_up(await alice.connect())
    line = await alice.connect(since=since)
    await alice.catch_up(line)
    assert [frame.data["read_seq"] for frame in line.heard("receipt")] == [20]


# All at once


@pytest.mark.loops
async def test_every_change_is_on_three_devices_within_a_tenth_of_a_second_and_all_agree_with_sync(alice, bob, lobby):
    """Two of Bob's and one of Alice's; ten rounds of every change, of which the middle one counts: the machine is not ours alone."""
    phone = await bob.on_another_device()
    people = [alice, bob, phone]
    pictures, stale = [], []
    for person in people:
        state = (await person.get("/sync")).json()
        for those in (pictures, stale):
            those.append(Picture(person.user_id))
            those[-1].load(state)
    lines = [await person.connect(since=picture.cursor) for person, picture in zip(people, pictures, strict=True)]
    took: dict[str, list[float]] = {}

    async def everywhere(what: str, doing, event: str, among=None, **where):
        start = time.monotonic()
        await doing
        heard = [await line.expect(event, room_id=lobby, **where) for line in among or lines]
        took.setdefault(what, []).append(max(frame.at for frame in heard) - start)

    for seq in range(1, 11):
        url = f"/rooms/{lobby}/messages/{seq}"
        his = lines[1:]
        await everywhere("say", lines[0].send_message(lobby, f"@{bob.username} {seq}"), "new_message", seq=seq)
        await everywhere(
            "deliver", lines[1].done("mark", room_id=lobby, delivered_seq=seq), "receipt", delivered_seq=seq, preview_seq=seq - 1
        )
        await everywhere("see the preview", put_marks(phone, lobby, preview_seq=seq), "receipt", preview_seq=seq, read_seq=seq - 1)
        await everywhere("react", bob.put(f"{url}/reactions/👍"), "reaction_added", seq=seq)
        await everywhere("take back", lines[2].done("remove_reaction", room_id=lobby, seq=seq, emoji="👍"), "reaction_removed", seq=seq)
        await everywhere("edit", alice.patch(url, json={"content": f"edited {seq}"}), "message_edited", seq=seq)
        await everywhere("no mention", asyncio.sleep(0), "member_updated", his, reason="mentions")
        await everywhere("read", lines[2].done("mark", room_id=lobby, read_seq=seq), "receipt", read_seq=seq)
        level = ("all", "mentions")[seq % 2]
        await everywhere("set", bob.put(f"/rooms/{lobby}/notify", json={"level": level}), "member_updated", his, reason="notify")
        if seq % 3 == 0:
            await everywhere("delete", alice.delete(url), "message_deleted", seq=seq)
    print({what: f"{statistics.median(times) * 1000:.1f} ms, at most {max(times) * 1000:.1f}" for what, times in took.items()})
    for what, times in took.items():
        assert statistics.median(times) < SOON_SECONDS, (what, times)

    # Whether she listened all the while or comes back only now: what she holds is what /sync tells.
    for person, picture, line, behind in zip(people, pictures, lines, stale, strict=True):
        await person.catch_up(line)
        picture.follow(line)
        back = await person.connect(since=behind.cursor)
        assert back.welcome.data["resumed"] is True
        await person.catch_up(back)
        behind.follow(back)
        fresh = Picture(person.user_id)
        fresh.load((await person.get("/sync")).json())
        assert picture.rooms[lobby] == behind.rooms[lobby] == fresh.rooms[lobby]
