"""People write, read back, correct and take back messages over REST."""

import asyncio
import re

import pytest

from support.problems import INVALID, anonymous, check_refusal

MESSAGE = {
    "room_id",
    "seq",
    "user_id",
    "username",
    "display_name",
    "content",
    "client_id",
    "reply_to",
    "attachments",
    "mentions",
    "reactions",
    "created_at",
    "edited_at",
    "deleted",
}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


# Writing


async def test_alice_writes_and_bob_reads(alice, bob, lobby):
    answer = await alice.post(f"/rooms/{lobby}/messages", json={"content": "Hello, Bob", "client_id": "c-1"})
    assert answer.status_code == 201, answer.text
    message = answer.json()
    assert set(message) == MESSAGE
    assert (message["room_id"], message["seq"], message["content"], message["client_id"]) == (lobby, 1, "Hello, Bob", "c-1")
    assert (message["user_id"], message["username"], message["display_name"]) == (alice.user_id, alice.username, alice.user["display_name"])
    assert (message["reply_to"], message["edited_at"], message["deleted"]) == (None, None, False)
    assert (message["attachments"], message["mentions"], message["reactions"]) == ([], [], {})
    assert TIME.fullmatch(message["created_at"])

    page = await bob.page(lobby)
    assert page == {"messages": [message], "has_before": False, "has_after": False}
    one = await bob.get(f"/rooms/{lobby}/messages/1")
    assert one.status_code == 200 and one.json() == message
    room = await bob.see_room(lobby)
    assert room["last_seq"] == 1 and room["last_message"] == message


async def test_seq_is_dense_when_three_write_at_once(people, alice, bob, mallory, lobby):
    await alice.add(lobby, mallory)
    written = await asyncio.gather(*(person.write(lobby, f"{person.username} {i}") for i in range(12) for person in (alice, bob, mallory)))
    assert sorted(message["seq"] for message in written) == list(range(1, 37))
    by_seq = {message["seq"]: message for message in written}
    assert await alice.all_messages(lobby) == [by_seq[seq] for seq in range(1, 37)]


@pytest.mark.parametrize(
    "content",
    [
        "x",
        "x" * 4000,
        "𝄞" * 4000,
        "naïve — ‘quotes’ “and” …",
        "𝓗𝓮𝓵𝓵𝓸 👩‍👩‍👧‍👦 🏳️‍🌈",
        "שלום עולם",
        "مرحبا بالعالم",
        "你好，世界",
        "हिन्दी",
        'quotes " and \\ backslashes \\u0041 \\n',
        "line one\nline two\r\nline three\ttab",
        "<script>alert(1)</script> &amp; </div>",
        "\u2028 and \u2029 and \ufeff and \u202e",
        "'; DROP TABLE messages; --",
        "%s %d %n {} ${x}",
        "\u007f\u0085",
        "null",
        "🇫🇷",
        "\U0010fffd",
    ],
    ids=lambda content: f"{len(content)}-{content[:12]!a}",
)
async def test_what_alice_writes_comes_back_unharmed(alice, bob, lobby, content):
    line = await bob.connect()
    written = await alice.write(lobby, content)
    heard = await line.expect("new_message", room_id=lobby)
    stored = (await bob.page(lobby))["messages"][-1]
    for message in (written, heard.data, stored):
        assert message["content"] == content


@pytest.mark.parametrize("content", ["", "x" * 4001, "𝄞" * 4001, None, 7, True, ["x"], {"x": 1}], ids=lambda content: f"{content!a}"[:20])
async def test_a_message_that_cannot_be_is_refused_and_takes_no_place(alice, lobby, content):
    problem = check_refusal(await alice.post(f"/rooms/{lobby}/messages", json={"content": content}), INVALID)
    assert any(error["field"] == "content" for error in problem["errors"]), problem
    check_refusal(await alice.post(f"/rooms/{lobby}/messages", json={}), INVALID)
    assert (await alice.write(lobby, "the first"))["seq"] == 1


async def test_alice_replies_to_bob(alice, bob, lobby):
    first = await bob.write(lobby, "Anyone here?")
    reply = await alice.write(lobby, "Me", reply_to=first["seq"])
    assert reply["reply_to"] == first["seq"]
    for nowhere in (99, 0, -1, "1", 1.5, 2**70):
        check_refusal(await alice.post(f"/rooms/{lobby}/messages", json={"content": "x", "reply_to": nowhere}), (400, 404, 422))


# Writing once


async def test_a_retry_gets_the_first_result_for_ever(alice, bob, lobby):
    first = await alice.write(lobby, "only once", client_id="k1")
    await bob.write(lobby, "meanwhile")
    again = await alice.post(f"/rooms/{lobby}/messages", json={"content": "only once", "client_id": "k1"})
    assert again.status_code == 200, again.text
    assert again.json() == first
    assert (await alice.see_room(lobby))["last_seq"] == 2


