"""People say something without words."""

import asyncio
import urllib.parse

import pytest

from support.problems import INVALID, check_refusal

EMOJI_MAX = 20


def path(room_id: str, seq: int, emoji: str) -> str:
    return f"/rooms/{room_id}/messages/{seq}/reactions/{urllib.parse.quote(emoji, safe='')}"


async def test_bob_reacts_and_takes_it_back_over_both_doors(alice, bob, lobby):
    await alice.write(lobby, "hello")
    hers, his = await alice.connect(), await bob.connect()
    answer = await bob.put(path(lobby, 1, "👍"))
    assert answer.status_code == 200 and answer.json()["reactions"] == {"👍": [bob.user_id]}
    for line in (hers, his):
        assert (await line.expect("reaction_added")).data == {"room_id": lobby, "seq": 1, "emoji": "👍", "user_id": bob.user_id}
    assert (await hers.done("add_reaction", room_id=lobby, seq=1, emoji="👍"))["message"]["reactions"] == {
        "👍": [bob.user_id, alice.user_id]
    }
    await his.expect("reaction_added", user_id=alice.user_id)
    assert (await bob.delete(path(lobby, 1, "👍"))).json()["reactions"] == {"👍": [alice.user_id]}
    await hers.done("remove_reaction", room_id=lobby, seq=1, emoji="👍")
    for line in (hers, his):
        assert [(await line.expect("reaction_removed")).data["user_id"] for _ in range(2)] == [bob.user_id, alice.user_id]
    assert (await alice.page(lobby))["messages"][0]["reactions"] == {}
    assert (await alice.page(lobby))["messages"][0]["edited_at"] is None


async def test_reacting_twice_is_reacting_once(alice, bob, lobby):
    await alice.write(lobby, "hello")
    line = await alice.connect()
    await asyncio.gather(*(bob.put(path(lobby, 1, "🎉")) for _ in range(8)))
    await asyncio.gather(*(bob.delete(path(lobby, 1, "🎉")) for _ in range(8)))
    await alice.catch_up(line)
    assert len(line.heard("reaction_added")) == 1 and len(line.heard("reaction_removed")) == 1


@pytest.mark.parametrize("emoji", ["❤️", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇫🇷", "1️⃣", "👍🏿", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"])
async def test_every_emoji_is_one_reaction(alice, lobby, emoji):
    await alice.write(lobby, "hello")
    assert (await alice.put(path(lobby, 1, emoji))).json()["reactions"] == {emoji: [alice.user_id]}
    assert (await alice.delete(path(lobby, 1, emoji))).json()["reactions"] == {}


@pytest.mark.parametrize("emoji", ["a", "1", "👍👍", "thumbs up", "<b>", "é", "👍" * 20, "🇫", " "])
async def test_what_is_no_emoji_is_refused(alice, lobby, emoji):
    await alice.write(lobby, "hello")
    check_refusal(await alice.put(path(lobby, 1, emoji)), INVALID)
    line = await alice.connect()
    assert (await line.refused("add_reaction", room_id=lobby, seq=1, emoji=emoji))["status"] in INVALID
    assert (await alice.page(lobby))["messages"][0]["reactions"] == {}


async def test_a_message_bears_so_many_emoji_and_says_so(alice, lobby):
    await alice.write(lobby, "hello")
    for i in range(EMOJI_MAX):
        assert (await alice.put(path(lobby, 1, chr(0x1F600 + i)))).status_code == 200
    problem = check_refusal(await alice.put(path(lobby, 1, "👍")), 409)
    assert str(EMOJI_MAX) in problem["detail"]
    assert (await alice.delete(path(lobby, 1, chr(0x1F600)))).status_code == 200
    assert (await alice.put(path(lobby, 1, "👍"))).status_code == 200


async def test_reactions_outlive_an_edit_and_go_with_the_message(alice, bob, lobby):
    await alice.write(lobby, "helo")
    await bob.put(path(lobby, 1, "👍"))
    edited = (await alice.patch(f"/rooms/{lobby}/messages/1", json={"content": "hello"})).json()
    assert edited["reactions"] == {"👍": [bob.user_id]}
    assert (await alice.delete(f"/rooms/{lobby}/messages/1")).json()["reactions"] == {}
    check_refusal(await bob.put(path(lobby, 1, "👍")), 409)


async def test_mallory_outside_cannot_react(alice, mallory, lobby):
    await alice.write(lobby, "hello")
    line = await mallory.connect()
    for room_id, seq in ((lobby, 1), (lobby, 9), ("nowhere", 1)):
        check_refusal(await mallory.put(path(room_id, seq, "👍")), 404)
        check_refusal(await mallory.delete(path(room_id, seq, "👍")), 404)
        assert (await line.refused("add_reaction", room_id=room_id, seq=seq, emoji="👍"))["status"] == 404
    check_refusal(await alice.put(path(lobby, 9, "👍")), 404)


async def test_who_was_away_hears_of_the_reactions_in_their_place(alice, bob, lobby):
    await alice.write(lobby, "hello")
    line = await bob.connect()
    since = line.welcome.data["cursor"]
    await line.vanish()
    await alice.put(path(lobby, 1, "👍"))
    await alice.delete(path(lobby, 1, "👍"))
    await alice.put(path(lobby, 1, "🎉"))
    line = await bob.connect(since=since)
    await bob.catch_up(line)
    told = [(frame.event, frame.data["emoji"]) for frame in line.history if frame.event.startswith("reaction_")]
    assert told == [("reaction_added", "👍"), ("reaction_removed", "👍"), ("reaction_added", "🎉")]
