"""One who does not read is shown out and comes back; nobody else waits for her, and memory stays bounded."""

import asyncio
import json
import statistics
import time

from support.people import People
from support.raw import CLOSE, TEXT, RawWebSocket

OUTBOX_BYTES = 262_144
LARGE = "𝄞" * 4000  # 16 KB on the wire


async def street(people):
    alice, bob = await people.registered("alice", "bob")
    room = (await alice.create_room("group", members=[bob]))["room_id"]
    return alice, bob, room


async def fill(speaker, room: str, count: int, content: str = LARGE) -> list[float]:
    """Sends over WebSocket, a few at a time, and gives how long each took to be acknowledged."""
    delays = []
    for _ in range(count):
        begun = time.monotonic()
        await speaker.send_message(room, content)
        delays.append(time.monotonic() - begun)
    return delays


async def read_out(raw: RawWebSocket) -> tuple[list[dict], int | None]:
    """Everything that is still to be had from a line, and its close code."""
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


async def test_who_does_not_read_is_shown_out_and_on_return_misses_nothing(own_server):
    async with People(own_server(ECHOCHAT_OUTBOX_BYTES=str(OUTBOX_BYTES))) as people:
        alice, bob, room = await street(people)
        speaker = await alice.connect()
        slow = await RawWebSocket.open(people.server.port, bob.access_token, receive_buffer=4096)
        welcome = await slow.receive_event()
        assert welcome["event"] == "welcome"
        total = 700  # 11 MB: more than every buffer on the way can hold
        await fill(speaker, room, total)
        events, code = await read_out(slow)
        assert code == 4010, code
        messages = [event for event in events if event["event"] == "new_message"]
        assert 0 < len(messages) < total
        assert [event["data"]["seq"] for event in messages] == list(range(1, len(messages) + 1))
        # She comes back as the close code says: at once, with since.
        back = await bob.connect(since=messages[-1]["id"])
        assert back.welcome.data["resumed"] is True
        rest = await back.expect_messages(room, total - len(messages), within=15)
        assert [frame.data["seq"] for frame in rest] == list(range(len(messages) + 1, total + 1))


async def test_nobody_else_waits_for_those_who_do_not_read_and_memory_stays_bounded(own_server):
    server = own_server(ECHOCHAT_OUTBOX_BYTES=str(OUTBOX_BYTES))
    async with People(server) as people:
        alice, bob, room = await street(people)
        carol = await people.register("carol")
        await alice.add(room, carol)
        speaker, listener = await alice.connect(), await bob.connect()

        async def delays(count: int) -> list[float]:
            found = []
            for _ in range(count):
                begun = time.monotonic()
                message = await speaker.send_message(room, LARGE)
                heard = await listener.expect("new_message", seq=message["seq"])
                found.append(heard.at - begun)
            return found

        alone = await delays(50)
        before = server.resident_bytes("push")
        slow = [await RawWebSocket.open(server.port, carol.access_token, receive_buffer=4096) for _ in range(30)]
        among = await delays(400)
        grown = server.resident_bytes("push") - before
        assert statistics.quantiles(among, n=100)[98] < max(0.25, 2 * statistics.quantiles(alone, n=100)[98]), (max(alone), max(among))
        assert grown < 30 * OUTBOX_BYTES + 32 * 2**20, f"{grown / 2**20:.1f} MiB for 30 who do not read"
        assert [frame.data["seq"] for frame in listener.heard("new_message", room_id=room)] == list(range(1, 451))
        for one in slow:
            one.cut()


async def test_who_only_reads_slowly_hears_everything_in_the_end(own_server):
    """A pause shorter than the bound is nobody's fault."""
    async with People(own_server()) as people:
        alice, bob, room = await street(people)
        speaker = await alice.connect()
        slow = await RawWebSocket.open(people.server.port, bob.access_token, receive_buffer=4096)
        await fill(speaker, room, 50)
        seqs = []
        while len(seqs) < 50:
            event = await slow.receive_event()
            if event["event"] == "new_message":
                seqs.append(event["data"]["seq"])
        assert seqs == list(range(1, 51))
        slow.cut()
