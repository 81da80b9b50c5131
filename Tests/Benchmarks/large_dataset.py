"""A system with a large dataset: any number of messages, all but a few of them older than the journal.

The messages are written into the database while the programs are stopped, ten million in two minutes, and users and public rooms for name
searches with them (`name_dataset.py`). The daemon then builds the search index. The dataset is kept among the results for the next run, and
created anew once it has grown by a tenth.
"""

import contextlib
import itertools
import json
import random
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import name_dataset
import system
from machine import wait_for_disk
from systems import OWN, MeasuredSystem

SMALL_COUNT = 10_000
# The oldest room has nine tenths of the messages; every tenth message is in one of the others, in turn.
ROOMS, MEMBERS = 50, 10
CREATED_AT = "2026-01-01T00:00:00.000Z"
# Coprime: the same two halves of a message are combined again only after 400 million messages.
LEFTS, RIGHTS = 20_011, 19_997
INDEX_SECONDS_MAX = 3600


def vocabulary() -> list[str]:
    rng = random.Random(7)
    return ["".join(rng.choice("abcdefghijklmnoprstuvw") for _ in range(rng.randint(2, 10))) for _ in range(20_000)]


def systems(programs: Path, against: Path | None, parent: Path, count: int) -> list[MeasuredSystem]:
    """The system with `count` messages, and the same with few."""
    found = [MeasuredSystem(OWN, lambda trace: _running(programs, parent, count, trace), True)]
    if against:
        found.append(MeasuredSystem("against", lambda trace: _running(against, parent, count, trace), True))
    return [*found, MeasuredSystem("young", lambda trace: _running(programs, parent, SMALL_COUNT, trace), True)]


@contextlib.contextmanager
def _running(programs: Path, parent: Path, count: int, trace: Path | None) -> Iterator[system.EchoChatSystem]:
    with system.running_on(programs, _dataset(programs, parent, count), trace) as running:
        yield running


def _dataset(programs: Path, parent: Path, count: int) -> Path:
    data = parent / f"grown-{count}"
    if data.exists() and _message_count(data) > count * 1.1:
        shutil.rmtree(data)
    if not data.exists():
        unfinished = parent / f"growing-{count}"
        shutil.rmtree(unfinished, ignore_errors=True)
        _create(programs, unfinished, count)
        unfinished.rename(data)
        wait_for_disk()
    return data


def _create(programs: Path, data: Path, count: int) -> None:
    data.mkdir()
    with system.running_on(programs, data) as young:
        fixtures = young.fixtures()
        user, _ = fixtures.user_in_many_rooms(ROOMS, MEMBERS)
        # The journal is not empty, although it is pruned.
        fixtures.request("POST", "/rooms", user, {"kind": "group", "name": "Growth"})
    (data / "search.db").unlink(missing_ok=True)
    started = time.monotonic()
    _fill(data / "echochat.db", count)
    filled = time.monotonic()
    with system.running_on(programs, data):
        _wait_for_index(data / "search.db")
    indexed = time.monotonic()
    size = (data / "search.db").stat().st_size / count
    print(
        f"{count:,} messages stored in {filled - started:.0f} s, indexed in {indexed - filled:.0f} s "
        f"({count / (indexed - filled):,.0f} a second, {size:.0f} bytes each)",
        flush=True,
    )


