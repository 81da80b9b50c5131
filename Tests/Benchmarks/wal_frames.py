"""Counts what a load writes into the database's log (the WAL): frames, each the copy of a page, by table and index.

A reader holds its snapshot meanwhile, so that the log is not begun anew and every frame of the load is still there afterwards.
"""

import sqlite3
import struct
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

# https://sqlite.org/fileformat2.html#walformat: the log's header, and the header of each frame.
LOG_HEADER, FRAME_HEADER = 32, 24


@dataclass
class Frames:
    """What was written: messages, commits, and frames by table or index."""

    messages: int = 0
    commits: int = 0
    by_table: dict[str, int] = field(default_factory=dict)

    def facts(self) -> dict:
        """Figures of a row, all of them a message."""
        count = max(1, self.messages)
        tables = dict(sorted(((name, frames / count) for name, frames in self.by_table.items()), key=lambda entry: -entry[1]))
        return {"frames": sum(tables.values()), "messages_per_commit": self.messages / max(1, self.commits), "frames_by_table": tables}


class FrameCounter:
    """Counts between `start` and `finish`."""

    def __init__(self, data: Path):
        self.file = data / "echochat.db"
        self.log = data / "echochat.db-wal"
        self.reader = sqlite3.connect(self.file, isolation_level=None)

    def start(self) -> None:
        self.reader.execute("BEGIN")
        self.messages = message_count(self.reader)
        self.position, self.salt = _end_of_log(self.log), _salt(self.log)

    def finish(self) -> Frames:
        """After the load: the tables of the pages are those of now."""
        # A reader of a log that is wholly copied into the database does not keep it from being begun anew, but from being so twice.
        start = self.position if _salt(self.log) == self.salt else LOG_HEADER
        end = _end_of_log(self.log)
        with closing(sqlite3.connect(self.file, isolation_level=None)) as now:
            messages = message_count(now) - self.messages
            pages: Counter[int] = Counter()
            commits = 0
            for page, is_commit in _frames(self.log, start, end):
                pages[page] += 1
                commits += is_commit
            tables = dict(now.execute("SELECT pageno, name FROM dbstat"))
        self.reader.close()
        by_table: Counter[str] = Counter()
        for page, count in pages.items():
            by_table[tables.get(page, "free pages")] += count
        return Frames(messages, commits, dict(by_table))


def message_count(database: sqlite3.Connection) -> int:
    """All messages ever sent."""
    return database.execute("SELECT coalesce(sum(last_seq), 0) FROM rooms").fetchone()[0]


def _salt(log: Path) -> bytes:
    with log.open("rb") as file:
        return file.read(LOG_HEADER)[16:24]


def _end_of_log(log: Path) -> int:
    """The offset after the log's last frame: those of the run before bear another salt."""
    with log.open("rb") as file:
        header = file.read(LOG_HEADER)
        if len(header) < LOG_HEADER:
            return LOG_HEADER
        size = _frame_size(header)
        low, high = 0, (log.stat().st_size - LOG_HEADER) // size
        while low < high:
            middle = (low + high) // 2
            file.seek(LOG_HEADER + middle * size + 8)
            low, high = (middle + 1, high) if file.read(8) == header[16:24] else (low, middle)
        return LOG_HEADER + low * size


def _frames(log: Path, start: int, end: int) -> Iterator[tuple[int, bool]]:
    """The page number of each frame, and whether it ends a commit."""
    with log.open("rb") as file:
        size = _frame_size(file.read(LOG_HEADER))
        for offset in range(start, end, size):
            file.seek(offset)
            page, pages_after_commit = struct.unpack(">II", file.read(8))
            yield page, pages_after_commit > 0


def _frame_size(header: bytes) -> int:
    return FRAME_HEADER + struct.unpack(">I", header[8:12])[0]
