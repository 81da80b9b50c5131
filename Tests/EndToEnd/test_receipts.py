"""Receipts: who has a message, privacy, and large rooms."""

import asyncio

from support.markers import put_markers, receipts
from support.problems import INVALID, check_error

# In rooms with more members than this, receipts are not broadcast.
LARGE_ROOM = 100


async def test_the_receipts_of_a_message_list_who_has_it(users, alice, bob, lobby):
    carol, dave = await users.register_all("carol", "dave")
    await alice.add(lobby, carol)
    first = await alice.post_message(lobby, "one")
    await alice.post_message(lobby, "two")
    await alice.add(lobby, dave)
    assert await receipts(alice, lobby, 1) == {bob.user_id: "sent", carol.user_id: "sent"}
    await put_markers(bob, lobby, delivered_seq=2, preview_seq=1)
    assert await receipts(alice, lobby, 1) == {bob.user_id: "preview_read", carol.user_id: "sent"}
    assert await receipts(alice, lobby, 2) == {bob.user_id: "delivered", carol.user_id: "sent"}
    await put_markers(bob, lobby, read_seq=1)
    at = (await alice.list_all(f"/rooms/{lobby}/messages/1/receipts"))[0]["at"]
    assert at >= first["created_at"]
    await put_markers(bob, lobby, read_seq=2)
    again = (await alice.list_all(f"/rooms/{lobby}/messages/1/receipts"))[0]
    assert (again["state"], again["at"]) == ("read", at), "reading on does not change when this message was read"
    await carol.post_message(lobby, "a reply")
    assert await receipts(bob, lobby, 1) == {bob.user_id: "read", carol.user_id: "read"}
    for seq in (0, 4, "x", -1):
        check_error(await alice.get(f"/rooms/{lobby}/messages/{seq}/receipts"), 404)


async def test_receipts_are_paginated_like_every_list(users, alice, lobby):
    members = await users.register_all(*(f"p{i}" for i in range(5)))
    for user in members:
        await alice.add(lobby, user)
    await alice.post_message(lobby, "hello")
    paged = await alice.list_all(f"/rooms/{lobby}/messages/1/receipts", limit=2)
    assert len(paged) == 6 and len({item["user_id"] for item in paged}) == 6


async def test_hidden_read_receipts_go_only_to_the_users_own_devices(alice, bob, lobby):
    await alice.post_message(lobby, "hello")
    response = await bob.patch("/users/me", json={"hide_read_receipts": True})
    assert response.status_code == 200 and response.json()["hide_read_receipts"] is True
    assert (await bob.get("/auth/me")).json()["hide_read_receipts"] is True
    assert "hide_read_receipts" not in (await alice.get(f"/users/{bob.user_id}")).json()
    alice_connection, bob_connection = await alice.connect(), await bob.connect()
    phone_connection = await (await bob.another_session()).connect()
    since = alice_connection.welcome.data["cursor"]
    await put_markers(bob, lobby, read_seq=1)
    for connection in (bob_connection, phone_connection):
        assert (await connection.expect("receipt")).data["read_seq"] == 1
    await alice.catch_up(alice_connection)
    assert not alice_connection.received("receipt")
    assert await receipts(alice, lobby, 1) == {}
    resumed = await bob.connect(since=since)
    assert (await resumed.expect("receipt", user_id=bob.user_id)).data["read_seq"] == 1
    alice_connection = await alice.connect(since=since)
    await alice.catch_up(alice_connection)
    assert not alice_connection.received("receipt")
    check_error(await bob.patch("/users/me", json={"hide_read_receipts": "yes"}), INVALID)


async def test_in_a_large_room_receipts_are_not_broadcast(users, alice, bob, lobby):
    members = await users.register_all(*(f"p{i}" for i in range(LARGE_ROOM - 1)))
    for user in members:
        await alice.add(lobby, user)
    await alice.post_message(lobby, "hello")
    alice_connection, bob_connection = await alice.connect(), await bob.connect()
    await asyncio.gather(*(put_markers(user, lobby, read_seq=1) for user in (bob, *members)))
    assert (await bob_connection.expect("receipt", user_id=bob.user_id)).data["read_seq"] == 1
    for user, connection in ((alice, alice_connection), (bob, bob_connection)):
        await user.catch_up(connection)
    assert len(alice_connection.received("receipt")) == 0 and len(bob_connection.received("receipt")) == 1
    assert list((await receipts(alice, lobby, 1)).values()) == ["read"] * LARGE_ROOM
    # They are not sent on resume either.
    resumed = await alice.connect(since=alice_connection.welcome.data["cursor"])
    await alice.catch_up(resumed)
    assert resumed.welcome.data["resumed"] is True and not resumed.received("receipt")


async def test_a_resume_sends_only_the_newest_receipt_of_each_user(alice, bob, lobby):
    for i in range(20):
        await alice.post_message(lobby, f"m{i}")
    connection = await alice.connect()
    since = connection.welcome.data["cursor"]
    await connection.abort()
    for seq in range(1, 21):
        await put_markers(bob, lobby, read_seq=seq)
    await alice.catch_up(await alice.connect())
    connection = await alice.connect(since=since)
    await alice.catch_up(connection)
    assert [frame.data["read_seq"] for frame in connection.received("receipt")] == [20]
