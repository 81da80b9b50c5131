"""What it costs to find people and public rooms by their names, one search after the other through nginx.

    python3 Tests/Benchmarks/names.py 1000 100000

So many people, and a tenth as many public rooms, are put into the database in the programs' own form while they stand.
"""

import argparse
import itertools
import json
import random
import re
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

from growth import Asker
from system import REPOSITORY, System, end_to_end

ASKED = 300
WARMING = 40


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


def people(chance: random.Random, count: int) -> list[tuple[str, str]]:
    """User names as people choose them, each once, and what they call themselves; one in ten has the same beginning as all those."""
    first, last = Pool(chance, 2000, (2, 4)), Pool(chance, 20_000, (2, 5))
    made: dict[str, str] = {}
    while len(made) < count:
        one, other, year = first.pick(), last.pick(), chance.randint(1, 9999)
        username = chance.choice([f"{one}.{other}", f"{one}{year}", f"{one}_{other}{year % 100}", f"{other}{one}", f"user{len(made)}"])
        if len(username) <= 32:
            made.setdefault(username, f"{one.title()} {other.title()}" if chance.random() < 0.7 else username)
    return list(made.items())


def rooms(chance: random.Random, count: int) -> list[tuple[str, str]]:
    """Names of one to four words, and topics of none or up to twelve."""
    pool = Pool(chance, 8000, (2, 5))

    def text(least: int, most: int) -> str:
        return " ".join(pool.pick() for _ in range(chance.randint(least, most))).capitalize()

    return [(text(1, 4), chance.choice([text(0, 0), text(5, 12)])) for _ in range(count)]


def fill(path: Path, named: list[tuple[str, str]], listed: list[tuple[str, str]]) -> None:
    chance = random.Random(12)
    database = sqlite3.connect(path)
    with database:
        database.executemany(
            "INSERT INTO users (public_id, username, display_name, created_at) VALUES (?, ?, ?, 0)",
            ((f"u{number}", *names) for number, names in enumerate(named)),
        )
        database.executemany(
            "INSERT INTO rooms (public_id, kind, name, topic, created_at, last_activity_at, member_count) VALUES (?, 3, ?, ?, 0, 0, ?)",
            ((f"r{number}", *texts, int(1 / (chance.random() + 1e-4))) for number, texts in enumerate(listed)),
        )
        index(database, "user", "SELECT id, username || ' ' || display_name FROM users WHERE public_id LIKE 'u%' ORDER BY id")
        index(database, "room", "SELECT id, name || ' ' || topic FROM rooms WHERE public_id LIKE 'r%' ORDER BY id")
    database.close()


def index(database: sqlite3.Connection, noun: str, texts: str) -> None:
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


def measure(count: int, parent: Path) -> dict:
    chance = random.Random(11)
    named, listed = people(chance, count), rooms(chance, max(1, count // 10))
    data = Path(tempfile.mkdtemp(prefix="names-", dir=parent))
    try:
        with System(data) as system:
            alice = Asker(system.port)
        size = (data / "echochat.db").stat().st_size
        fill(data / "echochat.db", named, listed)
        result = {"people": count, "rooms": len(listed), "bytes": ((data / "echochat.db").stat().st_size - size) / count}
        called = [shown for _, shown in named if " " in shown]
        short = [word for shown in called for word in shown.lower().split() if 4 <= len(word) <= 8]
        long = [word for shown in called for word in shown.lower().split() if len(word) >= 9]
        said = [word for texts in listed for text in texts for word in text.lower().split() if len(word) >= 4]

        def user() -> str:
            return chance.choice(named)[0]

        kinds = {
            "nothing but who I am": lambda: "/auth/me",
            "people, one letter": lambda: ("/users", user()[:1]),
            "people, two letters": lambda: ("/users", user()[:2]),
            "people, three letters": lambda: ("/users", user()[:3]),
            "people, user name": lambda: ("/users", user()),
            "people, whole name": lambda: ("/users", chance.choice(called)),
            "people, two beginnings": lambda: ("/users", " ".join(word[:3] for word in chance.choice(called).split())),
            "people, letter wrong, to 8": lambda: ("/users", damaged(chance, chance.choice(short))),
            "people, letter wrong, from 9": lambda: ("/users", damaged(chance, chance.choice(long))),
            "people, both names wrong": lambda: ("/users", " ".join(damaged(chance, w) for w in chance.choice(called).lower().split())),
            "people, common beginning": lambda: ("/users", "user" + str(chance.randrange(10))),
            "people, common, wrong": lambda: ("/users", damaged(chance, f"user{chance.randrange(100_000)}")),
            "people, absent": lambda: ("/users", "qxqxqxqxqxqx"),
            "rooms, one letter": lambda: ("/rooms/public", chance.choice(said)[:1]),
            "rooms, three letters": lambda: ("/rooms/public", chance.choice(said)[:3]),
            "rooms, a word": lambda: ("/rooms/public", chance.choice(said)),
            "rooms, two words": lambda: ("/rooms/public", chance.choice(listed)[0] + " " + chance.choice(said)),
            "rooms, letter wrong": lambda: ("/rooms/public", damaged(chance, chance.choice(said))),
        }
        with System(data) as system:
            alice.dial(system.port)
            for name, ask in kinds.items():
                times, found = [], 0
                for number in range(ASKED + WARMING):
                    match ask():
                        case (path, text):
                            path = f"{path}?{urllib.parse.urlencode({'q': text, 'limit': 20})}"
                        case path:
                            pass
                    began = time.perf_counter()
                    answer = alice.call("GET", path)
                    if number >= WARMING:
                        times.append((time.perf_counter() - began) * 1e6)
                        found += bool(answer.get("items"))
                times.sort()
                result[name] = {"p50_us": statistics.median(times), "p99_us": times[int(len(times) * 0.99)], "found": found / ASKED}
        return result
    finally:
        shutil.rmtree(data)


def main() -> int:
    parser = argparse.ArgumentParser(description="What it costs to find names.")
    parser.add_argument("counts", nargs="*", type=int, default=[1000, 100_000])
    parser.add_argument("--programs", type=Path, default=REPOSITORY / ".build" / "release")
    parser.add_argument("--results", type=Path, default=REPOSITORY / "bench-results")
    given = parser.parse_args()
    given.results.mkdir(parents=True, exist_ok=True)
    end_to_end.PROGRAMS = given.programs.resolve()
    results = [measure(count, given.results.resolve()) for count in given.counts]
    print(f"{'':<30}" + "".join(f"{result['people']:>12,} p50 / p99 µs, found" for result in results))
    for name in [key for key in results[0] if isinstance(results[0][key], dict)]:
        cells = "".join(f"{result[name]['p50_us']:>15,.0f} / {result[name]['p99_us']:>7,.0f} {result[name]['found']:>8.0%}" for result in results)
        print(f"{name:<30}{cells}")
    for result in results:
        print(f"{result['people']:,} people, {result['rooms']:,} rooms: {result['bytes']:.0f} bytes a person in all")
    (given.results / f"names-{time.strftime('%Y-%m-%dT%H-%M-%S')}.json").write_text(json.dumps(results, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