async def test_a_client_id_used_for_something_else_is_refused(alice, lobby):
    await alice.write(lobby, "one thing", client_id="k1")
    check_refusal(await alice.post(f"/rooms/{lobby}/messages", json={"content": "another", "client_id": "k1"}), 409, "client_id_reused")
    elsewhere = (await alice.create_room("group"))["room_id"]
    check_refusal(
        await alice.post(f"/rooms/{elsewhere}/messages", json={"content": "one thing", "client_id": "k1"}), 409, "client_id_reused"
    )
    assert (await alice.see_room(lobby))["last_seq"] == 1


async def test_alice_and_bob_may_use_the_same_client_id(alice, bob, lobby):
    assert (await alice.write(lobby, "hers", client_id="same"))["seq"] == 1
    assert (await bob.write(lobby, "his", client_id="same"))["seq"] == 2


async def test_an_idempotency_key_is_the_same_thing_as_a_client_id(alice, lobby):
    body, headers = {"content": "once"}, {"Idempotency-Key": "key-1"}
    first = await alice.post(f"/rooms/{lobby}/messages", json=body, headers=headers)
    again = await alice.post(f"/rooms/{lobby}/messages", json=body, headers=headers)
    named = await alice.post(f"/rooms/{lobby}/messages", json={**body, "client_id": "key-1"})
    assert (first.status_code, again.status_code, named.status_code) == (201, 200, 200), (first.text, again.text, named.text)
    assert first.json() == again.json() == named.json()
    assert first.json()["client_id"] == "key-1"


