"""Well-formed requests and commands with values picked at random, from fixed seeds: always an answer, never a crash, never a 5xx."""

import json
import random

import pytest

from support.problems import check_problem, check_refusal

TRIES = 1200

# fmt: off
VALUES = [
    None, True, False, 0, 1, 2, -1, 50, 200, 2**31, 2**32, 2**53, 2**63 - 1, -(2**63), 1.5, 1e300,
    "", " ", "a", "alice", "0", "1", "-1", "null", "é", "e\u0301", "☃" * 50, "𝄞", "\x00", "\n", "\u2028", "\ufeff",
    "'", '"', "\\", "%", "%s", "../..", "<b>", "x" * 300, "x" * 5000, [], [None], ["a"], [[]], [1, 2, 3], {}, {"a": 1}, {"": None},
    "group", "public", "direct", "member", "owner", "moderator", "2026-01-01T00:00:00.000Z",
]
# fmt: on

ENDPOINTS = [
    ("POST", "/auth/register", ["username", "password", "email", "display_name", "refresh"]),
    ("POST", "/auth/login", ["username", "password", "refresh"]),
    ("POST", "/auth/refresh", ["refresh_token"]),
    ("POST", "/auth/password/change", ["old_password", "new_password"]),
    ("POST", "/auth/ws-ticket", []),
    ("GET", "/auth/me", []),
    ("GET", "/auth/sessions", []),
    ("DELETE", "/auth/sessions/{value}", []),
    ("GET", "/rooms", []),
    ("GET", "/rooms/public", []),
    ("POST", "/rooms", ["kind", "name", "topic", "members"]),
    ("GET", "/rooms/{room}", []),
    ("POST", "/rooms/{room}/join", []),
    ("GET", "/rooms/{room}/members", []),
    ("PUT", "/rooms/{room}/members/{value}", ["role"]),
    ("DELETE", "/rooms/{room}/members/{value}", []),
    ("GET", "/rooms/{room}/messages", []),
    ("POST", "/rooms/{room}/messages", ["content", "client_id", "reply_to"]),
    ("GET", "/rooms/{room}/messages/{value}", []),
    ("PATCH", "/rooms/{room}/messages/{value}", ["content"]),
    ("DELETE", "/rooms/{room}/messages/{value}", []),
    ("GET", "/sync", []),
]

QUERY = ["limit", "cursor", "before", "after", "around", "q", "since", "token", "unknown"]


def as_text(value) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@pytest.mark.parametrize("seed", [1, 2])
async def test_random_requests_always_get_a_proper_answer(people, lobby, alice, seed):
    chance = random.Random(seed)
    mallory = await people.register("mallory")
    for _ in range(TRIES):
        method, path, fields = chance.choice(ENDPOINTS)
        who = chance.choice([alice, mallory])
        room = chance.choice([lobby, lobby, lobby, "x", as_text(chance.choice(VALUES))])
        quoted = [percent(one) for one in (room, as_text(chance.choice(VALUES)))]
        target = path.replace("{room}", quoted[0]).replace("{value}", quoted[1])
        body = {name: chance.choice(VALUES) for name in fields if chance.random() < 0.8}
        query = {name: as_text(chance.choice(VALUES))[:300] for name in QUERY if chance.random() < 0.15}
        headers = {"Idempotency-Key": f"key-{chance.randint(1, 50)}"} if chance.random() < 0.1 else {}
        answer = await who.request(method, target, params=query, json=body if fields else None, headers=headers)
        if answer.status_code >= 400:
            check_refusal(answer, tuple(range(400, 500)))
        elif answer.status_code not in (204, 304):
            assert answer.headers["content-type"].startswith("application/json")
            answer.json()
    assert (await alice.get("/auth/me")).status_code == 200


def percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text[:200].encode()) or "%20"


@pytest.mark.parametrize("seed", [1, 2])
async def test_random_commands_always_get_one_proper_reply(alice, bob, lobby, seed):
    chance = random.Random(seed)
    line, his = await alice.connect(), await bob.connect()
    commands = {
        "send_message": ["room_id", "content", "client_id", "reply_to"],
        "edit_message": ["room_id", "seq", "content"],
        "delete_message": ["room_id", "seq"],
        "ping": [],
        "unknown": ["room_id"],
    }
    for number in range(TRIES):
        event = chance.choice(list(commands))
        data = {name: chance.choice(VALUES) for name in commands[event] if chance.random() < 0.9}
        if "room_id" in data and chance.random() < 0.7:
            data["room_id"] = lobby
        if chance.random() < 0.05:
            data = chance.choice(VALUES)
        await line.say_raw(json.dumps({"event": event, "ref": f"x{number}", "data": data}))
        reply = await line.reply(f"x{number}")
        assert reply.event in ("ok", "error", "pong"), reply.text
        if reply.event == "error":
            assert check_problem(reply.data)["status"] < 500
        assert sum(frame.ref == f"x{number}" for frame in line.history[-5:]) == 1
    await bob.catch_up(his)
    stored = await bob.all_messages(lobby)
    assert [frame.data["seq"] for frame in his.heard("new_message", room_id=lobby)] == [message["seq"] for message in stored]
