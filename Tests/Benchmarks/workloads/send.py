"""64 people, each alone in a room, one message under way each: how many become durable, and how soon."""

from workloads.case import Run, case

SENDERS = 64


def send(run: Run) -> dict:
    members = [{"token": token, "room": room} for token, room in run.server.scene().hermits(SENDERS)]
    return run.row("messages", *run.load("send", members))


for _path in ("nginx", "direct"):
    case("send", "send", _path, ("floor", "fastapi"), stores=True)(send)
