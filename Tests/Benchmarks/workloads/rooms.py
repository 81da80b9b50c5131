"""Many small rooms, everybody on a connection of her own; in each room one person talks, one message under way."""

from workloads.case import Run, case
from workloads.fanout import fanned_out

ROOMS, MEMBERS = 2000, 5


def rooms(run: Run) -> dict:
    count = 20 if run.options.small else ROOMS
    made = run.server.scene().rooms(count, MEMBERS)
    return fanned_out(run, [{"token": token, "room": room} for room, people in made for token in people])


for _path in ("nginx", "direct"):
    case("rooms", f"{ROOMS:,} rooms x {MEMBERS}", _path, ("floor", "nchan"), stores=True)(rooms)
