"""One public room, everybody in it subscribed; a sender keeps some messages in flight."""

from workloads.case import Run, case, lines


def fanout(run: Run, in_flight: int) -> dict:
    members = lines(run.options.subscribers, *run.server.scene().crowd(20))
    result, used = run.load("fanout", members, in_flight=in_flight)
    row = run.row("deliveries", result, used)
    row["subscribers"] = run.options.subscribers
    row["bytes_per_delivery"] = round(result["delivered_bytes"] / max(1, result["units"]))
    row["deliveries_per_read"] = result["units"] / max(1, result["reads"])
    row["drain_seconds"] = result["drain_seconds"]
    return row


for _in_flight in (1, 16):
    for _path in ("nginx", "direct"):
        _register = case("fanout", f"fanout K={_in_flight}", _path, ("floor", "nchan", "fastapi"), stores=True)
        _register(lambda run, in_flight=_in_flight: fanout(run, in_flight))
