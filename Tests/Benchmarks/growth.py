"""What search, page, send and the list of rooms cost in a room with few messages and in one with many, one after the other through nginx.

    python3 Tests/Benchmarks/growth.py 10000 1000000

Messages are put into the database in the programs' own form while they stand; the daemon then makes the index of words.
"""

import argparse
import http.client
import itertools
import json
import random
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

from system import REPOSITORY, System, end_to_end

ASKED = 200
CREATED = "2026-01-01T00:00:00.000Z"


def words(count: int) -> list[str]:
    chance = random.Random(7)
    return ["".join(chance.choice("abcdefghijklmnoprstuvw") for _ in range(chance.randint(2, 10))) for _ in range(count)]


def fill(path: Path, room_id: str, user_id: str, count: int, vocabulary: list[str]) -> None:
    """Messages of 6 to 18 words, common words common; the journal begins behind them, as it does after a week."""
    chance = random.Random(8)
    weights = list(itertools.accumulate(1 / rank for rank in range(1, len(vocabulary) + 1)))
    said = [" ".join(chance.choices(vocabulary, cum_weights=weights, k=chance.randint(6, 18))) for _ in range(20_000)]
    database = sqlite3.connect(path)
    (room,) = database.execute("SELECT id FROM rooms WHERE public_id = ?", (room_id,)).fetchone()
    (user,) = database.execute("SELECT id FROM users WHERE public_id = ?", (user_id,)).fetchone()
    (last,) = database.execute("SELECT max(position) FROM journal").fetchone()

    def rows():
        for seq in range(1, count + 1):
            left, right = said[chance.randrange(len(said))].split(" ", 1)
            message = {"room_id": room_id, "seq": seq, "user_id": user_id, "username": "alice", "display_name": "alice"}
            message |= {"content": f"{right} {left}", "client_id": None, "reply_to": None, "attachments": [], "mentions": []}
            message |= {"reactions": {}, "created_at": CREATED, "edited_at": None, "deleted": False}
            yield room << 32 | seq, user, json.dumps(message, separators=(",", ":"))

    with database:
        database.executemany("INSERT INTO messages (id, user_id, position, json) VALUES (?, ?, 0, ?)", rows())
        database.execute("UPDATE rooms SET last_seq = ? WHERE id = ?", (count, room))
        database.execute("UPDATE meta SET value = ? WHERE name = 'journal_floor'", (str(last),))
    database.close()


def wait_for_index(path: Path, count: int) -> float:
    began = time.monotonic()
    while True:
        try:
            index = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
            row = index.execute("SELECT filled_through IS NULL, (SELECT max(rowid) FROM message_terms) FROM state").fetchone()
            index.close()
            if row and row[0] and row[1] and row[1] & 0xFFFFFFFF >= count:
                return time.monotonic() - began
        except sqlite3.OperationalError:
            pass
        time.sleep(0.2)


def measure(count: int, parent: Path) -> dict:
    vocabulary = words(20_000)
    data = Path(tempfile.mkdtemp(prefix="growth-", dir=parent))
    try:
        with System(data) as system:
            alice = Asker(system.port)
            room = alice.call("POST", "/rooms", {"kind": "group", "name": "Growth"})["room_id"]
        (data / "search.db").unlink(missing_ok=True)
        fill(data / "echochat.db", room, alice.user, count, vocabulary)
        with System(data) as system:
            alice.dial(system.port)
            result = {"messages": count, "index_seconds": wait_for_index(data / "search.db", count)}
            result["index_bytes"] = (data / "search.db").stat().st_size / count
            chance = random.Random(9)

            def find(word: str, **more) -> str:
                return "/search/messages?" + urllib.parse.urlencode({"q": word, "limit": 20, **more})

            page = f"/rooms/{room}/messages?limit=50&before="
            kinds = {
                "search, common word": lambda: ("GET", find(chance.choice(vocabulary[:50]), room_id=room), None),
                # Said often enough to fill the page even among 10,000 messages: the same work at every size.
                "search, full page": lambda: ("GET", find(chance.choice(vocabulary[:300]), room_id=room), None),
                # Mostly seldom words: on average 6 hits among 10,000 messages and 18 among 300,000, so there is more to read and to show.
                "search, any word": lambda: ("GET", find(chance.choice(vocabulary), room_id=room), None),
                "search, all rooms": lambda: ("GET", find(chance.choice(vocabulary)), None),
                "search, two words": lambda: ("GET", find(" ".join(chance.sample(vocabulary[:500], 2)), room_id=room), None),
                "search, part of a word": lambda: ("GET", find(chance.choice(vocabulary[500:])[:3], room_id=room), None),
                "search, letter wrong": lambda: ("GET", find(chance.choice([w for w in vocabulary if len(w) > 7]) + "q", room_id=room), None),
                "search, absent": lambda: ("GET", find("zzzzxxxx", room_id=room), None),
                "page of 50": lambda: ("GET", f"{page}{chance.randint(51, count)}", None),
                "rooms with unread": lambda: ("GET", "/rooms", None),
                "send": lambda: ("POST", f"/rooms/{room}/messages", {"content": "growing still"}),
            }
            for name, ask in kinds.items():
                times = []
                for number in range(ASKED + 40):
                    method, path, body = ask()
                    began = time.perf_counter()
                    alice.call(method, path, body)
                    if number >= 40:
                        times.append((time.perf_counter() - began) * 1e6)
                times.sort()
                result[name] = {"p50_us": statistics.median(times), "p99_us": times[int(len(times) * 0.99)]}
            return result
    finally:
        shutil.rmtree(data)


class Asker:
    """Alice, on one kept connection."""

    def __init__(self, port: int):
        self.token = None
        self.dial(port)
        answer = self.call("POST", "/auth/register", {"username": "alice", "password": "a long walk on the beach"})
        self.token, self.user = answer["access_token"], answer["user"]["user_id"]

    def dial(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def call(self, method: str, path: str, body: dict | None = None) -> dict:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {self.token}"} if self.token else {})
        self.connection.request(method, "/api/v1" + path, json.dumps(body) if body is not None else None, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status not in (200, 201):
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:300]!r}")
        return json.loads(text)


def main() -> int:
    parser = argparse.ArgumentParser(description="What growth costs.")
    parser.add_argument("counts", nargs="*", type=int, default=[10_000, 1_000_000])
    parser.add_argument("--programs", type=Path, default=REPOSITORY / ".build" / "release")
    parser.add_argument("--results", type=Path, default=REPOSITORY / "bench-results")
    given = parser.parse_args()
    given.results.mkdir(parents=True, exist_ok=True)
    end_to_end.PROGRAMS = given.programs.resolve()
    results = [measure(count, given.results.resolve()) for count in given.counts]
    print(f"{'':<24}" + "".join(f"{result['messages']:>12,} p50 / p99 µs" for result in results) + "   last/first p50")
    for name in [key for key in results[0] if isinstance(results[0][key], dict)]:
        cells = "".join(f"{result[name]['p50_us']:>15,.0f} / {result[name]['p99_us']:>7,.0f}" for result in results)
        print(f"{name:<24}{cells}   {results[-1][name]['p50_us'] / results[0][name]['p50_us']:.2f}")
    for result in results:
        print(f"{result['messages']:,}: index made in {result['index_seconds']:.1f} s, {result['index_bytes']:.0f} bytes a message")
    (given.results / f"growth-{time.strftime('%Y-%m-%dT%H-%M-%S')}.json").write_text(json.dumps(results, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
