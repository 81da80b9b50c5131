"""Idle connections, one user each, all in one room."""

from load import measure_memory
from workloads.case import Run, case, connections

# Presence of five thousand users is stored within three seconds, and the daemon is idle one second later.
SETTLE_SECONDS = 6.0


def idle(run: Run, **kind) -> dict:
    """`kind`: further members of each connection."""
    count = run.options.idle
    members = [member | kind for member in connections(count, *run.server.fixtures().public_room(count))]
    stages = [count // 10, count]
    plan = run.plan("idle", members, stages=stages)
    nothing, first, all_connections = measure_memory(run.options.programs.generator, plan, run.metrics(), 0.3 if run.options.small else SETTLE_SECONDS)
    return {
        "unit": "connections",
        "connections": count,
        "memory": {program: round((all_connections[program] - nothing[program]) / count) for program in nothing},
        # Without the fixed memory of each program.
        "memory_marginal": {program: round((all_connections[program] - first[program]) / (stages[1] - stages[0])) for program in nothing},
        "weights": [nothing, first, all_connections],
    }


for _path in ("nginx", "direct"):
    case("idle", "idle", _path, ("nchan", "fastapi"))(idle)
