"""The daemon's listener without nginx: malformed handshakes are refused, slow ones time out, valid ones succeed."""

import asyncio
import contextlib
import time

import pytest

from support.clients import TestUsers
from support.raw_socket import TEXT, RawWebSocket, exchange, frame, request
from support.ws_client import Connection

UPGRADE = [
    ("Upgrade", "websocket"),
    ("Connection", "Upgrade"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("Sec-WebSocket-Version", "13"),
]


def handshake(*more: tuple[str, str], without: str = "", target: str = "/ws", version: str = "1.1") -> bytes:
    headers = [(name, value) for name, value in UPGRADE if name != without]
    return request("GET", target, [*headers, *more], version=version).replace(b"Connection: close\r\n", b"", 1)


MALFORMED = {
    "no key": handshake(without="Sec-WebSocket-Key"),
    "two keys": handshake(("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")),
    "no version": handshake(without="Sec-WebSocket-Version"),
    "two versions": handshake(("Sec-WebSocket-Version", "13")),
    "no upgrade": handshake(without="Upgrade"),
    "no connection": handshake(without="Connection"),
    "HTTP/1.0": handshake(version="1.0"),
    "HTTP/2.0": handshake(version="2.0"),
    "no such path": handshake(target="/nowhere"),
    "path with a dot": handshake(target="/./ws"),
    "path encoded": handshake(target="/%77s"),
    "path with NUL": handshake(target="/ws%00"),
    "two authorizations": handshake(("Authorization", "Bearer a"), ("Authorization", "Bearer b")),
    "two origins": handshake(("Origin", "http://a.example"), ("Origin", "http://b.example")),
    "basic authorization": handshake(("Authorization", "Basic YTpi")),
    "a body": handshake(("Content-Length", "5")) + b"hello",
    "chunks": handshake(("Transfer-Encoding", "chunked")) + b"0\r\n\r\n",
    "a folded header": handshake().replace(b"\r\n\r\n", b"\r\nX-Folded: a\r\n b\r\n\r\n"),
    "a space before the colon": handshake(("X-Bad ", "1")),
    "a name of controls": handshake(("X\x01Bad", "1")),
    "a value with NUL": handshake(("X-Bad", "a\x00b")),
    "a lone carriage return": handshake(("X-Bad", "a\rb")),
    "a header without a colon": handshake().replace(b"\r\n\r\n", b"\r\nnonsense\r\n\r\n"),
    "too many headers": handshake(*((f"X-{i}", "x") for i in range(200))),
    "too long a header": handshake(("X-Long", "x" * 20_000)),
    "too long a path": handshake(target="/ws?token=" + "x" * 20_000),
    "a method of lower case": handshake().replace(b"GET", b"get", 1),
    "POST": handshake().replace(b"GET", b"POST", 1),
    "no target": b"GET  HTTP/1.1\r\nHost: x\r\n\r\n",
    "only a method": b"GET\r\n\r\n",
    "not HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 400 + b"\r\n\r\n",
    "zeros": b"\0" * 20_000,
    "since a word": handshake(target="/ws?since=abc"),
    "since too large": handshake(target="/ws?since=99999999999999999999"),
    "room too long": handshake(target="/ws?room=" + "x" * 500),
    "query not UTF-8": handshake(target="/ws?since=%ff%fe"),
}


@pytest.mark.parametrize("name", MALFORMED)
async def test_a_malformed_handshake_is_refused(alice, name):
    host, port = alice.server.daemon_address()
    try:
        response = await exchange(port, MALFORMED[name])
    except (EOFError, ConnectionError, ValueError, IndexError):
        response = None  # closed without a response: allowed for what is not HTTP
    assert response is None or response.status in (400, 403, 404, 405, 408, 411, 413, 414, 422, 426, 431, 501, 505), response
    if response is not None and name not in ("not HTTP", "zeros", "only a method"):
        assert response.problem()["status"] == response.status
    await (await alice.connect()).ping()


async def test_a_valid_handshake_succeeds_and_frames_sent_along_with_it_are_handled(alice):
    host, port = alice.server.daemon_address()
    reader, writer = await asyncio.open_connection(host, port)
    first = frame(TEXT, b'{"event":"authenticate","data":{"token":"%s"}}' % alice.access_token.encode())
    writer.write(handshake() + first + frame(TEXT, b'{"event":"ping","ref":"p"}'))
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
    assert b" 101 " in head and b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in head
    raw = RawWebSocket(reader, writer)
    assert (await raw.receive_event())["event"] == "welcome"
    assert (await raw.receive_event())["ref"] == "p"
    raw.abort()


async def test_a_handshake_sent_byte_by_byte_succeeds(alice):
    host, port = alice.server.daemon_address()
    reader, writer = await asyncio.open_connection(host, port)
    for byte in handshake(("Authorization", f"Bearer {alice.access_token}")):
        writer.write(bytes([byte]))
        await writer.drain()
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
    assert b" 101 " in head
    assert (await RawWebSocket(reader, writer).receive_event())["event"] == "welcome"
    writer.transport.abort()


async def test_an_unfinished_handshake_times_out(own_server):
    server = own_server(ECHOCHAT_SIGNIN_DEADLINE="1")
    host, port = server.daemon_address()
    started = time.monotonic()
    sockets = [await asyncio.open_connection(host, port) for _ in range(20)]
    for i, (_, writer) in enumerate(sockets):
        writer.write(handshake()[: i * 5])
    for reader, writer in sockets:
        with contextlib.suppress(ConnectionError):
            await asyncio.wait_for(reader.read(), 12)
        writer.close()
    assert time.monotonic() - started < 11.5
    async with TestUsers(server) as users:
        await (await (await users.register("alice")).connect()).ping()


async def test_many_messages_in_one_write_are_all_accepted(alice):
    """Without nginx they reach the daemon in one read, far more than it handles in one iteration."""
    room = (await alice.create_room("group"))["room_id"]
    socket = await RawWebSocket.open(alice.server.daemon_address()[1], alice.access_token)
    assert (await socket.receive_event())["event"] == "welcome"
    send = b'{"event":"send_message","ref":"%d","data":{"room_id":"%s","content":"x"}}'
    await socket.send(b"".join(frame(TEXT, send % (i, room.encode())) for i in range(600)))
    responses = []
    while len(responses) < 600:
        event = await socket.receive_event()
        if event["event"] == "ok":
            responses.append((event["ref"], event["data"]["message"]["seq"]))
    assert responses == [(str(i), i + 1) for i in range(600)]
    socket.abort()


async def test_connections_to_the_daemon_and_through_nginx_receive_the_same(alice, bob, lobby):
    host, port = alice.server.daemon_address()
    direct = await (
        await Connection.open(f"ws://{host}:{port}/ws", headers={"Authorization": f"Bearer {bob.access_token}"})
    ).wait_for_welcome()
    through_nginx = await bob.connect()
    await alice.post_message(lobby, "hello")
    assert (await direct.expect("new_message")).text == (await through_nginx.expect("new_message")).text
    await direct.close()
