"""Many small rooms, one connection per user; in each room one user sends, one message in flight."""

from workloads.case import Run, case
from workloads.fanout import run_fanout

ROOMS, MEMBERS = 2000, 5


def many_rooms(run: Run) -> dict:
    count = 20 if run.options.small else ROOMS
    rooms = run.server.fixtures().rooms(count, MEMBERS)
    return run_fanout(run, [{"token": token, "room": room} for room, users in rooms for token in users])


for _path in ("nginx", "direct"):
    case("rooms", f"{ROOMS:,} rooms x {MEMBERS}", _path, ("floor", "nchan"), stores=True)(many_rooms)
