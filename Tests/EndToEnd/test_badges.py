"""Unread badges and notification settings."""

from datetime import UTC, datetime, timedelta

import pytest

from support.problems import INVALID, check_error


async def get_badges(user) -> dict:
    response = await user.get("/users/me/badges")
    assert response.status_code == 200, response.text
    badges = response.json()
    assert set(badges) == {"unread", "mentions", "rooms"}
    assert all(set(room) == {"room_id", "unread", "mentions"} for room in badges["rooms"])
    assert badges["unread"] == sum(room["unread"] for room in badges["rooms"])
    assert badges["mentions"] == sum(room["mentions"] for room in badges["rooms"])
    return badges


def in_minutes(minutes: int) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def in_another_zone(text: str) -> str:
    """The same time, written in another time zone."""
    time = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (time + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S+02:00")


async def set_notifications(user, room_id, **settings) -> dict:
    response = await user.put(f"/rooms/{room_id}/notify", json=settings)
    assert response.status_code == 200, response.text
    return response.json()


async def test_badges_count_what_bob_has_not_read(alice, bob, lobby):
    assert await get_badges(bob) == {"unread": 0, "mentions": 0, "rooms": []}
    club = (await alice.create_room("group", "Club", members=[bob]))["room_id"]
    for i in range(3):
        await alice.post_message(lobby, f"m{i}")
    await alice.post_message(club, f"@{bob.username}")
    badges = await get_badges(bob)
    assert (badges["unread"], badges["mentions"]) == (4, 1)
    assert {room["room_id"]: (room["unread"], room["mentions"]) for room in badges["rooms"]} == {lobby: (3, 0), club: (1, 1)}
    await bob.put(f"/rooms/{lobby}/markers", json={"read_seq": 2})
    await bob.post_message(club, "I am here")
    assert await get_badges(bob) == {"unread": 1, "mentions": 0, "rooms": [{"room_id": lobby, "unread": 1, "mentions": 0}]}
    assert (await get_badges(alice))["rooms"] == [{"room_id": club, "unread": 1, "mentions": 0}]


async def test_badges_are_sent_again_only_when_they_changed(alice, bob, lobby):
    await alice.post_message(lobby, "hello")
    first = await bob.get("/users/me/badges")
    tag = first.headers["etag"]
    assert tag.startswith('W/"')
    again = await bob.get("/users/me/badges", headers={"If-None-Match": tag})
    assert again.status_code == 304 and again.content == b"" and again.headers["etag"] == tag
    await alice.post_message(lobby, "again")
    fresh = await bob.get("/users/me/badges", headers={"If-None-Match": tag})
    assert fresh.status_code == 200 and fresh.headers["etag"] != tag and fresh.json()["unread"] == 2


@pytest.mark.loops
async def test_a_notification_level_applies_on_all_devices_of_bob(alice, bob, lobby):
    phone = await bob.another_session()
    first, second, alice_connection = await bob.connect(), await phone.connect(), await alice.connect()
    await alice.post_message(lobby, "hello")
    me = await set_notifications(bob, lobby, level="mentions")
    assert me["notify"] == "mentions" and {**me, "draft": None} == (await bob.get_room(lobby))["me"]
    for connection in (first, second):
        event = await connection.expect("member_updated", reason="notify")
        assert (event.data["room_id"], event.data["me"]) == (lobby, me)
    assert (await get_badges(bob))["rooms"] == []
    await alice.post_message(lobby, f"@{bob.username}")
    assert await get_badges(bob) == {"unread": 2, "mentions": 1, "rooms": [{"room_id": lobby, "unread": 2, "mentions": 1}]}
    await set_notifications(bob, lobby, level="none")
    assert (await get_badges(bob))["rooms"] == []
    await set_notifications(bob, lobby, level="all")
    assert (await get_badges(bob))["unread"] == 2
    await alice.catch_up(alice_connection)
    assert not alice_connection.received("member_updated")


@pytest.mark.loops
async def test_a_room_can_be_muted_until_a_time(alice, bob, lobby):
    await alice.post_message(lobby, f"@{bob.username}")
    later = in_minutes(5)
    me = await set_notifications(bob, lobby, muted_until=in_another_zone(later))
    assert (me["muted_until"], me["notify"]) == (later, "all")
    assert (await get_badges(bob))["rooms"] == []
    await set_notifications(bob, lobby, muted_until=in_minutes(-5))
    assert (await get_badges(bob))["unread"] == 1
    await set_notifications(bob, lobby, level="all", muted_until=later)
    assert (await set_notifications(bob, lobby, muted_until=None))["muted_until"] is None
    assert (await get_badges(bob))["unread"] == 1
    # A resume sends only the newest setting.
    await bob.catch_up(await bob.connect())
    # Of all ids that may be known without having been given, only 0 is a cursor: that of the beginning.
    connection = await bob.connect(since=0)
    await bob.catch_up(connection)
    assert [frame.data["me"]["muted_until"] for frame in connection.received("member_updated", room_id=lobby)] == [None]


@pytest.mark.parametrize(
    "settings", [{}, {"level": "loud"}, {"level": 1}, {"level": None}, {"muted_until": "tomorrow"}, {"muted_until": 5}]
)
async def test_invalid_notification_settings_are_refused(bob, lobby, settings):
    check_error(await bob.put(f"/rooms/{lobby}/notify", json=settings), INVALID)


async def test_mallory_as_a_non_member_cannot_change_notification_settings(mallory, lobby):
    for room_id in (lobby, "nowhere"):
        check_error(await mallory.put(f"/rooms/{room_id}/notify", json={"level": "none"}), 404)
    check_error(await mallory.get("/users/me/badges", token=""), 401)
