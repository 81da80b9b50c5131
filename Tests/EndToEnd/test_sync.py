"""/sync returns a user's whole state; a WebSocket that resumes from its cursor misses nothing."""

import asyncio

from support.problems import check_error


async def test_a_sync_returns_the_whole_state_of_alice(alice, bob, mallory, lobby):
    await bob.post_message(lobby, "hello")
    foreign = (await mallory.create_room("group", "Hidden"))["room_id"]
    response = await alice.get("/sync")
    assert response.status_code == 200, response.text
    state = response.json()
    assert {"me", "rooms", "users", "cursor", "epoch"} <= set(state)
    assert state["me"]["user_id"] == alice.user_id
    assert type(state["cursor"]) is int and state["cursor"] > 0
    assert isinstance(state["epoch"], str) and state["epoch"]
    rooms = {room["room_id"]: room for room in state["rooms"]}
    assert lobby in rooms and foreign not in rooms
    assert rooms[lobby]["last_message"]["content"] == "hello"
    assert rooms[lobby]["me"]["role"] == "owner"
    users = {user["user_id"] for user in state["users"]}
    assert bob.user_id in users and mallory.user_id not in users


async def test_a_sync_of_rooms_with_long_messages_is_bounded_to_the_latest_activity(alice):
    """The response is bounded, however many rooms there are; the list of rooms returns the rest."""
    long = ("a" + "\u0301" * 5) * 3900
    rooms = []
    for _ in range(60):
        rooms.append((await alice.create_room())["room_id"])
        await alice.post_message(rooms[-1], long)
    response = await alice.get("/sync")
    assert 1 << 20 < len(response.content) < 5 << 19
    listed = [room["room_id"] for room in response.json()["rooms"]]
    assert len(listed) < 60 and listed == rooms[::-1][: len(listed)]
    assert [room["room_id"] for room in await alice.list_all("/rooms")] == rooms[::-1]


async def test_sync_needs_authentication(users):
    check_error(await users.unregistered("anonymous").get("/sync", token=""), 401)


async def test_the_epoch_is_the_same_over_rest_and_websocket(alice):
    connection = await alice.connect()
    state = (await alice.get("/sync")).json()
    assert state["epoch"] == connection.welcome.data["epoch"]


async def test_a_resume_from_the_cursor_of_a_sync_misses_nothing_and_repeats_nothing(alice, bob, lobby):
    """While Bob writes, the state plus the events of the connection are all messages, each once."""

    async def write():
        for i in range(60):
            await bob.post_message(lobby, f"m{i}")

    writing = asyncio.create_task(write())
    try:
        for _ in range(8):
            state = (await alice.get("/sync")).json()
            last_seq = next(room for room in state["rooms"] if room["room_id"] == lobby)["last_seq"]
            connection = await alice.connect(since=state["cursor"])
            assert connection.welcome.data["resumed"] is True
            if last_seq < 60:
                first = (await connection.expect("new_message", room_id=lobby)).data["seq"]
                assert first == last_seq + 1
            await connection.close()
    finally:
        await writing
    state = (await alice.get("/sync")).json()
    assert next(room for room in state["rooms"] if room["room_id"] == lobby)["last_seq"] == 60
