"""What the bell of a host page shows, and how loud a room may be."""

from datetime import UTC, datetime, timedelta

import pytest

from support.problems import INVALID, check_refusal


async def bell(person) -> dict:
    answer = await person.get("/users/me/badges")
    assert answer.status_code == 200, answer.text
    badges = answer.json()
    assert set(badges) == {"unread", "mentions", "rooms"}
    assert all(set(room) == {"room_id", "unread", "mentions"} for room in badges["rooms"])
    assert badges["unread"] == sum(room["unread"] for room in badges["rooms"])
    assert badges["mentions"] == sum(room["mentions"] for room in badges["rooms"])
    return badges


def in_minutes(minutes: int) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def elsewhere(text: str) -> str:
    """The same moment as a client in another zone would write it."""
    time = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (time + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S+02:00")


async def set_loudness(person, room_id, **loudness) -> dict:
    answer = await person.put(f"/rooms/{room_id}/notify", json=loudness)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_bobs_bell_shows_what_he_has_not_read(alice, bob, lobby):
    assert await bell(bob) == {"unread": 0, "mentions": 0, "rooms": []}
    club = (await alice.create_room("group", "Club", members=[bob]))["room_id"]
    for i in range(3):
        await alice.write(lobby, f"m{i}")
    await alice.write(club, f"@{bob.username}")
    badges = await bell(bob)
    assert (badges["unread"], badges["mentions"]) == (4, 1)
    assert {room["room_id"]: (room["unread"], room["mentions"]) for room in badges["rooms"]} == {lobby: (3, 0), club: (1, 1)}
    await bob.put(f"/rooms/{lobby}/markers", json={"read_seq": 2})
    await bob.write(club, "I am here")
    assert await bell(bob) == {"unread": 1, "mentions": 0, "rooms": [{"room_id": lobby, "unread": 1, "mentions": 0}]}
    assert (await bell(alice))["rooms"] == [{"room_id": club, "unread": 1, "mentions": 0}]


async def test_the_bell_is_asked_often_and_answers_only_what_is_new(alice, bob, lobby):
    await alice.write(lobby, "hello")
    first = await bob.get("/users/me/badges")
    tag = first.headers["etag"]
    assert tag.startswith('W/"')
    again = await bob.get("/users/me/badges", headers={"If-None-Match": tag})
    assert again.status_code == 304 and again.content == b"" and again.headers["etag"] == tag
    await alice.write(lobby, "again")
    fresh = await bob.get("/users/me/badges", headers={"If-None-Match": tag})
    assert fresh.status_code == 200 and fresh.headers["etag"] != tag and fresh.json()["unread"] == 2


@pytest.mark.loops
async def test_a_room_is_as_loud_as_bob_wants_it_on_all_of_his_devices(alice, bob, lobby):
    phone = await bob.on_another_device()
    here, there, hers = await bob.connect(), await phone.connect(), await alice.connect()
    await alice.write(lobby, "hello")
    me = await set_loudness(bob, lobby, level="mentions")
    assert me["notify"] == "mentions" and me == (await bob.see_room(lobby))["me"]
    for line in (here, there):
        told = await line.expect("member_updated", reason="notify")
        assert (told.data["room_id"], told.data["me"]) == (lobby, me)
    assert (await bell(bob))["rooms"] == []
    await alice.write(lobby, f"@{bob.username}")
    assert await bell(bob) == {"unread": 2, "mentions": 1, "rooms": [{"room_id": lobby, "unread": 2, "mentions": 1}]}
    await set_loudness(bob, lobby, level="none")
    assert (await bell(bob))["rooms"] == []
    await set_loudness(bob, lobby, level="all")
    assert (await bell(bob))["unread"] == 2
    await alice.catch_up(hers)
    assert not hers.heard("member_updated")


@pytest.mark.loops
async def test_a_room_is_muted_until_a_time(alice, bob, lobby):
    await alice.write(lobby, f"@{bob.username}")
    later = in_minutes(5)
    me = await set_loudness(bob, lobby, muted_until=elsewhere(later))
    assert (me["muted_until"], me["notify"]) == (later, "all")
    assert (await bell(bob))["rooms"] == []
    await set_loudness(bob, lobby, muted_until=in_minutes(-5))
    assert (await bell(bob))["unread"] == 1
    await set_loudness(bob, lobby, level="all", muted_until=later)
    assert (await set_loudness(bob, lobby, muted_until=None))["muted_until"] is None
    assert (await bell(bob))["unread"] == 1
    # Who was away hears of the last of it alone.
    await bob.catch_up(await bob.connect())
    line = await bob.connect(since=1)
    await bob.catch_up(line)
    assert [frame.data["me"]["muted_until"] for frame in line.heard("member_updated", room_id=lobby)] == [None]


@pytest.mark.parametrize(
    "loudness", [{}, {"level": "loud"}, {"level": 1}, {"level": None}, {"muted_until": "tomorrow"}, {"muted_until": 5}]
)
async def test_a_loudness_that_does_not_exist_is_refused(bob, lobby, loudness):
    check_refusal(await bob.put(f"/rooms/{lobby}/notify", json=loudness), INVALID)


async def test_mallory_outside_sets_nothing(mallory, lobby):
    for room_id in (lobby, "nowhere"):
        check_refusal(await mallory.put(f"/rooms/{room_id}/notify", json={"level": "none"}), 404)
    check_refusal(await mallory.get("/users/me/badges", token=""), 401)
