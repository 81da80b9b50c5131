"""Backups beside users who write: while programs and backups are killed, and beside 20,000 messages a minute.

Each backup of the first part is whole and has every message that was acknowledged before it began. In the second part nothing is refused, and
the p99 of the acknowledgements beside backups stays below twice that without (turns alternate; the median of the pairs counts). The controls
are a copy of the file alone, which must lack messages, and somebody who holds the write lock, who must be felt.

    python -m Reliability.backups --kills 20 --seconds 10 --turns 5
"""

import asyncio
import contextlib
import json
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from support.backups import back_up, ctl, faults, query
from support.clients import TestUser, TestUsers
from support.crash_test import TARGETS, CrashTest
from support.delivery_audit import DeliveryAudit
from support.server import PROGRAMS, Server
from support.stored_messages import STORED
from websockets.asyncio.client import connect

from .disturbed import main, run_disturbed, wait_for_acknowledgements

KILLS, SECONDS, TURNS = 20, 10, 5
BACKUPS_A_TURN = 2
MESSAGES_A_MINUTE, WRITERS = 20_000, 20
FILLED = 20_000
RATIO_MAX = 2.0


@dataclass
class Outcome:
    audit: DeliveryAudit
    made: int = 0
    cut: int = 0
    faulty: list[str] = field(default_factory=list)
    # Of each backup, and of each copy of the file alone: messages that were acknowledged before it began and are not in it.
    lacking: list[int] = field(default_factory=list)
    control: list[int] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return self.audit.is_clean and self.made > 0 and not self.faulty and not any(self.lacking)

    def report(self) -> str:
        return (
            f"{self.audit.report()}\nbackups {self.made}, killed {self.cut}, not whole {self.faulty}, lacking messages {sum(self.lacking)}; "
            f"copies of the file alone lack {self.control}"
        )


def run(data: Path, kills: int, seed: int = 1) -> Outcome:
    """Makes a backup beside each kill, every third time after one that is killed itself."""
    server, place, outcome = Server(data), data.parent / f"{data.name}-backups", Outcome(DeliveryAudit())
    place.mkdir()

    def stored(database: Path) -> set[str]:
        return {name for (name,) in query(database, f"SELECT client_id FROM {STORED} WHERE client_id IS NOT NULL")}

    def cut_short(seconds: float) -> None:
        process = subprocess.Popen([PROGRAMS / "echochatctl", "backup", place], env=server.environment(), stdout=subprocess.DEVNULL)
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.wait()
        outcome.cut += 1

    async def disturb(test: CrashTest) -> None:
        for number in range(kills):
            await wait_for_acknowledgements(test, 20)
            acknowledged = set(test.audit.acknowledged)
            if number % 3 == 0:
                await asyncio.to_thread(cut_short, test.rng.uniform(0, 0.3))
            backup = asyncio.create_task(asyncio.to_thread(back_up, server, place))
            await asyncio.sleep(test.rng.uniform(0, 0.2))
            killed = await asyncio.to_thread(server.kill, *test.rng.choice(TARGETS))
            path = await backup
            outcome.made += 1
            outcome.lacking.append(len(acknowledged - stored(path / "echochat.db")))
            await asyncio.to_thread(server.wait_replaced, killed)
        for _ in range(3):
            await wait_for_acknowledgements(test, 20)
            acknowledged = set(test.audit.acknowledged)
            shutil.copyfile(data / "echochat.db", data.parent / "control.db")
            with contextlib.suppress(sqlite3.DatabaseError):
                outcome.control.append(len(acknowledged - stored(data.parent / "control.db")))

    outcome.audit = run_disturbed(server, disturb, seed)
    # The last one removes what the kills have left.
    back_up(server, place)
    checked = {"the data": faults(server), **{path.name: faults(server, path) for path in place.iterdir()}}
    outcome.faulty = [f"{name}: {found}" for name, found in checked.items() if found]
    return outcome


# Beside messages


