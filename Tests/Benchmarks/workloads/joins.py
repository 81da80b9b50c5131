"""A thousand people come within a second into a room whose other thousand members are all there."""

from workloads.case import Run, case, lines

PRESENT, COMING, PER_SECOND = 1000, 1000, 1000


def joins(run: Run) -> dict:
    present, coming = (20, 20) if run.options.small else (PRESENT, COMING)
    members = lines(present + coming, *run.server.scene().crowd(present + coming))
    result, used = run.load("joins", members, stages=[present], per_second=PER_SECOND)
    row = run.row("joins", result, used)
    row["server_cpu_seconds"] = used.server
    row["push_cpu_seconds"] = used.cpu["push"]
    row["frames_per_member"] = result["frames"] / present
    row["frames_max"] = result["frames_max"]
    return row


for _path in ("nginx", "direct"):
    case("joins", "joins", _path)(joins)
