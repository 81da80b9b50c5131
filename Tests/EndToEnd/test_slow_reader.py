"""A client that does not read is disconnected and resumes; nobody else is delayed, and memory stays bounded."""

import asyncio
import json
import statistics
import time

from support.clients import TestUsers
from support.raw_socket import CLOSE, TEXT, RawWebSocket

SEND_BUFFER_BYTES = 262_144
LARGE = "𝄞" * 4000  # 16 KB on the wire


async def two_users(users):
    alice, bob = await users.register_all("alice", "bob")
    room = (await alice.create_room("group", members=[bob]))["room_id"]
    return alice, bob, room


async def send_many(sender, room: str, count: int, content: str = LARGE) -> list[float]:
    """Sends messages over WebSocket; returns how long each took to be acknowledged, in seconds."""
    delays = []
    for _ in range(count):
        started = time.monotonic()
        await sender.send_message(room, content)
        delays.append(time.monotonic() - started)
    return delays


async def read_to_the_end(raw: RawWebSocket) -> tuple[list[dict], int | None]:
    """The events that the connection still delivers, and its close code."""
    events = []
    while True:
        try:
            opcode, payload = await raw.receive(within=5)
        except (asyncio.IncompleteReadError, ConnectionError):
            return events, None
        if opcode == CLOSE:
            return events, int.from_bytes(payload[:2])
        if opcode == TEXT:
            events.append(json.loads(payload))


async def test_a_client_that_does_not_read_is_disconnected_and_misses_nothing_on_resume(own_server):
    async with TestUsers(own_server(ECHOCHAT_OUTBOX_BYTES=str(SEND_BUFFER_BYTES))) as users:
        alice, bob, room = await two_users(users)
        sender = await alice.connect()
        slow = await RawWebSocket.open(users.server.port, bob.access_token, receive_buffer=4096)
        welcome = await slow.receive_event()
        assert welcome["event"] == "welcome"
        total = 700  # 11 MB: more than all buffers on the way can hold
        await send_many(sender, room, total)
        events, code = await read_to_the_end(slow)
        assert code == 4010, code
        messages = [event for event in events if event["event"] == "new_message"]
        assert 0 < len(messages) < total
        assert [event["data"]["seq"] for event in messages] == list(range(1, len(messages) + 1))
        # Resume as the close code asks: at once, with since.
        resumed = await bob.connect(since=messages[-1]["id"])
        assert resumed.welcome.data["resumed"] is True
        rest = await resumed.expect_messages(room, total - len(messages), within=15)
        assert [frame.data["seq"] for frame in rest] == list(range(len(messages) + 1, total + 1))


async def test_clients_that_do_not_read_delay_nobody_and_memory_stays_bounded(own_server):
    server = own_server(ECHOCHAT_OUTBOX_BYTES=str(SEND_BUFFER_BYTES))
    async with TestUsers(server) as users:
        alice, bob, room = await two_users(users)
        carol = await users.register("carol")
        await alice.add(room, carol)
        sender, listener = await alice.connect(), await bob.connect()

        async def delays(count: int) -> list[float]:
            found = []
            for _ in range(count):
                started = time.monotonic()
                message = await sender.send_message(room, LARGE)
                received = await listener.expect("new_message", seq=message["seq"])
                found.append(received.at - started)
            return found

        delays_alone = await delays(50)
        before = server.resident_bytes("push")
        slow = [await RawWebSocket.open(server.port, carol.access_token, receive_buffer=4096) for _ in range(30)]
        delays_with_slow = await delays(400)
        growth = server.resident_bytes("push") - before
        assert statistics.quantiles(delays_with_slow, n=100)[98] < max(0.25, 2 * statistics.quantiles(delays_alone, n=100)[98]), (
            max(delays_alone),
            max(delays_with_slow),
        )
        assert growth < 30 * SEND_BUFFER_BYTES + 32 * 2**20, f"{growth / 2**20:.1f} MiB for 30 clients that do not read"
        assert [frame.data["seq"] for frame in listener.received("new_message", room_id=room)] == list(range(1, 451))
        for connection in slow:
            connection.abort()


async def test_a_client_that_reads_slowly_receives_everything_in_the_end(own_server):
    """Pauses shorter than the limit are allowed."""
    async with TestUsers(own_server()) as users:
        alice, bob, room = await two_users(users)
        sender = await alice.connect()
        slow = await RawWebSocket.open(users.server.port, bob.access_token, receive_buffer=4096)
        await send_many(sender, room, 50)
        seqs = []
        while len(seqs) < 50:
            event = await slow.receive_event()
            if event["event"] == "new_message":
                seqs.append(event["data"]["seq"])
        assert seqs == list(range(1, 51))
        slow.abort()
