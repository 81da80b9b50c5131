"""Retention: of many messages half are too old. They go while others write, and no writer waits 50 ms for it; search and export agree.

python -m Reliability.retention --messages 1000000
"""

import argparse
import asyncio
import contextlib
import json
import sqlite3
import sys
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

from support.clients import TestUser, TestUsers
from support.server import Server, wait_until

from .disturbed import main

MESSAGES = 1_000_000
ROOMS = 50
OLD, YOUNG = "2020-01-01T00:00:00.000Z", "2999-01-01T00:00:00.000Z"
HELD_SECONDS_MAX = 0.05
HOUR_SECONDS = 3600
INSERT = """
    WITH RECURSIVE seqs (seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM seqs WHERE seq < :count)
    INSERT INTO messages (id, user_id, client_id, position, json)
    SELECT :room << 32 | seq, :author, 'c' || :room || '-' || seq, :first + seq * :rooms + :place,
      '{"room_id":"' || :name || '","seq":' || seq || :head || CASE WHEN seq * 2 > :count THEN 'young' ELSE 'ancient' END
      || abs(random() % 50000) || ' words of a message that somebody has written to others' || :middle
      || CASE WHEN seq * 2 > :count THEN :young ELSE :old END || :tail
    FROM seqs
"""


class WaitingWriter(threading.Thread):
    """Takes the write lock again and again, and notes how long another process held it."""

    def __init__(self, database: Path):
        super().__init__(daemon=True)
        self._database = database
        self._stopping = threading.Event()
        self.waits: list[float] = []

    def run(self) -> None:
        with closing(sqlite3.connect(self._database, isolation_level=None, timeout=0)) as database:
            while not self._stopping.wait(0.002):
                started = time.monotonic()
                while True:
                    try:
                        database.execute("BEGIN IMMEDIATE")
                        break
                    except sqlite3.OperationalError:
                        time.sleep(0.0002)
                self.waits.append(time.monotonic() - started)
                database.execute("ROLLBACK")

    def stop(self) -> None:
        self._stopping.set()
        self.join()


async def make_rooms(server: Server) -> tuple[str, list[str]]:
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        return alice.username, [(await alice.create_room("group"))["room_id"] for _ in range(ROOMS)]


def fill(data: Path, username: str, names: list[str], count: int) -> None:
    """Writes the messages, the older half of each room long ago, while no program runs; they are older than the journal."""
    with closing(sqlite3.connect(data / "echochat.db", isolation_level=None)) as database:
        author, user, display = database.execute("SELECT id, public_id, display_name FROM users WHERE username = ?", (username,)).fetchone()
        (first,) = database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'journal'").fetchone()
        head = json.dumps({"user_id": user, "username": username, "display_name": display}, separators=(",", ":"))[1:-1]
        database.execute("BEGIN")
        for place, name in enumerate(names):
            (room,) = database.execute("SELECT id FROM rooms WHERE public_id = ?", (name,)).fetchone()
            values = {"room": room, "name": name, "author": author, "count": count // ROOMS, "first": first, "rooms": ROOMS, "place": place}
            values |= {"head": f',{head},"content":"', "old": OLD, "young": YOUNG}
            values["middle"] = '","client_id":null,"reply_to":null,"attachments":[],"mentions":[],"reactions":{},"created_at":"'
            database.execute(INSERT, values | {"tail": '","edited_at":null,"deleted":false}'})
            database.execute(
                "UPDATE rooms SET last_seq = ?1, last_position = (SELECT position FROM messages WHERE id = ?2 << 32 | ?1) WHERE id = ?2",
                (count // ROOMS, room),
            )
        (last,) = database.execute("SELECT max(last_position) FROM rooms").fetchone()
        database.execute("DELETE FROM journal")
        database.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'journal'", (last,))
        database.execute("UPDATE meta SET value = ? WHERE name = 'journal_floor'", (str(last),))
        database.execute("COMMIT")


def is_indexed(data: Path) -> bool:
    """Whether the index has all messages; false while there is none."""
    with contextlib.suppress(sqlite3.OperationalError), closing(sqlite3.connect(f"file:{data / 'search.db'}?mode=ro", uri=True)) as index:
        return index.execute("SELECT filled_through IS NULL AND indexed_through > 0 FROM state").fetchone() == (1,)
    return False


def has_old(data: Path) -> bool:
    with closing(sqlite3.connect(f"file:{data / 'echochat.db'}?mode=ro", uri=True)) as database:
        query = "SELECT 1 FROM rooms r WHERE EXISTS (SELECT 1 FROM messages WHERE id = r.id << 32 | (r.last_seq / 2))"
        return database.execute(query).fetchone() is not None


async def left(server: Server, username: str, rooms: list[str]) -> tuple[int, int, int, int]:
    """Young and old messages that the export has, hits of a search for old ones, and rooms that have hits of young ones."""
    async with TestUsers(server) as users:
        alice: TestUser = users.unregistered("alice")
        alice.username = username
        await alice.log_in()
        exported, cursor = Counter(), None
        while True:
            page = (await alice.get("/users/me/export", params={"cursor": cursor} if cursor else {})).json()
            exported.update(message["created_at"] for message in page["messages"])
            if not (cursor := page["next_cursor"]):
                break
        old = (await alice.get("/search/messages", params={"q": "ancient*", "limit": 1})).json()["items"]
        young = [
            (await alice.get("/search/messages", params={"q": "written", "room_id": room, "limit": 1})).json()["items"] for room in rooms
        ]
        return exported[YOUNG], exported[OLD], len(old), sum(map(bool, young))


def programme(data: Path, options: argparse.Namespace, _seed: int) -> bool:
    with Server(data) as server:
        username, rooms = asyncio.run(make_rooms(server))
    fill(data, username, rooms, options.messages)
    (data / "search.db").unlink()
    with Server(data):
        wait_until(lambda: is_indexed(data), HOUR_SECONDS, "the messages are in the index", every=0.5)
    with Server(data, ECHOCHAT_RETENTION="30d", ECHOCHAT_ERASE_WITHIN="60") as server:
        writer = WaitingWriter(data / "echochat.db")
        started = time.monotonic()
        writer.start()
        wait_until(lambda: not has_old(data), HOUR_SECONDS, "old messages are gone", every=0.5)
        seconds = time.monotonic() - started
        writer.stop()
        wait_until(lambda: is_indexed(data), 60, "the index works")
        exported, exported_old, found_old, rooms_found = asyncio.run(left(server, username, rooms))
    waits = sorted(writer.waits)
    print(
        f"{options.messages // 2:,} messages gone {seconds:.0f} s after the start; the write lock was waited for {len(waits):,} times: "
        f"p99 {waits[len(waits) * 99 // 100] * 1000:.1f} ms, longest {waits[-1] * 1000:.1f} ms; "
        f"exported {exported:,} young and {exported_old} old; "
        f"found old {found_old}, rooms with young ones {rooms_found}"
    )
    is_right = not exported_old and not found_old and rooms_found == ROOMS and exported == options.messages // 2
    return is_right and waits[-1] <= HELD_SECONDS_MAX


if __name__ == "__main__":
    sys.exit(main(__doc__, programme, messages=MESSAGES))
