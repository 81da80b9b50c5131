"""The crash test: kills programs with signal 9 while users send messages, then accounts for every message.

Eight users write, four over REST and four over WebSocket. Each message has its own client_id and is retried with it until it is
acknowledged or refused. Four other users listen, and resume whenever they lose the connection. At the end the test compares what was
attempted, acknowledged, stored and delivered.

    python -m support.crash_test --kills 200
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from support.stored_messages import STORED

from .clients import API, TestUser, TestUsers
from .delivery_audit import DeliveryAudit
from .server import DEBUG_PROGRAMS, Server
from .writer_connection import RESPONSE_TIMEOUT_SECONDS, WriterConnection, connecting

WRITERS_EACH_WAY = 4
LISTENERS = 4
ROOMS = 3
RETRY_DELAY_SECONDS = 0.02
RECOVERY_TIMEOUT_SECONDS = 10.0
FINISH_TIMEOUT_SECONDS = 20.0
TARGETS = [("rest",), ("push",), ("rest", "push")]


class CrashTest:
    """One run on one server. `pace` is a writer's average pause between two messages, in seconds."""

    def __init__(self, server: Server, seed: int = 1, pace: float = 0.03):
        self.server = server
        self.pace = pace
        self.writers_each_way = WRITERS_EACH_WAY
        self.rng = random.Random(seed)
        self.audit = DeliveryAudit()
        self.rooms: list[str] = []
        self.writing = True
        self.listening = True
        # Added to the text of each message.
        self.padding: Callable[[], str] = str
        self._contents: dict[str, str] = {}

    async def run(self, kills: int = 0, disturb: Callable[["CrashTest"], Awaitable[None]] | None = None) -> DeliveryAudit:
        """Kills programs, or does `disturb` instead, while users write and listen; then stops the system and compares."""
        async with TestUsers(self.server) as users:
            owner = await users.register("owner")
            rest_writers = await users.register_all(*(f"rest{i}" for i in range(self.writers_each_way)))
            websocket_writers = await users.register_all(*(f"websocket{i}" for i in range(self.writers_each_way)))
            listeners = await users.register_all(*(f"listener{i}" for i in range(LISTENERS)))
            self.probe_user = await users.register("prober")
            everyone = [*rest_writers, *websocket_writers, *listeners, self.probe_user]
            self.rooms = [(await owner.create_room("group", f"Room {i}", members=everyone))["room_id"] for i in range(ROOMS)]
            self.audit.delivered = [[] for _ in listeners]
            cursor = (await owner.get("/sync")).json()["cursor"]

            listening = [
                asyncio.create_task(self._receive(user, cursor, received))
                for user, received in zip(listeners, self.audit.delivered, strict=True)
            ]
            writing = [asyncio.create_task(self._write(user, self._post)) for user in rest_writers]
            writing += [asyncio.create_task(self._write(user, None)) for user in websocket_writers]
            try:
                if disturb is not None:
                    await disturb(self)
                for number in range(kills):
                    await asyncio.sleep(self.rng.uniform(0.5, 3) if number else 0.5)
                    await self._kill(self.rng.choice(TARGETS))
                self.writing = False
                _, late = await asyncio.wait(writing, timeout=FINISH_TIMEOUT_SECONDS)
                self.audit.unfinished += [f"writer {writing.index(task)}" for task in late]
                for task in writing:
                    if task.done() and (error := task.exception()):
                        self.audit.unfinished.append(f"writer {writing.index(task)}: {error!r}")
                await self._wait_for_listeners()
            finally:
                self.listening = False
                for task in (*writing, *listening):
                    task.cancel()
                await asyncio.gather(*writing, *listening, return_exceptions=True)
        await asyncio.to_thread(self.server.stop)
        with self.server.database() as database:
            self.audit.stored = database.execute(f"SELECT id, client_id FROM {STORED} WHERE client_id IS NOT NULL ORDER BY id").fetchall()
            self.audit.integrity = database.execute("PRAGMA integrity_check").fetchone()[0]
        return self.audit.compare()

    # Writing

    async def _write(self, user: TestUser, post) -> None:
        """Sends message after message: over REST with `post`, otherwise over a WebSocket that reconnects when it is lost."""
        connection = WriterConnection(user, self._content) if post is None else None
        rng = random.Random(self.rng.random())
        number = 0
        while self.writing:
            number += 1
            await self._deliver(user, post or connection.send, rng.choice(self.rooms), f"{user.username}-{number}")
            await asyncio.sleep(rng.uniform(0, 2 * self.pace))
        if connection is not None:
            await connection.close()

    async def _deliver(self, user: TestUser, send, room: str, client_id: str) -> None:
        """Sends one message, and retries with the same client_id until there is a definite response."""
        self.audit.attempted[client_id] = room
        while True:
            outcome = await send(user, room, client_id)
            if isinstance(outcome, int):
                self.audit.acknowledged[client_id] = (room, outcome)
                return
            if outcome.startswith("refused"):
                self.audit.refused.append(f"{client_id}: {outcome}")
                return
            self.audit.retries[outcome] += 1
            await asyncio.sleep(RETRY_DELAY_SECONDS)

    def _content(self, client_id: str) -> str:
        """The same for each attempt."""
        return self._contents.setdefault(client_id, f"I am {client_id}{self.padding()}")

    async def _post(self, user: TestUser, room: str, client_id: str) -> int | str:
        """Returns the seq, or 'refused…', or the reason for a retry."""
        try:
            response = await user.http.post(
                f"{API}/rooms/{room}/messages",
                json={"content": self._content(client_id), "client_id": client_id},
                headers={"Authorization": f"Bearer {user.access_token}"},
                timeout=RESPONSE_TIMEOUT_SECONDS,
            )
        except httpx.TransportError as error:
            return type(error).__name__
        if response.status_code in (200, 201):
            return response.json()["seq"]
        if response.status_code >= 500:
            kind = response.headers.get("content-type", "").split(";")[0]
            return (
                f"REST {response.status_code}"
                if kind == "application/problem+json"
                else f"refused with {response.status_code} and no problem"
            )
        return f"refused with {response.status_code} {response.text[:200]}"

    # Listening

    async def _receive(self, user: TestUser, cursor: int, received: list) -> None:
        while self.listening:
            try:
                async with connecting(user, f"?since={cursor}") as connection:
                    async for text in connection:
                        frame = json.loads(text)
                        if frame["event"] == "welcome" and frame["data"]["resumed"] is not True:
                            self.audit.not_resumed += 1
                        if (position := frame.get("id")) is None:
                            continue
                        cursor = position
                        if frame["event"] == "new_message":
                            message = frame["data"]
                            received.append((position, message["room_id"], message["seq"], message["client_id"]))
            except (OSError, EOFError, ConnectionClosed, InvalidHandshake, TimeoutError) as error:
                if isinstance(error, InvalidStatus) and error.response.status_code < 500:
                    self.audit.refused.append(f"listener: {error!r}")
                    return
            await asyncio.sleep(RETRY_DELAY_SECONDS)

    async def _wait_for_listeners(self) -> None:
        """Waits until each listener has received as many messages as are stored, or until the timeout."""
        with self.server.database() as database:
            stored = database.execute(f"SELECT count(*) FROM {STORED} WHERE client_id IS NOT NULL").fetchone()[0]
        deadline = time.monotonic() + RECOVERY_TIMEOUT_SECONDS
        while time.monotonic() < deadline and any(len(received) < stored for received in self.audit.delivered):
            await asyncio.sleep(0.02)

    # Killing

    async def _kill(self, targets: tuple[str, ...]) -> None:
        await asyncio.to_thread(self.server.kill, *targets)
        await self.measure_recovery(" and ".join(targets))

    async def measure_recovery(self, after: str) -> None:
        """Measures the time until a REST post and a WebSocket send on new connections have both succeeded."""
        started = time.monotonic()
        number = len(self.audit.recoveries)
        user = self.probe_user

        async def probe(send, client_id: str) -> None:
            try:
                async with asyncio.timeout(RECOVERY_TIMEOUT_SECONDS):
                    await self._deliver(user, send, self.rooms[0], client_id)
            except TimeoutError:
                self.audit.unfinished.append(f"{client_id} after {after}")

        connection = WriterConnection(user, self._content)
        async with httpx.AsyncClient(base_url=self.server.url, trust_env=False) as client:
            fresh_user = TestUser.__new__(TestUser)
            fresh_user.http, fresh_user.access_token = client, user.access_token
            await asyncio.gather(
                probe(lambda _, room, client_id: self._post(fresh_user, room, client_id), f"probe-rest-{number}"),
                probe(connection.send, f"probe-websocket-{number}"),
            )
        self.audit.recoveries.append((after, time.monotonic() - started))
        await connection.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=None, help="repeats the kills of an earlier run; random by default")
    parser.add_argument("--pace", type=float, default=0.03, help="a writer's average pause between two messages, in seconds")
    parser.add_argument("--faulty", action="store_true", help="the control: debug programs that acknowledge before they commit")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    with tempfile.TemporaryDirectory(prefix="echochat-crash-") as directory:
        settings = {"ECHOCHAT_FAULT": "acknowledge-before-commit"} if options.faulty else {}
        server = Server(Path(directory) / "d", programs=DEBUG_PROGRAMS if options.faulty else None, **settings)
        try:
            server.start()
            audit = asyncio.run(CrashTest(server, seed, options.pace).run(options.kills))
        finally:
            server.stop()
    print(audit.report())
    if options.faulty:
        return 0 if audit.lost else 1
    return 0 if audit.is_clean and audit.slowest_recovery < 2 else 1


if __name__ == "__main__":
    sys.exit(main())
