"""Five messages in any five seconds, counted together over REST and WebSocket, whatever else happens."""

import asyncio
import random
import time
from datetime import datetime

from support.line import Line
from support.people import People, Person
from support.problems import check_problem, check_refusal
from support.server import Server

RATE = {"ECHOCHAT_MESSAGE_RATE": "5/5s"}
COUNT, WINDOW_SECONDS = 5, 5.0


async def alone(server: Server, people: People, name: str = "alice") -> tuple[Person, str, Line]:
    person = await people.register(name)
    room = (await person.create_room("group"))["room_id"]
    return person, room, await person.connect()


async def over_rest(person: Person, room: str, content: str) -> bool:
    answer = await person.post(f"/rooms/{room}/messages", json={"content": content})
    if answer.status_code == 201:
        return True
    problem = check_refusal(answer, 429)
    assert 0 < problem["retry_after_ms"] <= WINDOW_SECONDS * 1000, problem
    assert 1 <= int(answer.headers["retry-after"]) <= WINDOW_SECONDS + 1
    return False


async def over_websocket(line: Line, room: str, content: str) -> bool:
    reply = await line.ask("send_message", room_id=room, content=content)
    if reply.event == "ok":
        return True
    problem = check_problem(reply.data, 429)
    assert 0 < problem["retry_after_ms"] <= WINDOW_SECONDS * 1000, problem
    return False


def admitted_at(messages: list[dict]) -> list[float]:
    return [datetime.fromisoformat(message["created_at"]).timestamp() for message in messages]


def check_never_more_than_allowed(moments: list[float], slack: float = 0.005) -> None:
    """Against the plainest model: no window of five seconds holds a sixth message."""
    for i in range(len(moments) - COUNT):
        span = moments[i + COUNT] - moments[i]
        assert span >= WINDOW_SECONDS - slack, f"messages {i + 1} to {i + COUNT + 1} came within {span:.3f} s"


async def test_the_limit_is_what_the_welcome_says_and_counts_both_ways_together(own_server):
    server = own_server(**RATE)
    async with People(server) as people:
        alice, room, line = await alone(server, people)
        assert "5" in str(line.welcome.data["limits"])
        bob, his_room, his_line = await alone(server, people, "bob")
        for i in range(5):
            assert await (over_rest(alice, room, f"m{i}") if i % 2 else over_websocket(line, room, f"m{i}"))
        assert not await over_rest(alice, room, "one too many")
        assert not await over_websocket(line, room, "one too many")
        phone = await alice.on_another_device()
        assert not await over_rest(phone, room, "one too many")
        assert not await over_websocket(await phone.connect(), room, "one too many")
        # Nobody else pays for it, and neither do other commands.
        assert await over_rest(bob, his_room, "mine")
        assert await over_websocket(his_line, his_room, "mine")
        await line.ping()
        assert (await alice.page(room))["messages"][-1]["content"] == "m4"

        # When the time named has passed, one goes; it was measured from the first of the five.
        wait = (await line.refused("send_message", room_id=room, content="now?"))["retry_after_ms"] / 1000
        await asyncio.sleep(wait + 0.02)
        assert await over_rest(alice, room, "now")
        check_never_more_than_allowed(admitted_at(await alice.all_messages(room)))


async def test_edits_and_reactions_are_counted_together_and_apart_from_what_is_said(own_server):
    server = own_server(**RATE)
    async with People(server) as people:
        alice, room, line = await alone(server, people)
        for i in range(2):
            assert await over_rest(alice, room, f"m{i}")
        message = f"/rooms/{room}/messages/1"
        assert (await alice.patch(message, json={"content": "edited"})).status_code == 200
        await line.ask("edit_message", room_id=room, seq=2, content="edited too")
        await line.ask("add_reaction", room_id=room, seq=1, emoji="👍")
        assert (await alice.put(f"{message}/reactions/🎉")).is_success
        assert (await alice.delete(f"{message}/reactions/👍")).is_success
        # What changes nothing is not counted, nor refused.
        assert (await alice.put(f"{message}/reactions/🎉")).is_success
        assert (await alice.patch(message, json={"content": "edited"})).status_code == 200
        before = await alice.page(room)
        for answer in (await alice.patch(message, json={"content": "again"}), await alice.put(f"{message}/reactions/👍")):
            problem = check_refusal(answer, 429)
            assert problem["code"] == "rate_limited" and 0 < problem["retry_after_ms"] <= WINDOW_SECONDS * 1000
        refused = await line.refused("add_reaction", room_id=room, seq=2, emoji="👍")
        assert refused["code"] == "rate_limited"
        assert await alice.page(room) == before
        # Whoever may not change any more may speak, and take back what she said.
        assert await over_rest(alice, room, "said")
        assert (await alice.delete(message)).is_success
        await asyncio.sleep(refused["retry_after_ms"] / 1000 + 0.02)
        assert (await alice.put(f"/rooms/{room}/messages/2/reactions/👍")).is_success


async def test_of_forty_at_once_over_both_ways_exactly_five_get_through(own_server):
    server = own_server(**RATE)
    async with People(server) as people:
        alice, room, first = await alone(server, people)
        lines = [first] + [await alice.connect() for _ in range(3)]
        attempts = [over_rest(alice, room, f"r{i}") for i in range(20)] + [over_websocket(lines[i % 4], room, f"w{i}") for i in range(20)]
        admitted = await asyncio.gather(*attempts)
        assert sum(admitted) == 5
        assert (await alice.see_room(room))["last_seq"] == 5


async def test_random_attempts_over_fifteen_seconds_and_two_restarts_never_exceed_the_limit(own_server):
    server = own_server(**RATE)
    chance = random.Random(5)
    async with People(server) as people:
        alice, room, line = await alone(server, people)
        begun = time.monotonic()
        kills = [("rest",), ("push",), ("rest", "push")]
        admitted = refused = 0
        while (now := time.monotonic() - begun) < 15:
            if kills and now > 4 * (4 - len(kills)):
                killed = server.kill(*kills.pop(0))
                server.wait_replaced(killed)
            try:
                if line.is_closed:
                    line = await alice.connect()
                if chance.random() < 0.5:
                    got = await over_rest(alice, room, f"m{now}")
                else:
                    got = await over_websocket(line, room, f"m{now}")
                admitted, refused = admitted + got, refused + (not got)
            except Exception as failure:
                # Only what a kill excuses.
                assert not isinstance(failure, AssertionError) or "closed with" in str(failure) or "50" in str(failure), failure
            await asyncio.sleep(chance.choice([0, 0.01, 0.05, 0.3]))
        moments = admitted_at(await alice.all_messages(room))
        check_never_more_than_allowed(moments)
        assert 11 <= len(moments) <= 20, (len(moments), admitted, refused)
        assert refused > 20


async def test_with_the_limit_off_nobody_is_slowed(alice, lobby):
    line = await alice.connect()
    for i in range(20):
        await alice.write(lobby, f"r{i}")
        await line.send_message(lobby, f"w{i}")


async def test_guessing_passwords_is_slowed_down(own_server):
    server = own_server(ECHOCHAT_SIGNIN_RATE=None)
    async with People(server) as people:
        alice = await people.register("alice")
        for attempt in range(200):
            answer = await alice.post("/auth/login", token="", json={"username": alice.username, "password": f"guess number {attempt}"})
            if answer.status_code == 429:
                problem = check_refusal(answer, 429)
                assert int(answer.headers["retry-after"]) >= 1, problem
                break
            check_refusal(answer, 401)
        else:
            raise AssertionError("two hundred guesses went through")
        assert (await alice.get("/auth/me")).status_code == 200
