"""Reloads and restarts under load, and tokens renewed under load: no REST request fails, and no listener misses an event.

    python -m Reliability.restarts --times 20
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from support.clients import API, TestUser, TestUsers
from support.server import Server, is_alive
from support.ws_client import Connection, ConnectionRejected

from .disturbed import main

TIMES = 20
WRITERS = 3
LISTENERS = 3
MESSAGES_BETWEEN = 30


@dataclass
class Outcome:
    """What users saw while something was restarted."""

    requests: int = 0
    failed: list[str] = field(default_factory=list)
    seqs: list[int] = field(default_factory=list)
    received: list[list[int]] = field(default_factory=list)
    reconnections: int = 0
    renewals: int = 0

    @property
    def lost(self) -> int:
        return sum(received != sorted(self.seqs) for received in self.received)

    @property
    def missed(self) -> int:
        """The same without those that got one more: the message of a request that failed after its commit."""
        return sum(len(set(received)) != len(received) or not set(self.seqs) <= set(received) for received in self.received)

    @property
    def is_clean(self) -> bool:
        return bool(self.seqs) and not self.failed and not self.lost

    def report(self) -> str:
        events = "/".join(str(len(received)) for received in self.received)
        return (
            f"requests {self.requests}, failed {len(self.failed)} {self.failed[:3]}; messages {len(self.seqs)}, received {events}, "
            f"listeners that missed or repeated one {self.lost}; reconnections {self.reconnections}, renewals {self.renewals}"
        )


async def reload_nginx(server: Server) -> None:
    os.kill(server.pid("nginx"), signal.SIGHUP)


async def restart_everything(server: Server) -> None:
    """As an operator does after an update: pool and daemon are replaced and nginx is reloaded.

    A pool that is stopped without another beside it may fail a POST that nginx sends at that moment on a connection which it kept.
    """
    before = server.pids()
    server.process.send_signal(signal.SIGHUP)
    await _replaced(server, {name: before[name] for name in ("rest", "push")})


async def restart_daemon(server: Server) -> None:
    before = server.pid("push")
    os.kill(before, signal.SIGTERM)
    await _replaced(server, {"push": before})


async def kill_pool(server: Server) -> None:
    """The control: a worker that is killed drops its requests. It is stopped before, so that it has some."""
    server.signal("rest", signal.SIGSTOP)
    await asyncio.sleep(0.3)
    await _replaced(server, server.kill("rest"))


async def _replaced(server: Server, before: dict[str, int]) -> None:
    deadline = time.monotonic() + 15
    while any((new := server.pid(name)) is None or new == old or is_alive(old) for name, old in before.items()):
        assert time.monotonic() < deadline, f"not restarted: {before}\n{server.logs()}"
        await asyncio.sleep(0.02)


Restart = Callable[[Server], Awaitable[None]]
RESTARTS: dict[str, Restart] = {
    "reload of nginx": reload_nginx,
    "restart of everything": restart_everything,
    "restart of the daemon": restart_daemon,
}


class _Load:
    """Users who write over REST and listen."""

    def __init__(self, server: Server, outcome: Outcome):
        self.server = server
        self.outcome = outcome
        self.running = True
        # The last message was written: no listener may leave before it has that.
        self.is_complete = False

    async def write(self, user: TestUser, room: str) -> None:
        """A new connection for each request: HTTP lets a server close a kept one at any time."""
        count = 0
        while self.running:
            count += 1
            self.outcome.requests += 1
            headers = {"Authorization": f"Bearer {user.access_token}", "Connection": "close"}
            path = f"{API}/rooms/{room}/messages"
            try:
                if count % 4:
                    response = await user.http.post(path, json={"content": f"m{count}"}, headers=headers)
                    if response.status_code == 201:
                        self.outcome.seqs.append(response.json()["seq"])
                else:
                    response = await user.http.get(path, params={"limit": 5}, headers=headers)
            except httpx.HTTPError as error:
                self.outcome.failed.append(repr(error))
                continue
            if not response.is_success:
                self.outcome.failed.append(f"{response.request.method} {response.status_code} {response.text[:200]}")
            await asyncio.sleep(0.005)

    async def listen(self, user: TestUser, room: str, received: list[int], since: int, first: Connection) -> None:
        """Receives until it has all messages that were written, and resumes when the connection ends. It may have more of them: a request
        that failed may have been stored."""
        connection, taken = first, 0
        while not self.is_complete or not set(self.outcome.seqs) <= set(received):
            frames = connection.received("new_message", room_id=room)
            received += [frame.data["seq"] for frame in frames[taken:]]
            taken = len(frames)
            since = connection.last_id
            if connection.is_closed:
                try:
                    connection = await user.connect(since=since)
                except (ConnectionRejected, ConnectionError, AssertionError):
                    await asyncio.sleep(0.05)
                    continue
                self.outcome.reconnections += 1
                taken = 0
                if connection.welcome.data["resumed"] is not True:
                    self.outcome.failed.append("not resumed")
            await asyncio.sleep(0.02)


async def _run(server: Server, restart: Restart | None, times: int) -> Outcome:
    outcome = Outcome()
    async with TestUsers(server) as users:
        writers = await users.register_all(*(f"writer{i}" for i in range(WRITERS)))
        listeners = await users.register_all(*(f"listener{i}" for i in range(LISTENERS)))
        room = (await writers[0].create_room("group", members=[*writers[1:], *listeners]))["room_id"]
        load = _Load(server, outcome)
        outcome.received = [[] for _ in listeners]
        listening = []
        for user, received in zip(listeners, outcome.received, strict=True):
            connection = await user.connect()
            listening.append(asyncio.create_task(load.listen(user, room, received, connection.last_id, connection)))
        writing = [asyncio.create_task(load.write(user, room)) for user in writers]
        if restart is None:
            await _renew(load, [*writers, *listeners], times)
        else:
            for _ in range(times):
                await restart(server)
                wanted = len(outcome.seqs) + MESSAGES_BETWEEN
                deadline = time.monotonic() + 10
                while len(outcome.seqs) < wanted and time.monotonic() < deadline:
                    await asyncio.sleep(0.02)
        load.running = False
        await asyncio.gather(*writing)
        load.is_complete = True
        await asyncio.wait(listening, timeout=15)
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
    return outcome


async def _renew(load: _Load, users: list[TestUser], times: int) -> None:
    """Renews everybody's tokens before they expire, and shows the new ones to the open connections."""
    opened = sum(len(user.connections) for user in users)
    for _ in range(times):
        await asyncio.sleep(1)

        async def renew(user: TestUser) -> None:
            await user.refresh()
            load.outcome.renewals += 1
            for connection in user.connections:
                if not connection.is_closed:
                    await connection.send("authenticate", {"token": user.access_token})

        await asyncio.gather(*(renew(user) for user in users))
    # A connection whose token was not renewed would have ended and been opened again.
    if sum(len(user.connections) for user in users) != opened:
        load.outcome.failed.append("a connection ended although its token was renewed")


def run(data: Path, restart: Restart | None, times: int, **settings) -> Outcome:
    """`restart` None: renews tokens that live for three seconds."""
    if restart is None:
        settings = {"ECHOCHAT_ACCESS_TOKEN_TTL": "3s", **settings}
    with Server(data, **settings) as server:
        return asyncio.run(_run(server, restart, times))


def programme(directory: Path, options, seed: int) -> bool:
    good = True
    for name, restart in {**RESTARTS, "renewal of tokens": None}.items():
        outcome = run(directory / name.replace(" ", "-"), restart, options.times)
        print(f"{options.times} × {name}: {outcome.report()}", flush=True)
        good &= outcome.is_clean
    control = run(directory / "control", kill_pool, 10)
    print("control, the pool killed:", control.report())
    return good and bool(control.failed)


if __name__ == "__main__":
    sys.exit(main(__doc__, programme, times=TIMES))
