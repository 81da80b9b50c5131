"""Limits on effects: events that others are told, commands of any kind, password checks, connections of an address."""

import asyncio
import contextlib
import itertools
import json
import re
import socket
import time

import httpx
from websockets.exceptions import ConnectionClosed

from support.clients import PASSWORD, TestUser, TestUsers
from support.problems import check_error, check_problem
from support.server import Server, wait_until
from support.ws_client import ConnectionRejected

EVENT_RATE = {"ECHOCHAT_EVENT_RATE": "20/10s"}
COMMAND_RATE = {"ECHOCHAT_COMMAND_RATE": "200/10s"}
# Everything as it is shipped; only the hash is cheap.
SHIPPED = {
    name: None
    for name in (
        "ECHOCHAT_MESSAGE_RATE",
        "ECHOCHAT_EVENT_RATE",
        "ECHOCHAT_COMMAND_RATE",
        "ECHOCHAT_CONNECTIONS_PER_USER",
        "ECHOCHAT_CONNECTIONS_PER_ADDRESS",
    )
}


def check_limit(response: httpx.Response, name: str, policy: str) -> dict:
    """Checks a refusal over REST: which limit, and when to retry, in the body and in the headers."""
    problem = check_error(response, 429)
    assert problem["limit"] == name, problem
    assert problem["retry_after_ms"] > 0
    assert int(response.headers["retry-after"]) >= 1
    assert response.headers["ratelimit-policy"] == f'"{name}";{policy}'
    assert response.headers["ratelimit"].startswith(f'"{name}";r=0;t=')
    return problem


# Events


async def test_a_storm_of_joins_and_leaves_is_refused_over_rest_and_websocket_together(own_server):
    server = own_server(**EVENT_RATE)
    async with TestUsers(server) as users:
        alice, bob = await users.register_all("alice", "bob")
        room = (await alice.create_room("public"))["room_id"]
        await alice.post_message(room, "hello")
        observer = await alice.connect()
        await bob.join(room)
        connection = await bob.connect()
        for emoji in "👍🎉😀😂":
            await connection.command("add_reaction", room_id=room, seq=1, emoji=emoji)
        accepted = 5
        refused: list[httpx.Response] = []
        for number in range(300):
            response = await bob.post(f"/rooms/{room}/{'leave' if number % 2 == 0 else 'join'}")
            if response.status_code == 429:
                refused.append(response)
            accepted += response.is_success
        # A leave that is refused makes the join after it change nothing, which is answered as ever.
        told = [frame for frame in observer.history if frame.event in ("member_joined", "member_left", "reaction_added")]
        assert len(told) <= 20 and len(refused) > 100, (len(told), accepted, len(refused))
        for response in refused:
            check_limit(response, "events", "q=20;w=10")
        for event in ("add_reaction", "remove_reaction"):
            if (await bob.get_room(room))["me"]:
                problem = check_problem(
                    await connection.command_error(event, room_id=room, seq=1, emoji="👍" if event[0] == "r" else "❤️"), 429
                )
                assert problem["limit"] == "events" and 0 < problem["retry_after_ms"] <= 10_000
        # Messages have their own limit, and others have their own budget.
        await alice.post_message(room, "still here")
        assert (await alice.patch(f"/rooms/{room}", json={"name": "Renamed"})).is_success