def _fill(file: Path, count: int) -> None:
    """Fills the database with SQLite alone and without fsync: no other process has the file open."""
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        for setting in ("locking_mode = EXCLUSIVE", "journal_mode = OFF", "synchronous = OFF", "cache_size = -262144"):
            database.execute(f"PRAGMA {setting}")
        (last,) = database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'journal'").fetchone()
        _write_halves(database)
        rooms = database.execute("SELECT id, public_id FROM rooms ORDER BY id").fetchall()
        others = count // 10 // (len(rooms) - 1)
        for number, (room, name) in enumerate(rooms):
            message_count = others if number else count - others * (len(rooms) - 1)
            offset = "(seq - 1) / 9 * 10 + (seq - 1) % 9" if not number else f"((seq - 1) * {len(rooms) - 1} + {number - 1}) * 10 + 9"
            _insert_messages(database, room, name, message_count, f"{last + 1} + {offset}")
            database.execute(
                "UPDATE rooms SET last_seq = ?1, last_position = (SELECT position FROM messages WHERE id = ?2 << 32 | ?1) WHERE id = ?2", (message_count, room)
            )
        # The journal is pruned up to the last message.
        (last,) = database.execute("SELECT max(last_position) FROM rooms").fetchone()
        database.execute("DELETE FROM journal")
        database.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'journal'", (last,))
        database.execute("UPDATE meta SET value = ? WHERE name = 'journal_floor'", (str(last),))
        database.execute("BEGIN")
        name_dataset.fill(database, count)
        database.execute("COMMIT")
        database.execute("PRAGMA journal_mode = WAL")


def _write_halves(database: sqlite3.Connection) -> None:
    """Halves of messages, three to nine words each, with a natural distribution of words."""
    rng = random.Random(8)
    words = vocabulary()
    weights = list(itertools.accumulate(1 / rank for rank in range(1, len(words) + 1)))
    for table, size in (("lefts", LEFTS), ("rights", RIGHTS)):
        database.execute(f"CREATE TEMP TABLE {table} (id INTEGER PRIMARY KEY, words TEXT)")
        rows = ((number, " ".join(rng.choices(words, cum_weights=weights, k=rng.randint(3, 9)))) for number in range(size))
        database.executemany(f"INSERT INTO {table} VALUES (?, ?)", rows)


def _insert_messages(database: sqlite3.Connection, room: int, name: str, count: int, position: str) -> None:
    authors = database.execute(
        "SELECT id, public_id, username, display_name FROM users JOIN memberships ON user_id = id WHERE room_id = ? ORDER BY id", (room,)
    ).fetchall()
    database.execute("CREATE TEMP TABLE authors (place INTEGER PRIMARY KEY, id INTEGER, head TEXT)")
    for place, (number, user, username, display_name) in enumerate(authors):
        head = {"user_id": user, "username": username, "display_name": display_name}
        database.execute("INSERT INTO authors VALUES (?, ?, ?)", (place, number, _members(head)))
    tail = {"client_id": None, "reply_to": None, "attachments": [], "mentions": [], "reactions": {}}
    tail |= {"created_at": CREATED_AT, "edited_at": None, "deleted": False}
    database.execute(
        f"""
        WITH RECURSIVE seqs (seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM seqs WHERE seq < :count)
        INSERT INTO messages (id, user_id, position, json)
        SELECT :room << 32 | seq, a.id, {position},
          '{{"room_id":"{name}","seq":' || seq || ',' || a.head || ',"content":"' || l.words || ' ' || r.words || '",' || :tail || '}}'
        FROM seqs CROSS JOIN authors a ON a.place = seq % {len(authors)}
          CROSS JOIN lefts l ON l.id = seq % {LEFTS} CROSS JOIN rights r ON r.id = seq % {RIGHTS}
        """,
        {"count": count, "room": room, "tail": _members(tail)},
    )
    database.execute("DROP TABLE authors")


def _members(fields: dict) -> str:
    return json.dumps(fields, separators=(",", ":"))[1:-1]


def _wait_for_index(file: Path) -> None:
    deadline = time.monotonic() + INDEX_SECONDS_MAX
    while time.monotonic() < deadline:
        with contextlib.suppress(sqlite3.OperationalError), closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as index:
            if index.execute("SELECT filled_through IS NULL FROM state").fetchone() == (1,):
                return
        time.sleep(0.2)
    raise RuntimeError(f"the index was not complete within {INDEX_SECONDS_MAX} s")


def _message_count(data: Path) -> int:
    with closing(sqlite3.connect(data / "echochat.db")) as database:
        return database.execute("SELECT sum(last_seq) FROM rooms").fetchone()[0]
