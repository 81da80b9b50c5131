"""64 users, each alone in a room: how many messages become durable, and how fast."""

from workloads.case import Run, case

SENDERS = 64
OPEN_LOOP = 1000


def send(run: Run, per_second: float | None = None) -> dict:
    if run.server.dialect == "commits":
        return run.commits()
    members = [{"token": token, "room": room} for token, room in run.server.fixtures().solo_users(SENDERS)]
    return run.row("messages", *run.load("send", members, per_second=per_second))


for _path in ("nginx", "direct"):
    case("send", "send", _path, ("floor", "sqlite", "fastapi"), stores=True)(send)
for _path in ("nginx", "direct"):
    _register = case("send", "send at 1 k/s", _path, ("floor", "sqlite"), stores=True)
    _register(lambda run: send(run, OPEN_LOOP))
