"""Server-sent events: a reader hears what a WebSocket hears, resumes without a gap, and is held to the same limits and endings."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import time

import pytest

from support.browser import browsers
from support.clients import API, TestUsers
from support.event_stream import EventStream, EventStreamRejected
from support.problems import check_error
from support.raw_socket import bearer, exchange, request
from support.server import eventually, wait_until
from support.waiting import wait_for
from test_revocation import ENDINGS


class Curl:
    """`curl -N` on the stream, whose output is kept as it comes."""

    def __init__(self, user, path):
        self.path = path
        url = f"{user.server.url}{API}/events"
        self.process = subprocess.Popen(["curl", "-sN", "-H", f"Authorization: Bearer {user.access_token}", url], stdout=path.open("wb"))
        wait_until(lambda: b"\n\n" in path.read_bytes(), 5, "curl has the welcome")

    def data(self) -> list[str]:
        return [line.removeprefix("data: ") for line in self.path.read_text().split("\n") if line.startswith("data: ")]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(5)


@pytest.mark.loops
async def test_curl_hears_what_a_websocket_hears_byte_for_byte(server, alice, bob, lobby, tmp_path):
    """Durable events of every way to a connection, typing and presence."""
    with Curl(bob, tmp_path / "curl") as curl:
        connection = await bob.connect()
        speaker = await alice.connect()
        await speaker.send_message(lobby, "one\nline, and \u2028 another")
        await speaker.send_message(lobby, "𝄞" * 4000)
        await asyncio.gather(*(speaker.send_message(lobby, f"{number} " + "long " * number) for number in range(0, 600, 50)))
        seq = (await alice.post_message(lobby, "over REST"))["seq"]
        await speaker.command_ok("edit_message", room_id=lobby, seq=seq, content="edited")
        await speaker.command_ok("add_reaction", room_id=lobby, seq=seq, emoji="👍")
        await speaker.command_ok("delete_message", room_id=lobby, seq=seq)
        await bob.put(f"/rooms/{lobby}/markers", json={"read_seq": seq})
        room = (await alice.create_room("group", "Another", members=[bob]))["room_id"]
        await alice.post_message(room, "in another room")
        await speaker.send("typing", {"room_id": room})
        await connection.expect("user_typing")
        await speaker.send("set_presence", {"state": "idle"})
        await connection.expect("presence")
        await bob.catch_up(connection)
        expected = [frame.text for frame in connection.history if frame.id is not None]
        wait_until(lambda: expected[-1] in curl.data(), 5, "curl has the last event")
        heard = curl.data()
    start = heard.index(expected[0])
    assert [text for text in heard[start:] if '"id":' in text[:60]] == expected
    for event in ("user_typing", "presence"):
        told = [frame.text for frame in connection.history if frame.event == event]
        assert told and set(told) & set(heard), (event, told)
    lines = curl.path.read_text().split("\n")
    for text in expected:
        assert lines[lines.index(f"data: {text}") - 1] == f"id: {json.loads(text)['id']}"


@pytest.mark.loops
async def test_a_stream_resumes_by_cursor_ticket_and_last_event_id(server, alice, bob, lobby):
    stream = await EventStream.open(bob)
    await alice.post_message(lobby, "first")
    await stream.expect("new_message", content="first")
    cursor = stream.last_id
    await stream.abort()
    for number in range(5):
        await alice.post_message(lobby, f"missed {number}")
    missed = [f"missed {number}" for number in range(5)]
    for options in ({"since": cursor}, {"last_event_id": cursor}, {"since": 1, "last_event_id": cursor}, {"since": cursor, "ticket": ""}):
        if "ticket" in options:
            options["ticket"] = await bob.get_ticket()
        resumed = await EventStream.open(bob, **options)
        assert resumed.frames[0].data["resumed"] is True and int(resumed.events[0].id) == cursor
        await resumed.expect("new_message", content=missed[-1])
        assert resumed.messages(lobby) == missed
        await resumed.abort()
    other_history = await EventStream.open(bob, last_event_id=cursor ^ 1)
    assert other_history.frames[0].data["resumed"] is False
    await other_history.abort()


async def test_a_stream_of_one_room_hears_no_other(alice, bob, lobby):
    room = (await alice.create_room("group", members=[bob]))["room_id"]
    stream = await EventStream.open(bob, room=room)
    await alice.post_message(lobby, "elsewhere")
    await alice.post_message(room, "here")
    await stream.expect("new_message", content="here")
    assert stream.messages(lobby) == []
    await stream.abort()


@pytest.mark.parametrize("end", ENDINGS, ids=lambda end: end.__name__)
@pytest.mark.loops
async def test_an_ended_session_loses_its_streams_within_a_second(server, alice, bob, lobby, end):
    phone = await bob.another_session()
    streams = [await EventStream.open(bob), await EventStream.open(bob, ticket=await bob.get_ticket())]
    on_phone = await EventStream.open(phone)
    await alice.post_message(lobby, "can you hear me?")
    for stream in (*streams, on_phone):
        await stream.expect("new_message", content="can you hear me?")
    await end(bob, phone)
    started = time.monotonic()
    await asyncio.gather(*(alice.post_message(lobby, f"secret {number}") for number in range(5)))
    for stream in streams:
        await stream.expect_end(4001)
        assert stream.ended_at - started < 1 and not [text for text in stream.messages(lobby) if text.startswith("secret")]
    await on_phone.expect("new_message", content="secret 4")
    await on_phone.abort()
    with pytest.raises(EventStreamRejected) as rejected:
        await EventStream.open(bob)
    check_error(rejected.value.response, 401, "unauthenticated")


async def test_who_is_removed_from_a_room_hears_nothing_more_of_it(alice, bob):
    room = (await alice.create_room("group", members=[bob]))["room_id"]
    stream = await EventStream.open(bob)
    await alice.post_message(room, "before")
    await alice.remove(room, bob)
    await alice.post_message(room, "after")
    left = await stream.expect("member_left", room_id=room)
    assert left.data["user"]["user_id"] == bob.user_id
    direct = (await alice.create_room("direct", members=[bob]))["room_id"]
    await alice.post_message(direct, "the end")
    await stream.expect("new_message", content="the end")
    assert stream.messages(room) == ["before"]
    await stream.abort()


async def test_a_stream_ends_with_its_token_and_goes_on_with_a_fresh_one(own_server):
    server = own_server(ECHOCHAT_ACCESS_TOKEN_TTL="2s")
    async with TestUsers(server) as users:
        alice, bob = await users.register_all("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        await bob.log_in()
        stream = await EventStream.open(bob)
        await stream.expect_end(4009, within=5)
        cursor = int(next(event.id for event in reversed(stream.events) if event.id))
        with pytest.raises(EventStreamRejected) as rejected:
            await EventStream.open(bob)
        check_error(rejected.value.response, 401, "token_expired")
        await alice.refresh()
        await alice.post_message(room, "meanwhile")
        await bob.refresh()
        resumed = await EventStream.open(bob, last_event_id=cursor)
        await resumed.expect("new_message", content="meanwhile")
        await resumed.abort()


async def test_a_silent_stream_gets_comments_and_stays(own_server):
    server = own_server(ECHOCHAT_HEARTBEAT="1s")
    async with TestUsers(server) as users:
        (alice,) = await users.register_all("alice")
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(request("GET", f"{API}/events", [bearer(alice)]))
        text = b""
        async with asyncio.timeout(5):
            while text.count(b"\n:\n\n") + text.count(b"\r\n:\n\n") < 3:
                text += await reader.read(65536)
        writer.close()


@pytest.mark.parametrize("restarted", ["echochat-push", "everything"])
async def test_a_daemon_that_stops_tells_its_readers_to_come_back(own_server, restarted):
    server = own_server()
    async with TestUsers(server) as users:
        (alice,) = await users.register_all("alice")
        stream = await EventStream.open(alice)
        if restarted == "everything":
            assert server.stop() == 0
        else:
            os.kill(server.pid("push"), signal.SIGTERM)
        await stream.expect_end(1012, within=5)


async def open_slowly(user):
    """A stream whose kernel keeps little of what the reader does not take."""
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    plain.setblocking(False)
    await asyncio.get_running_loop().sock_connect(plain, ("127.0.0.1", user.server.port))
    reader, writer = await asyncio.open_connection(sock=plain, limit=4096)
    writer.write(request("GET", f"{API}/events", [bearer(user)]))
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    return reader, writer


async def test_a_reader_that_does_not_read_is_ended_and_misses_nothing(own_server):
    server = own_server(ECHOCHAT_OUTBOX_BYTES="262144")
    async with TestUsers(server) as users:
        alice, bob = await users.register_all("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        sender = await alice.connect()
        reader, writer = await open_slowly(bob)
        total = 700  # 11 MB: more than all buffers on the way can hold
        for number in range(total):
            await sender.send_message(room, f"{number} " + "𝄞" * 3990)
        text = await asyncio.wait_for(reader.read(-1), 20)
        writer.close()
        cursors = [
            int(line[4:]) for line in text.decode(errors="replace").split("\n") if line.startswith("id: ") and line[4:].strip().isdigit()
        ]
        assert 0 < len(cursors) < total
        resumed = await EventStream.open(bob, last_event_id=cursors[-1])
        await resumed.expect("new_message", within=20, seq=total)
        assert resumed.frames[0].data["resumed"] is True
        await resumed.abort()


async def test_streams_count_among_the_connections_of_a_user(own_server):
    server = own_server(ECHOCHAT_CONNECTIONS_PER_USER="2")
    async with TestUsers(server) as users:
        (alice,) = await users.register_all("alice")
        await alice.connect()
        stream = await EventStream.open(alice)
        with pytest.raises(EventStreamRejected) as rejected:
            await EventStream.open(alice)
        problem = check_error(rejected.value.response, 429, "too_many_connections")
        assert (
            problem["limit"] == "connections_per_user"
            and rejected.value.response.headers["ratelimit-policy"] == '"connections_per_user";q=2'
        )
        await stream.abort()

        async def opens():
            await (await EventStream.open(alice)).abort()

        for _ in range(50):
            try:
                await opens()
                break
            except EventStreamRejected:
                await asyncio.sleep(0.05)
        else:
            raise AssertionError("the stream that was left still counts")


async def test_what_is_refused_is_refused_with_a_status_and_a_problem(alice, bob):
    room = (await bob.create_room("group"))["room_id"]
    for options, status, code in [
        ({"token": "x"}, 401, "unauthenticated"),
        ({"ticket": "x"}, 401, "unauthenticated"),
        ({"since": "x"}, 422, "invalid_field"),
        ({"last_event_id": "1 2"}, 422, "invalid_field"),
        ({"room": "a b"}, 422, "invalid_field"),
        ({"room": room}, 404, "not_found"),
    ]:
        with pytest.raises(EventStreamRejected) as rejected:
            await EventStream.open(alice, **options)
        response = rejected.value.response
        problem = check_error(response, status, code)
        assert response.headers["x-request-id"] == problem["request_id"] and response.headers["cache-control"] == "no-store"
    for method, status in (("POST", 405), ("HEAD", 405), ("OPTIONS", 204)):
        response = await alice.request(method, "/events")
        assert response.status_code == status and response.headers["allow"] == "GET, OPTIONS", response
    for repeated in (f"{API}/events?since=1&since=2", f"{API}/events?token=a&token=b"):
        assert (await exchange(alice.server.port, request("GET", repeated))).status == 400


LISTEN = """([token]) => {
    const source = new EventSource(`/api/v1/events?token=${token}`);
    window.heard = [];
    window.welcomes = 0;
    window.ids = [];
    source.onmessage = (event) => {
        const { event: name, data } = JSON.parse(event.data);
        if (name === "welcome") window.welcomes += 1;
        if (event.lastEventId) window.ids.push(Number(event.lastEventId));
        if (name === "new_message") window.heard.push(data.content);
        if (name === "welcome" && window.welcomes > 1 && !data.resumed) window.heard.push("a gap");
    };
    return new Promise((resolve) => { source.onopen = resolve; });
}"""


@pytest.mark.page
@pytest.mark.timeout(120)
@pytest.mark.parametrize("restarted", ["push killed", "push replaced", "nginx reloaded"])
async def test_event_source_of_a_browser_resumes_and_nothing_is_lost_or_doubled(own_server, tmp_path, restarted):
    server = own_server()
    async with TestUsers(server) as users, browsers(tmp_path, "bob") as (browser,):
        alice, bob = await users.register_all("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        await browser.page.goto(f"{server.url}/icon.svg")
        await browser.page.evaluate(LISTEN, [bob.access_token])
        posted = []

        async def post_last() -> None:
            response = await alice.post(f"/rooms/{room}/messages", json={"content": posted[-1], "client_id": f"c{len(posted)}"})
            assert response.is_success, response.text

        async def post(count: int) -> None:
            for _ in range(count):
                posted.append(f"message {len(posted)}")
                await eventually(post_last, within=10)

        for _ in range(3):
            await post(20)
            match restarted:
                case "push killed":
                    server.wait_replaced(server.kill("push"))
                case "push replaced":
                    before = {"push": server.pid("push")}
                    server.signal("push", signal.SIGTERM)
                    server.wait_replaced(before)
                case _:
                    server.signal("nginx", signal.SIGHUP)
            await post(20)
            before = await browser.page.evaluate("window.welcomes")
            # nginx lets the connections of a worker that was replaced live on for five seconds.
            await wait_for(browser.page, "(count) => window.heard.length >= count", arg=len(posted), timeout=20_000)
            if restarted == "nginx reloaded":
                await wait_for(browser.page, "(count) => window.welcomes > count", arg=before, timeout=20_000)
        assert await browser.page.evaluate("window.heard") == posted
        assert await browser.page.evaluate("window.welcomes") == 4
        ids = await browser.page.evaluate("window.ids")
        assert ids == sorted(ids)
