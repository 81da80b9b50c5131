"""A reconnect storm: thousands come back at once and hear what they missed, while others go on talking."""

from workloads.case import Run, case

RETURNING, MISSED = 5000, 20
BYSTANDERS, PER_SECOND = 16, 200


def storm(run: Run) -> dict:
    scene = run.server.scene()
    people, room = scene.crowd(50 if run.options.small else RETURNING)
    bystanders = [{"token": token, "room": own} for token, own in scene.hermits(BYSTANDERS)]
    since = scene.call("GET", "/sync", people[0])["cursor"]
    scene.history(room, people, MISSED)
    members = bystanders + [{"token": token, "room": room, "since": since} for token in people]
    result, used = run.load("storm", members, senders=BYSTANDERS, per_second=PER_SECOND, messages=MISSED)
    row = run.row("resumed", result, used)
    row["server_cpu_seconds"] = used.server
    row["before_us"] = {name.removesuffix("_microseconds"): value for name, value in result["latency_before"].items()}
    return row


for _path in ("nginx", "direct"):
    case("storm", "storm", _path)(storm)
