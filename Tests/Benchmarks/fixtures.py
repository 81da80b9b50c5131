"""The users and rooms of a workload, written into the database as the system itself would store them: this takes a second, while
registering ten thousand users over REST takes minutes. The measurement does not depend on it."""

import http.client
import json
import random
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from access_tokens import TOKEN_SECONDS, new_id, signer

API = "/api/v1"
GROUP, PUBLIC = 2, 3
MEMBER, OWNER = 1, 3
WORDS = """
    the a we you they this that it train coffee meeting deploy branch lunch rain sunday release server phone idea door window garden
    is was will can should might looks sounds feels needs takes brings again later soon now maybe really almost never always together
    in on at for with without after before under about because although
""".split()


class Fixtures:
    def __init__(self, port: int, data: Path):
        self.data = data
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.sign = signer(data / "keys" / "access-tokens")

    def public_room(self, count: int) -> tuple[list[str], str]:
        """Access tokens of new users, and a new public room of which they all are members."""
        room, users = self.rooms(1, count, PUBLIC)[0]
        return users, room

    def solo_users(self, count: int) -> list[tuple[str, str]]:
        """Access tokens of new users, each alone in a new group."""
        return [(users[0], room) for room, users in self.rooms(count, 1)]

    def rooms(self, count: int, size: int, kind: int = GROUP) -> list[tuple[str, list[str]]]:
        """New rooms, each with `size` new users; the first of them is its owner."""
        with self._database() as database:
            users = self._insert_users(database, count * size)
            groups = [users[index * size : (index + 1) * size] for index in range(count)]
            rooms = _insert_rooms(database, [[number for number, _ in group] for group in groups], kind)
        return [(room, [token for _, token in group]) for room, group in zip(rooms, groups, strict=True)]

    def shared_rooms(self, user_count: int, count: int, size: int) -> tuple[list[str], list[dict]]:
        """Access tokens of new users, and new groups that each have `size` of them: with the indices of these users, and the last seq."""
        step = max(1, user_count // size)
        members = [[(index + place * step) % user_count for place in range(size)] for index in range(count)]
        with self._database() as database:
            users = self._insert_users(database, user_count)
            rooms = _insert_rooms(database, [[users[index][0] for index in group] for group in members], GROUP)
        found = [{"room": room, "seq": 0, "members": group} for room, group in zip(rooms, members, strict=True)]
        return [token for _, token in users], found

    def _insert_users(self, database: sqlite3.Connection, count: int) -> list[tuple[int, str]]:
        """Numbers and access tokens of new users."""
        now = int(time.time() * 1000)
        first = _last(database, "users") + 1
        users = [(first + number, new_id()) for number in range(count)]
        database.executemany(
            "INSERT INTO users (id, public_id, username, display_name, created_at) VALUES (?, ?, ?, ?, ?)",
            ((number, name, f"bench{number}", f"Bench User {number}", now) for number, name in users),
        )
        tokens = self._sign_in(database, users)
        return [(number, token) for (number, _), token in zip(users, tokens, strict=True)]

    def _sign_in(self, database: sqlite3.Connection, users: list[tuple[int, str]]) -> list[str]:
        """Access tokens of new sessions."""
        now = int(time.time() * 1000)
        sessions = [(new_id(), number) for number, _ in users]
        database.executemany(
            "INSERT INTO sessions (public_id, user_id, refresh_hash, user_agent, created_at, used_at, expires_at)"
            " VALUES (?, ?, ?, 'bench', ?, ?, ?)",
            ((session, number, secrets.token_bytes(32), now, now, now + TOKEN_SECONDS * 1000) for session, number in sessions),
        )
        return [self.sign(name, session) for (_, name), (session, _) in zip(users, sessions, strict=True)]

    def user_in_many_rooms(self, count: int, size: int) -> tuple[str, list[str]]:
        """A user who is a member of `count` new groups of `size` users, and the groups."""
        created = self.rooms(count, size)
        with self._database() as database:
            first = _last(database, "rooms") - count + 1
            user = database.execute("SELECT created_by FROM rooms WHERE id = ?", (first,)).fetchone()[0]
            _join(database, user, range(first + 1, first + count))
        return created[0][1][0], [room for room, _ in created]

    def add_first_owner(self, count: int, account: str) -> None:
        """Makes the owner of the first room a member of the first `count` rooms, with the password of an account."""
        with self._database() as database:
            first, user = database.execute("SELECT id, created_by FROM rooms ORDER BY id LIMIT 1").fetchone()
            _join(database, user, range(first + 1, first + count))
            database.execute("UPDATE users SET password_hash = (SELECT password_hash FROM users WHERE username = ?) WHERE id = ?", (account, user))

    def first_owner(self) -> tuple[str, list[tuple[str, int]]]:
        """A new session of the owner of the first room, and all rooms of this user with their last seqs."""
        with self._database() as database:
            user, name = database.execute(
                "SELECT users.id, users.public_id FROM rooms JOIN users ON users.id = created_by ORDER BY rooms.id LIMIT 1"
            ).fetchone()
            rooms = database.execute(
                "SELECT public_id, last_seq FROM rooms JOIN memberships ON room_id = rooms.id WHERE user_id = ? ORDER BY rooms.id", (user,)
            ).fetchall()
            (token,) = self._sign_in(database, [(user, name)])
        return token, rooms

    def all_rooms(self) -> tuple[list[str], list[dict]]:
        """New sessions of all users who are in a room, and all rooms as `shared_rooms` returns them."""
        with self._database() as database:
            users = database.execute("SELECT id, public_id FROM users WHERE id IN (SELECT user_id FROM memberships) ORDER BY id").fetchall()
            places = {number: place for place, (number, _) in enumerate(users)}
            rooms = {}
            rows = database.execute("SELECT public_id, last_seq, user_id FROM rooms JOIN memberships ON room_id = rooms.id ORDER BY rooms.id, user_id")
            for room, last, user in rows.fetchall():
                rooms.setdefault(room, {"room": room, "seq": last, "members": []})["members"].append(places[user])
            return self._sign_in(database, users), list(rooms.values())

    def members(self, room: str) -> list[str]:
        """New sessions of a room's members, in the order of their numbers: the order in which a large dataset has them write."""
        with self._database() as database:
            users = database.execute(
                "SELECT users.id, users.public_id FROM rooms JOIN memberships ON room_id = rooms.id JOIN users ON users.id = user_id"
                " WHERE rooms.public_id = ? ORDER BY users.id", (room,)
            ).fetchall()
            return self._sign_in(database, users)

    def last_seqs(self, rooms: list[str]) -> list[int]:
        with self._database() as database:
            return [database.execute("SELECT last_seq FROM rooms WHERE public_id = ?", (room,)).fetchone()[0] for room in rooms]

    def database_bytes(self) -> int:
        """The size of the database once its log is copied into it, without free pages."""
        with self._database() as database:
            pages, free, size = (database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size"))
        return (pages - free) * size

    def post_history(self, room: str, authors: list[str], count: int) -> None:
        """Posts messages of 60 to 120 characters over REST, always the same ones."""
        rng = random.Random(50)
        for number in range(count):
            text = rng.choice(WORDS).capitalize()
            length = rng.randint(60, 119)
            while len(text) < length:
                text += " " + rng.choice(WORDS)
            content = text[:length].rstrip() + "."
            self.request("POST", f"/rooms/{room}/messages", authors[number % len(authors)], {"content": content})

    def request(self, method: str, path: str, token: str, body: dict | None = None, *allowed: int) -> dict | None:
        """Sends one request; returns None if the status is one of `allowed`."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.connection.request(method, API + path, json.dumps(body) if body is not None else None, headers)
        response = self.connection.getresponse()
        text = response.read()
        if response.status in allowed:
            return None
        if response.status not in (200, 201, 204):
            raise RuntimeError(f"{method} {path}: {response.status} {text.decode(errors='replace')}")
        return json.loads(text) if text else {}

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        """One transaction, without a checkpoint: only the daemon checkpoints."""
        with closing(sqlite3.connect(self.data / "echochat.db", timeout=10, isolation_level=None)) as database:
            database.execute("PRAGMA wal_autocheckpoint = 0")
            database.execute("PRAGMA foreign_keys = ON")
            database.execute("BEGIN IMMEDIATE")
            yield database
            database.execute("COMMIT")


def _insert_rooms(database: sqlite3.Connection, members: list[list[int]], kind: int) -> list[str]:
    """New rooms with these users; the first of each is its owner."""
    now = int(time.time() * 1000)
    first = _last(database, "rooms") + 1
    rooms = [(first + index, new_id(), users) for index, users in enumerate(members)]
    database.executemany(
        "INSERT INTO rooms (id, public_id, kind, name, created_by, created_at, member_count, last_activity_at)"
        " VALUES (?, ?, ?, 'Lobby', ?, ?, ?, ?)",
        ((room, name, kind, users[0], now, len(users), now) for room, name, users in rooms),
    )
    database.executemany(
        "INSERT INTO memberships (room_id, user_id, role, joined_at) VALUES (?, ?, ?, ?)",
        ((room, user, MEMBER if place else OWNER, now) for room, _, users in rooms for place, user in enumerate(users)),
    )
    return [name for _, name, _ in rooms]


def _join(database: sqlite3.Connection, user: int, rooms: range) -> None:
    now = int(time.time() * 1000)
    database.executemany("INSERT INTO memberships (room_id, user_id, role, joined_at) VALUES (?, ?, ?, ?)", ((room, user, MEMBER, now) for room in rooms))
    database.executemany("UPDATE rooms SET member_count = member_count + 1 WHERE id = ?", ((room,) for room in rooms))


def _last(database: sqlite3.Connection, table: str) -> int:
    return database.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0]
