"""What is measured: each case sets its scene in a fresh system, runs the load, and makes a row of what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from load import measure, weigh
from meter import Meter, Reading
from scene import Scene
from system import Programs, System, running

WARM_UP_SECONDS = 1.0
SETTLE_SECONDS = 3.0
WORKLOADS = ["fanout", "idle", "page", "post", "send"]


@dataclass(frozen=True)
class Options:
    programs: Programs
    data: Path
    workloads: list[str]
    only: str
    seconds: float
    subscribers: int
    senders: int
    idle: int


@dataclass(frozen=True)
class Case:
    workload: str
    label: str
    path: str
    run: Callable[[Options], dict]


def fanout(options: Options, path: str, in_flight: int) -> dict:
    """One public room, everybody in it subscribed; a sender keeps some messages in flight."""
    with running(options.programs, options.data) as system:
        lines = _lines(options.subscribers, *Scene(system.port).crowd(20))
        plan = _plan(options, system, "fanout", path, lines, in_flight=in_flight, senders=options.senders)
        result, used = measure(options.programs.generator, plan, _meter(system))
        row = _row("fanout", f"fanout K={in_flight}", path, "deliveries", result, used)
        row["subscribers"] = options.subscribers
        row["bytes_per_delivery"] = round(result["delivered_bytes"] / max(1, result["units"]))
        row["deliveries_per_read"] = result["units"] / max(1, result["reads"])
        row["drain_seconds"] = result["drain_seconds"]
        return row


def idle(options: Options, path: str) -> dict:
    """Everybody another user, all in one room, nobody says anything."""
    with running(options.programs, options.data) as system:
        lines = _lines(options.idle, *Scene(system.port).crowd(options.idle))
        stages = [options.idle // 10, options.idle]
        plan = _plan(options, system, "idle", path, lines, stages=stages)
        nothing, first, all_of_them = weigh(options.programs.generator, plan, _meter(system), SETTLE_SECONDS)
        return {
            "workload": "idle",
            "label": "idle",
            "path": path,
            "unit": "connections",
            "connections": options.idle,
            "memory": {program: round((all_of_them[program] - nothing[program]) / options.idle) for program in nothing},
            # Without what a program takes once, however many there are.
            "memory_marginal": {program: round((all_of_them[program] - first[program]) / (stages[1] - stages[0])) for program in nothing},
            "weights": [nothing, first, all_of_them],
        }


def page(options: Options) -> dict:
    """The newest fifty of two hundred messages, over 32 connections."""
    with running(options.programs, options.data) as system:
        scene = Scene(system.port)
        people, room = scene.crowd(8)
        scene.history(room, people, 200)
        return _rest(options, system, "page", "requests", _lines(32, people, room))


def post(options: Options) -> dict:
    """Messages to one room, over 64 connections."""
    with running(options.programs, options.data) as system:
        return _rest(options, system, "post", "messages", _lines(64, *Scene(system.port).crowd(8)))


def send(options: Options, path: str) -> dict:
    """64 people, each alone in a room, one message under way each."""
    with running(options.programs, options.data) as system:
        lines = [{"token": token, "room": room} for token, room in Scene(system.port).hermits(64)]
        result, used = measure(options.programs.generator, _plan(options, system, "send", path, lines), _meter(system))
        return _row("send", "send", path, "messages", result, used)


CASES = [
    Case("fanout", "fanout K=1", "nginx", lambda options: fanout(options, "nginx", 1)),
    Case("fanout", "fanout K=1", "direct", lambda options: fanout(options, "direct", 1)),
    Case("fanout", "fanout K=16", "nginx", lambda options: fanout(options, "nginx", 16)),
    Case("fanout", "fanout K=16", "direct", lambda options: fanout(options, "direct", 16)),
    Case("idle", "idle", "nginx", lambda options: idle(options, "nginx")),
    Case("idle", "idle", "direct", lambda options: idle(options, "direct")),
    Case("page", "page", "nginx", page),
    Case("post", "post", "nginx", post),
    Case("send", "send", "nginx", lambda options: send(options, "nginx")),
    Case("send", "send", "direct", lambda options: send(options, "direct")),
]


def _lines(count: int, people: list[str], room: str) -> list[dict]:
    """So many connections of these people, all for one room."""
    return [{"token": people[index % len(people)], "room": room} for index in range(count)]


def _plan(options: Options, system: System, workload: str, path: str, lines: list[dict], **more) -> dict:
    plan = {"workload": workload, "address": system.address(path), "lines": lines, "run": "bench"}
    timing = {"warm_up_seconds": WARM_UP_SECONDS, "seconds": options.seconds}
    return plan | timing | {"in_flight": 1, "senders": 1, "stages": []} | more


def _meter(system: System) -> Meter:
    return Meter(system.pids(), system.data)


def _rest(options: Options, system: System, workload: str, unit: str, lines: list[dict]) -> dict:
    result, used = measure(options.programs.generator, _plan(options, system, workload, "nginx", lines), _meter(system))
    row = _row(workload, workload, "nginx", unit, result, used)
    row["reopened"] = result["reopened"]
    return row


def _row(workload: str, label: str, path: str, unit: str, result: dict, used: Reading) -> dict:
    units, seconds = result["units"], result["seconds"]
    messages = result.get("messages") or (units if unit == "messages" else 0)
    per_unit = 1e6 / max(1, units)
    return {
        "workload": workload,
        "label": label,
        "path": path,
        "unit": unit,
        "rate": units / seconds,
        "messages_rate": messages / seconds if messages else None,
        "latency_us": {name.removesuffix("_microseconds"): value for name, value in result["latency"].items()},
        "server_cpu_us": used.server * per_unit,
        "cpu_us": {program: seconds * per_unit for program, seconds in used.cpu.items()},
        # Of one core each: what was busy, and how far it was from being all there is.
        "cores": {program: used_seconds / seconds for program, used_seconds in used.cpu.items()} | {"others": used.others / seconds},
        "flushes_per_message": used.flushes / messages if messages and used.flushes is not None else None,
    }
