"""A database that the kernel's page cache cannot hold: what must be read from disk for a message, and for a page of the history.

The whole system has a memory limit (`memory_limit.py`) far below the size of its data; beside it, the same without the limit.
"""

import random
import secrets

from workloads.case import Run, case
from workloads.send import SENDERS

READERS, PAGE = 16, 50
# So many that none is requested twice: the second time it would be cached.
PAGES_EACH = 2000


def send(run: Run) -> dict:
    """From any user to any of their rooms, each of which has a history and client ids."""
    users, rooms = run.server.fixtures().all_rooms()
    return _with_reads(run, "messages", *run.load_many_rooms(users, rooms, in_flight=SENDERS, run=secrets.token_hex(4)))


def page(run: Run) -> dict:
    """Fifty messages anywhere in the history of any room, for any of its members."""
    users, rooms = run.server.fixtures().all_rooms()
    rng = random.Random()
    # Of a small dataset each room has nine messages.
    size = 5 if run.options.small else PAGE
    rooms = [room for room in rooms if room["seq"] > size]
    members = []
    for _ in range(READERS):
        chosen = rng.choices(rooms, k=20 if run.options.small else PAGES_EACH)
        targets = [f"/api/v1/rooms/{room['room']}/messages?limit={size}&before={rng.randint(size + 1, room['seq'])}" for room in chosen]
        members.append({"token": "", "room": "", "targets": targets, "tokens": [users[rng.choice(room["members"])] for room in chosen]})
    return _with_reads(run, "requests", *run.load("read", members, messages=size))


def _with_reads(run: Run, unit: str, result: dict, usage) -> dict:
    return run.row(unit, result, usage) | {"read_bytes": usage.read_bytes / max(1, result["units"])}


case("small-cache", "small cache: send", "nginx", ("unlimited",), stores=True, dataset="wide")(send)
case("small-cache", "small cache: page", "nginx", ("unlimited",), dataset="wide")(page)
