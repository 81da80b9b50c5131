"""People and public rooms with names such as people give, put into the database in the programs' own form while these stand."""

import itertools
import random
import re
import sqlite3

# For so many messages one person, and for so many people one public room.
MESSAGES_A_PERSON, PEOPLE_A_ROOM = 10, 10
PEOPLE_MAX = 100_000


class Pool:
    """Words of which the first are said often and the last seldom."""

    def __init__(self, chance: random.Random, count: int, syllables: tuple[int, int]):
        made: dict[str, None] = {}
        while len(made) < count:
            made["".join(chance.choice("bdfghjklmnprstvz") + chance.choice("aeiou") + chance.choice(["", "", "n", "r", "s"])
                         for _ in range(chance.randint(*syllables)))] = None
        self.chance = chance
        self.words = list(made)
        self.weights = list(itertools.accumulate(1 / rank for rank in range(1, count + 1)))

    def pick(self) -> str:
        return self.chance.choices(self.words, cum_weights=self.weights)[0]


def people(count: int) -> list[tuple[str, str]]:
    """User names as people choose them, each once, and what they call themselves; one in ten has the same beginning as all those."""
    chance = random.Random(11)
    first, last = Pool(chance, 2000, (2, 4)), Pool(chance, 20_000, (2, 5))
    made: dict[str, str] = {}
    while len(made) < count:
        one, other, year = first.pick(), last.pick(), chance.randint(1, 9999)
        username = chance.choice([f"{one}.{other}", f"{one}{year}", f"{one}_{other}{year % 100}", f"{other}{one}", f"user{len(made)}"])
        if len(username) <= 32:
            made.setdefault(username, f"{one.title()} {other.title()}" if chance.random() < 0.7 else username)
    return list(made.items())


def rooms(count: int) -> list[tuple[str, str]]:
    """Names of one to four words, and topics of none or up to twelve."""
    chance = random.Random(13)
    pool = Pool(chance, 8000, (2, 5))

    def text(least: int, most: int) -> str:
        return " ".join(pool.pick() for _ in range(chance.randint(least, most))).capitalize()

    return [(text(1, 4), chance.choice([text(0, 0), text(5, 12)])) for _ in range(count)]


def fill(database: sqlite3.Connection, messages: int) -> None:
    """As many people and rooms as go with so many messages. Of two systems the smaller one has the first of those of the larger."""
    count = min(messages // MESSAGES_A_PERSON, PEOPLE_MAX)
    chance = random.Random(12)
    database.executemany(
        "INSERT INTO users (public_id, username, display_name, created_at) VALUES (?, ?, ?, 0)",
        ((f"u{number}", *names) for number, names in enumerate(people(count))),
    )
    database.executemany(
        "INSERT INTO rooms (public_id, kind, name, topic, created_at, last_activity_at, member_count) VALUES (?, 3, ?, ?, 0, 0, ?)",
        ((f"r{number}", *texts, int(1 / (chance.random() + 1e-4))) for number, texts in enumerate(rooms(count // PEOPLE_A_ROOM))),
    )
    _index(database, "user", "SELECT id, username || ' ' || display_name FROM users WHERE created_at = 0 ORDER BY id")
    _index(database, "room", "SELECT id, name || ' ' || topic FROM rooms WHERE created_at = 0 ORDER BY id")


def _index(database: sqlite3.Connection, noun: str, texts: str) -> None:
    """The words of ASCII texts, as Store/Search/Names.swift keeps them."""
    numbers = dict(database.execute(f"SELECT term, id FROM {noun}_terms"))
    for owner, text in database.execute(texts).fetchall():
        terms = set()
        for term in set(re.findall("[a-z0-9]+", text.lower())):
            if term not in numbers:
                numbers[term] = database.execute(f"INSERT INTO {noun}_terms (term) VALUES (?)", (term,)).lastrowid
                database.execute(f"INSERT INTO {noun}_term_pieces (rowid, term) VALUES (?, ?)", (numbers[term], term))
            terms.add(numbers[term])
        database.execute(f"INSERT INTO {noun}_names (rowid, terms) VALUES (?, ?)", (owner, " ".join(map(str, sorted(terms)))))


def damaged(chance: random.Random, word: str) -> str:
    """One letter wrong, missing, doubled, or swapped with its neighbour."""
    place = chance.randrange(1, len(word) - 1)
    head, letter, tail = word[:place], word[place], word[place + 1 :]
    return chance.choice([f"{head}x{tail}", head + tail, head + letter + letter + tail, head + tail[0] + letter + tail[1:]])
