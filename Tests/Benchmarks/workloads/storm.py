"""A reconnect storm: thousands resume at once and receive what they missed, while others keep sending."""

from workloads.case import Run, case

RETURNING, MISSED = 5000, 20
BYSTANDERS, PER_SECOND = 16, 200


def storm(run: Run) -> dict:
    fixtures = run.server.fixtures()
    users, room = fixtures.public_room(50 if run.options.small else RETURNING)
    bystanders = [{"token": token, "room": own_room} for token, own_room in fixtures.solo_users(BYSTANDERS)]
    since = fixtures.request("GET", "/sync", users[0])["cursor"]
    fixtures.post_history(room, users, MISSED)
    members = bystanders + [{"token": token, "room": room, "since": since} for token in users]
    result, usage = run.load("storm", members, senders=BYSTANDERS, per_second=PER_SECOND, messages=MISSED)
    row = run.row("resumed", result, usage)
    row["server_cpu_seconds"] = usage.server
    row["before_us"] = {name.removesuffix("_microseconds"): value for name, value in result["latency_before"].items()}
    return row


for _path in ("nginx", "direct"):
    case("storm", "storm", _path)(storm)
