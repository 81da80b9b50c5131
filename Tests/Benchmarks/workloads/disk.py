"""The size of the database for each message sent, after all is settled."""

import time

from workloads.case import Run, case
from workloads.send import MEMBERS, ROOMS, SENDERS, USERS

# By then the daemon has done what it does after messages, such as copying the log into the database.
SETTLE_SECONDS = 3.0


def disk(run: Run) -> dict:
    """As `send, 2,000 rooms`: what messages take with all that belongs to them, such as journal and indexes."""
    fixtures = run.server.fixtures()
    users, rooms = fixtures.shared_rooms(USERS, 40 if run.options.small else ROOMS, MEMBERS)
    names = [room["room"] for room in rooms]
    before = fixtures.database_bytes()
    result, usage = run.load_many_rooms(users, rooms, in_flight=SENDERS)
    time.sleep(0.3 if run.options.small else SETTLE_SECONDS)
    count = sum(fixtures.last_seqs(names))
    return run.row("messages", result, usage) | {"disk_bytes": (fixtures.database_bytes() - before) / count, "stored": count}


case("disk", "disk", "direct")(disk)
