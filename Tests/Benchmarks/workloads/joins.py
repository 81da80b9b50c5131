"""A thousand users connect within a second to a room with a thousand connected members; before, a thousand who share no room."""

from functools import reduce
from operator import add

from workloads.case import Run, case, connections

PRESENT, COMING, PER_SECOND = 1000, 1000, 1000


def joins(run: Run) -> dict:
    present, coming = (20, 20) if run.options.small else (PRESENT, COMING)
    fixtures = run.server.fixtures()
    members = connections(present + coming, *fixtures.public_room(present + coming))
    alone = [{"token": token, "room": room} for token, room in fixtures.solo_users(coming)]
    result, parts = run.load_in_parts(
        "joins", members[:present] + alone + members[present:], 4, stages=[present, present + coming], per_second=PER_SECOND
    )
    authenticating, settling, joining, publishing = (part.server for part in parts)
    row = run.row("joins", result, reduce(add, parts[2:]))
    row["joining_cpu_seconds"] = joining + publishing - authenticating - settling
    row["cpu_seconds"] = {"alone": authenticating, "alone, afterwards": settling, "into the room": joining, "afterwards": publishing}
    row["frames_per_member"] = result["frames"] / present
    row["frames_max"] = result["frames_max"]
    return row


for _path in ("nginx", "direct"):
    case("joins", "joins", _path)(joins)
