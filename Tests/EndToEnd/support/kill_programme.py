"""The kill programme: programs are killed with signal 9 while people talk, and every message is accounted for afterwards.

Eight people write, four over REST and four over WebSocket; each message has a client_id of its own and is tried again with it until
it is acknowledged or definitely refused. Four others listen and resume after each loss of the line. At the end what was attempted,
acknowledged, stored and delivered is compared.

    python -m support.kill_programme --kills 200
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from .people import API, People, Person
from .server import DEBUG_PROGRAMS, Server

WRITERS_EACH_WAY = 4
LISTENERS = 4
ROOMS = 3
TRY_AGAIN_AFTER_SECONDS = 0.02
ANSWER_WITHIN_SECONDS = 5.0
RECOVER_WITHIN_SECONDS = 10.0
FINISH_WITHIN_SECONDS = 20.0
TARGETS = [("rest",), ("push",), ("rest", "push")]


@dataclass
class Tally:
    """What was seen, and what follows from comparing it."""

    attempted: dict[str, str] = field(default_factory=dict)  # client_id to room
    acknowledged: dict[str, tuple[str, int]] = field(default_factory=dict)  # client_id to room and seq
    refused: list[str] = field(default_factory=list)
    stored: list[tuple[int, str]] = field(default_factory=list)  # row id and client_id
    delivered: list[list[tuple[int, str, int, str]]] = field(default_factory=list)  # for each listener: position, room, seq, client_id
    retries: Counter = field(default_factory=Counter)
    not_resumed: int = 0
    recoveries: list[tuple[str, float]] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    integrity: str = ""

    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    phantom: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)

    def compare(self) -> "Tally":
        stored = {client_id: row for row, client_id in self.stored}
        self.lost += [f"{one} was acknowledged and is not stored" for one in self.acknowledged if one not in stored]
        self.lost += [
            f"{one} was acknowledged as {seq} and is stored as {stored[one] & 0xFFFFFFFF}"
            for one, (_, seq) in self.acknowledged.items()
            if one in stored and stored[one] & 0xFFFFFFFF != seq
        ]
        self.duplicated += [f"{one} is stored {count} times" for one, count in Counter(one for _, one in self.stored).items() if count > 1]
        self.phantom += [f"{one} is stored and was never sent" for one in stored if one not in self.attempted]
        places: dict[int, list[int]] = {}
        for row, _ in sorted(self.stored):
            places.setdefault(row >> 32, []).append(row & 0xFFFFFFFF)
        for room, seqs in places.items():
            if seqs != list(range(1, len(seqs) + 1)):
                self.out_of_order.append(f"the places of stored room {room} are not dense")
        for i, heard in enumerate(self.delivered):
            self._compare_listener(f"listener {i}", heard, stored)
        return self

    def _compare_listener(self, name: str, heard, stored: dict[str, int]) -> None:
        seen: set[str] = set()
        last_position, last_seq = 0, Counter()
        for position, room, seq, client_id in heard:
            if client_id in seen:
                self.duplicated.append(f"{client_id} came twice to {name}")
                continue
            seen.add(client_id)
            if client_id not in stored:
                self.phantom.append(f"{client_id} came to {name} and is not stored")
            if position <= last_position or seq <= last_seq[room]:
                self.out_of_order.append(f"{client_id} came to {name} as {position}, {seq} after {last_position}, {last_seq[room]}")
            last_position, last_seq[room] = max(position, last_position), max(seq, last_seq[room])
        self.lost += [f"{one} is stored and never came to {name}" for one in stored if one not in seen]

    @property
    def slowest_recovery(self) -> float:
        return max((seconds for _, seconds in self.recoveries), default=0.0)

    def report(self) -> str:
        lines = [
            f"kills {len(self.recoveries)}  attempted {len(self.attempted)}  acknowledged {len(self.acknowledged)}  "
            f"stored {len(self.stored)}  delivered {'/'.join(str(len(heard)) for heard in self.delivered)}",
            f"lost {len(self.lost)}  duplicated {len(self.duplicated)}  phantom {len(self.phantom)}  "
            f"out of order {len(self.out_of_order)}  not resumed {self.not_resumed}  refused {len(self.refused)}  "
            f"unfinished {len(self.unfinished)}  integrity {self.integrity}",
        ]
        if self.recoveries:
            times = sorted(seconds for _, seconds in self.recoveries)
            slowest = max(self.recoveries, key=lambda one: one[1])[0]
            lines.append(
                f"back after a kill: median {times[len(times) // 2] * 1000:.0f} ms, slowest {times[-1] * 1000:.0f} ms (of {slowest})"
            )
        lines.append(
            "tries repeated because of: " + (", ".join(f"{why} {count}" for why, count in self.retries.most_common(8)) or "nothing")
        )
        for name in ("lost", "duplicated", "phantom", "out_of_order", "refused", "unfinished"):
            lines += [f"  {name}: {one}" for one in getattr(self, name)[:5]]
        return "\n".join(lines)

    @property
    def is_clean(self) -> bool:
        return (
            not (self.lost or self.duplicated or self.phantom or self.out_of_order or self.not_resumed or self.refused or self.unfinished)
            and self.integrity == "ok"
        )


class Programme:
    """One run on one server. `pace` is the pause of a writer between two messages, in seconds, on average."""

    def __init__(self, server: Server, seed: int = 1, pace: float = 0.03):
        self.server = server
        self.pace = pace
        self.chance = random.Random(seed)
        self.tally = Tally()
        self.rooms: list[str] = []
        self.writing = True
        self.listening = True

    async def run(self, kills: int) -> Tally:
        async with People(self.server) as people:
            owner = await people.register("owner")
            rest_writers = await people.registered(*(f"rest{i}" for i in range(WRITERS_EACH_WAY)))
            line_writers = await people.registered(*(f"line{i}" for i in range(WRITERS_EACH_WAY)))
            listeners = await people.registered(*(f"listener{i}" for i in range(LISTENERS)))
            prober = await people.register("prober")
            everyone = [*rest_writers, *line_writers, *listeners, prober]
            self.rooms = [(await owner.create_room("group", f"Room {i}", members=everyone))["room_id"] for i in range(ROOMS)]
            self.tally.delivered = [[] for _ in listeners]
            cursor = (await owner.get("/sync")).json()["cursor"]

            listening = [
                asyncio.create_task(self._listen(person, cursor, heard))
                for person, heard in zip(listeners, self.tally.delivered, strict=True)
            ]
            writing = [asyncio.create_task(self._write(person, self._post)) for person in rest_writers]
            writing += [asyncio.create_task(self._write(person, None)) for person in line_writers]
            try:
                for number in range(kills):
                    await asyncio.sleep(self.chance.uniform(0.5, 3) if number else 0.5)
                    await self._kill(prober, number, self.chance.choice(TARGETS))
                self.writing = False
                _, late = await asyncio.wait(writing, timeout=FINISH_WITHIN_SECONDS)
                self.tally.unfinished += [f"writer {writing.index(task)}" for task in late]
                for task in writing:
                    if task.done() and (failure := task.exception()):
                        self.tally.unfinished.append(f"writer {writing.index(task)}: {failure!r}")
                await self._wait_for_listeners()
            finally:
                self.listening = False
                for task in (*writing, *listening):
                    task.cancel()
                await asyncio.gather(*writing, *listening, return_exceptions=True)
        await asyncio.to_thread(self.server.stop)
        with self.server.database() as database:
            self.tally.stored = database.execute("SELECT id, client_id FROM messages WHERE client_id IS NOT NULL ORDER BY id").fetchall()
            self.tally.integrity = database.execute("PRAGMA integrity_check").fetchone()[0]
        return self.tally.compare()

    # Writing

    async def _write(self, person: Person, post) -> None:
        """Writes message after message; over REST with `post`, else over a line that is opened again whenever it is lost."""
        line = _WritersLine(person, self.tally) if post is None else None
        chance = random.Random(self.chance.random())
        number = 0
        while self.writing:
            number += 1
            await self._deliver(person, post or line.send, chance.choice(self.rooms), f"{person.username}-{number}")
            await asyncio.sleep(chance.uniform(0, 2 * self.pace))
        if line is not None:
            await line.drop()

    async def _deliver(self, person: Person, send, room: str, client_id: str) -> None:
        """The one loop that matters: the same client_id until there is an answer."""
        self.tally.attempted[client_id] = room
        while True:
            outcome = await send(person, room, client_id)
            if isinstance(outcome, int):
                self.tally.acknowledged[client_id] = (room, outcome)
                return
            if outcome.startswith("refused"):
                self.tally.refused.append(f"{client_id}: {outcome}")
                return
            self.tally.retries[outcome] += 1
            await asyncio.sleep(TRY_AGAIN_AFTER_SECONDS)

    async def _post(self, person: Person, room: str, client_id: str) -> int | str:
        """A seq, or 'refused…', or why it must be tried again."""
        try:
            answer = await person.http.post(
                f"{API}/rooms/{room}/messages",
                json={"content": f"I am {client_id}", "client_id": client_id},
                headers={"Authorization": f"Bearer {person.access_token}"},
                timeout=ANSWER_WITHIN_SECONDS,
            )
        except httpx.TransportError as failure:
            return type(failure).__name__
        if answer.status_code in (200, 201):
            return answer.json()["seq"]
        if answer.status_code >= 500:
            kind = answer.headers.get("content-type", "").split(";")[0]
            return (
                f"REST {answer.status_code}" if kind == "application/problem+json" else f"refused with {answer.status_code} and no problem"
            )
        return f"refused with {answer.status_code} {answer.text[:200]}"

    # Listening

    async def _listen(self, person: Person, cursor: int, heard: list) -> None:
        while self.listening:
            try:
                async with connect(
                    f"{self.server.websocket_url}?since={cursor}",
                    additional_headers={"Authorization": f"Bearer {person.access_token}"},
                    proxy=None,
                    ping_interval=None,
                    compression=None,
                    max_queue=None,
                    open_timeout=ANSWER_WITHIN_SECONDS,
                    close_timeout=0.2,
                ) as line:
                    async for text in line:
                        frame = json.loads(text)
                        if frame["event"] == "welcome" and frame["data"]["resumed"] is not True:
                            self.tally.not_resumed += 1
                        if (position := frame.get("id")) is None:
                            continue
                        cursor = position
                        if frame["event"] == "new_message":
                            message = frame["data"]
                            heard.append((position, message["room_id"], message["seq"], message["client_id"]))
            except (OSError, EOFError, ConnectionClosed, InvalidHandshake, TimeoutError) as failure:
                if isinstance(failure, InvalidStatus) and failure.response.status_code < 500:
                    self.tally.refused.append(f"listener: {failure!r}")
                    return
            await asyncio.sleep(TRY_AGAIN_AFTER_SECONDS)

    async def _wait_for_listeners(self) -> None:
        """Until each has heard of as many messages as are stored, or long enough to be sure that the rest will not come."""
        with self.server.database() as database:
            stored = database.execute("SELECT count(*) FROM messages WHERE client_id IS NOT NULL").fetchone()[0]
        deadline = time.monotonic() + RECOVER_WITHIN_SECONDS
        while time.monotonic() < deadline and any(len(heard) < stored for heard in self.tally.delivered):
            await asyncio.sleep(0.02)

    # Killing

    async def _kill(self, prober: Person, number: int, targets: tuple[str, ...]) -> None:
        """Strikes, and measures from then until both a REST post and a WebSocket send on fresh connections have succeeded."""
        await asyncio.to_thread(self.server.kill, *targets)
        struck = time.monotonic()

        async def probe(send, client_id: str) -> None:
            try:
                async with asyncio.timeout(RECOVER_WITHIN_SECONDS):
                    await self._deliver(prober, send, self.rooms[0], client_id)
            except TimeoutError:
                self.tally.unfinished.append(f"{client_id} after a kill of {' and '.join(targets)}")

        line = _WritersLine(prober, self.tally)
        async with httpx.AsyncClient(base_url=self.server.url, trust_env=False) as fresh:
            visitor = Person.__new__(Person)
            visitor.http, visitor.access_token = fresh, prober.access_token
            await asyncio.gather(
                probe(lambda _, room, client_id: self._post(visitor, room, client_id), f"probe-rest-{number}"),
                probe(line.send, f"probe-line-{number}"),
            )
        self.tally.recoveries.append((" and ".join(targets), time.monotonic() - struck))
        await line.drop()


class _WritersLine:
    """A line used only for writing: what it hears besides replies is passed over."""

    def __init__(self, person: Person, tally: Tally):
        self.person = person
        self.tally = tally
        self.line = None
        self.count = 0

    async def send(self, _: Person, room: str, client_id: str) -> int | str:
        try:
            async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
                if self.line is None:
                    self.line = await connect(
                        self.person.server.websocket_url,
                        additional_headers={"Authorization": f"Bearer {self.person.access_token}"},
                        proxy=None,
                        ping_interval=None,
                        compression=None,
                        max_queue=None,
                        open_timeout=ANSWER_WITHIN_SECONDS,
                        close_timeout=0.2,
                    )
                self.count += 1
                ref = f"ref-{self.count}"
                await self.line.send(
                    json.dumps(
                        {
                            "event": "send_message",
                            "ref": ref,
                            "data": {"room_id": room, "content": f"I am {client_id}", "client_id": client_id},
                        }
                    )
                )
                while True:
                    text = await self.line.recv()
                    if f'"{ref}"' in text:
                        break
        except InvalidStatus as failure:
            await self.drop()
            status = failure.response.status_code
            return f"handshake {status}" if status >= 500 else f"refused with {status}"
        except (OSError, EOFError, ConnectionClosed, InvalidHandshake, TimeoutError) as failure:
            await self.drop()
            return type(failure).__name__
        reply = json.loads(text)
        if reply["event"] == "ok":
            return reply["data"]["message"]["seq"]
        if reply["data"]["status"] >= 500:
            return f"WebSocket {reply['data']['status']}"
        return f"refused with {text[:200]}"

    async def drop(self) -> None:
        line, self.line = self.line, None
        if line is not None:
            line.transport.abort()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=None, help="for the same kills again; by default another each time")
    parser.add_argument("--pace", type=float, default=0.03, help="a writer's pause between two messages, in seconds, on average")
    parser.add_argument("--faulty", action="store_true", help="the debug programs, told to acknowledge before they commit: the control")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    with tempfile.TemporaryDirectory(prefix="echochat-kills-") as directory:
        settings = {"ECHOCHAT_FAULT": "acknowledge-before-commit"} if options.faulty else {}
        server = Server(Path(directory) / "d", programs=DEBUG_PROGRAMS if options.faulty else None, **settings)
        try:
            server.start()
            tally = asyncio.run(Programme(server, seed, options.pace).run(options.kills))
        finally:
            server.stop()
    print(tally.report())
    if options.faulty:
        return 0 if tally.lost else 1
    return 0 if tally.is_clean and tally.slowest_recovery < 2 else 1


if __name__ == "__main__":
    sys.exit(main())