async def test_ten_impatient_retries_at_once_make_one_message(alice, bob, lobby):
    line = await bob.connect()
    answers = await asyncio.gather(*(alice.post(f"/rooms/{lobby}/messages", json={"content": "now!", "client_id": "k"}) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200] * 9 + [201], [answer.text for answer in answers]
    assert len({answer.text for answer in answers}) == 1
    await bob.catch_up(line)
    assert line.messages(lobby) == ["now!"]


async def test_a_retry_after_the_message_was_edited_is_still_the_same_message(alice, lobby):
    await alice.write(lobby, "draft", client_id="k")
    assert (await alice.patch(f"/rooms/{lobby}/messages/1", json={"content": "final"})).status_code == 200
    again = await alice.post(f"/rooms/{lobby}/messages", json={"content": "draft", "client_id": "k"})
    assert again.status_code == 200, again.text
    assert again.json()["seq"] == 1
    assert (await alice.see_room(lobby))["last_seq"] == 1


async def test_a_retry_after_the_message_was_deleted_does_not_bring_it_back(alice, lobby):
    await alice.write(lobby, "regrettable", client_id="k")
    await alice.delete(f"/rooms/{lobby}/messages/1")
    again = await alice.post(f"/rooms/{lobby}/messages", json={"content": "regrettable", "client_id": "k"})
    assert again.status_code == 200, again.text
    assert (again.json()["seq"], again.json()["deleted"]) == (1, True)
    assert "regrettable" not in again.text
    assert (await alice.see_room(lobby))["last_seq"] == 1


# Reading


async def test_history_is_read_page_by_page_in_both_directions(alice, bob, lobby):
    for i in range(1, 26):
        await alice.write(lobby, f"m{i}")

    def seqs(page):
        return [message["seq"] for message in page["messages"]], page["has_before"], page["has_after"]

    assert seqs(await bob.page(lobby)) == (list(range(1, 26)), False, False)
    assert seqs(await bob.page(lobby, limit=10)) == (list(range(16, 26)), True, False)
    assert seqs(await bob.page(lobby, before=16, limit=10)) == (list(range(6, 16)), True, True)
    assert seqs(await bob.page(lobby, before=6, limit=10)) == (list(range(1, 6)), False, True)
    assert seqs(await bob.page(lobby, before=1, limit=10)) == ([], False, True)
    assert seqs(await bob.page(lobby, after=0, limit=10)) == (list(range(1, 11)), False, True)
    assert seqs(await bob.page(lobby, after=20, limit=10)) == (list(range(21, 26)), True, False)
    assert seqs(await bob.page(lobby, after=25, limit=10)) == ([], True, False)
    around, before, after = seqs(await bob.page(lobby, around=13, limit=5))
    assert around == [11, 12, 13, 14, 15] and before and after
    around, before, after = seqs(await bob.page(lobby, around=1, limit=5))
    assert around[0] == 1 and around == list(range(1, len(around) + 1)) and not before and after
    around, before, after = seqs(await bob.page(lobby, around=25, limit=5))
    assert around[-1] == 25 and around == list(range(around[0], 26)) and before and not after


async def test_a_page_has_fifty_unless_told_and_never_more_than_two_hundred(alice, lobby):
    await asyncio.gather(*(alice.write(lobby, "x") for _ in range(60)))
    assert len((await alice.page(lobby))["messages"]) == 50
    assert len((await alice.page(lobby, limit=200))["messages"]) == 60
    check_refusal(await alice.get(f"/rooms/{lobby}/messages", params={"limit": 201}), INVALID)


async def test_an_unchanged_message_need_not_be_read_again(alice, lobby):
    await alice.write(lobby, "x")
    tag = (await alice.get(f"/rooms/{lobby}/messages/1")).headers["etag"]
    assert tag.startswith('W/"')
    assert (await alice.get(f"/rooms/{lobby}/messages/1", headers={"If-None-Match": tag})).status_code == 304
    await alice.patch(f"/rooms/{lobby}/messages/1", json={"content": "y"})
    assert (await alice.get(f"/rooms/{lobby}/messages/1", headers={"If-None-Match": tag})).status_code == 200


async def test_a_message_in_a_foreign_room_is_answered_like_one_that_does_not_exist(alice, mallory, lobby):
    await alice.write(lobby, "private")
    await mallory.create_room("group")
    for method, body in (("GET", None), ("PATCH", {"content": "mine"}), ("DELETE", None)):
        foreign = await mallory.request(method, f"/rooms/{lobby}/messages/1", json=body)
        unknown_room = await mallory.request(method, f"/rooms/{lobby[::-1]}/messages/1", json=body)
        assert anonymous(check_refusal(foreign, 404)) == anonymous(check_refusal(unknown_room, 404)), method
        check_refusal(await alice.request(method, f"/rooms/{lobby}/messages/2", json=body), 404)
    foreign = await mallory.post(f"/rooms/{lobby}/messages", json={"content": "hi"})
    unknown = await mallory.post(f"/rooms/{lobby[::-1]}/messages", json={"content": "hi"})
    assert anonymous(check_refusal(foreign, 404)) == anonymous(check_refusal(unknown, 404))
    assert [message["content"] for message in await alice.all_messages(lobby)] == ["private"]


# Correcting and taking back


async def test_alice_corrects_her_message_and_nobody_else_does(alice, bob, lobby):
    first = await alice.write(lobby, "teh")
    answer = await alice.patch(f"/rooms/{lobby}/messages/1", json={"content": "the"})
    assert answer.status_code == 200, answer.text
    edited = answer.json()
    assert edited["content"] == "the" and TIME.fullmatch(edited["edited_at"])
    assert {**edited, "content": "teh", "edited_at": None} == first
    check_refusal(await bob.patch(f"/rooms/{lobby}/messages/1", json={"content": "thé"}), 403)
    for content in ("", "x" * 4001, None, 7):
        check_refusal(await alice.patch(f"/rooms/{lobby}/messages/1", json={"content": content}), INVALID)
    assert (await bob.get(f"/rooms/{lobby}/messages/1")).json() == edited


async def test_the_owner_may_not_put_words_into_bobs_mouth(alice, bob, lobby):
    await bob.write(lobby, "my words")
    check_refusal(await alice.patch(f"/rooms/{lobby}/messages/1", json={"content": "your words"}), 403)


async def test_a_deleted_message_keeps_its_place_and_loses_its_words(alice, bob, lobby):
    await alice.write(lobby, "one")
    await alice.write(lobby, "regrettable")
    await alice.write(lobby, "three")
    check_refusal(await bob.delete(f"/rooms/{lobby}/messages/2"), 403)
    assert (await alice.delete(f"/rooms/{lobby}/messages/2")).status_code in (200, 204)
    messages = await bob.all_messages(lobby)
    assert [(message["seq"], message["deleted"]) for message in messages] == [(1, False), (2, True), (3, False)]
    assert not messages[1].get("content")
    check_refusal(await alice.patch(f"/rooms/{lobby}/messages/2", json={"content": "back"}), (403, 404, 409, 410))
    again = await alice.delete(f"/rooms/{lobby}/messages/2")
    assert again.is_success or again.status_code in (404, 409, 410), again.text
    assert (await alice.write(lobby, "four"))["seq"] == 4


async def test_the_owner_and_a_moderator_delete_what_others_wrote(alice, bob, mallory, lobby):
    await alice.add(lobby, mallory)
    await mallory.write(lobby, "spam")
    await mallory.write(lobby, "more spam")
    assert (await alice.delete(f"/rooms/{lobby}/messages/1")).is_success
    await alice.add(lobby, bob, "moderator")
    assert (await bob.delete(f"/rooms/{lobby}/messages/2")).is_success
    assert [message["deleted"] for message in await mallory.all_messages(lobby)] == [True, True]


async def test_mallory_put_out_neither_edits_nor_deletes_nor_reads_her_old_words(alice, mallory, lobby):
    await alice.add(lobby, mallory)
    await mallory.write(lobby, "mine")
    await alice.remove(lobby, mallory)
    for method, body in (("GET", None), ("PATCH", {"content": "x"}), ("DELETE", None)):
        check_refusal(await mallory.request(method, f"/rooms/{lobby}/messages/1", json=body), 404)
    assert [(message["content"], message["deleted"]) for message in await alice.all_messages(lobby)] == [("mine", False)]
