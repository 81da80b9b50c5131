"""Slow clients: hundreds of slow headers, slow bodies, slow reads, and WebSockets that never read, while others use the system.

No request of the others fails, and their p99 stays below twice the baseline; nginx ends slow headers by its timeout,
and the daemon's memory stays below what a connection may have unsent, times the connections.

    python -m Reliability.slow_clients --seconds 20
"""

import asyncio
import csv
import shutil
import signal
import statistics
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from support.clients import API, TestUser, TestUsers
from support.raw_socket import RawWebSocket
from support.server import Server

from .disturbed import main

SECONDS = 20
CONNECTIONS = 300
NEVER_READ = "WebSockets that never read"
SOCKETS, MESSAGES = 200, 5000
SOCKETS_OF_AN_ADDRESS = 25
# ECHOCHAT_OUTBOX_BYTES, and what the daemon may grow by itself.
UNSENT_BYTES = 1 << 20
GROWTH_BYTES = 64 << 20
# Of the worker in the control, for half a second each: each delays some of the others' requests.
STOPS = 5
# Below this a p99 is the noise of a machine that runs server and clients.
QUICK_SECONDS = 0.25
ATTACKS = {
    "slow headers": ["-H", "-i", "5", "-x", "24"],
    "slow body": ["-B", "-i", "5", "-s", "8192", "-x", "10", "-t", "POST"],
    "slow read": ["-X", "-k", "3", "-w", "1", "-y", "2", "-n", "5", "-z", "8"],
}
PATHS = {"slow headers": "/", "slow body": f"{API}/auth/refresh", "slow read": "/app.js"}


@dataclass
class Outcome:
    """What the others saw, in seconds, in each time."""

    delays: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    # How many slow connections nginx had ended when slowhttptest stopped, and how many there were at most.
    closed: dict[str, tuple[int, int]] = field(default_factory=dict)
    # By how much the daemon's memory grew for the WebSockets that never read, and how much it might.
    grown: int = 0
    may_grow: int = GROWTH_BYTES

    def p99(self, name: str) -> float:
        return statistics.quantiles(self.delays[name], n=100)[98]

    @property
    def is_clean(self) -> bool:
        bound = max(QUICK_SECONDS, 2 * self.p99("baseline"))
        return not self.errors and self.grown < self.may_grow and all(self.p99(name) < bound for name in self.delays)

    def report(self) -> str:
        lines = [f"{name}: {len(delays)} requests, p99 {self.p99(name) * 1000:.1f} ms" for name, delays in self.delays.items()]
        lines += [f"{name}: {held} slow connections at most, {closed} ended" for name, (closed, held) in self.closed.items()]
        lines.append(f"the daemon grew by {self.grown >> 20} MiB of {self.may_grow >> 20}")
        return "\n".join([*lines, f"errors {len(self.errors)}", *self.errors[:5]])


class _Others:
    """Users at another address than the slow clients: limits per address must not meet them."""

    def __init__(self, user: TestUser, room: str, outcome: Outcome):
        self.user, self.room, self.outcome = user, room, outcome
        self.phase: str | None = None
        self.isolated = httpx.AsyncHTTPTransport(local_address="127.0.0.2", limits=httpx.Limits(max_keepalive_connections=0))

    async def use(self) -> None:
        """Posts and reads, each time on a new connection."""
        async with httpx.AsyncClient(base_url=self.user.server.url, transport=self.isolated, timeout=10) as client:
            count = 0
            while True:
                count += 1
                phase, started = self.phase, time.monotonic()
                headers = {"Authorization": f"Bearer {self.user.access_token}"}
                path = f"{API}/rooms/{self.room}/messages"
                try:
                    if count % 2:
                        response = await client.post(path, json={"content": f"m{count}"}, headers=headers)
                    else:
                        response = await client.get(path, params={"limit": 20}, headers=headers)
                    if not response.is_success:
                        self.outcome.errors.append(f"{phase}: {response.status_code} {response.text[:200]}")
                except httpx.HTTPError as error:
                    self.outcome.errors.append(f"{phase}: {error!r}")
                if phase is not None and phase == self.phase:
                    self.outcome.delays.setdefault(phase, []).append(time.monotonic() - started)
                await asyncio.sleep(0.01)


