"""One public room with many subscribers."""

from workloads.case import Run, case, connections

# Messages a second of the open loop: with a thousand subscribers about half of what two cores can do.
OPEN_LOOP = 50


def fanout(run: Run, in_flight: int = 1, per_second: float | None = None) -> dict:
    members = connections(run.options.subscribers, *run.server.fixtures().public_room(20))
    return run_fanout(run, members, in_flight=in_flight, per_second=per_second)


def run_fanout(run: Run, members: list[dict], **more) -> dict:
    """The row of messages in rooms with subscribers."""
    result, usage = run.load("fanout", members, **more)
    row = run.row("deliveries", result, usage)
    rooms = len({member["room"] for member in members})
    row["subscribers"] = len(members) / rooms
    row["bytes_per_delivery"] = round(result["delivered_bytes"] / max(1, result["units"]))
    row["deliveries_per_read"] = result["units"] / max(1, result["reads"])
    row["drain_seconds"] = result["drain_seconds"]
    return row


for _in_flight in (1, 16):
    for _path in ("nginx", "direct"):
        _register = case("fanout", f"fanout K={_in_flight}", _path, ("floor", "nchan", "fastapi"), stores=True)
        _register(lambda run, in_flight=_in_flight: fanout(run, in_flight))
for _path in ("nginx", "direct"):
    _register = case("fanout", f"fanout at {OPEN_LOOP}/s", _path, ("floor",))
    _register(lambda run: fanout(run, per_second=OPEN_LOOP))
