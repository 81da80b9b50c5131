"""Messages over REST: posting, retries, history, editing and deleting."""

import asyncio
import re

import pytest

from support.problems import INVALID, check_error, without_request_id

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


# Posting


async def test_alice_writes_and_bob_reads(alice, bob, lobby):
    response = await alice.post(f"/rooms/{lobby}/messages", json={"content": "Hello, Bob", "client_id": "c-1"})
    assert response.status_code == 201, response.text
    message = response.json()
    assert set(message) == MESSAGE
    assert (message["room_id"], message["seq"], message["content"], message["client_id"]) == (lobby, 1, "Hello, Bob", "c-1")
    assert (message["user_id"], message["username"], message["display_name"]) == (
        alice.user_id,
        alice.username,
        alice.profile["display_name"],
    )
    assert (message["reply_to"], message["edited_at"], message["deleted"]) == (None, None, False)
    assert (message["attachments"], message["mentions"], message["reactions"]) == ([], [], {})
    assert TIME.fullmatch(message["created_at"])

    page = await bob.page(lobby)
    assert page == {"messages": [message], "has_before": False, "has_after": False}
    one = await bob.get(f"/rooms/{lobby}/messages/1")
    assert one.status_code == 200 and one.json() == message
    room = await bob.get_room(lobby)
    assert room["last_seq"] == 1 and room["last_message"] == message


async def test_seq_is_dense_when_three_users_write_at_once(users, alice, bob, mallory, lobby):
    await alice.add(lobby, mallory)
    posted = await asyncio.gather(*(user.post_message(lobby, f"{user.username} {i}") for i in range(12) for user in (alice, bob, mallory)))
    assert sorted(message["seq"] for message in posted) == list(range(1, 37))
    by_seq = {message["seq"]: message for message in posted}
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
        "x\u007f\u0085",
        "null",
        "🇫🇷",
        "\U0010fffd",
    ],
    ids=lambda content: f"{len(content)}-{content[:12]!a}",
)
async def test_content_is_returned_unchanged(alice, bob, lobby, content):
    connection = await bob.connect()
    posted = await alice.post_message(lobby, content)
    received = await connection.expect("new_message", room_id=lobby)
    stored = (await bob.page(lobby))["messages"][-1]
    for message in (posted, received.data, stored):
        assert message["content"] == content


@pytest.mark.parametrize("content", ["", "x" * 4001, "𝄞" * 4001, None, 7, True, ["x"], {"x": 1}], ids=lambda content: f"{content!a}"[:20])
async def test_an_invalid_message_is_refused_and_uses_no_seq(alice, lobby, content):
    problem = check_error(await alice.post(f"/rooms/{lobby}/messages", json={"content": content}), INVALID)
    assert any(error["field"] == "content" for error in problem["errors"]), problem
    check_error(await alice.post(f"/rooms/{lobby}/messages", json={}), INVALID)
    assert (await alice.post_message(lobby, "the first"))["seq"] == 1


async def test_alice_replies_to_bob(alice, bob, lobby):
    first = await bob.post_message(lobby, "Anyone here?")
    reply = await alice.post_message(lobby, "Me", reply_to=first["seq"])
    assert reply["reply_to"] == first["seq"]
    for reply_to in (99, 0, -1, "1", 1.5, 2**70):
        check_error(await alice.post(f"/rooms/{lobby}/messages", json={"content": "x", "reply_to": reply_to}), (400, 404, 422))


# Retries


async def test_a_retry_always_gets_the_first_result(alice, bob, lobby):
    first = await alice.post_message(lobby, "only once", client_id="k1")
    await bob.post_message(lobby, "meanwhile")
    again = await alice.post(f"/rooms/{lobby}/messages", json={"content": "only once", "client_id": "k1"})
    assert again.status_code == 200, again.text
    assert again.json() == first
    assert (await alice.get_room(lobby))["last_seq"] == 2


async def test_a_client_id_reused_with_other_content_is_refused(alice, lobby):
    await alice.post_message(lobby, "one thing", client_id="k1")
    check_error(await alice.post(f"/rooms/{lobby}/messages", json={"content": "another", "client_id": "k1"}), 409, "client_id_reused")
    other_room = (await alice.create_room("group"))["room_id"]
    check_error(
        await alice.post(f"/rooms/{other_room}/messages", json={"content": "one thing", "client_id": "k1"}), 409, "client_id_reused"
    )
    assert (await alice.get_room(lobby))["last_seq"] == 1


