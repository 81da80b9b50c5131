"""Power cuts, replayed: while users write, every write and sync of the data directory is recorded; then the power is cut at many records.

For each cut the directory is rebuilt as a disk may hold it, and opened with SQLite: the database is whole, every message that was
acknowledged before the cut is there, no message is there twice, and the seqs of each room are dense. After some of the cuts our programs
are started on what is left: a client resumes from the last event that it got before the cut, and misses nothing.

    python -m Reliability.power_cut --cuts 1000
"""

import argparse
import asyncio
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from support.clients import TestUser
from support.crash_test import CrashTest
from support.server import Server
from support.stored_messages import STORED
from support.ws_client import Connection

from .disturbed import FAULTY
from .recording import VARIANTS, Disk, Kind, Record, read_records
from .shim import Shim

SECONDS = 20.0
CUTS = 1000
STARTS = 20
NEW_MESSAGE = 1  # EventKind.newMessage
MEMORY = Path("/dev/shm")


class _Acknowledgements(dict):
    """Notes each acknowledgement between the records of the disk."""

    def __init__(self, shim: Shim):
        super().__init__()
        self._shim = shim

    def __setitem__(self, client_id: str, place: tuple[str, int]) -> None:
        super().__setitem__(client_id, place)
        self._shim.note(f"acknowledged {client_id} {place[1]}")


@dataclass(frozen=True)
class Recording:
    """What the programs did to their files, and the token of a member of all rooms."""

    log: Path
    token: str


def record(directory: Path, seconds: float, seed: int = 1, pace: float = 0.02, **settings) -> Recording:
    """Lets eight users write for a while."""
    shim = Shim(directory / "control")
    shim.set(recording=1)
    server = shim.server(directory / "d", **settings)
    with server:
        run = CrashTest(server, seed, pace)
        run.audit.acknowledged = _Acknowledgements(shim)
        # From a word to a page: commits of one frame and of many.
        rng = random.Random(seed)
        run.padding = lambda: "x" * rng.choice((0, 20, 200, 3900))

        async def write_for_a_while(test: CrashTest) -> None:
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                await asyncio.sleep(0.02)
                if received := test.audit.delivered[0]:
                    shim.note(f"delivered {received[-1][0]}")

        audit = asyncio.run(run.run(disturb=write_for_a_while))
    assert audit.acknowledged, audit.report()
    return Recording(shim.log, run.probe_user.access_token)


@dataclass
class Outcome:
    """What the cuts showed."""

    cuts: int = 0
    acknowledged: int = 0
    checkpoints_cut: int = 0
    # Cuts after which our programs were started and a client resumed.
    resumed: int = 0
    faults: list[str] = field(default_factory=list)
    cuts_with_losses: int = 0
    kinds: Counter = field(default_factory=Counter)

    def report(self) -> str:
        lines = [
            f"power cuts {self.cuts} ({self.checkpoints_cut} inside of a checkpoint)  acknowledged messages {self.acknowledged}  "
            f"programs started and resumed {self.resumed}  cuts with losses {self.cuts_with_losses}  "
            + "  ".join(f"{kind} {self.kinds[kind]}" for kind in ("lost", "duplicated", "out of order", "damaged", "not resumed"))
        ]
        return "\n".join([*lines, *(f"  {fault}" for fault in self.faults[:10])])


def normal_syncs(records: list[Record]) -> Callable[[int, Record], bool]:
    """The control: of the WAL's syncs only those in front of a checkpoint, which are all that PRAGMA synchronous=NORMAL does."""
    # Of the moment: the inode of a file that is gone is used again.
    names: dict[int, str] = {}
    lies, last = set(), None
    for number, item in enumerate(records, 1):
        name = names.get(item.file, "")
        if item.kind == Kind.OPEN:
            names[item.file] = item.text
        elif item.kind == Kind.SYNC_END and name.endswith("-wal"):
            lies.add(number)
            last = number
        elif item.kind == Kind.WRITE and name.endswith(".db"):
            lies.discard(last)
            last = None
    return lambda number, item: number in lies


