"""Everybody another user, all in one room, nobody says anything."""

from load import weigh
from workloads.case import Run, case, lines

# Presence of five thousand is written down within three seconds, and the daemon is at rest one second later.
SETTLE_SECONDS = 6.0


def idle(run: Run) -> dict:
    count = run.options.idle
    members = lines(count, *run.server.scene().crowd(count))
    stages = [count // 10, count]
    plan = run.plan("idle", members, stages=stages)
    nothing, first, all_of_them = weigh(run.options.programs.generator, plan, run.meter(), 0.3 if run.options.small else SETTLE_SECONDS)
    return {
        "unit": "connections",
        "connections": count,
        "memory": {program: round((all_of_them[program] - nothing[program]) / count) for program in nothing},
        # Without what a program takes once, however many there are.
        "memory_marginal": {program: round((all_of_them[program] - first[program]) / (stages[1] - stages[0])) for program in nothing},
        "weights": [nothing, first, all_of_them],
    }


for _path in ("nginx", "direct"):
    case("idle", "idle", _path, ("nchan", "fastapi"))(idle)
