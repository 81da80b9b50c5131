"""The users, rooms and messages of large datasets: any number of messages, all older than the journal.

The messages are written into the database while the programs are stopped, ten million in four minutes, and users and public rooms for name
searches with them (`name_dataset.py`). The daemon then builds the search index.
"""

import contextlib
import hashlib
import itertools
import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import name_dataset
import system

SMALL_COUNT = 10_000
# Of the grown dataset: the oldest room has nine tenths of the messages; every tenth message is in one of the others, in turn.
ROOMS, MEMBERS = 50, 10
# Of the wide dataset: each room has as many messages as any other.
WIDE_ROOMS, WIDE_USERS, WIDE_MEMBERS = 2000, 1000, 4
# Of the crowd: one account for two messages. One user is in a twentieth of the rooms: that part alone is the dataset `few`.
CROWD_MEMBERS, MESSAGES_PER_ROOM, CROWD_TO_FEW = 5, 10, 20
PASSWORD = "a long walk on the beach"
CREATED_AT = "2026-01-01T00:00:00.000Z"
# Coprime: the same two halves of a message are combined again only after 400 million messages.
LEFTS, RIGHTS = 20_011, 19_997


def vocabulary() -> list[str]:
    rng = random.Random(7)
    return ["".join(rng.choice("abcdefghijklmnoprstuvw") for _ in range(rng.randint(2, 10))) for _ in range(20_000)]


def create_grown(server: system.EchoChatSystem, _: int) -> None:
    """One user in all rooms."""
    fixtures = server.fixtures()
    user, _ = fixtures.user_in_many_rooms(ROOMS, MEMBERS)
    # The journal is not empty, although it is pruned.
    fixtures.request("POST", "/rooms", user, {"kind": "group", "name": "Growth"})


def create_wide(server: system.EchoChatSystem, _: int) -> None:
    """Rooms that share their users."""
    fixtures = server.fixtures()
    users, _ = fixtures.shared_rooms(WIDE_USERS, WIDE_ROOMS, WIDE_MEMBERS)
    fixtures.request("POST", "/rooms", users[0], {"kind": "group", "name": "Growth"})


def create_crowd(server: system.EchoChatSystem, count: int) -> None:
    _create_people(server, count, count // CROWD_TO_FEW)


def create_few(server: system.EchoChatSystem, count: int) -> None:
    _create_people(server, count, count)


def _create_people(server: system.EchoChatSystem, count: int, count_of_first_user: int) -> None:
    """Rooms of five accounts each; the owner of the first is in many of them, and has a password."""
    fixtures = server.fixtures()
    account = {"username": "password", "password": PASSWORD}
    fixtures.request("POST", "/auth/register", "", account)
    rooms = fixtures.rooms(count // MESSAGES_PER_ROOM, CROWD_MEMBERS)
    fixtures.add_first_owner(count_of_first_user // MESSAGES_PER_ROOM, account["username"])
    fixtures.request("POST", "/rooms", rooms[0][1][0], {"kind": "group", "name": "Growth"})


def fill_grown(file: Path, count: int) -> None:
    with _filling(file) as (database, last):
        rooms = _rooms(database)
        others = count // 10 // (len(rooms) - 1)
        for number, room in enumerate(rooms):
            message_count = others if number else count - others * (len(rooms) - 1)
            offset = "(seq - 1) / 9 * 10 + (seq - 1) % 9" if not number else f"((seq - 1) * {len(rooms) - 1} + {number - 1}) * 10 + 9"
            _insert_messages(database, *room, message_count, f"{last + 1} + {offset}")
        name_dataset.fill(database, count)


def fill_evenly(file: Path, count: int) -> None:
    with _filling(file) as (database, last):
        rooms = _rooms(database)
        for number, room in enumerate(rooms):
            _insert_messages(database, *room, max(1, count // len(rooms)), f"{last + 1} + (seq - 1) * {len(rooms)} + {number}")


@contextlib.contextmanager
def _filling(file: Path) -> Iterator[tuple[sqlite3.Connection, int]]:
    """Fills the database with SQLite alone and without fsync: no other process has the file open. Yields it with the last position."""
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        for setting in ("locking_mode = EXCLUSIVE", "journal_mode = OFF", "synchronous = OFF", "cache_size = -1048576"):
            database.execute(f"PRAGMA {setting}")
        database.create_function("client_id", 1, _client_id, deterministic=True)
        (last,) = database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'journal'").fetchone()
        database.execute("BEGIN")
        _write_halves(database)
        yield database, last
        # The journal is pruned up to the last message.
        (last,) = database.execute("SELECT max(last_position) FROM rooms").fetchone()
        database.execute("DELETE FROM journal")
        database.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'journal'", (last,))
        database.execute("UPDATE meta SET value = ? WHERE name = 'journal_floor'", (str(last),))
        database.execute("COMMIT")
        database.execute("PRAGMA journal_mode = WAL")


def _rooms(database: sqlite3.Connection) -> list[tuple[int, str]]:
    return database.execute("SELECT id, public_id FROM rooms ORDER BY id").fetchall()


def _client_id(message: int) -> str:
    """A UUID of version 4, as clients make them, but the same in every dataset."""
    digits = hashlib.md5(b"client %d" % message, usedforsecurity=False).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


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
    tail = {"reply_to": None, "attachments": [], "mentions": [], "reactions": {}}
    tail |= {"created_at": CREATED_AT, "edited_at": None, "deleted": False}
    database.execute(
        f"""
        WITH RECURSIVE seqs (seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM seqs WHERE seq < :count)
        INSERT INTO messages (id, user_id, client_id, fingerprint, position, json)
        SELECT :room << 32 | seq, a.id, client_id(:room << 32 | seq), random(), {position},
          '{{"room_id":"{name}","seq":' || seq || ',' || a.head || ',"content":"' || l.words || ' ' || r.words ||
          '","client_id":"' || client_id(:room << 32 | seq) || '",' || :tail || '}}'
        FROM seqs CROSS JOIN authors a ON a.place = seq % {len(authors)}
          CROSS JOIN lefts l ON l.id = seq % {LEFTS} CROSS JOIN rights r ON r.id = seq % {RIGHTS}
        """,
        {"count": count, "room": room, "tail": _members(tail)},
    )
    database.execute("DROP TABLE authors")
    database.execute("UPDATE rooms SET last_seq = ?1, last_position = (SELECT position FROM messages WHERE id = ?2 << 32 | ?1) WHERE id = ?2", (count, room))


def _members(fields: dict) -> str:
    return json.dumps(fields, separators=(",", ":"))[1:-1]