class Writer:
    """Sends at a steady pace, whether answers come or not, and notes how long each takes."""

    def __init__(self, user: TestUser, room: str):
        self.user, self.room = user, room
        self.sent: dict[str, float] = {}
        self.seconds: list[float] = []
        self.refused: list[str] = []
        self.count = 0

    async def run(self) -> None:
        """Receives until it is cancelled."""
        headers = {"Authorization": f"Bearer {self.user.access_token}"}
        options = {"proxy": None, "compression": None, "ping_interval": None, "max_queue": None}
        async with connect(self.user.server.websocket_url, additional_headers=headers, **options) as self.connection:
            async for text in self.connection:
                if (reply := json.loads(text)).get("ref") in self.sent:
                    self.seconds.append(time.monotonic() - self.sent.pop(reply["ref"]))
                    if reply["event"] != "ok":
                        self.refused.append(text)

    async def send(self) -> None:
        self.count += 1
        self.sent[str(self.count)] = time.monotonic()
        data = {"room_id": self.room, "content": f"message {self.count}"}
        await self.connection.send(json.dumps({"event": "send_message", "ref": str(self.count), "data": data}))


async def turn(writers: list[Writer], count: int, pace: float) -> float:
    """Sends so many messages, one each `pace` seconds, and returns the p99 of their acknowledgements in seconds."""
    for writer in writers:
        writer.seconds.clear()
    started = time.monotonic()
    for number in range(count):
        await asyncio.sleep(max(0.0, started + number * pace - time.monotonic()))
        await writers[number % len(writers)].send()
    while any(writer.sent for writer in writers):
        assert time.monotonic() - started < count * pace + 30, "messages were not answered"
        await asyncio.sleep(0.02)
    return statistics.quantiles([seconds for writer in writers for seconds in writer.seconds], n=100)[98]


async def _beside(server: Server, place: Path, seconds: float, turns: int) -> tuple[list[float], float, list[str]]:
    pace = 60 / MESSAGES_A_MINUTE
    async with TestUsers(server) as users:
        people = await users.register_all(*(f"writer{number}" for number in range(WRITERS)))
        writers = [Writer(user, (await user.create_room("group"))["room_id"]) for user in people]
        tasks = [asyncio.create_task(writer.run()) for writer in writers]
        await asyncio.sleep(1)
        await turn(writers, FILLED, pace / 4)
        ratios = []
        for number in range(turns + 1):
            quiet = await turn(writers, int(seconds / pace), pace)
            # The last turn is the control.
            disturb = back_up_often if number < turns else hold_write_lock
            other = asyncio.create_task(asyncio.to_thread(disturb, server, place, seconds))
            beside = await turn(writers, int(seconds / pace), pace)
            await other
            ratios.append(beside / quiet)
            print(f"p99 {quiet * 1000:.1f} ms, beside {disturb.__name__} {beside * 1000:.1f} ms: {ratios[-1]:.2f}", flush=True)
        for task in tasks:
            task.cancel()
        return ratios[:-1], ratios[-1], [text for writer in writers for text in writer.refused]


def back_up_often(server: Server, place: Path, seconds: float) -> None:
    for _ in range(BACKUPS_A_TURN):
        started = time.monotonic()
        ctl(server, "backup", place, "--keep", "3")
        time.sleep(max(0.0, seconds / BACKUPS_A_TURN - (time.monotonic() - started)))


def hold_write_lock(server: Server, place: Path, seconds: float) -> None:
    with contextlib.closing(sqlite3.connect(server.data / "echochat.db", isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        time.sleep(1)


def beside_messages(directory: Path, seconds: float, turns: int) -> bool:
    (directory / "backups").mkdir()
    with Server(directory / "load") as server:
        ratios, control, refused = asyncio.run(_beside(server, directory / "backups", seconds, turns))
    print(f"median {statistics.median(ratios):.2f}, refused {len(refused)}; control {control:.2f}")
    return statistics.median(ratios) <= RATIO_MAX < control and not refused


def programme(directory: Path, options, seed: int) -> bool:
    outcome = run(directory / "d", options.kills, seed)
    print(outcome.report(), flush=True)
    return beside_messages(directory, options.seconds, options.turns) and outcome.is_clean and any(outcome.control)


if __name__ == "__main__":
    sys.exit(main(__doc__, programme, kills=KILLS, seconds=SECONDS, turns=TURNS))
