"""Readers of server-sent events beside as many WebSockets: what they hear, what they weigh, and what REST feels of them."""

import contextlib

from load import LoadGenerator
from workloads.case import Run, case, connections
from workloads.fanout import run_fanout
from workloads.idle import idle
from workloads.rest import page

KINDS = {"WebSockets": {}, "streams": {"reads_events": True}}


def deliveries(run: Run, kind: dict, in_flight: int) -> dict:
    """The first connection of the room sends, so it is a WebSocket."""
    first, *others = connections(run.options.subscribers, *run.server.fixtures().public_room(20))
    return run_fanout(run, [first, *(member | kind for member in others)], in_flight=in_flight)


@contextlib.contextmanager
def open_connections(run: Run, kind: dict):
    """As many connections as a room of fan-out has, of users who do nothing."""
    count = run.options.subscribers
    members = [member | kind for member in connections(count, *run.server.fixtures().public_room(count))]
    with LoadGenerator(run.options.programs.generator, run.plan("idle", members, stages=[count])) as load:
        load.expect_phase("opened")
        yield
        load.send_line()
        load.expect_phase("done")


def page_beside(run: Run, kind: dict) -> dict:
    with open_connections(run, kind):
        return page(run)


for _path in ("nginx", "direct"):
    for _name, _kind in KINDS.items():
        for _in_flight in (1, 16):
            _register = case("events", f"fanout K={_in_flight} to {_name}", _path)
            _register(lambda run, kind=_kind, in_flight=_in_flight: deliveries(run, kind, in_flight))
        case("events", f"idle {_name}", _path)(lambda run, kind=_kind: idle(run, **kind))
case("events", "page", "nginx")(page)
for _name, _kind in KINDS.items():
    case("events", f"page beside {_name}", "nginx")(lambda run, kind=_kind: page_beside(run, kind))
