"""People open a WebSocket in every way the contract offers, and the door stays shut for everyone else."""

import asyncio
import secrets
import time

import jwt
import pytest

from support.forgery import forged_tokens
from support.line import Line
from support.people import PASSWORD, NotAdmitted, People
from support.problems import check_problem
from support.raw import exchange, request

WAYS = ("header", "subprotocol", "query", "ticket", "frame")
NOT_SIGNED_IN = (401, 4001)


async def shut(person, reasons, **how) -> NotAdmitted:
    try:
        await person.connect(**how)
    except NotAdmitted as refusal:
        assert refusal.reason in reasons, (how, refusal)
        return refusal
    raise AssertionError(f"was let in: {how}")


@pytest.mark.parametrize("way", WAYS)
async def test_alice_signs_in(alice, way):
    before = (await alice.get("/sync")).json()
    line = await alice.connect(way=way)
    assert line.history[0].event == "welcome"
    data = line.welcome.data
    assert {"user", "session_id", "cursor", "epoch", "resumed", "heartbeat_ms", "limits"} <= set(data)
    assert data["user"]["user_id"] == alice.user_id
    assert data["session_id"] == jwt.decode(alice.access_token, options={"verify_signature": False})["sid"]
    assert type(data["cursor"]) is int and data["cursor"] >= before["cursor"]
    assert data["epoch"] == before["epoch"]
    assert data["resumed"] is False
    assert data["heartbeat_ms"] == 25000
    assert isinstance(data["limits"], dict) and data["limits"]
    await line.ping()
    if way == "subprotocol":
        assert line.socket.subprotocol == "echochat.v1"


@pytest.mark.parametrize("way", WAYS)
async def test_alice_resumes_however_she_signs_in(alice, bob, lobby, way):
    cursor = (await alice.get("/sync")).json()["cursor"]
    await bob.write(lobby, "while she was away")
    line = await alice.connect(way=way, since=cursor)
    assert line.welcome.data["resumed"] is True
    await line.expect("new_message", room_id=lobby, content="while she was away")


@pytest.mark.parametrize("way", ("header", "subprotocol", "query", "frame"))
async def test_a_forged_token_opens_no_line(alice, mallory, way):
    forgeries = forged_tokens(mallory.access_token, alice.user_id)
    for name, forged in forgeries.items():
        if way == "subprotocol" and not set(forged) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.%*+"):
            continue  # cannot be a subprotocol's name: a client library would not even send it
        refusal = await shut(mallory, (*NOT_SIGNED_IN, 400) if way != "frame" else (4001,), way=way, token=forged)
        assert all(frame.event == "error" for frame in refusal.heard), (name, refusal)
    await (await mallory.connect(way=way)).ping()


@pytest.mark.parametrize("way", ("header", "subprotocol", "query", "frame"))
async def test_a_refresh_token_opens_no_line(alice, way):
    await shut(alice, NOT_SIGNED_IN, way=way, token=alice.refresh_token)


@pytest.mark.parametrize("way", ("header", "subprotocol", "query", "frame"))
async def test_a_token_from_before_the_logout_opens_no_line(alice, way):
    await alice.post("/auth/logout")
    await shut(alice, NOT_SIGNED_IN, way=way)


# Tickets


async def test_a_ticket_is_good_for_one_line(alice):
    answer = await alice.post("/auth/ws-ticket")
    assert answer.json()["expires_in"] == 30
    ticket = answer.json()["ticket"]
    await alice.connect(way="ticket", ticket=ticket)
    await shut(alice, NOT_SIGNED_IN, way="ticket", ticket=ticket)


