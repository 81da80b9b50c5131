"""The doorbell may be missing, blocked or flooded: messages still arrive, and soon."""

import asyncio
import signal
import socket
import statistics
import threading
import time

import pytest

from support.clients import TestUsers

LATE_SECONDS = 2  # of what would be late without end
QUICK_SECONDS = 0.05


class Conversation:
    """Alice writes and Bob listens, on a system of their own."""

    def __init__(self, server, alice, bob, room, bob_connection, alice_connection):
        self.server, self.alice, self.bob, self.room = server, alice, bob, room
        self.bob_connection, self.alice_connection = bob_connection, alice_connection
        self.doorbell_path = server.data / "run" / "doorbell.sock"
        self.count = 0

    async def exchange(self, times: int, over_rest: bool = True) -> list[float]:
        """Sends messages; returns the seconds from sending each to Bob's receiving it."""
        delays = []
        for _ in range(times):
            self.count += 1
            content = f"m{self.count}"
            started = time.monotonic()
            if over_rest:
                await self.alice.post_message(self.room, content)
            else:
                await self.alice_connection.send_message(self.room, content)
            received = await self.bob_connection.expect("new_message", room_id=self.room, content=content)
            delays.append(received.at - started)
        return delays

    def check_all_received(self) -> None:
        assert self.bob_connection.messages(self.room) == [f"m{i}" for i in range(1, self.count + 1)]


@pytest.fixture
async def conversation(own_server):
    server = own_server()
    async with TestUsers(server) as users:
        alice, bob = await users.register_all("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        yield Conversation(server, alice, bob, room, await bob.connect(), await alice.connect())


@pytest.mark.parametrize("over_rest", [True, False], ids=["rest", "websocket"])
async def test_with_a_working_doorbell_events_arrive_quickly(conversation, over_rest):
    delays = await conversation.exchange(40, over_rest)
    assert statistics.median(delays) < QUICK_SECONDS, delays
    conversation.check_all_received()


@pytest.mark.parametrize("over_rest", [True, False], ids=["rest", "websocket"])
async def test_without_a_doorbell_every_message_arrives_within_half_a_second(conversation, over_rest):
    await conversation.exchange(3)
    conversation.doorbell_path.unlink()
    delays = await conversation.exchange(15, over_rest)
    assert max(delays) < LATE_SECONDS, delays
    conversation.check_all_received()


@pytest.mark.parametrize("over_rest", [True, False], ids=["rest", "websocket"])
async def test_a_doorbell_that_blocks_its_senders_delays_nobody(conversation, over_rest):
    """A socket with a full queue that is never read: a blocking send would wait for ever."""
    await conversation.exchange(3)
    conversation.doorbell_path.unlink()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as full_socket, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        full_socket.bind(str(conversation.doorbell_path))
        conversation.doorbell_path.chmod(0o666)
        sender.setblocking(False)
        with pytest.raises(BlockingIOError):
            for _ in range(100_000):
                sender.sendto(b"", str(conversation.doorbell_path))
        delays = await conversation.exchange(15, over_rest)
    assert max(delays) < LATE_SECONDS, delays
    conversation.check_all_received()


@pytest.mark.parametrize("kind", ["directory", "file", "dangling link"])
async def test_something_else_at_the_path_of_the_doorbell_delays_nobody(conversation, kind):
    await conversation.exchange(3)
    conversation.doorbell_path.unlink()
    match kind:
        case "directory":
            conversation.doorbell_path.mkdir()
        case "file":
            conversation.doorbell_path.write_text("not a doorbell")
        case _:
            conversation.doorbell_path.symlink_to(conversation.doorbell_path.parent / "nowhere")
    delays = await conversation.exchange(8) + await conversation.exchange(4, over_rest=False)
    assert max(delays) < LATE_SECONDS, delays
    conversation.check_all_received()


async def test_a_flood_of_rings_delays_nothing(conversation):
    await conversation.exchange(3)
    running = True

    def flood():
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            i = 0
            while running:
                i += 1
                try:
                    sender.sendto(b"" if i % 3 else b"x" * 50_000, str(conversation.doorbell_path))
                except (BlockingIOError, OSError):
                    time.sleep(0.0002)

    thread = threading.Thread(target=flood, daemon=True)
    thread.start()
    try:
        delays = await conversation.exchange(40) + await conversation.exchange(20, over_rest=False)
    finally:
        running = False
        thread.join(5)
    assert max(delays) < LATE_SECONDS, delays
    conversation.check_all_received()


async def test_a_stopped_daemon_delays_no_writer_and_delivers_everything_when_it_continues(conversation):
    await conversation.exchange(3)
    conversation.server.signal("push", signal.SIGSTOP)
    try:
        for _ in range(300):
            conversation.count += 1
            started = time.monotonic()
            await conversation.alice.post_message(conversation.room, f"m{conversation.count}")
            assert time.monotonic() - started < LATE_SECONDS
    finally:
        conversation.server.signal("push", signal.SIGCONT)
    await conversation.bob_connection.expect("new_message", content=f"m{conversation.count}")
    conversation.check_all_received()


async def test_a_restarted_daemon_binds_the_doorbell_again(conversation):
    """The doorbell was lost; after a restart of the daemon events arrive quickly again."""
    conversation.doorbell_path.unlink()
    conversation.server.wait_replaced(conversation.server.kill("push"))
    deadline = time.monotonic() + 5
    while True:
        try:
            conversation.bob_connection = await conversation.bob.connect()
            break
        except (ConnectionError, Exception):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
    conversation.count = 0
    assert statistics.median(await conversation.exchange(30)) < QUICK_SECONDS
    conversation.check_all_received()
