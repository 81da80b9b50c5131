"""One reading of everything, after which a WebSocket from its cursor misses nothing."""

import asyncio

from support.problems import check_refusal


async def test_alice_reads_everything_that_is_hers_in_one_go(alice, bob, mallory, lobby):
    await bob.write(lobby, "hello")
    foreign = (await mallory.create_room("group", "Not hers"))["room_id"]
    answer = await alice.get("/sync")
    assert answer.status_code == 200, answer.text
    state = answer.json()
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


async def test_of_rooms_with_long_messages_a_sync_tells_those_with_the_latest_activity(alice):
    """However many they are, what one reading takes is bounded; the list of rooms goes on from there."""
    long = ("a" + "\u0301" * 5) * 3900
    rooms = []
    for _ in range(60):
        rooms.append((await alice.create_room())["room_id"])
        await alice.write(rooms[-1], long)
    answer = await alice.get("/sync")
    assert 1 << 20 < len(answer.content) < 5 << 19
    told = [room["room_id"] for room in answer.json()["rooms"]]
    assert len(told) < 60 and told == rooms[::-1][: len(told)]
    assert [room["room_id"] for room in await alice.walk("/rooms")] == rooms[::-1]


async def test_sync_is_for_those_who_are_signed_in(people):
    check_refusal(await people.somebody("nobody").get("/sync", token=""), 401)


async def test_the_epoch_is_the_same_over_rest_and_websocket(alice):
    line = await alice.connect()
    state = (await alice.get("/sync")).json()
    assert state["epoch"] == line.welcome.data["epoch"]


async def test_from_the_cursor_of_a_sync_nothing_is_missed_and_nothing_comes_twice(alice, bob, lobby):
    """While Bob keeps writing, what the reading shows plus what the line brings is everything, each once."""

    async def write():
        for i in range(60):
            await bob.write(lobby, f"m{i}")

    writing = asyncio.create_task(write())
    try:
        for _ in range(8):
            state = (await alice.get("/sync")).json()
            seen = next(room for room in state["rooms"] if room["room_id"] == lobby)["last_seq"]
            line = await alice.connect(since=state["cursor"])
            assert line.welcome.data["resumed"] is True
            if seen < 60:
                first = (await line.expect("new_message", room_id=lobby)).data["seq"]
                assert first == seen + 1
            await line.hang_up()
    finally:
        await writing
    state = (await alice.get("/sync")).json()
    assert next(room for room in state["rooms"] if room["room_id"] == lobby)["last_seq"] == 60
