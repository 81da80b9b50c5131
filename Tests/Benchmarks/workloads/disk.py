"""The size of the database for each message sent, after all is settled."""

import time

from workloads.case import Run, case
from workloads.send import MEMBERS, ROOMS, SENDERS, USERS

# Before: some 80,000 messages, more than have their words in the journal, too.
FILL_SECONDS = 10.0
# By then the daemon has done what it does after messages, such as copying the log into the database.
SETTLE_SECONDS = 3.0


def disk(run: Run) -> dict:
    """As `send, 2,000 rooms`: what messages take with all that belongs to them, such as journal and indexes."""
    fixtures = run.server.fixtures()
    users, rooms = fixtures.shared_rooms(USERS, 40 if run.options.small else ROOMS, MEMBERS)
    names = [room["room"] for room in rooms]
    run.load_many_rooms(users, rooms, in_flight=SENDERS, run="fill", seconds=0.1 if run.options.small else FILL_SECONDS)
    sizes = [_settled(run, fixtures, names)]
    for room, last in zip(rooms, sizes[0][1], strict=True):
        room["seq"] = last
    result, usage = run.load_many_rooms(users, rooms, in_flight=SENDERS)
    sizes.append(_settled(run, fixtures, names))
    (before, first), (after, last) = ((size, sum(seqs)) for size, seqs in sizes)
    return run.row("messages", result, usage) | {"disk_bytes": (after - before) / (last - first), "stored": last}


def _settled(run: Run, fixtures, names: list[str]) -> tuple[int, list[int]]:
    """The size of the database, and the last seq of each room."""
    time.sleep(0.3 if run.options.small else SETTLE_SECONDS)
    return fixtures.database_bytes(), fixtures.last_seqs(names)


case("disk", "disk", "direct")(disk)
