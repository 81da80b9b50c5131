"""Text that shows nothing counts as empty, in every field and at every door."""

import secrets

import pytest

from support.accounts import sign_up
from support.problems import check_error

# Each shows nothing in any font.
BLANK = {
    "zero width space": "\u200b",
    "zero width characters": "\u200b\u200c\u200d\u2060\ufeff",
    "braille blank": "\u2800",
    "hangul filler": "\u3164",
    "hangul fillers": "\u115f\u1160\uffa0",
    "tags": "\U000e0001\U000e0041\U000e007f",
    "soft hyphen": "\u00ad",
    "variation selector": "\ufe0f",
    "control characters": "\u0001\u001b\u007f\u0085",
    "directions": "\u200e\u202e\u202c\u2066\u2069",
    "mixed with white space": " \u200b\n\u3000\u2800 ",
}

# Invisible characters beside visible ones are the writer's business.
VISIBLE = ["👩‍👩‍👧‍👦", "❤️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "soft\u00adhyphen", "می‌خواهم", "שלום\u200f!", "\u200bx", "x\u3164y"]

blank_text = pytest.mark.parametrize("blank", BLANK.values(), ids=BLANK.keys())


def check_field(response, field: str) -> None:
    problem = check_error(response, 422, "invalid_field")
    assert [error["field"] for error in problem["errors"]] == [field], problem


@blank_text
async def test_a_message_that_shows_nothing_is_refused(alice, lobby, blank):
    await alice.post_message(lobby, "hello")
    connection = await alice.connect()
    check_field(await alice.post(f"/rooms/{lobby}/messages", json={"content": blank}), "content")
    check_field(await alice.patch(f"/rooms/{lobby}/messages/1", json={"content": blank}), "content")
    for command, more in (("send_message", {}), ("edit_message", {"seq": 1})):
        problem = await connection.command_error(command, room_id=lobby, content=blank, **more)
        assert (problem["status"], [error["field"] for error in problem["errors"]]) == (422, ["data.content"])
    assert [message["content"] for message in (await alice.page(lobby))["messages"]] == ["hello"]


@blank_text
async def test_a_name_that_shows_nothing_is_refused(server, users, alice, lobby, blank):
    check_field(await sign_up(users.unregistered("carol"), display_name=blank), "display_name")
    check_field(await alice.patch("/users/me", json={"display_name": blank}), "display_name")
    for kind in ("group", "public"):
        check_field(await alice.post("/rooms", json={"kind": kind, "name": blank}), "name")
    check_field(await alice.patch(f"/rooms/{lobby}", json={"name": blank}), "name")
    assert "characters" in server.run_ctl("room", "default", blank, "--make", status=1)


@blank_text
async def test_a_text_that_may_be_empty_is_stored_as_empty(alice, mallory, lobby, blank):
    assert (await alice.patch("/users/me", json={"status_text": "away"})).json()["status_text"] == "away"
    assert (await alice.patch("/users/me", json={"status_text": blank})).json()["status_text"] == ""
    assert (await alice.patch(f"/rooms/{lobby}", json={"topic": "tea"})).json()["topic"] == "tea"
    assert (await alice.patch(f"/rooms/{lobby}", json={"topic": blank})).json()["topic"] == ""
    assert (await alice.post("/rooms", json={"kind": "group", "name": "Den", "topic": blank})).json()["topic"] == ""
    assert (await alice.put(f"/rooms/{lobby}/bans/{mallory.user_id}", json={"reason": blank})).json()["reason"] == ""


@pytest.mark.parametrize("text", VISIBLE)
async def test_text_with_a_visible_character_is_kept_as_it_is(alice, lobby, text):
    name = f"{text} {secrets.token_hex(4)}"
    assert (await alice.post_message(lobby, text))["content"] == text
    assert (await alice.patch("/users/me", json={"display_name": text, "status_text": text})).json()["display_name"] == text
    room = (await alice.patch(f"/rooms/{lobby}", json={"name": name, "topic": text})).json()
    assert (room["name"], room["topic"]) == (name, text)
