"""A thousand people come within a second into a room whose other thousand members are all there; and before them a thousand who meet nobody."""

from functools import reduce
from operator import add

from workloads.case import Run, case, lines

PRESENT, COMING, PER_SECOND = 1000, 1000, 1000


def joins(run: Run) -> dict:
    present, coming = (20, 20) if run.options.small else (PRESENT, COMING)
    scene = run.server.scene()
    members = lines(present + coming, *scene.crowd(present + coming))
    alone = [{"token": token, "room": room} for token, room in scene.hermits(coming)]
    result, parts = run.load_in_parts(
        "joins", members[:present] + alone + members[present:], 4, stages=[present, present + coming], per_second=PER_SECOND
    )
    signing_in, settling, joining, hearing = (part.server for part in parts)
    row = run.row("joins", result, reduce(add, parts[2:]))
    row["joining_cpu_seconds"] = joining + hearing - signing_in - settling
    row["cpu_seconds"] = {"alone": signing_in, "alone, afterwards": settling, "into the room": joining, "while it is told": hearing}
    row["frames_per_member"] = result["frames"] / present
    row["frames_max"] = result["frames_max"]
    return row


for _path in ("nginx", "direct"):
    case("joins", "joins", _path)(joins)
