"""A system in which people have talked for long: as many messages as wanted, all but a few of them older than the journal.

Messages are put into the database in the programs' own form while they stand, ten million in two minutes, and people and public rooms that have
nothing to do with them (`named.py`); the index of words is then made by the daemon itself. What was made is kept among the results for the next
time, and made anew once it has grown by a tenth.
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

import named
import system
from machine import settle
from subjects import OWN, Subject

FEW = 10_000
# The oldest room has nine tenths of the messages, the others share the rest in turn: every tenth message is in one of them.
ROOMS, MEMBERS = 50, 10
CREATED = "2026-01-01T00:00:00.000Z"
# Prime to each other: the same two halves of a message meet again after four hundred million.
LEFTS, RIGHTS = 20_011, 19_997
INDEXED_SECONDS_MAX = 3600


def vocabulary() -> list[str]:
    chance = random.Random(7)
    return ["".join(chance.choice("abcdefghijklmnoprstuvw") for _ in range(chance.randint(2, 10))) for _ in range(20_000)]


def subjects(programs: Path, against: Path | None, parent: Path, count: int) -> list[Subject]:
    """The system with so many messages, and beside it the same with few."""
    everybody = [Subject(OWN, lambda trace: _running(programs, parent, count, trace))]
    if against:
        everybody.append(Subject("against", lambda trace: _running(against, parent, count, trace)))
    return [*everybody, Subject("young", lambda trace: _running(programs, parent, FEW, trace))]


@contextlib.contextmanager
def _running(programs: Path, parent: Path, count: int, trace: Path | None) -> Iterator[system.System]:
    with system.standing(programs, _kept(programs, parent, count), trace) as grown:
        yield grown


def _kept(programs: Path, parent: Path, count: int) -> Path:
    data = parent / f"grown-{count}"
    if data.exists() and _messages(data) > count * 1.1:
        shutil.rmtree(data)
    if not data.exists():
        unfinished = parent / f"growing-{count}"
        shutil.rmtree(unfinished, ignore_errors=True)
        _make(programs, unfinished, count)
        unfinished.rename(data)
        settle()
    return data


def _make(programs: Path, data: Path, count: int) -> None:
    data.mkdir()
    with system.standing(programs, data) as young:
        scene = young.scene()
        person, _ = scene.socialite(ROOMS, MEMBERS)
        # A journal that was cut has an end all the same.
        scene.call("POST", "/rooms", person, {"kind": "group", "name": "Growth"})
    (data / "search.db").unlink(missing_ok=True)
    began = time.monotonic()
    _fill(data / "echochat.db", count)
    filled = time.monotonic()
    with system.standing(programs, data):
        _await_index(data / "search.db")
    indexed = time.monotonic()
    size = (data / "search.db").stat().st_size / count
    print(
        f"{count:,} messages stored in {filled - began:.0f} s, indexed in {indexed - filled:.0f} s "
        f"({count / (indexed - filled):,.0f} a second, {size:.0f} bytes each)",
        flush=True,
    )


def _fill(file: Path, count: int) -> None:
    """By SQLite alone, nothing of it durable before the end: nobody else has the file open."""
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        for setting in ("locking_mode = EXCLUSIVE", "journal_mode = OFF", "synchronous = OFF", "cache_size = -262144"):
            database.execute(f"PRAGMA {setting}")
        (last,) = database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'journal'").fetchone()
        _write_halves(database)
        rooms = database.execute("SELECT id, public_id FROM rooms ORDER BY id").fetchall()
        others = count // 10 // (len(rooms) - 1)
        for number, (room, name) in enumerate(rooms):
            said = others if number else count - others * (len(rooms) - 1)
            turn = "(seq - 1) / 9 * 10 + (seq - 1) % 9" if not number else f"((seq - 1) * {len(rooms) - 1} + {number - 1}) * 10 + 9"
            _say(database, room, name, said, f"{last + 1} + {turn}")
            database.execute(
                "UPDATE rooms SET last_seq = ?1, last_position = (SELECT position FROM messages WHERE id = ?2 << 32 | ?1) WHERE id = ?2", (said, room)
            )
        # The journal was cut behind the last of them.
        (last,) = database.execute("SELECT max(last_position) FROM rooms").fetchone()
        database.execute("DELETE FROM journal")
        database.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'journal'", (last,))
        database.execute("UPDATE meta SET value = ? WHERE name = 'journal_floor'", (str(last),))
        database.execute("BEGIN")
        named.fill(database, count)
        database.execute("COMMIT")
        database.execute("PRAGMA journal_mode = WAL")


def _write_halves(database: sqlite3.Connection) -> None:
    """Six to eighteen words a message, common words common."""
    chance = random.Random(8)
    words = vocabulary()
    weights = list(itertools.accumulate(1 / rank for rank in range(1, len(words) + 1)))
    for table, size in (("lefts", LEFTS), ("rights", RIGHTS)):
        database.execute(f"CREATE TEMP TABLE {table} (id INTEGER PRIMARY KEY, words TEXT)")
        rows = ((number, " ".join(chance.choices(words, cum_weights=weights, k=chance.randint(3, 9)))) for number in range(size))
        database.executemany(f"INSERT INTO {table} VALUES (?, ?)", rows)


def _say(database: sqlite3.Connection, room: int, name: str, count: int, position: str) -> None:
    authors = database.execute(
        "SELECT id, public_id, username, display_name FROM users JOIN memberships ON user_id = id WHERE room_id = ? ORDER BY id", (room,)
    ).fetchall()
    database.execute("CREATE TEMP TABLE authors (place INTEGER PRIMARY KEY, id INTEGER, head TEXT)")
    for place, (number, user, username, display_name) in enumerate(authors):
        head = {"user_id": user, "username": username, "display_name": display_name}
        database.execute("INSERT INTO authors VALUES (?, ?, ?)", (place, number, _members(head)))
    tail = {"client_id": None, "reply_to": None, "attachments": [], "mentions": [], "reactions": {}}
    tail |= {"created_at": CREATED, "edited_at": None, "deleted": False}
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


def _await_index(file: Path) -> None:
    deadline = time.monotonic() + INDEXED_SECONDS_MAX
    while time.monotonic() < deadline:
        with contextlib.suppress(sqlite3.OperationalError), closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as index:
            if index.execute("SELECT filled_through IS NULL FROM state").fetchone() == (1,):
                return
        time.sleep(0.2)
    raise RuntimeError(f"the index was not made within {INDEXED_SECONDS_MAX} s")


def _messages(data: Path) -> int:
    with closing(sqlite3.connect(data / "echochat.db")) as database:
        return database.execute("SELECT sum(last_seq) FROM rooms").fetchone()[0]
