"""Contention: two programs write with eight users each, beside a reader that holds one snapshot of the database for a long time.

No client hears that the database is busy, the WAL stays bounded, and at the end integrity, foreign keys and search are right.

    python -m Reliability.contention --seconds 60 --snapshot 30
"""

import asyncio
import sqlite3
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from support.crash_test import CrashTest
from support.delivery_audit import DeliveryAudit
from support.server import Server

from .disturbed import main, run_disturbed, wait_for_acknowledgements

SECONDS, SNAPSHOT_SECONDS = 60, 30
WRITERS_OF_EACH_PROGRAM = 8
# After the snapshot has ended the log is used again from its beginning: it may still grow by what is written until then.
GROWTH_BYTES = 24 << 20
SEARCHED = 20


@dataclass
class Outcome:
    audit: DeliveryAudit
    busy: int = 0
    wal_with_snapshot: int = 0
    wal_growth_after: int = 0
    foreign_keys: list = field(default_factory=list)
    not_found: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        is_right = self.audit.is_clean and not self.foreign_keys and not self.not_found
        return is_right and not self.busy and self.wal_growth_after < GROWTH_BYTES

    def report(self) -> str:
        return (
            f"{self.audit.report()}\nbusy {self.busy}  WAL at the snapshot's end {self.wal_with_snapshot >> 10} KiB, growth afterwards "
            f"{self.wal_growth_after >> 10} KiB  foreign keys broken {len(self.foreign_keys)}  not found by search {self.not_found}"
        )


def run(data: Path, seconds: float, snapshot_seconds: float, seed: int = 1, lock_seconds: float = 0, **settings) -> Outcome:
    """`lock_seconds`: the control takes the write lock for so long, which clients must notice."""
    server = Server(data, **settings)
    outcome = Outcome(DeliveryAudit())
    wal = data / "echochat.db-wal"

    async def contend(test: CrashTest) -> None:
        await wait_for_acknowledgements(test, 100)
        with server.database() as database:
            database.isolation_level = None
            database.execute("BEGIN")
            database.execute("SELECT count(*) FROM messages").fetchone()
            await asyncio.sleep(snapshot_seconds)
            outcome.wal_with_snapshot = wal.stat().st_size
            database.execute("ROLLBACK")
        if lock_seconds:
            holder = sqlite3.connect(data / "echochat.db", isolation_level=None)
            holder.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(lock_seconds)
            holder.close()
        await asyncio.sleep(max(0.0, seconds - snapshot_seconds))
        outcome.wal_growth_after = wal.stat().st_size - outcome.wal_with_snapshot
        outcome.not_found = await _not_found(test)

    def prepare(test: CrashTest) -> None:
        test.writers_each_way = WRITERS_OF_EACH_PROGRAM

    outcome.audit = run_disturbed(server, contend, seed, pace=0.002, prepare=prepare)
    outcome.busy = sum(count for why, count in outcome.audit.retries.items() if why.startswith(("REST", "WebSocket")))
    with server.database() as database:
        outcome.foreign_keys = database.execute("PRAGMA foreign_key_check").fetchall()
    index = sqlite3.connect(data / "search.db")
    if (whole := index.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
        outcome.not_found.append(f"search.db: {whole}")
    index.close()
    return outcome


async def _not_found(test: CrashTest) -> list[str]:
    """Acknowledged messages, of all times, that a search for their own name does not find."""
    names = list(test.audit.acknowledged)
    missing = []
    for name in names[:: max(1, len(names) // SEARCHED)]:
        if not await _is_found(test, name):
            missing.append(name)
    return missing


async def _is_found(test: CrashTest, name: str) -> bool:
    """Follows the pages: while the index is behind, one page reads a bounded number of messages and may have no hit."""
    page = {"next_cursor": ""}
    while page["next_cursor"] is not None:
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else {}
        response = await test.probe_user.get("/search/messages", params={"q": f'"{name}"', **cursor})
        assert response.status_code == 200, response.text
        page = response.json()
        if any(name in str(item) for item in page["items"]):
            return True
    return False


def programme(directory: Path, options, seed: int) -> bool:
    outcome = run(directory / "d", options.seconds, options.snapshot, seed)
    print(outcome.report())
    control = run(directory / "control", 3, 1, seed, lock_seconds=8)
    print("control, the write lock held for 8 s:", Counter(control.audit.retries))
    return outcome.is_clean and control.busy > 0


if __name__ == "__main__":
    sys.exit(main(__doc__, programme, seconds=SECONDS, snapshot=SNAPSHOT_SECONDS))
