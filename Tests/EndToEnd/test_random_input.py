"""Well-formed requests and commands with random values, from fixed seeds: always a response, never a crash or a 5xx."""

import json
import random

import pytest

from support.problems import check_error, check_problem

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
    ("POST", "/auth/register", ["username", "password", "email", "display_name", "name", "refresh"]),
    ("POST", "/auth/login", ["username", "email", "password", "refresh"]),
    ("POST", "/auth/refresh", ["refresh_token"]),
    ("POST", "/auth/revoke", ["token", "token_type_hint"]),
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
async def test_random_requests_always_get_a_proper_response(users, lobby, alice, seed):
    rng = random.Random(seed)
    mallory = await users.register("mallory")
    for _ in range(TRIES):
        method, path, fields = rng.choice(ENDPOINTS)
        user = rng.choice([alice, mallory])
        room = rng.choice([lobby, lobby, lobby, "x", as_text(rng.choice(VALUES))])
        encoded = [percent_encoded(text) for text in (room, as_text(rng.choice(VALUES)))]
        target = path.replace("{room}", encoded[0]).replace("{value}", encoded[1])
        body = {name: rng.choice(VALUES) for name in fields if rng.random() < 0.8}
        query = {name: as_text(rng.choice(VALUES))[:300] for name in QUERY if rng.random() < 0.15}
        headers = {"Idempotency-Key": f"key-{rng.randint(1, 50)}"} if rng.random() < 0.1 else {}
        response = await user.request(method, target, params=query, json=body if fields else None, headers=headers)
        if response.status_code >= 400:
            check_error(response, tuple(range(400, 500)))
        elif response.status_code not in (204, 304):
            assert response.headers["content-type"].startswith("application/json")
            response.json()
    assert (await alice.get("/auth/me")).status_code == 200


def percent_encoded(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text[:200].encode()) or "%20"


@pytest.mark.parametrize("seed", [1, 2])
async def test_random_commands_always_get_one_proper_reply(alice, bob, lobby, seed):
    rng = random.Random(seed)
    connection, bob_connection = await alice.connect(), await bob.connect()
    commands = {
        "send_message": ["room_id", "content", "client_id", "reply_to"],
        "edit_message": ["room_id", "seq", "content"],
        "delete_message": ["room_id", "seq"],
        "ping": [],
        "unknown": ["room_id"],
    }
    for number in range(TRIES):
        event = rng.choice(list(commands))
        data = {name: rng.choice(VALUES) for name in commands[event] if rng.random() < 0.9}
        if "room_id" in data and rng.random() < 0.7:
            data["room_id"] = lobby
        if rng.random() < 0.05:
            data = rng.choice(VALUES)
        await connection.send_text(json.dumps({"event": event, "ref": f"x{number}", "data": data}))
        reply = await connection.reply(f"x{number}")
        assert reply.event in ("ok", "error", "pong"), reply.text
        if reply.event == "error":
            assert check_problem(reply.data)["status"] < 500
        assert sum(frame.ref == f"x{number}" for frame in connection.history[-5:]) == 1
    await bob.catch_up(bob_connection)
    stored = await bob.all_messages(lobby)
    assert [frame.data["seq"] for frame in bob_connection.received("new_message", room_id=lobby)] == [message["seq"] for message in stored]
