"""What people say of themselves, take along, and leave behind when they go."""

import asyncio
import secrets

import pytest

from support.people import PASSWORD, NotAdmitted, People
from support.problems import INVALID, check_refusal

# Profiles


async def test_alice_changes_her_name_and_whoever_shares_a_room_with_her_is_told(alice, bob, mallory, lobby):
    his, hers, apart = await bob.connect(), await (await alice.on_another_device()).connect(), await mallory.connect()
    answer = await alice.patch("/users/me", json={"display_name": "Alice L.", "status_text": "reading"})
    assert answer.status_code == 200, answer.text
    user = answer.json()
    assert (user["display_name"], user["status_text"], user["username"]) == ("Alice L.", "reading", alice.username)
    for line in (his, hers):
        told = await line.expect("user_updated", user_id=alice.user_id)
        assert told.data.items() <= user.items()
    assert (await bob.get(f"/users/{alice.user_id}")).json()["display_name"] == "Alice L."
    assert (await alice.get("/users/me")).json() == user
    await mallory.catch_up(apart)
    assert not apart.heard("user_updated")
    # Bob, coming back with an old cursor, hears it too.
    again = await bob.connect(since=his.welcome.data["cursor"])
    await again.expect("user_updated", user_id=alice.user_id)


async def test_a_profile_that_cannot_be_is_refused_and_changes_nothing(alice):
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
        check_refusal(await alice.patch("/users/me", json=body), INVALID)
    assert (await alice.patch("/users/me", json={})).json() == before


async def test_changing_without_end_is_refused(people):
    carol = await people.register("carol")
    for i in range(10):
        assert (await carol.patch("/users/me", json={"status_text": f"{i}"})).status_code == 200
    problem = check_refusal(await carol.patch("/users/me", json={"status_text": "once more"}), 429, "rate_limited")
    assert 0 < problem["retry_after_ms"] <= 600_000
    # What is so already, and what nobody else is told of, may still be said.
    assert (await carol.patch("/users/me", json={"status_text": "9", "hide_read_receipts": True})).status_code == 200


# Taking one's data along


async def test_bobs_export_has_all_that_is_his(people, alice):
    bob = await people.register("bob", email=f"bob-{secrets.token_hex(4)}@example.org")
    room, left = [(await alice.create_room("group", members=[bob]))["room_id"] for _ in range(2)]
    for i in range(210):
        await (bob if i % 2 else alice).write(room, f"m{i}")
    await asyncio.gather(*(bob.write(left, f"left {i}") for i in range(120)))
    await bob.leave(left)
    await bob.put(f"/users/{alice.user_id}/block")
    first = (await bob.get("/users/me/export")).json()
    assert set(first) == {"user", "email", "hide_read_receipts", "sessions", "rooms", "blocks", "messages", "next_cursor"}
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
    check_refusal(await bob.get("/users/me/export", params={"cursor": "x"}), 422)
    check_refusal(await bob.get("/users/me/export", token=""), 401)


# Going


async def test_alice_goes_for_good_and_leaves_her_words_without_her_name(own_server):
    server = own_server()
    async with People(server) as people:
        alice = await people.register("alice", email="alice@example.org", display_name="Alice Liddell")
        bob = await people.register("bob")
        phone = await alice.on_another_device()
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        direct = (await alice.create_room("direct", members=[bob]))["room_id"]
        said = await alice.write(room, "the words stay")
        await alice.write(direct, "here too")
        cursor = (await bob.get("/sync")).json()["cursor"]
        his, hers = await bob.connect(), await phone.connect()

        check_refusal(await alice.delete("/users/me", json={"password": "not hers at all"}), 401)
        check_refusal(await alice.delete("/users/me"), INVALID)
        assert (await alice.delete("/users/me", json={"password": PASSWORD})).status_code == 204
        await hers.expect_close(4001, within=1)
        left = await his.expect("member_left", room_id=room)
        assert (left.data["reason"], left.data["user"]["display_name"]) == ("deleted", "Deleted user")
        updated = await his.expect("member_updated", room_id=room)
        assert (updated.data["user"]["user_id"], updated.data["role"]) == (bob.user_id, "owner")

        [message] = (await bob.page(room))["messages"]
        assert message["content"] == "the words stay" and message["user_id"] == said["user_id"]
        assert message["display_name"] == "Deleted user" and message["username"].startswith("deleted-")
        assert (await bob.see_room(direct))["with"]["display_name"] == "Deleted user"
        assert (await bob.get(f"/users/{alice.user_id}")).json()["display_name"] == "Deleted user"
        assert not (await bob.get("/users", params={"q": "deleted"})).json()["items"]
        check_refusal(await bob.post("/rooms", json={"kind": "direct", "members": [alice.user_id]}), INVALID)

        for person in (alice, phone):
            check_refusal(await person.get("/auth/me"), 401)
            check_refusal(await person.post("/auth/refresh", token="", json={"refresh_token": person.refresh_token}), 401)
            with pytest.raises(NotAdmitted):
                await person.connect()
        for name in (alice.username, "alice@example.org"):
            check_refusal(await alice.post("/auth/login", token="", json={"username": name, "password": PASSWORD}), 401)

        # Neither the daemon's memory nor the disk tells her name to who comes later.
        again = await bob.connect(since=cursor)
        await bob.catch_up(again)
        assert not [frame.text for frame in again.history if alice.username in frame.text or "Liddell" in frame.text]
        with server.database() as database:
            for table in ("users", "messages", "journal", "sessions", "memberships"):
                rows = database.execute(f"SELECT * FROM {table}").fetchall()
                assert alice.username not in str(rows) and "Liddell" not in str(rows) and "alice@example.org" not in str(rows), table
        # The name is free again, and its new bearer is somebody else.
        other = await people.register("x")
        answer = await other.post("/auth/register", token="", json={"username": alice.username, "password": PASSWORD})
        assert answer.status_code == 201 and answer.json()["user"]["user_id"] != alice.user_id
