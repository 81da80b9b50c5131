"""The message rate limit: five in any five seconds, over REST and WebSocket together, also across restarts."""

import asyncio
import random
import time
from datetime import datetime

from support.clients import TestUser, TestUsers
from support.problems import check_error, check_problem
from support.server import Server
from support.ws_client import Connection

RATE = {"ECHOCHAT_MESSAGE_RATE": "5/5s"}
COUNT, WINDOW_SECONDS = 5, 5.0


async def user_with_room(server: Server, users: TestUsers, name: str = "alice") -> tuple[TestUser, str, Connection]:
    user = await users.register(name)
    room = (await user.create_room("group"))["room_id"]
    return user, room, await user.connect()


async def over_rest(user: TestUser, room: str, content: str) -> bool:
    response = await user.post(f"/rooms/{room}/messages", json={"content": content})
    if response.status_code == 201:
        return True
    problem = check_error(response, 429)
    assert 0 < problem["retry_after_ms"] <= WINDOW_SECONDS * 1000, problem
    assert 1 <= int(response.headers["retry-after"]) <= WINDOW_SECONDS + 1
    return False


async def over_websocket(connection: Connection, room: str, content: str) -> bool:
    reply = await connection.command("send_message", room_id=room, content=content)
    if reply.event == "ok":
        return True
    problem = check_problem(reply.data, 429)
    assert 0 < problem["retry_after_ms"] <= WINDOW_SECONDS * 1000, problem
    return False


def times_of(messages: list[dict]) -> list[float]:
    return [datetime.fromisoformat(message["created_at"]).timestamp() for message in messages]


def check_rate(times: list[float], slack: float = 0.005) -> None:
    """Checks that no window of five seconds has six messages."""
    for i in range(len(times) - COUNT):
        span = times[i + COUNT] - times[i]
        assert span >= WINDOW_SECONDS - slack, f"messages {i + 1} to {i + COUNT + 1} came within {span:.3f} s"


async def test_the_limit_is_as_the_welcome_says_and_counts_rest_and_websocket_together(own_server):
    server = own_server(**RATE)
    async with TestUsers(server) as users:
        alice, room, connection = await user_with_room(server, users)
        assert "5" in str(connection.welcome.data["limits"])
        bob, bob_room, bob_connection = await user_with_room(server, users, "bob")
        for i in range(5):
            assert await (over_rest(alice, room, f"m{i}") if i % 2 else over_websocket(connection, room, f"m{i}"))
        assert not await over_rest(alice, room, "one too many")
        assert not await over_websocket(connection, room, "one too many")
        phone = await alice.another_session()
        assert not await over_rest(phone, room, "one too many")
        assert not await over_websocket(await phone.connect(), room, "one too many")
        # Other users and other commands are not limited by it.
        assert await over_rest(bob, bob_room, "mine")
        assert await over_websocket(bob_connection, bob_room, "mine")
        await connection.ping()
        assert (await alice.page(room))["messages"][-1]["content"] == "m4"

        # One message is accepted after retry_after_ms, which counts from the first of the five.
        wait = (await connection.command_error("send_message", room_id=room, content="now?"))["retry_after_ms"] / 1000
        await asyncio.sleep(wait + 0.02)
        assert await over_rest(alice, room, "now")
        check_rate(times_of(await alice.all_messages(room)))


