"""How many messages become durable, and how fast: of 64 users, each alone in a room, and of many who share many rooms."""

from workloads.case import Run, case

SENDERS = 64
OPEN_LOOP = 1000
# Users who share the rooms, and members of each room.
ROOMS, USERS, MEMBERS = 2000, 256, 4


def send(run: Run, per_second: float | None = None) -> dict:
    if run.server.dialect == "commits":
        return run.commits()
    members = [{"token": token, "room": room} for token, room in run.server.fixtures().solo_users(SENDERS)]
    return run.row("messages", *run.load("send", members, per_second=per_second))


def send_to_many_rooms(run: Run) -> dict:
    """As many in flight, each from any member of any room."""
    if run.server.dialect == "commits":
        return run.commits()
    users, rooms = run.server.fixtures().shared_rooms(USERS, 40 if run.options.small else ROOMS, MEMBERS)
    return run.row("messages", *run.load_many_rooms(users, rooms, in_flight=SENDERS))


for _path in ("nginx", "direct"):
    case("send", "send", _path, ("floor", "sqlite", "fastapi"), stores=True)(send)
for _path in ("nginx", "direct"):
    case("send", f"send, {ROOMS:,} rooms", _path, ("sqlite",), stores=True)(send_to_many_rooms)
for _path in ("nginx", "direct"):
    _register = case("send", "send at 1 k/s", _path, ("floor", "sqlite"), stores=True)
    _register(lambda run: send(run, OPEN_LOOP))
