"""Finding people and public rooms by their names where there are many, and beside it where there are few: the same questions in both."""

import random
import urllib.parse

import named
from grown import FEW
from workloads.case import Run, case
from workloads.growth import asking

LIMIT = 20
PEOPLE = named.people(FEW // named.MESSAGES_A_PERSON)
SHOWN = [shown.lower() for _, shown in PEOPLE if " " in shown]
SHORT = [word for shown in SHOWN for word in shown.split() if 4 <= len(word) <= 8]
LONG = [word for shown in SHOWN for word in shown.split() if len(word) >= 9]
SAID = [word for texts in named.rooms(len(PEOPLE) // named.PEOPLE_A_ROOM) for text in texts for word in text.lower().split() if len(word) >= 4]


def find(label: str, path: str, words) -> None:
    """Registers a search; `words(chance)` gives what is looked for."""

    def found(run: Run) -> dict:
        return asking(run, lambda chance, *_: f"{path}?{urllib.parse.urlencode({'q': words(chance), 'limit': LIMIT})}")

    case("names", f"names: {label}", "nginx", ("young",), grown=True)(found)


def picking(words: list[str]):
    return lambda chance: chance.choice(words)


def damaging(words: list[str]):
    def damage(chance: random.Random) -> str:
        return named.damaged(chance, chance.choice(words))

    return damage


find("people begun", "/users", lambda chance: chance.choice(PEOPLE)[0][:3])
find("people whole", "/users", picking(SHOWN))
find("people wrong", "/users", damaging(SHORT))
find("people long wrong", "/users", damaging(LONG))
find("rooms", "/rooms/public", picking(SAID))
find("rooms wrong", "/rooms/public", damaging(SAID))
