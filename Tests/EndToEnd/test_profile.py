"""Profiles, the export of a user's data, and the deletion of an account."""

import asyncio
import secrets

import pytest

from support.clients import PASSWORD, TestUsers
from support.problems import INVALID, check_error
from support.ws_client import ConnectionRejected

# Profiles


async def test_a_changed_display_name_is_published_to_users_in_shared_rooms(alice, bob, mallory, lobby):
    bob_connection, alice_connection, outsider = (
        await bob.connect(),
        await (await alice.another_session()).connect(),
        await mallory.connect(),
    )
    response = await alice.patch("/users/me", json={"display_name": "Alice L.", "status_text": "reading"})
    assert response.status_code == 200, response.text
    user = response.json()
    assert (user["display_name"], user["status_text"], user["username"]) == ("Alice L.", "reading", alice.username)
    for connection in (bob_connection, alice_connection):
        event = await connection.expect("user_updated", user_id=alice.user_id)
        assert event.data.items() <= user.items()
    assert (await bob.get(f"/users/{alice.user_id}")).json()["display_name"] == "Alice L."
    assert (await alice.get("/users/me")).json() == user
    await mallory.catch_up(outsider)
    assert not outsider.received("user_updated")
    # A resume from an old cursor sends it, too.
    again = await bob.connect(since=bob_connection.welcome.data["cursor"])
    await again.expect("user_updated", user_id=alice.user_id)


async def test_an_invalid_profile_is_refused_and_changes_nothing(alice):
    before = (await alice.get("/users/me")).json()
    for body in (
        {"display_name": ""},
        {"display_name": " "},
        {"display_name": "x" * 65},
        {"display_name": 7},
        {"display_name": "a\u202eb"},
        {"status_text": "x" * 251},
        {"status_text": ["x"]},
        {"display_name": "Fine", "status_text": "a\nb"},
        [],
        None,
    ):
        check_error(await alice.patch("/users/me", json=body), INVALID)
    assert (await alice.patch("/users/me", json={})).json() == before


async def test_profile_changes_are_rate_limited(users):
    carol = await users.register("carol")
    for i in range(10):
        assert (await carol.patch("/users/me", json={"status_text": f"{i}"})).status_code == 200
    problem = check_error(await carol.patch("/users/me", json={"status_text": "once more"}), 429, "rate_limited")
    assert 0 < problem["retry_after_ms"] <= 600_000
    # Changes that nobody else sees are not limited.
    assert (await carol.patch("/users/me", json={"status_text": "9", "hide_read_receipts": True})).status_code == 200


# Export


async def test_the_export_of_bob_has_all_data_of_bob(users, alice):
    bob = await users.register("bob", email=f"bob-{secrets.token_hex(4)}@example.org")
    room, left = [(await alice.create_room("group", members=[bob]))["room_id"] for _ in range(2)]
    for i in range(210):
        await (bob if i % 2 else alice).post_message(room, f"m{i}")
    await asyncio.gather(*(bob.post_message(left, f"left {i}") for i in range(120)))
    await bob.leave(left)
    await bob.put(f"/users/{alice.user_id}/block")
    first = (await bob.get("/users/me/export")).json()
    account = {"user", "email", "email_verified", "pending_email", "hide_read_receipts", "host_identity", "operator", "devices", "sessions"}
    assert set(first) == {*account, "rooms", "blocks", "audit", "files", "mails", "saved", "messages", "next_cursor"}
    assert len(first["devices"]) == 1
    assert first["user"]["user_id"] == bob.user_id and first["email"].startswith("bob-")
    assert [item["room_id"] for item in first["rooms"]] == [room]
    assert [item["user"]["user_id"] for item in first["blocks"]] == [alice.user_id]
    messages, cursor = first["messages"], first["next_cursor"]
    while cursor:
        page = (await bob.get("/users/me/export", params={"cursor": cursor})).json()
        assert set(page) == {"messages", "next_cursor"}
        messages += page["messages"]
        cursor = page["next_cursor"]
    assert all(message["user_id"] == bob.user_id for message in messages)
    assert [message["content"] for message in messages if message["room_id"] == room] == [f"m{i}" for i in range(1, 210, 2)]
    assert len([message for message in messages if message["room_id"] == left]) == 120
    check_error(await bob.get("/users/me/export", params={"cursor": "x"}), 422)
    check_error(await bob.get("/users/me/export", token=""), 401)


# Deletion


async def test_deleting_the_account_of_alice_keeps_the_messages_without_the_name(own_server):
    server = own_server()
    async with TestUsers(server) as users:
        alice = await users.register("alice", email="alice@example.org", display_name="Alice Liddell")
        bob = await users.register("bob")
        phone = await alice.another_session()
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        direct = (await alice.create_room("direct", members=[bob]))["room_id"]
        posted = await alice.post_message(room, "the message stays")
        await alice.post_message(direct, "here too")
        cursor = (await bob.get("/sync")).json()["cursor"]
        bob_connection, alice_connection = await bob.connect(), await phone.connect()

        check_error(await alice.delete("/users/me", json={"password": "another password"}), 401)
        check_error(await alice.delete("/users/me"), INVALID)
        assert (await alice.delete("/users/me", json={"password": PASSWORD})).status_code == 204
        await alice_connection.expect_close(4001, within=1)
        left = await bob_connection.expect("member_left", room_id=room)
        assert (left.data["reason"], left.data["user"]["display_name"]) == ("deleted", "Deleted user")
        updated = await bob_connection.expect("member_updated", room_id=room)
        assert (updated.data["user"]["user_id"], updated.data["role"]) == (bob.user_id, "owner")

        [message] = (await bob.page(room))["messages"]
        assert message["content"] == "the message stays" and message["user_id"] == posted["user_id"]
        assert message["display_name"] == "Deleted user" and message["username"].startswith("deleted-")
        assert (await bob.get_room(direct))["with"]["display_name"] == "Deleted user"
        assert (await bob.get(f"/users/{alice.user_id}")).json()["display_name"] == "Deleted user"
        assert not (await bob.get("/users", params={"q": "deleted"})).json()["items"]
        check_error(await bob.post("/rooms", json={"kind": "direct", "members": [alice.user_id]}), INVALID)

        for user in (alice, phone):
            check_error(await user.get("/auth/me"), 401)
            check_error(await user.post("/auth/refresh", token="", json={"refresh_token": user.refresh_token}), 401)
            with pytest.raises(ConnectionRejected):
                await user.connect()
        for name in (alice.username, "alice@example.org"):
            check_error(await alice.post("/auth/login", token="", json={"username": name, "password": PASSWORD}), 401)

        # Neither the replay buffer nor the database has the name any more.
        again = await bob.connect(since=cursor)
        await bob.catch_up(again)
        assert not [frame.text for frame in again.history if alice.username in frame.text or "Liddell" in frame.text]
        with server.database() as database:
            for table in ("users", "messages", "journal", "sessions", "memberships"):
                rows = database.execute(f"SELECT * FROM {table}").fetchall()
                assert alice.username not in str(rows) and "Liddell" not in str(rows) and "alice@example.org" not in str(rows), table
        # The username is free again, and a new account with it is another user.
        other = await users.register("x")
        response = await other.post("/auth/register", token="", json={"username": alice.username, "password": PASSWORD})
        assert response.status_code == 201 and response.json()["user"]["user_id"] != alice.user_id