def _choose(records: list[Record], count: int, rng: random.Random) -> dict[int, str]:
    """Where to cut, and what becomes of unsynced writes: after acknowledgements, inside of checkpoints, anywhere."""
    started = next(number for number, item in enumerate(records) if item.kind == Kind.NOTE)
    disk = Disk()
    in_checkpoint = []
    for number, item in enumerate(records):
        disk.feed(item)
        if number >= started and item.kind in (Kind.WRITE, Kind.SYNC_END) and disk.unsynced("echochat.db"):
            in_checkpoint.append(number)
    noted = [number for number, item in enumerate(records) if item.kind == Kind.NOTE and item.text.startswith("acknowledged")]
    cuts: set[int] = set()
    for choice in (noted, in_checkpoint or noted, range(started, len(records))):
        cuts.update(rng.sample(list(choice), min(len(choice), count // 3 + 1)))
    while len(cuts) < min(count, len(records) - started):
        cuts.add(rng.randrange(started, len(records)))
    chosen = sorted(rng.sample(sorted(cuts), min(count, len(cuts))))
    return {number: VARIANTS[index % len(VARIANTS)] for index, number in enumerate(chosen)}


def cut(recording: Recording, count: int, seed: int = 1, lies=None, programs: int = 0) -> Outcome:
    """Cuts the power `count` times; after `programs` of the cuts, our own programs are started on what is left."""
    records = read_records(recording.log)
    rng = random.Random(seed)
    cuts = _choose(records, count, rng)
    started = set(rng.sample(sorted(cuts), min(programs, len(cuts))))
    disk = Disk(lies(records) if lies else lambda number, item: False)
    outcome = Outcome()
    acknowledged: dict[str, int] = {}
    delivered = 0
    for number, item in enumerate(records):
        disk.feed(item)
        if item.kind == Kind.NOTE:
            what, *words = item.text.split()
            if what == "acknowledged":
                acknowledged[words[0]] = int(words[1])
            else:
                delivered = int(words[0])
        if variant := cuts.get(number):
            outcome.cuts += 1
            outcome.checkpoints_cut += bool(disk.unsynced("echochat.db"))
            files = disk.after_a_cut(variant, rng)
            with tempfile.TemporaryDirectory(prefix="echochat-cut-", dir=MEMORY if MEMORY.is_dir() else None) as name:
                directory = Path(name)
                for file, content in files.items():
                    path = directory / file
                    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                    path.write_bytes(content)
                    path.chmod(0o600)
                keep_identity(directory)
                found = check_resumed(directory, recording.token, delivered) if number in started else []
                outcome.resumed += number in started and not found
                found += check(directory, acknowledged)
            outcome.cuts_with_losses += any(kind == "lost" for kind, _ in found)
            outcome.kinds.update(kind for kind, _ in found)
            outcome.faults += [f"cut at record {number}, {variant}: {kind}: {what}" for kind, what in found]
    outcome.acknowledged = len(acknowledged)
    return outcome


def keep_identity(directory: Path) -> None:
    """A machine that lost its power has the same files as before, not copies: names the copies in `echochat.identity`."""
    identity = directory / "echochat.identity"
    if not identity.exists():
        return
    files = {"database": directory / "echochat.db", "log": directory / "echochat.db-wal"}
    lines = []
    for line in identity.read_text().splitlines():
        word = line.split(" ")[0]
        if word in files and files[word].exists() and not line.endswith(" none"):
            device, inode, birth = subprocess.check_output(["stat", "-c", "%d %i %.9W", files[word]], text=True).split()
            line = f"{word} {device} {inode} {int(birth.replace('.', '').replace('-', '0'))}"
        lines.append(line)
    identity.write_text("".join(f"{line}\n" for line in lines))


def check_resumed(directory: Path, token: str, cursor: int) -> list[tuple[str, str]]:
    """Starts our programs on what is left, and resumes from the last event that a client got before the cut."""

    async def resume(server: Server) -> list[tuple[str, str]]:
        user = TestUser(server, "a member of all rooms")
        user.access_token = token
        connection = await user.connect(since=cursor)
        with server.database() as database:
            last = database.execute(f"SELECT max(position) FROM {STORED} WHERE client_id IS NOT NULL").fetchone()[0]
        missing = last > cursor and not await _received(connection, last)
        resumed = connection.welcome.data["resumed"]
        await user.close()
        if resumed is not True:
            return [("not resumed", f"from {cursor}, although nothing after it was lost")]
        return [("lost", f"the event {last} did not come to a client that resumed from {cursor}")] if missing else []

    with Server(directory) as server:
        return asyncio.run(resume(server))


async def _received(connection: Connection, position: int) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if connection.last_id >= position:
            return True
        await asyncio.sleep(0.02)
    return False


def check(directory: Path, acknowledged: dict[str, int]) -> list[tuple[str, str]]:
    """Opens the database as the programs do, which recovers it, and names what is wrong."""
    path = directory / "echochat.db"
    if not path.exists():
        return [("lost", "the database is not there")] if acknowledged else []
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        return list(_faults(connection, acknowledged))
    except sqlite3.DatabaseError as error:
        return [("damaged", repr(error))]
    finally:
        connection.close()


def _faults(database: sqlite3.Connection, acknowledged: dict[str, int]):
    if (whole := database.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
        yield "damaged", whole
    if keys := database.execute("PRAGMA foreign_key_check").fetchall():
        yield "damaged", f"foreign keys: {keys[:3]}"
    rows = database.execute(f"SELECT id, client_id FROM {STORED}").fetchall()
    stored = {client_id: row & 0xFFFFFFFF for row, client_id in rows if client_id is not None}
    for client_id, seq in acknowledged.items():
        if stored.get(client_id) != seq:
            yield "lost", f"{client_id} was acknowledged as {seq} and is stored as {stored.get(client_id)}"
            break
    for client_id, times in Counter(client_id for _, client_id in rows if client_id is not None).items():
        if times > 1:
            yield "duplicated", f"{client_id} is stored {times} times"
    rooms: dict[int, list[int]] = {}
    for row, _ in sorted(rows):
        rooms.setdefault(row >> 32, []).append(row & 0xFFFFFFFF)
    for room, seqs in rooms.items():
        if seqs != list(range(1, len(seqs) + 1)):
            yield "out of order", f"the seqs of room {room} are not dense"
    without = database.execute(
        f"SELECT count(*) FROM {STORED} stored LEFT JOIN journal j ON j.position = stored.position AND j.kind = ? WHERE j.kind IS NULL",
        (NEW_MESSAGE,),
    ).fetchone()[0]
    if without:
        yield "lost", f"{without} messages are stored without their event"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cuts", type=int, default=CUTS)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long the users write")
    parser.add_argument("--seed", type=int, default=None, help="repeats the cuts of an earlier run; random by default")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="echochat-power-") as directory:
        recording = record(Path(directory), options.seconds, seed)
        outcome = cut(recording, options.cuts, seed, programs=STARTS)
        print(outcome.report())
        control = cut(recording, options.cuts // 10, seed, lies=normal_syncs)
        print("control, synchronous=NORMAL: " + control.report().splitlines()[0])
    with tempfile.TemporaryDirectory(prefix="echochat-power-") as directory:
        recording = record(Path(directory), min(5, options.seconds), seed, **FAULTY)
        early = cut(recording, options.cuts // 10, seed)
        print("control, acknowledged before the commit: " + early.report().splitlines()[0])
    print(f"{time.monotonic() - started:.0f} s")
    good = not outcome.faults and outcome.cuts >= options.cuts and outcome.resumed == STARTS
    return 0 if good and control.cuts_with_losses and early.cuts_with_losses else 1


if __name__ == "__main__":
    sys.exit(main())