async def test_alice_and_bob_may_use_the_same_client_id(alice, bob, lobby):
    assert (await alice.post_message(lobby, "of Alice", client_id="same"))["seq"] == 1
    assert (await bob.post_message(lobby, "of Bob", client_id="same"))["seq"] == 2


async def test_an_idempotency_key_is_the_same_as_a_client_id(alice, lobby):
    body, headers = {"content": "once"}, {"Idempotency-Key": "key-1"}
    first = await alice.post(f"/rooms/{lobby}/messages", json=body, headers=headers)
    again = await alice.post(f"/rooms/{lobby}/messages", json=body, headers=headers)
    named = await alice.post(f"/rooms/{lobby}/messages", json={**body, "client_id": "key-1"})
    assert (first.status_code, again.status_code, named.status_code) == (201, 200, 200), (first.text, again.text, named.text)
    assert first.json() == again.json() == named.json()
    assert first.json()["client_id"] == "key-1"


async def test_ten_simultaneous_retries_create_one_message(alice, bob, lobby):
    connection = await bob.connect()
    responses = await asyncio.gather(
        *(alice.post(f"/rooms/{lobby}/messages", json={"content": "now!", "client_id": "k"}) for _ in range(10))
    )
    assert sorted(response.status_code for response in responses) == [200] * 9 + [201], [response.text for response in responses]
    assert len({response.text for response in responses}) == 1
    await bob.catch_up(connection)
    assert connection.messages(lobby) == ["now!"]


async def test_a_retry_after_an_edit_returns_the_same_message(alice, lobby):
    await alice.post_message(lobby, "draft", client_id="k")
    assert (await alice.patch(f"/rooms/{lobby}/messages/1", json={"content": "final"})).status_code == 200
    again = await alice.post(f"/rooms/{lobby}/messages", json={"content": "draft", "client_id": "k"})
    assert again.status_code == 200, again.text
    assert again.json()["seq"] == 1
    assert (await alice.get_room(lobby))["last_seq"] == 1


async def test_a_retry_after_a_deletion_does_not_restore_the_message(alice, lobby):
    await alice.post_message(lobby, "regrettable", client_id="k")
    await alice.delete(f"/rooms/{lobby}/messages/1")
    again = await alice.post(f"/rooms/{lobby}/messages", json={"content": "regrettable", "client_id": "k"})
    assert again.status_code == 200, again.text
    assert (again.json()["seq"], again.json()["deleted"]) == (1, True)
    assert "regrettable" not in again.text
    assert (await alice.get_room(lobby))["last_seq"] == 1


# Reading


async def test_history_is_read_page_by_page_in_both_directions(alice, bob, lobby):
    for i in range(1, 26):
        await alice.post_message(lobby, f"m{i}")

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


async def test_a_page_has_50_messages_by_default_and_200_at_most(alice, lobby):
    await asyncio.gather(*(alice.post_message(lobby, "x") for _ in range(60)))
    assert len((await alice.page(lobby))["messages"]) == 50
    assert len((await alice.page(lobby, limit=200))["messages"]) == 60
    check_error(await alice.get(f"/rooms/{lobby}/messages", params={"limit": 201}), INVALID)


async def test_an_unchanged_message_is_not_sent_again(alice, lobby):
    await alice.post_message(lobby, "x")
    tag = (await alice.get(f"/rooms/{lobby}/messages/1")).headers["etag"]
    assert tag.startswith('W/"')
    assert (await alice.get(f"/rooms/{lobby}/messages/1", headers={"If-None-Match": tag})).status_code == 304
    await alice.patch(f"/rooms/{lobby}/messages/1", json={"content": "y"})
    assert (await alice.get(f"/rooms/{lobby}/messages/1", headers={"If-None-Match": tag})).status_code == 200


