"""Users react to messages with emoji."""

import asyncio
import json
import random
import urllib.parse

import pytest

from support.problems import INVALID, check_error
from support.server import REPOSITORY

EMOJI_MAX = 20


def path(room_id: str, seq: int, emoji: str) -> str:
    return f"/rooms/{room_id}/messages/{seq}/reactions/{urllib.parse.quote(emoji, safe='')}"


async def test_bob_adds_and_removes_a_reaction_over_rest_and_websocket(alice, bob, lobby):
    await alice.post_message(lobby, "hello")
    alice_connection, bob_connection = await alice.connect(), await bob.connect()
    response = await bob.put(path(lobby, 1, "👍"))
    assert response.status_code == 200 and response.json()["reactions"] == {"👍": [bob.user_id]}
    for connection in (alice_connection, bob_connection):
        assert (await connection.expect("reaction_added")).data == {"room_id": lobby, "seq": 1, "emoji": "👍", "user_id": bob.user_id}
    assert (await alice_connection.command_ok("add_reaction", room_id=lobby, seq=1, emoji="👍"))["message"]["reactions"] == {
        "👍": [bob.user_id, alice.user_id]
    }
    await bob_connection.expect("reaction_added", user_id=alice.user_id)
    assert (await bob.delete(path(lobby, 1, "👍"))).json()["reactions"] == {"👍": [alice.user_id]}
    await alice_connection.command_ok("remove_reaction", room_id=lobby, seq=1, emoji="👍")
    for connection in (alice_connection, bob_connection):
        assert [(await connection.expect("reaction_removed")).data["user_id"] for _ in range(2)] == [bob.user_id, alice.user_id]
    assert (await alice.page(lobby))["messages"][0]["reactions"] == {}
    assert (await alice.page(lobby))["messages"][0]["edited_at"] is None


async def test_the_same_reaction_twice_counts_once(alice, bob, lobby):
    await alice.post_message(lobby, "hello")
    connection = await alice.connect()
    await asyncio.gather(*(bob.put(path(lobby, 1, "🎉")) for _ in range(8)))
    await asyncio.gather(*(bob.delete(path(lobby, 1, "🎉")) for _ in range(8)))
    await alice.catch_up(connection)
    assert len(connection.received("reaction_added")) == 1 and len(connection.received("reaction_removed")) == 1


@pytest.mark.parametrize("emoji", ["❤️", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇫🇷", "1️⃣", "👍🏿", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"])
async def test_every_emoji_is_one_reaction(alice, lobby, emoji):
    await alice.post_message(lobby, "hello")
    assert (await alice.put(path(lobby, 1, emoji))).json()["reactions"] == {emoji: [alice.user_id]}
    assert (await alice.delete(path(lobby, 1, emoji))).json()["reactions"] == {}


SPELLINGS = {
    "thumb": ("👍", "👍\ufe0f"),
    "thumb with skin tone": ("👍🏽", "👍\ufe0f🏽"),
    "heart": ("❤\ufe0f", "❤"),
    "keycap one": ("1\ufe0f\u20e3", "1\u20e3"),
    "keycap hash": ("#\ufe0f\u20e3", "#\u20e3"),
    "rainbow flag": ("🏳\ufe0f\u200d🌈", "🏳\u200d🌈"),
    "transgender flag": ("🏳\ufe0f\u200d⚧\ufe0f", "🏳\u200d⚧"),
    "pirate flag": ("🏴\u200d☠\ufe0f", "🏴\u200d☠"),
    "couple": ("👩\u200d❤\ufe0f\u200d👨", "👩\u200d❤\u200d👨"),
    "detective": ("🕵\ufe0f\u200d♂\ufe0f", "🕵\u200d♂"),
    "shrug": ("🤷🏻\u200d♀\ufe0f", "🤷🏻\u200d♀"),
    "eye in bubble": ("👁\ufe0f\u200d🗨\ufe0f", "👁\u200d🗨"),
    "flag": ("🇩🇪", "🇩🇪\ufe0f"),
}