async def test_of_ten_who_come_with_one_ticket_one_gets_in(alice):
    ticket = await alice.ticket()
    came = await asyncio.gather(*(alice.connect(way="ticket", ticket=ticket) for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(one, Line) for one in came) == 1
    for one in came:
        assert isinstance(one, Line) or one.reason in NOT_SIGNED_IN, one


async def test_a_ticket_got_before_the_logout_opens_no_line(alice):
    ticket = await alice.ticket()
    await alice.post("/auth/logout")
    await shut(alice, NOT_SIGNED_IN, way="ticket", ticket=ticket)


@pytest.mark.parametrize("ticket", ["x", "0" * 43, "\u2603", "' OR 1=1 --", "x" * 3000])
async def test_an_invented_ticket_opens_no_line(alice, ticket):
    await shut(alice, (*NOT_SIGNED_IN, 400), way="ticket", ticket=ticket)


# The first frame


async def test_nothing_is_said_and_nothing_done_before_sign_in(alice, lobby):
    line = await Line.open(alice.server.websocket_url, origin=alice.server.origin)
    await line.say("send_message", {"room_id": lobby, "content": "anonymous"}, ref="a")
    await line.say("ping", {}, ref="b")
    await line.say("authenticate", {"token": alice.access_token})
    await line.expect("welcome")
    assert [frame.event for frame in line.history] == ["error", "pong", "welcome"]
    check_problem(line.history[0].data, 401)
    await line.hang_up()
    assert (await alice.see_room(lobby))["last_seq"] == 0


async def test_who_does_not_sign_in_in_time_is_shown_out(own_server):
    server = own_server(ECHOCHAT_SIGNIN_DEADLINE="1")
    line = await Line.open(server.websocket_url, origin=server.origin)
    begun = time.monotonic()
    await line.expect_close(4011, within=3)
    assert time.monotonic() - begun > 0.8
    assert not line.history


async def test_who_signs_in_in_time_stays(own_server):
    server = own_server(ECHOCHAT_SIGNIN_DEADLINE="1")
    async with People(server) as people:
        alice = await people.register("alice")
        line = await alice.connect(way="frame")
        waiting = await Line.open(server.websocket_url, origin=server.origin)
        await waiting.expect_close(4011, within=3)
        await line.ping()


@pytest.mark.parametrize("data", [{}, {"token": None}, {"token": 7}, {"token": ["x"]}, {"token": ""}, None])
async def test_a_first_frame_without_a_token_does_not_sign_in(alice, data):
    line = await Line.open(alice.server.websocket_url, origin=alice.server.origin)
    await line.say("authenticate", data)
    try:
        with pytest.raises(NotAdmitted) as refusal:
            await line.be_welcomed(within=1)
        assert refusal.value.code == 4001
    except AssertionError:
        # Or the line stays for a better try, with a word on what was wrong.
        assert [frame.event for frame in line.history] == ["error"]
        check_problem(line.history[0].data)
    finally:
        await line.hang_up()


# Origins


async def test_a_page_of_the_site_itself_and_a_listed_one_may_connect(own_server):
    server = own_server(ECHOCHAT_ORIGINS="https://chat.example.org,https://other.example.org:8443")
    async with People(server) as people:
        alice = await people.register("alice")
        for origin in (server.origin, "https://chat.example.org", "https://other.example.org:8443"):
            for way in ("ticket", "query", "frame", "header", "subprotocol"):
                await (await alice.connect(way=way, origin=origin)).ping()
        for origin in foreign_origins(server.port) + [
            "https://other.example.org",
            "https://chat.example.org:8443",
            "http://chat.example.org",
        ]:
            await shut(alice, (403,), way="query", origin=origin)


def foreign_origins(port: int) -> list[str]:
    return [
        "https://evil.example",
        "null",
        "",
        "file://",
        "http://127.0.0.1",
        f"http://127.0.0.1:{port}.evil.example",
        f"http://evil.example:{port}",
        f"http://127.0.0.1:{port}@evil.example",
        f"http://127.0.0.1:{port}/",
        f"http://x127.0.0.1:{port}",
        f"http://127.0.0.1:{port} http://evil.example",
        f"HTTP://EVIL.EXAMPLE:{port}",
        f"ws://127.0.0.1:{port}",
        f"http://127.0.0.1:{port + 1}",
        "http://localhost:1",
        f"http://[::1]:{port}",
        f"//127.0.0.1:{port}",
        f"127.0.0.1:{port}",
        "*",
    ]


@pytest.mark.parametrize("way", WAYS)
async def test_a_foreign_page_cannot_connect_even_with_a_good_token(alice, way):
    for origin in foreign_origins(alice.server.port):
        if origin:
            await shut(alice, (403,), way=way, origin=origin)


# How many, and for what


@pytest.mark.parametrize("loops", ["1", "3"])
async def test_one_line_too_many_is_refused_and_a_free_place_can_be_taken(own_server, loops):
    async with People(own_server(ECHOCHAT_CONNECTIONS_PER_USER="3", ECHOCHAT_LOOPS=loops)) as people:
        alice, bob = await people.registered("alice", "bob")
        lines = [await alice.connect() for _ in range(3)]
        await shut(alice, (429, 503, 1008, 1013, 4008))
        await (await bob.connect()).ping()
        for line in lines:
            await line.ping()
        await lines[0].vanish()
        deadline = time.monotonic() + 5
        while True:
            try:
                await alice.connect()
                break
            except NotAdmitted:
                assert time.monotonic() < deadline, "the place of a vanished client was not given up"
                await asyncio.sleep(0.05)


async def test_a_line_for_one_room_hears_of_that_room_alone(alice, bob, lobby):
    other = (await alice.create_room("group", members=[bob]))["room_id"]
    line = await bob.connect(room=lobby)
    wide = await bob.connect()
    await alice.write(other, "elsewhere")
    await alice.write(lobby, "here")
    await wide.expect("new_message", room_id=other)
    await line.expect("new_message", room_id=lobby, content="here")
    assert not line.heard("new_message", room_id=other)


async def test_a_line_for_a_room_that_is_not_hers_hears_nothing_of_it(alice, mallory, lobby):
    """Refused at once or silent for ever; in no case different from a room that does not exist."""
    outcomes = []
    for room in (lobby, lobby[::-1]):
        try:
            line = await mallory.connect(room=room)
        except NotAdmitted as refusal:
            outcomes.append(refusal.reason)
        else:
            outcomes.append("open")
            await alice.write(lobby, secrets.token_hex(4))
            await line.ping()
            assert not line.heard("new_message")
    assert outcomes[0] == outcomes[1], outcomes


# Staying


async def test_a_line_ends_with_its_token_unless_a_fresh_one_is_shown(own_server):
    async with People(own_server(ECHOCHAT_ACCESS_TOKEN_TTL="2")) as people:
        alice, bob = await people.registered("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        await alice.refresh()
        staying = await alice.connect()
        leaving = await bob.connect()
        began = time.monotonic()
        for _ in range(3):
            await asyncio.sleep(1)
            await alice.refresh()
            reply = await staying.ask("authenticate", token=alice.access_token)
            assert reply.event in ("ok", "welcome"), reply.text
        await leaving.expect_close(4009, within=1)
        assert leaving.closed_at - began < 3.2
        assert time.monotonic() - began > 3
        await alice.write(room, "still here")
        await staying.expect("new_message", content="still here")
        await staying.expect_close(4009, within=4)


async def test_a_line_is_not_extended_by_a_bad_token_nor_turned_over_to_another_user(alice, bob):
    line = await alice.connect()
    forged = next(iter(forged_tokens(alice.access_token, bob.user_id).values()))
    for token in (forged, alice.refresh_token, bob.access_token):
        try:
            problem = await line.refused("authenticate", token=token)
            check_problem(problem)
        except AssertionError:
            # To close is a fair answer as well.
            assert line.is_closed and line.close_code in (4001, 1008), line.history[-1].text
            line = await alice.connect()
    await line.ping()


# Handshakes that are none


def upgrade(**changes: str | None) -> list[tuple[str, str]]:
    headers = {"Upgrade": "websocket", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13"}
    for name, value in changes.items():
        headers[name.replace("_", "-")] = value
    return [(name, value) for name, value in headers.items() if value is not None]


@pytest.mark.parametrize(
    "changes, statuses",
    [
        ({"Sec_WebSocket_Key": None}, (400,)),
        ({"Sec_WebSocket_Key": "short"}, (400,)),
        ({"Sec_WebSocket_Key": "!" * 24}, (400,)),
        ({"Sec_WebSocket_Version": None}, (400, 426)),
        ({"Sec_WebSocket_Version": "12"}, (400, 426)),
        ({"Sec_WebSocket_Version": "thirteen"}, (400, 426)),
        ({"Upgrade": None}, (400, 426)),
        ({"Upgrade": "h2c"}, (400, 426)),
    ],
)
async def test_a_broken_handshake_is_refused(alice, changes, statuses):
    headers = upgrade(**changes) + [("Authorization", f"Bearer {alice.access_token}")]
    answer = await exchange(alice.server.port, request("GET", "/ws", headers).replace(b"Connection: close", b"Connection: Upgrade"))
    assert answer.status in statuses, answer


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD", "OPTIONS"])
async def test_only_get_opens_a_line(alice, method):
    headers = upgrade() + [("Authorization", f"Bearer {alice.access_token}")]
    raw = request(method, "/ws", headers).replace(b"Connection: close", b"Connection: Upgrade")
    if method == "HEAD":
        return  # answered without a body, which the reader of this test does not know
    answer = await exchange(alice.server.port, raw)
    assert answer.status in (400, 405, 426), answer


async def test_a_handshake_with_an_endless_head_is_refused(alice):
    for headers in ([("X-Long", "x" * 40_000)], [(f"X-{i}", "x") for i in range(500)]):
        answer = await exchange(alice.server.port, request("GET", "/ws", upgrade() + headers))
        assert 400 <= answer.status < 500, answer


async def test_the_password_is_no_token(alice):
    await shut(alice, NOT_SIGNED_IN, token=PASSWORD.replace(" ", "-"))