async def test_edits_and_reactions_share_a_limit_separate_from_messages(own_server):
    server = own_server(**RATE)
    async with TestUsers(server) as users:
        alice, room, connection = await user_with_room(server, users)
        for i in range(2):
            assert await over_rest(alice, room, f"m{i}")
        message = f"/rooms/{room}/messages/1"
        assert (await alice.patch(message, json={"content": "edited"})).status_code == 200
        await connection.command("edit_message", room_id=room, seq=2, content="edited too")
        await connection.command("add_reaction", room_id=room, seq=1, emoji="👍")
        assert (await alice.put(f"{message}/reactions/🎉")).is_success
        assert (await alice.delete(f"{message}/reactions/👍")).is_success
        # An edit or reaction that changes nothing is neither counted nor refused.
        assert (await alice.put(f"{message}/reactions/🎉")).is_success
        assert (await alice.patch(message, json={"content": "edited"})).status_code == 200
        before = await alice.page(room)
        for response in (await alice.patch(message, json={"content": "again"}), await alice.put(f"{message}/reactions/👍")):
            problem = check_error(response, 429)
            assert problem["code"] == "rate_limited" and 0 < problem["retry_after_ms"] <= WINDOW_SECONDS * 1000
        refused = await connection.command_error("add_reaction", room_id=room, seq=2, emoji="👍")
        assert refused["code"] == "rate_limited"
        assert await alice.page(room) == before
        # Posting and deleting are not limited by it.
        assert await over_rest(alice, room, "still allowed")
        assert (await alice.delete(message)).is_success
        await asyncio.sleep(refused["retry_after_ms"] / 1000 + 0.02)
        assert (await alice.put(f"/rooms/{room}/messages/2/reactions/👍")).is_success


async def test_of_forty_simultaneous_messages_exactly_five_are_accepted(own_server):
    server = own_server(**RATE)
    async with TestUsers(server) as users:
        alice, room, first = await user_with_room(server, users)
        connections = [first] + [await alice.connect() for _ in range(3)]
        attempts = [over_rest(alice, room, f"r{i}") for i in range(20)] + [
            over_websocket(connections[i % 4], room, f"w{i}") for i in range(20)
        ]
        accepted = await asyncio.gather(*attempts)
        assert sum(accepted) == 5
        assert (await alice.get_room(room))["last_seq"] == 5


async def test_random_attempts_over_15_seconds_and_two_restarts_never_exceed_the_limit(own_server):
    server = own_server(**RATE)
    rng = random.Random(5)
    async with TestUsers(server) as users:
        alice, room, connection = await user_with_room(server, users)
        started = time.monotonic()
        kills = [("rest",), ("push",), ("rest", "push")]
        accepted = refused = 0
        while (now := time.monotonic() - started) < 15:
            if kills and now > 4 * (4 - len(kills)):
                killed = server.kill(*kills.pop(0))
                server.wait_replaced(killed)
            try:
                if connection.is_closed:
                    connection = await alice.connect()
                if rng.random() < 0.5:
                    is_accepted = await over_rest(alice, room, f"m{now}")
                else:
                    is_accepted = await over_websocket(connection, room, f"m{now}")
                accepted, refused = accepted + is_accepted, refused + (not is_accepted)
            except Exception as error:
                # Only errors that a kill explains.
                assert not isinstance(error, AssertionError) or "closed with" in str(error) or "50" in str(error), error
            await asyncio.sleep(rng.choice([0, 0.01, 0.05, 0.3]))
        times = times_of(await alice.all_messages(room))
        check_rate(times)
        assert 11 <= len(times) <= 20, (len(times), accepted, refused)
        assert refused > 20


async def test_with_the_limit_off_no_message_is_refused(alice, lobby):
    connection = await alice.connect()
    for i in range(20):
        await alice.post_message(lobby, f"r{i}")
        await connection.send_message(lobby, f"w{i}")


async def test_password_guessing_is_rate_limited(own_server):
    server = own_server(ECHOCHAT_SIGNIN_RATE=None)
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        for attempt in range(200):
            response = await alice.post("/auth/login", token="", json={"username": alice.username, "password": f"guess number {attempt}"})
            if response.status_code == 429:
                problem = check_error(response, 429)
                assert int(response.headers["retry-after"]) >= 1, problem
                break
            check_error(response, 401)
        else:
            raise AssertionError("200 guesses were accepted")
        assert (await alice.get("/auth/me")).status_code == 200