async def test_renames_role_changes_and_reactions_of_a_user_reach_others_at_most_twenty_times_in_ten_seconds(own_server):
    server = own_server(**EVENT_RATE)
    async with TestUsers(server) as users:
        alice, bob = await users.register_all("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        await alice.post_message(room, "hello")
        observer = await bob.connect()
        tasks = []
        for number in range(100):
            tasks.append(alice.patch(f"/rooms/{room}", json={"name": f"Name {number}"}))
            tasks.append(alice.put(f"/rooms/{room}/members/{bob.user_id}", json={"role": ("moderator", "member")[number % 2]}))
            tasks.append(alice.request(("PUT", "DELETE")[number % 2], f"/rooms/{room}/messages/1/reactions/👍"))
        responses = await asyncio.gather(*tasks)
        assert {response.status_code for response in responses} <= {200, 201, 204, 429}
        for response in responses:
            if response.status_code == 429:
                check_limit(response, "events", "q=20;w=10")
        await bob.post_message(room, "end")
        await observer.expect("new_message", content="end")
        kinds = ("room_updated", "member_updated", "reaction_added", "reaction_removed")
        told = [frame for frame in observer.history if frame.event in kinds]
        # Creating the room took one of the twenty.
        assert 15 <= len(told) <= 19, len(told)


# Commands


async def test_four_connections_of_pings_typing_and_bad_json_share_a_budget_and_are_closed_in_the_end(own_server):
    server = own_server(**COMMAND_RATE)
    async with TestUsers(server) as users:
        mallory, alice = await users.register_all("mallory", "alice")
        room = (await mallory.create_room("group", members=[alice]))["room_id"]
        assert (await mallory.connect()).welcome.data["limits"]["command_rate"] == {"count": 200, "window_ms": 10_000}
        connections = [await mallory.connect() for _ in range(4)]
        texts = [
            json.dumps({"event": "ping", "ref": "p"}),
            json.dumps({"event": "typing", "ref": "t", "data": {"room_id": room}}),
            "{",
            json.dumps({"event": "dance", "ref": "d"}),
        ]
        bystander = await alice.connect()
        started = time.monotonic()
        # One of them may get all that is admitted: the others are closed after a hundred frames, it after three hundred.
        for number, connection in itertools.product(range(600), connections):
            with contextlib.suppress(ConnectionClosed):
                await connection.socket.send(texts[number % 4])
        for connection in connections:
            await connection.expect_close(4008)
            assert "retry_after_ms=" in connection.close_reason, connection.close_reason
        refused = [frame for connection in connections for frame in connection.history if "rate_limited" in frame.text]
        replies = [frame for connection in connections for frame in connection.history if frame.event in ("pong", "ok", "error")]
        windows = 1 + (time.monotonic() - started) // 10
        assert len(replies) - len(refused) <= 200 * windows and len(refused) >= 400
        for frame in refused:
            assert check_problem(frame.data, 429)["limit"] == "commands" and frame.data["retry_after_ms"] > 0
        # Others notice nothing, and the user may come back when the time has passed.
        await bystander.ping()
        try:
            await mallory.connect()
            raise AssertionError("admitted at once")
        except ConnectionRejected as rejected:
            assert rejected.code == 4008, rejected


async def test_a_storm_of_refreshes_and_tickets_is_refused(own_server):
    server = own_server(ECHOCHAT_COMMAND_RATE="30/10s")
    async with TestUsers(server) as users:
        alice, bob = await users.register_all("alice", "bob")
        for _ in range(15):
            await alice.refresh()
        for _ in range(15):
            await alice.get_ticket()
        for _ in range(20):
            response = await alice.post("/auth/refresh", token="", json={"refresh_token": alice.refresh_token})
            check_limit(response, "commands", "q=30;w=10")
            check_limit(await alice.post("/auth/ws-ticket"), "commands", "q=30;w=10")
        with server.database() as database:
            (spent,) = database.execute("SELECT count(*) FROM spent_refresh_tokens").fetchone()
        assert spent == 15
        await bob.refresh()
        assert (await alice.get("/auth/me")).status_code == 200


# Passwords


def client_at(server: Server, address: str) -> httpx.AsyncClient:
    """A client with another loopback address of its own."""
    transport = httpx.AsyncHTTPTransport(local_address=address, limits=httpx.Limits(max_connections=64))
    return httpx.AsyncClient(base_url=server.url, transport=transport, timeout=30)


async def test_one_account_that_abuses_every_password_verb_shuts_nobody_out_of_sign_in(own_server):
    server = own_server(ECHOCHAT_SIGNIN_RATE=None, ECHOCHAT_PASSWORD_COST=None)
    async with TestUsers(server) as users:
        mallory = await users.register("mallory")
        people = [await users.register(name) for name in ("alice", "bob", "carol")]
        statuses: dict[int, int] = {}
        wrong: list[httpx.Response] = []
        is_over = False

        async def abuse(number: int, client: httpx.AsyncClient) -> None:
            bearer = {"Authorization": f"Bearer {mallory.access_token}"}
            for round_ in itertools.count(number):
                if is_over:
                    return
                match round_ % 4:
                    case 0:
                        response = await client.request("DELETE", "/api/v1/users/me", headers=bearer, json={"password": f"guess {round_}"})
                    case 1:
                        body = {"old_password": f"guess {round_}", "new_password": "another passphrase"}
                        response = await client.post("/api/v1/auth/password/change", headers=bearer, json=body)
                    case 2:
                        response = await client.post(
                            "/api/v1/auth/login", json={"username": mallory.username, "password": f"guess {round_}"}
                        )
                    case _:
                        body = {"username": mallory.username, "password": f"guess {round_}"}
                        response = await client.post("/api/v1/auth/register", json=body, headers={"Idempotency-Key": "one"})
                statuses[response.status_code] = statuses.get(response.status_code, 0) + 1
                if response.status_code == 429:
                    wrong.append(response)
                    await asyncio.sleep(0.02)

        async with client_at(server, "127.0.0.2") as abuser, client_at(server, "127.0.0.3") as other:
            # The limit of nginx takes twenty at once; the account's own stops what is signed in after ten.
            tasks = [asyncio.create_task(abuse(number, abuser)) for number in range(48)]
            for number in range(20):
                person = people[number % 3]
                response = await other.post("/api/v1/auth/login", json={"username": person.username, "password": PASSWORD})
                assert response.status_code == 200, response.text
            is_over = True
            await asyncio.gather(*tasks)
        assert not {status for status in statuses if status >= 500}, statuses
        # Twenty at once and one every two seconds.
        assert statuses.get(401, 0) + statuses.get(409, 0) <= 45 and statuses[429] > 50, statuses
        for response in wrong:
            problem = check_error(response, 429)
            assert problem["limit"] == "password_checks" and problem["retry_after_ms"] > 0, problem
            assert response.headers["ratelimit-policy"].startswith('"password_checks";q='), response.headers
        assert (await mallory.get("/auth/me")).status_code == 200


async def test_a_wrong_password_at_deletion_is_limited_for_the_account_from_any_address(own_server):
    server = own_server(ECHOCHAT_SIGNIN_RATE=None)
    async with TestUsers(server) as users:
        mallory = await users.register("mallory")
        statuses = []
        bearer = {"Authorization": f"Bearer {mallory.access_token}"}
        for number in range(15):
            async with client_at(server, f"127.0.1.{number + 1}") as client:
                path = "/api/v1/users/me" if number % 2 else "/api/v1/users/%6de"
                response = await client.request("DELETE", path, headers=bearer, json={"password": f"guess {number}"})
                statuses.append(response.status_code)
        assert statuses == [401] * 10 + [429] * 5
        check_limit(response, "password_checks", "q=10;w=60")


# Connections


async def test_the_65th_websocket_of_an_address_is_refused_and_another_address_is_not(own_server):
    server = own_server(ECHOCHAT_CONNECTIONS_PER_ADDRESS=None)
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        limits = (await alice.connect()).welcome.data["limits"]
        assert limits["connections_per_address"] == 64
        for _ in range(63):
            await alice.connect()
        refusal = raw_upgrade(("127.0.0.1", server.port), alice)
        check_refused_connection(refusal)
        assert raw_upgrade(("127.0.0.1", server.port), alice, "127.0.0.2").startswith(b"HTTP/1.1 101 ")
        # REST is counted by itself.
        assert (await alice.get("/auth/me")).status_code == 200
        await alice.connections[5].close()
        await asyncio.to_thread(
            wait_until, lambda: raw_upgrade(("127.0.0.1", server.port), alice).startswith(b"HTTP/1.1 101 "), 5, "a place is free"
        )


async def test_the_daemons_own_address_counts_too(own_server):
    server = own_server(ECHOCHAT_CONNECTIONS_PER_ADDRESS="3")
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        address = server.daemon_address()
        held = [open_socket(address) for _ in range(3)]
        # The daemon accepts in order.
        check_refused_connection(raw_upgrade(address, alice), 3)
        assert raw_upgrade(address, alice, "127.0.0.2").startswith(b"HTTP/1.1 101 ")
        held.pop().close()
        wait_until(lambda: raw_upgrade(address, alice).startswith(b"HTTP/1.1 101 "), 5, "a place is free")
        for connection in held:
            connection.close()


def open_socket(address: tuple[str, int], source: str = "127.0.0.1") -> socket.socket:
    return socket.create_connection(address, timeout=5, source_address=(source, 0))


def raw_upgrade(address: tuple[str, int], user: TestUser, source: str = "127.0.0.1") -> bytes:
    """The whole answer to a handshake, or its head if the connection is accepted."""
    lines = [
        "GET /ws HTTP/1.1",
        f"Host: {address[0]}:{address[1]}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        f"Authorization: Bearer {user.access_token}",
    ]
    with open_socket(address, source) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = b""
        while part := connection.recv(65536):
            answer += part
            head, _, body = answer.partition(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            if answer.startswith(b"HTTP/1.1 101 ") or (length and len(body) >= int(length[1])):
                break
        return answer


def check_refused_connection(answer: bytes, count: int = 64) -> None:
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.decode().lower().split("\r\n")
    assert lines[0].startswith("http/1.1 429 "), answer
    assert "content-type: application/problem+json" in lines, lines
    assert f'ratelimit-policy: "connections_per_address";q={count}' in lines, lines
    problem = check_problem(json.loads(body), 429, "too_many_connections")
    assert problem["limit"] == "connections_per_address" and problem["retry_after_ms"] == 2000
    assert str(count) in problem["detail"]


# Legitimate use


async def test_fifty_people_who_chat_join_and_mark_meet_no_limit(own_server):
    server = own_server(**SHIPPED)
    async with TestUsers(server) as users:
        people = [await users.register(f"person{number}") for number in range(50)]
        lobby = (await people[0].create_room("public"))["room_id"]
        refused: list[str] = []

        async def live(person: TestUser, number: int) -> None:
            connection = await person.connect()
            await person.join(lobby)
            own = await person.create_room("group", members=[people[(number + 1) % 50], people[(number + 2) % 50]])
            await person.create_room("direct", members=[people[(number + 7) % 50]])
            for round_ in range(5):
                await connection.send("typing", {"room_id": lobby})
                reply = await connection.command("send_message", room_id=lobby, content=f"{round_} of {number}")
                if reply.event == "ok":
                    seq = reply.data["message"]["seq"]
                    await connection.command("mark", room_id=lobby, read_seq=seq)
                    if seq > 1:
                        await connection.command("add_reaction", room_id=lobby, seq=seq - 1, emoji="👍")
                await connection.send("ping", {})
                await asyncio.sleep(1)
            await person.patch("/users/me", json={"status_text": "away"})
            await person.leave(own["room_id"])
            refused.extend(frame.text for frame in connection.history if "rate_limited" in frame.text)
            await connection.close()

        started = time.monotonic()
        await asyncio.gather(*(live(person, number) for number, person in enumerate(people)))
        assert refused == [], refused[:3]
        assert time.monotonic() - started < 60