async def test_a_message_in_a_hidden_room_gets_the_same_response_as_one_that_does_not_exist(alice, mallory, lobby):
    await alice.post_message(lobby, "private")
    await mallory.create_room("group")
    for method, body in (("GET", None), ("PATCH", {"content": "mine"}), ("DELETE", None)):
        foreign = await mallory.request(method, f"/rooms/{lobby}/messages/1", json=body)
        unknown_room = await mallory.request(method, f"/rooms/{lobby[::-1]}/messages/1", json=body)
        assert without_request_id(check_error(foreign, 404)) == without_request_id(check_error(unknown_room, 404)), method
        check_error(await alice.request(method, f"/rooms/{lobby}/messages/2", json=body), 404)
    foreign = await mallory.post(f"/rooms/{lobby}/messages", json={"content": "hi"})
    unknown = await mallory.post(f"/rooms/{lobby[::-1]}/messages", json={"content": "hi"})
    assert without_request_id(check_error(foreign, 404)) == without_request_id(check_error(unknown, 404))
    assert [message["content"] for message in await alice.all_messages(lobby)] == ["private"]


# Editing and deleting


async def test_only_alice_can_edit_a_message_of_alice(alice, bob, lobby):
    first = await alice.post_message(lobby, "teh")
    response = await alice.patch(f"/rooms/{lobby}/messages/1", json={"content": "the"})
    assert response.status_code == 200, response.text
    edited = response.json()
    assert edited["content"] == "the" and TIME.fullmatch(edited["edited_at"])
    assert {**edited, "content": "teh", "edited_at": None} == first
    check_error(await bob.patch(f"/rooms/{lobby}/messages/1", json={"content": "thé"}), 403)
    for content in ("", "x" * 4001, None, 7):
        check_error(await alice.patch(f"/rooms/{lobby}/messages/1", json={"content": content}), INVALID)
    assert (await bob.get(f"/rooms/{lobby}/messages/1")).json() == edited


async def test_the_owner_may_not_edit_a_message_of_bob(alice, bob, lobby):
    await bob.post_message(lobby, "my message")
    check_error(await alice.patch(f"/rooms/{lobby}/messages/1", json={"content": "your message"}), 403)


async def test_a_deleted_message_keeps_its_seq_and_loses_its_content(alice, bob, lobby):
    await alice.post_message(lobby, "one")
    await alice.post_message(lobby, "regrettable")
    await alice.post_message(lobby, "three")
    check_error(await bob.delete(f"/rooms/{lobby}/messages/2"), 403)
    assert (await alice.delete(f"/rooms/{lobby}/messages/2")).status_code in (200, 204)
    messages = await bob.all_messages(lobby)
    assert [(message["seq"], message["deleted"]) for message in messages] == [(1, False), (2, True), (3, False)]
    assert not messages[1].get("content")
    check_error(await alice.patch(f"/rooms/{lobby}/messages/2", json={"content": "back"}), (403, 404, 409, 410))
    again = await alice.delete(f"/rooms/{lobby}/messages/2")
    assert again.is_success or again.status_code in (404, 409, 410), again.text
    assert (await alice.post_message(lobby, "four"))["seq"] == 4


async def test_the_owner_and_a_moderator_can_delete_messages_of_others(alice, bob, mallory, lobby):
    await alice.add(lobby, mallory)
    await mallory.post_message(lobby, "spam")
    await mallory.post_message(lobby, "more spam")
    assert (await alice.delete(f"/rooms/{lobby}/messages/1")).is_success
    await alice.add(lobby, bob, "moderator")
    assert (await bob.delete(f"/rooms/{lobby}/messages/2")).is_success
    assert [message["deleted"] for message in await mallory.all_messages(lobby)] == [True, True]


async def test_mallory_removed_from_the_room_cannot_edit_delete_or_read_earlier_messages(alice, mallory, lobby):
    await alice.add(lobby, mallory)
    await mallory.post_message(lobby, "mine")
    await alice.remove(lobby, mallory)
    for method, body in (("GET", None), ("PATCH", {"content": "x"}), ("DELETE", None)):
        check_error(await mallory.request(method, f"/rooms/{lobby}/messages/1", json=body), 404)
    assert [(message["content"], message["deleted"]) for message in await alice.all_messages(lobby)] == [("mine", False)]
