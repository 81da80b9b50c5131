"""A workload: how its scene is set and its load is run, and who takes part beside EchoChat.

A new one is a file in this folder:

    @case("search", "search of 3 letters", path="nginx")
    def search(run: Run) -> dict:
        people, room = run.server.scene().crowd(8)
        …
        return run.row("requests", *run.load("page", lines(32, people, room)))
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from load import measure
from meter import Meter, Reading, flushes
from system import Programs


@dataclass(frozen=True)
class Options:
    """What the command line says."""

    programs: Programs
    data: Path
    rounds: int
    seconds: float
    warm_up_seconds: float
    subscribers: int
    idle: int
    # Of a grown system.
    messages: int
    small: bool
    # What the wire does to one message, for a test that wants the run to be void.
    sabotage: str | None


@dataclass(frozen=True)
class Case:
    workload: str
    label: str
    path: str
    run: Callable[["Run"], dict]
    # Names of the subjects that take part beside EchoChat and another build of it.
    beside: tuple[str, ...]
    # Whether messages are stored: then a short run of its own counts the fsyncs.
    stores: bool
    # Whether it is about a system with many messages, beside one with few (`grown.py`).
    grown: bool


CASES: list[Case] = []


def case(workload: str, label: str, path: str, beside: tuple[str, ...] = (), stores: bool = False, grown: bool = False):
    """Registers the function that follows as a workload, in the order of the table."""

    def register(function):
        CASES.append(Case(workload, label, path, function, beside, stores, grown))
        return function

    return register


@dataclass
class Run:
    """One run of one case: a server that nobody has used yet, and the load generator."""

    options: Options
    case: Case
    server: Any
    trace: Path | None = None
    # Of EchoChat's commits in such a run, where messages are stored.
    messages_per_commit: float | None = None

    @property
    def path(self) -> str:
        return self.case.path

    def plan(self, workload: str, lines: list[dict], **more) -> dict:
        plan = {"workload": workload, "address": self.server.address(self.path), "dialect": self.server.dialect, "lines": lines}
        timing = {"warm_up_seconds": self.options.warm_up_seconds, "seconds": self.options.seconds}
        plan["sabotage"] = self.options.sabotage
        return plan | timing | {"in_flight": 1, "senders": 1, "stages": [], "run": "bench"} | more

    def meter(self) -> Meter:
        return Meter(self.server.pids())

    def load(self, workload: str, lines: list[dict], **more) -> tuple[dict, Reading]:
        """Runs the generator; gives its result, and what everything used in the measured part."""
        result, (used,) = self.load_in_parts(workload, lines, 1, **more)
        if self.trace:
            result["flushes"] = flushes(self.trace, used.at - result["seconds"], used.at)
        return result, used

    def load_in_parts(self, workload: str, lines: list[dict], parts: int, **more) -> tuple[dict, list[Reading]]:
        """As `load`, for a workload that is measured in several parts."""
        return measure(self.options.programs.generator, self.plan(workload, lines, **more), self.meter(), parts)

    def row(self, unit: str, result: dict, used: Reading) -> dict:
        """The figures of a run, per unit."""
        units, seconds = result["units"], result["seconds"]
        messages = result.get("messages") or (units if unit == "messages" else 0)
        per_unit = 1e6 / max(1, units)
        return {
            "unit": unit,
            "rate": units / seconds,
            "messages_rate": messages / seconds if messages else None,
            "latency_us": {name.removesuffix("_microseconds"): value for name, value in result["latency"].items()},
            "server_cpu_us": used.server * per_unit,
            "cpu_us": {program: seconds_used * per_unit for program, seconds_used in used.cpu.items()},
            "server_programs": list(used.server_programs),
            # Of one core each: what was busy, and how far it was from being all there is.
            "cores": {program: busy / used.length for program, busy in used.cpu.items()} | {"others": used.others / used.length},
            "flushes_per_message": result["flushes"] / messages if messages and "flushes" in result else None,
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


def lines(count: int, people: list[str], room: str) -> list[dict]:
    """So many connections of these people, all for one room."""
    return [{"token": people[index % len(people)], "room": room} for index in range(count)]