@pytest.mark.parametrize(("spelled", "other"), SPELLINGS.values(), ids=SPELLINGS.keys())
async def test_two_spellings_of_one_emoji_are_one_reaction(alice, bob, lobby, spelled, other):
    """The fully-qualified one of Unicode's emoji-test.txt is what everybody gets."""
    await alice.post_message(lobby, "hello")
    alice_connection, bob_connection = await alice.connect(), await bob.connect()
    both = {spelled: [bob.user_id, alice.user_id]}
    assert (await bob.put(path(lobby, 1, other))).json()["reactions"] == {spelled: [bob.user_id]}
    assert (await alice_connection.command_ok("add_reaction", room_id=lobby, seq=1, emoji=spelled))["message"]["reactions"] == both
    assert (await bob.put(path(lobby, 1, spelled))).json()["reactions"] == both
    assert (await alice_connection.command_ok("add_reaction", room_id=lobby, seq=1, emoji=other))["message"]["reactions"] == both
    assert (await bob.page(lobby))["messages"][0]["reactions"] == both
    await alice_connection.command_ok("remove_reaction", room_id=lobby, seq=1, emoji=other)
    assert (await bob.delete(path(lobby, 1, spelled))).json()["reactions"] == {}
    await bob.catch_up(bob_connection)
    events = [(frame.event, frame.data["emoji"], frame.data["user_id"]) for frame in bob_connection.history if "reaction" in frame.event]
    assert events == [
        ("reaction_added", spelled, bob.user_id),
        ("reaction_added", spelled, alice.user_id),
        ("reaction_removed", spelled, alice.user_id),
        ("reaction_removed", spelled, bob.user_id),
    ]


async def test_the_emoji_that_the_page_offers_are_spelled_as_the_server_does(alice, lobby):
    """The page shows its own reaction before the server's event arrives."""
    names = json.loads((REPOSITORY / "nginx/html/emoji/en.json").read_text())
    offered = [emoji for group in names.values() if isinstance(group, list) for emoji, *_ in group]
    assert len(offered) > 1_000
    seed = random.randrange(2**32)
    await alice.post_message(lobby, "hello")
    for emoji in random.Random(seed).sample(offered, 40):
        assert emoji in (await alice.put(path(lobby, 1, emoji))).json()["reactions"], (seed, emoji)
        assert (await alice.delete(path(lobby, 1, emoji))).is_success


@pytest.mark.parametrize("emoji", ["a", "1", "👍👍", "thumbs up", "<b>", "é", "👍" * 20, "🇫", " "])
async def test_a_reaction_that_is_no_emoji_is_refused(alice, lobby, emoji):
    await alice.post_message(lobby, "hello")
    check_error(await alice.put(path(lobby, 1, emoji)), INVALID)
    connection = await alice.connect()
    assert (await connection.command_error("add_reaction", room_id=lobby, seq=1, emoji=emoji))["status"] in INVALID
    assert (await alice.page(lobby))["messages"][0]["reactions"] == {}


async def test_a_message_has_at_most_twenty_different_reactions(alice, lobby):
    await alice.post_message(lobby, "hello")
    for i in range(EMOJI_MAX):
        assert (await alice.put(path(lobby, 1, chr(0x1F600 + i)))).status_code == 200
    problem = check_error(await alice.put(path(lobby, 1, "👍")), 409)
    assert str(EMOJI_MAX) in problem["detail"]
    assert (await alice.delete(path(lobby, 1, chr(0x1F600)))).status_code == 200
    assert (await alice.put(path(lobby, 1, "👍"))).status_code == 200


async def test_reactions_survive_an_edit_and_are_deleted_with_the_message(alice, bob, lobby):
    await alice.post_message(lobby, "helo")
    await bob.put(path(lobby, 1, "👍"))
    edited = (await alice.patch(f"/rooms/{lobby}/messages/1", json={"content": "hello"})).json()
    assert edited["reactions"] == {"👍": [bob.user_id]}
    assert (await alice.delete(f"/rooms/{lobby}/messages/1")).json()["reactions"] == {}
    check_error(await bob.put(path(lobby, 1, "👍")), 409)


async def test_mallory_as_a_non_member_cannot_react(alice, mallory, lobby):
    await alice.post_message(lobby, "hello")
    connection = await mallory.connect()
    for room_id, seq in ((lobby, 1), (lobby, 9), ("nowhere", 1)):
        check_error(await mallory.put(path(room_id, seq, "👍")), 404)
        check_error(await mallory.delete(path(room_id, seq, "👍")), 404)
        assert (await connection.command_error("add_reaction", room_id=room_id, seq=seq, emoji="👍"))["status"] == 404
    check_error(await alice.put(path(lobby, 9, "👍")), 404)


async def test_a_resume_sends_reactions_in_their_order(alice, bob, lobby):
    await alice.post_message(lobby, "hello")
    connection = await bob.connect()
    since = connection.welcome.data["cursor"]
    await connection.abort()
    await alice.put(path(lobby, 1, "👍"))
    await alice.delete(path(lobby, 1, "👍"))
    await alice.put(path(lobby, 1, "🎉"))
    connection = await bob.connect(since=since)
    await bob.catch_up(connection)
    events = [(frame.event, frame.data["emoji"]) for frame in connection.history if frame.event.startswith("reaction_")]
    assert events == [("reaction_added", "👍"), ("reaction_removed", "👍"), ("reaction_added", "🎉")]
