"""Frames are counted by table: shown on a log of known content, also when it was begun anew in between."""

import sqlite3
import tempfile
import unittest
from pathlib import Path

from wal_frames import FrameCounter


class FrameCounterTests(unittest.TestCase):
    def test_each_commit_counts_its_own_pages(self):
        with tempfile.TemporaryDirectory() as directory:
            writer = chat(Path(directory))
            send(writer, 3)
            self.check(Path(directory), writer)

    def test_a_log_that_begins_anew_is_counted_from_its_start(self):
        with tempfile.TemporaryDirectory() as directory:
            writer = chat(Path(directory))
            send(writer, 50)
            # The next commit is the log's first frame.
            writer.execute("PRAGMA wal_checkpoint(PASSIVE)")
            self.check(Path(directory), writer)

    def check(self, data: Path, writer: sqlite3.Connection) -> None:
        counter = FrameCounter(data)
        counter.start()
        send(writer, 5)
        frames = counter.finish()
        self.assertEqual((frames.messages, frames.commits), (5, 5))
        self.assertEqual(frames.by_table, {"rooms": 5, "messages": 5})
        self.assertEqual(frames.facts()["frames"], 2)
        self.assertEqual(frames.facts()["messages_per_commit"], 1)
        writer.close()


def chat(data: Path) -> sqlite3.Connection:
    """A database with a room and its messages."""
    writer = sqlite3.connect(data / "echochat.db", isolation_level=None)
    for statement in ("PRAGMA journal_mode = WAL", "PRAGMA wal_autocheckpoint = 0", "CREATE TABLE rooms (id INTEGER PRIMARY KEY, last_seq INTEGER)",
                      "CREATE TABLE messages (id INTEGER PRIMARY KEY, json TEXT)", "INSERT INTO rooms VALUES (1, 0)"):
        writer.execute(statement)
    return writer


def send(writer: sqlite3.Connection, count: int) -> None:
    for _ in range(count):
        writer.execute("BEGIN")
        writer.execute("INSERT INTO messages (json) VALUES ('{}')")
        writer.execute("UPDATE rooms SET last_seq = last_seq + 1")
        writer.execute("COMMIT")


if __name__ == "__main__":
    unittest.main()
