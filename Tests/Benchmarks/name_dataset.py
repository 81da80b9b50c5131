"""Users and public rooms with realistic names, written into the database while the programs are stopped."""

import itertools
import random
import re
import sqlite3

# One user for so many messages, and one public room for so many users.
MESSAGES_PER_USER, USERS_PER_ROOM = 10, 10
USERS_MAX = 100_000


class WordPool:
    """Random words; the first are picked often, the last rarely."""

    def __init__(self, rng: random.Random, count: int, syllables: tuple[int, int]):
        made: dict[str, None] = {}
        while len(made) < count:
            made["".join(rng.choice("bdfghjklmnprstvz") + rng.choice("aeiou") + rng.choice(["", "", "n", "r", "s"])
                         for _ in range(rng.randint(*syllables)))] = None
        self.rng = rng
        self.words = list(made)
        self.weights = list(itertools.accumulate(1 / rank for rank in range(1, count + 1)))

    def pick(self) -> str:
        return self.rng.choices(self.words, cum_weights=self.weights)[0]


def users(count: int) -> list[tuple[str, str]]:
    """Unique usernames as people choose them, with display names; some of the usernames begin with `user`."""
    rng = random.Random(11)
    first, last = WordPool(rng, 2000, (2, 4)), WordPool(rng, 20_000, (2, 5))
    made: dict[str, str] = {}
    while len(made) < count:
        one, other, year = first.pick(), last.pick(), rng.randint(1, 9999)
        username = rng.choice([f"{one}.{other}", f"{one}{year}", f"{one}_{other}{year % 100}", f"{other}{one}", f"user{len(made)}"])
        if len(username) <= 32:
            made.setdefault(username, f"{one.title()} {other.title()}" if rng.random() < 0.7 else username)
    return list(made.items())


def rooms(count: int) -> list[tuple[str, str]]:
    """Names of one to four words; topics are empty or of five to twelve words."""
    rng = random.Random(13)
    pool = WordPool(rng, 8000, (2, 5))

    def text(least: int, most: int) -> str:
        return " ".join(pool.pick() for _ in range(rng.randint(least, most))).capitalize()

    return [(text(1, 4), rng.choice([text(0, 0), text(5, 12)])) for _ in range(count)]


def fill(database: sqlite3.Connection, messages: int) -> None:
    """Inserts as many users and rooms as belong to so many messages. A smaller system has the first of those of a larger one."""
    count = min(messages // MESSAGES_PER_USER, USERS_MAX)
    rng = random.Random(12)
    database.executemany(
        "INSERT INTO users (public_id, username, display_name, created_at) VALUES (?, ?, ?, 0)",
        ((f"u{number}", *names) for number, names in enumerate(users(count))),
    )
    database.executemany(
        "INSERT INTO rooms (public_id, kind, name, topic, created_at, last_activity_at, member_count) VALUES (?, 3, ?, ?, 0, 0, ?)",
        ((f"r{number}", *texts, int(1 / (rng.random() + 1e-4))) for number, texts in enumerate(rooms(count // USERS_PER_ROOM))),
    )
    _index(database, "user", "SELECT id, username || ' ' || display_name FROM users WHERE created_at = 0 ORDER BY id")
    _index(database, "room", "SELECT id, name || ' ' || topic FROM rooms WHERE created_at = 0 ORDER BY id")


def _index(database: sqlite3.Connection, noun: str, texts: str) -> None:
    """Indexes the words of ASCII texts in the same form as the programs do."""
    numbers = dict(database.execute(f"SELECT term, id FROM {noun}_terms"))
    for owner, text in database.execute(texts).fetchall():
        terms = set()
        for term in set(re.findall("[a-z0-9]+", text.lower())):
            if term not in numbers:
                numbers[term] = database.execute(f"INSERT INTO {noun}_terms (term) VALUES (?)", (term,)).lastrowid
                database.execute(f"INSERT INTO {noun}_term_pieces (rowid, term) VALUES (?, ?)", (numbers[term], term))
            terms.add(numbers[term])
        database.execute(f"INSERT INTO {noun}_names (rowid, terms) VALUES (?, ?)", (owner, " ".join(map(str, sorted(terms)))))


def with_typo(rng: random.Random, word: str) -> str:
    """A word with one character wrong, missing, doubled, or swapped with its neighbour."""
    index = rng.randrange(1, len(word) - 1)
    head, character, tail = word[:index], word[index], word[index + 1 :]
    return rng.choice([f"{head}x{tail}", head + tail, head + character + character + tail, head + tail[0] + character + tail[1:]])
