"""What it costs that much was said before: a system with many messages, and beside it a young one, one request after the other."""

import random
import secrets

from grown import vocabulary
from workloads.case import Run, case

SENDS_PER_SECOND = 200
PAGE, HITS = 50, 20
# So many different things are asked for, in turn.
ASKED = 997


def asking(run: Run, targets, **more) -> dict:
    """`targets(chance, room, last)` gives one thing to ask for; `room` is the large one, `last` its last seq."""
    token, rooms = run.server.scene().resident()
    room, last = rooms[0]
    chance = random.Random(9)
    line = {"token": token, "room": room, "targets": [f"/api/v1{targets(chance, room, last)}" for _ in range(ASKED)]}
    result, used = run.load("read", [line], **more)
    return run.row("requests", result, used) | {"reopened": result["reopened"], "stored": sum(count for _, count in rooms)}


@case("growth", "grown: page", "nginx", ("young",), grown=True)
def page(run: Run) -> dict:
    """Fifty messages somewhere in the past."""
    return asking(run, lambda chance, room, last: f"/rooms/{room}/messages?limit={PAGE}&before={chance.randint(PAGE + 1, last)}", messages=PAGE)


@case("growth", "grown: rooms", "nginx", ("young",), grown=True)
def rooms(run: Run) -> dict:
    """Her fifty rooms, each with its last message and what she has not read."""
    return asking(run, lambda *_: "/rooms")


@case("growth", "grown: badges", "nginx", ("young",), grown=True)
def badges(run: Run) -> dict:
    return asking(run, lambda *_: "/users/me/badges")


@case("growth", "grown: sync", "nginx", ("young",), grown=True)
def sync(run: Run) -> dict:
    return asking(run, lambda *_: "/sync")


@case("growth", "grown: send", "nginx", ("young",), grown=True, stores=True)
def send(run: Run) -> dict:
    token, rooms = run.server.scene().resident()
    room, last = rooms[0]
    line = {"token": token, "room": room, "seq": last}
    return run.row("messages", *run.load("send", [line], per_second=SENDS_PER_SECOND, run=secrets.token_hex(4)))


def search(label: str, words, everywhere: bool = False, hits: int | None = None, order: str = "newest") -> None:
    """Registers a search; `words(chance)` gives what is looked for."""

    def find(run: Run) -> dict:
        def target(chance: random.Random, room: str, _: int) -> str:
            scope = "" if everywhere else f"&room_id={room}"
            return f"/search/messages?limit={HITS}&sort={order}&q={words(chance)}{scope}"

        return asking(run, target, messages=hits)

    case("search", f"search {label}", "nginx", ("young",), grown=True)(find)


WORDS = vocabulary()
LONG = [word for word in WORDS if len(word) > 7]
# Said often enough to fill the page even among ten thousand messages: the same work at every size.
search("word", lambda chance: chance.choice(WORDS[:300]), hits=HITS)
search("best first", lambda chance: chance.choice(WORDS[:300]), hits=HITS, order="best")
# Mostly seldom words: of ten thousand messages six have one, of many more messages a page of them.
search("all rooms", lambda chance: chance.choice(WORDS), everywhere=True)
search("two words", lambda chance: "%20".join(chance.sample(WORDS[:500], 2)))
search("part", lambda chance: chance.choice(WORDS[500:])[:3])
search("wrong", lambda chance: chance.choice(LONG) + "q")
