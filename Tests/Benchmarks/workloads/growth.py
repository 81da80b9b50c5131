"""The cost of a large dataset: a system with many messages beside one with few, one request after the other."""

import random
import secrets

from large_dataset import vocabulary
from workloads.case import Run, case

SENDS_PER_SECOND = 200
PAGE, HITS = 50, 20
# The number of different requests, sent in turn.
REQUESTS = 997


def read_requests(run: Run, targets, **more) -> dict:
    """`targets(rng, room, last)` returns one target; `room` is the largest room, `last` its last seq."""
    token, rooms = run.server.fixtures().first_owner()
    room, last = rooms[0]
    rng = random.Random(9)
    connection = {"token": token, "room": room, "targets": [f"/api/v1{targets(rng, room, last)}" for _ in range(REQUESTS)]}
    result, usage = run.load("read", [connection], **more)
    return run.row("requests", result, usage) | {"reopened": result["reopened"], "stored": sum(count for _, count in rooms)}


@case("growth", "grown: page", "nginx", ("young",), dataset="grown")
def page(run: Run) -> dict:
    """Fifty messages at a random place of the history."""
    return read_requests(run, lambda rng, room, last: f"/rooms/{room}/messages?limit={PAGE}&before={rng.randint(PAGE + 1, last)}", messages=PAGE)


@case("growth", "grown: oldest page", "nginx", ("young",), dataset="grown")
def oldest_page(run: Run) -> dict:
    """Fifty messages of the first hundredth of the history."""
    return read_requests(run, lambda rng, room, last: f"/rooms/{room}/messages?limit={PAGE}&before={rng.randint(PAGE + 1, last // 100)}", messages=PAGE)


@case("growth", "grown: rooms", "nginx", ("young",), dataset="grown")
def rooms(run: Run) -> dict:
    """Fifty rooms, each with its last message and unread count."""
    return read_requests(run, lambda *_: "/rooms")


@case("growth", "grown: badges", "nginx", ("young",), dataset="grown")
def badges(run: Run) -> dict:
    return read_requests(run, lambda *_: "/users/me/badges")


@case("growth", "grown: sync", "nginx", ("young",), dataset="grown")
def sync(run: Run) -> dict:
    return read_requests(run, lambda *_: "/sync")


@case("growth", "grown: send", "nginx", ("young",), dataset="grown", stores=True)
def send(run: Run) -> dict:
    token, rooms = run.server.fixtures().first_owner()
    room, last = rooms[0]
    connection = {"token": token, "room": room, "seq": last}
    return run.row("messages", *run.load("send", [connection], per_second=SENDS_PER_SECOND, run=secrets.token_hex(4)))


def search(label: str, words, everywhere: bool = False, hits: int | None = None, order: str = "newest") -> None:
    """Registers a search; `words(rng)` returns the query."""

    def find(run: Run) -> dict:
        def target(rng: random.Random, room: str, _: int) -> str:
            scope = "" if everywhere else f"&room_id={room}"
            return f"/search/messages?limit={HITS}&sort={order}&q={words(rng)}{scope}"

        return read_requests(run, target, messages=hits)

    case("search", f"search {label}", "nginx", ("young",), dataset="grown")(find)


WORDS = vocabulary()
LONG = [word for word in WORDS if len(word) > 7]
# Frequent enough to fill the page even among ten thousand messages: the same work at every size.
search("word", lambda rng: rng.choice(WORDS[:300]), hits=HITS)
# Best first compares the newest 200 hits: these words have as many even there.
search("best first", lambda rng: rng.choice(WORDS[:40]), hits=HITS, order="best")
# Mostly rare words: six of ten thousand messages have one, and of more messages a full page.
search("all rooms", lambda rng: rng.choice(WORDS), everywhere=True)
search("two words", lambda rng: "%20".join(rng.sample(WORDS[:500], 2)))
search("part", lambda rng: rng.choice(WORDS[500:])[:3])
search("wrong", lambda rng: rng.choice(LONG) + "q")