async def attack(server: Server, name: str, seconds: int, directory: Path, connections: int) -> tuple[int, int]:
    """Runs one attack; returns how many connections were closed at its end, and how many were open at most."""
    program = shutil.which("slowhttptest")
    assert program, "slowhttptest is not installed: make test-packages"
    prefix = directory / name.replace(" ", "-")
    words = [*ATTACKS[name], "-c", str(connections), "-r", "100", "-l", str(seconds), "-p", "3", "-g", "-o", str(prefix)]
    process = await asyncio.create_subprocess_exec(
        program, *words, "-u", server.url + PATHS[name], stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    await process.wait()
    rows = list(csv.DictReader(Path(f"{prefix}.csv").read_text().splitlines()))
    return max(int(row["Closed"]) for row in rows), max(int(row["Connected"]) for row in rows)


async def never_read(server: Server, alice: TestUser, room: str, sockets: int, messages: int, outcome: Outcome) -> None:
    """Sends so many messages to so many WebSockets whose clients take nothing from the kernel."""
    before = server.resident_bytes("push")
    slow = []
    for number in range(sockets):
        # Of many addresses: each may have only so many connections.
        address = f"127.0.1.{1 + number // SOCKETS_OF_AN_ADDRESS}"
        slow.append(await RawWebSocket.open(server.port, alice.access_token, receive_buffer=4096, address=address))
    sender = await alice.connect()
    for number in range(messages):
        await sender.send_message(room, f"{number} " + "x" * 600)
        if number % 100 == 0:
            outcome.grown = max(outcome.grown, server.resident_bytes("push") - before)
    outcome.may_grow = sockets * UNSENT_BYTES + GROWTH_BYTES
    for connection in slow:
        connection.abort()


async def _run(server: Server, seconds: int, directory: Path, connections: int, stop_rest: bool, sockets: int) -> Outcome:
    outcome = Outcome()
    async with TestUsers(server) as users, AsyncExitStack() as stack:
        alice = await users.register("alice")
        room = (await alice.create_room("group"))["room_id"]
        others = [_Others(alice, room, outcome) for _ in range(4)]
        tasks = [asyncio.create_task(one.use()) for one in others]
        stack.callback(lambda: [task.cancel() for task in tasks])

        def enter(phase: str | None) -> None:
            for one in others:
                one.phase = phase

        enter("baseline")
        await asyncio.sleep(max(2, seconds / 4))
        for name in ATTACKS:
            enter(name)
            outcome.closed[name] = await attack(server, name, seconds, directory, connections)
            for _ in range(STOPS if stop_rest else 0):
                server.signal("rest", signal.SIGSTOP)
                await asyncio.sleep(0.5)
                server.signal("rest", signal.SIGCONT)
                await asyncio.sleep(0.05)
            enter(None)
            await asyncio.sleep(0.2)
        if sockets:
            enter(NEVER_READ)
            await never_read(server, alice, room, sockets, MESSAGES, outcome)
    return outcome


def run(directory: Path, seconds: int, connections: int = CONNECTIONS, stop_rest: bool = False, sockets: int = 0, **settings) -> Outcome:
    """`stop_rest`: the control stops the REST worker again and again, which the others' delays must show."""
    with Server(directory / "d", **settings) as server:
        return asyncio.run(_run(server, seconds, directory, connections, stop_rest, sockets))


def programme(directory: Path, options, seed: int) -> bool:
    outcome = run(directory, options.seconds, sockets=SOCKETS)
    print(outcome.report())
    (directory / "control").mkdir()
    control = run(directory / "control", 3, stop_rest=True)
    print("control, the worker stopped again and again:", control.report())
    # Headers must be there after client_header_timeout, 10 s; a body may take longer, if only something comes every 10 s.
    ended = outcome.closed["slow headers"][0] > 0
    return outcome.is_clean and not control.is_clean and (ended or options.seconds < 15)


if __name__ == "__main__":
    sys.exit(main(__doc__, programme, seconds=SECONDS))
