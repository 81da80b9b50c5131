"""A workload: its fixtures, its load, and the systems that it is also run on.

A new one is a file in this folder:

    @case("search", "search of 3 letters", path="nginx")
    def search(run: Run) -> dict:
        users, room = run.server.fixtures().public_room(8)
        …
        return run.row("requests", *run.load("read", connections(32, users, room)))
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from load import measure
from process_metrics import ProcessMetrics, Usage, flushes
from system import Programs
from wal_frames import FrameCounter


@dataclass(frozen=True)
class Options:
    """The options of the command line."""

    programs: Programs
    data: Path
    rounds: int
    seconds: float
    warm_up_seconds: float
    subscribers: int
    idle: int
    # Of a large dataset.
    messages: int
    small: bool
    # Whether frames are counted, in a separate run.
    frames: bool
    # A fault to inject into one message, for the test that such a run is invalid.
    fault: str | None


@dataclass(frozen=True)
class Case:
    workload: str
    label: str
    path: str
    run: Callable[["Run"], dict]
    # Names of the systems it is run on, beside EchoChat and another build of it.
    beside: tuple[str, ...]
    # Whether messages are stored: then a separate short run counts the fsyncs.
    stores: bool
    # The large dataset that it needs (`datasets.py`).
    dataset: str | None


CASES: list[Case] = []


def case(workload: str, label: str, path: str, beside: tuple[str, ...] = (), stores: bool = False, dataset: str | None = None):
    """Registers the decorated function as a workload, in the order of the table."""

    def register(function):
        CASES.append(Case(workload, label, path, function, beside, stores, dataset))
        return function

    return register


@dataclass
class Run:
    """One run of one case, on a new server."""

    options: Options
    case: Case
    server: Any
    trace: Path | None = None
    # EchoChat's messages per commit in the same case, if it stores messages.
    messages_per_commit: float | None = None
    # Whether it counts what the load writes into the database's log: this is not timed.
    counts_frames: bool = False

    @property
    def path(self) -> str:
        return self.case.path

    def plan(self, workload: str, connections: list[dict], **more) -> dict:
        plan = {"workload": workload, "address": self.server.address(self.path), "dialect": self.server.dialect, "connections": connections}
        timing = {"warm_up_seconds": self.options.warm_up_seconds, "seconds": self.options.seconds}
        plan["fault"] = self.options.fault
        return plan | timing | {"in_flight": 1, "senders": 1, "stages": [], "run": "bench"} | more

    def metrics(self) -> ProcessMetrics:
        return ProcessMetrics(self.server.pids())

    def load(self, workload: str, connections: list[dict], **more) -> tuple[dict, Usage]:
        """Runs the load generator; returns its result, and what each program used in the measured part."""
        counter = FrameCounter(self.server.data) if self.counts_frames else None
        if counter:
            counter.start()
        result, (usage,) = self.load_in_parts(workload, connections, 1, **more)
        if counter:
            result["written"] = counter.finish().facts()
        if self.trace:
            result["flushes"] = flushes(self.trace, usage.at - result["seconds"], usage.at)
        return result, usage

    def load_many_rooms(self, users: list[str], rooms: list[dict], **more) -> tuple[dict, Usage]:
        """Like `load`, of messages to rooms that share their users."""
        return self.load("many_rooms", [{"token": token, "room": ""} for token in users], rooms=rooms, **more)

    def load_in_parts(self, workload: str, connections: list[dict], parts: int, **more) -> tuple[dict, list[Usage]]:
        """Like `load`, for a workload that is measured in several parts."""
        return measure(self.options.programs.generator, self.plan(workload, connections, **more), self.metrics(), parts)

    def row(self, unit: str, result: dict, usage: Usage) -> dict:
        """The row of a run, with figures per unit."""
        units, seconds = result["units"], result["seconds"]
        messages = result.get("messages") or (units if unit == "messages" else 0)
        per_unit = 1e6 / max(1, units)
        return {
            "unit": unit,
            "rate": units / seconds,
            "messages_rate": messages / seconds if messages else None,
            "latency_us": {name.removesuffix("_microseconds"): value for name, value in result["latency"].items()},
            "server_cpu_us": usage.server * per_unit,
            "cpu_us": {program: seconds_used * per_unit for program, seconds_used in usage.cpu.items()},
            "server_programs": list(usage.server_programs),
            # In cores: what each program and all other processes kept busy.
            "cores": {program: busy / usage.length for program, busy in usage.cpu.items()} | {"others": usage.others / usage.length},
            "flushes_per_message": result["flushes"] / messages if messages and "flushes" in result else None,
            "written": result.get("written"),
        }

    def commits(self) -> dict:
        """The row of SQLite alone."""
        per_commit = max(1, round(self.messages_per_commit or 1))
        stored = self.server.store(per_commit, self.options.seconds)
        return {
            "unit": "messages",
            "rate": stored["rows"] / stored["seconds"],
            "messages_rate": stored["rows"] / stored["seconds"],
            "latency_us": {name: stored[name] for name in ("p50", "p99", "p999")},
            "server_cpu_us": stored["cpu"] * 1e6 / stored["rows"],
            "cpu_us": {"sqlite": stored["cpu"] * 1e6 / stored["rows"]},
            "server_programs": ["sqlite"],
            "flushes_per_message": 1 / per_commit,
        }


def connections(count: int, users: list[str], room: str) -> list[dict]:
    """`count` connections of these users, all for one room."""
    return [{"token": users[index % len(users)], "room": room} for index in range(count)]
