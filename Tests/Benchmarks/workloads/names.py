"""Searching users and public rooms by name, among many and among few, with the same queries."""

import random
import urllib.parse

import name_dataset
from large_dataset import SMALL_COUNT
from workloads.case import Run, case
from workloads.growth import read_requests

LIMIT = 20
USERS = name_dataset.users(SMALL_COUNT // name_dataset.MESSAGES_PER_USER)
DISPLAY_NAMES = [display_name.lower() for _, display_name in USERS if " " in display_name]
SHORT = [word for name in DISPLAY_NAMES for word in name.split() if 4 <= len(word) <= 8]
LONG = [word for name in DISPLAY_NAMES for word in name.split() if len(word) >= 9]
ROOM_WORDS = [word for texts in name_dataset.rooms(len(USERS) // name_dataset.USERS_PER_ROOM) for text in texts for word in text.lower().split() if len(word) >= 4]


def find(label: str, path: str, words) -> None:
    """Registers a search; `words(rng)` returns the query."""

    def found(run: Run) -> dict:
        return read_requests(run, lambda rng, *_: f"{path}?{urllib.parse.urlencode({'q': words(rng), 'limit': LIMIT})}")

    case("names", f"names: {label}", "nginx", ("young",), dataset="grown")(found)


def choose(words: list[str]):
    return lambda rng: rng.choice(words)


def choose_with_typo(words: list[str]):
    def typo(rng: random.Random) -> str:
        return name_dataset.with_typo(rng, rng.choice(words))

    return typo


find("people begun", "/users", lambda rng: rng.choice(USERS)[0][:3])
find("people whole", "/users", choose(DISPLAY_NAMES))
find("people wrong", "/users", choose_with_typo(SHORT))
find("people long wrong", "/users", choose_with_typo(LONG))
find("rooms", "/rooms/public", choose(ROOM_WORDS))
find("rooms wrong", "/rooms/public", choose_with_typo(ROOM_WORDS))
