"""The doorbell may be lost, blocked or rung without end: messages arrive all the same, and soon."""

import asyncio
import signal
import socket
import statistics
import threading
import time

import pytest

from support.people import People

LATE_SECONDS = 0.5
QUICK_SECONDS = 0.05


class Street:
    """Alice, who writes, and Bob, who listens, on a system of their own."""

    def __init__(self, server, alice, bob, room, his_line, her_line):
        self.server, self.alice, self.bob, self.room = server, alice, bob, room
        self.his_line, self.her_line = his_line, her_line
        self.bell = server.data / "run" / "doorbell.sock"
        self.count = 0

    async def talk(self, times: int, over_rest: bool = True) -> list[float]:
        """From before each message is sent to when Bob hears it, in seconds."""
        delays = []
        for _ in range(times):
            self.count += 1
            content = f"m{self.count}"
            begun = time.monotonic()
            if over_rest:
                await self.alice.write(self.room, content)
            else:
                await self.her_line.send_message(self.room, content)
            heard = await self.his_line.expect("new_message", room_id=self.room, content=content)
            delays.append(heard.at - begun)
        return delays

    def check_all_heard(self) -> None:
        assert self.his_line.messages(self.room) == [f"m{i}" for i in range(1, self.count + 1)]


@pytest.fixture
async def street(own_server):
    server = own_server()
    async with People(server) as people:
        alice, bob = await people.registered("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        yield Street(server, alice, bob, room, await bob.connect(), await alice.connect())


@pytest.mark.parametrize("over_rest", [True, False], ids=["rest", "websocket"])
async def test_a_bell_that_works_makes_news_quick(street, over_rest):
    delays = await street.talk(40, over_rest)
    assert statistics.median(delays) < QUICK_SECONDS, delays
    street.check_all_heard()


@pytest.mark.parametrize("over_rest", [True, False], ids=["rest", "websocket"])
async def test_without_a_bell_all_is_heard_within_half_a_second(street, over_rest):
    await street.talk(3)
    street.bell.unlink()
    delays = await street.talk(15, over_rest)
    assert max(delays) < LATE_SECONDS, delays
    street.check_all_heard()


@pytest.mark.parametrize("over_rest", [True, False], ids=["rest", "websocket"])
async def test_a_bell_that_blocks_whoever_rings_holds_nobody_up(street, over_rest):
    """In its place stands a socket whose queue is full and never read: a careless ring would wait for ever."""
    await street.talk(3)
    street.bell.unlink()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as deaf, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as filler:
        deaf.bind(str(street.bell))
        street.bell.chmod(0o666)
        filler.setblocking(False)
        with pytest.raises(BlockingIOError):
            for _ in range(100_000):
                filler.sendto(b"", str(street.bell))
        delays = await street.talk(15, over_rest)
    assert max(delays) < LATE_SECONDS, delays
    street.check_all_heard()


@pytest.mark.parametrize("kind", ["directory", "file", "dangling link"])
async def test_something_else_in_the_bells_place_holds_nobody_up(street, kind):
    await street.talk(3)
    street.bell.unlink()
    match kind:
        case "directory":
            street.bell.mkdir()
        case "file":
            street.bell.write_text("not a bell")
        case _:
            street.bell.symlink_to(street.bell.parent / "nowhere")
    delays = await street.talk(8) + await street.talk(4, over_rest=False)
    assert max(delays) < LATE_SECONDS, delays
    street.check_all_heard()


async def test_a_flood_at_the_bell_delays_nothing(street):
    await street.talk(3)
    going = True

    def flood():
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as hand:
            hand.setblocking(False)
            i = 0
            while going:
                i += 1
                try:
                    hand.sendto(b"" if i % 3 else b"x" * 50_000, str(street.bell))
                except (BlockingIOError, OSError):
                    time.sleep(0.0002)

    flooding = threading.Thread(target=flood, daemon=True)
    flooding.start()
    try:
        delays = await street.talk(40) + await street.talk(20, over_rest=False)
    finally:
        going = False
        flooding.join(5)
    assert max(delays) < LATE_SECONDS, delays
    street.check_all_heard()


async def test_a_daemon_that_sleeps_delays_nobody_who_writes_and_tells_everything_when_it_wakes(street):
    await street.talk(3)
    street.server.signal("push", signal.SIGSTOP)
    try:
        for _ in range(300):
            street.count += 1
            begun = time.monotonic()
            await street.alice.write(street.room, f"m{street.count}")
            assert time.monotonic() - begun < LATE_SECONDS
    finally:
        street.server.signal("push", signal.SIGCONT)
    await street.his_line.expect("new_message", content=f"m{street.count}")
    street.check_all_heard()


async def test_a_new_daemon_hangs_up_a_new_bell(street):
    """However the old one was lost, after a restart of the daemon news is quick again."""
    street.bell.unlink()
    street.server.wait_replaced(street.server.kill("push"))
    deadline = time.monotonic() + 5
    while True:
        try:
            street.his_line = await street.bob.connect()
            break
        except (ConnectionError, Exception):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
    street.count = 0
    assert statistics.median(await street.talk(30)) < QUICK_SECONDS
    street.check_all_heard()
