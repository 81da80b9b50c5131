"""The goals: what each figure is wanted to be. A figure without one is only measured.

A goal of one change, such as "twice as fast as the commit before", is no goal of the table: it is what the change shows by `--against`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from systems import OWN

BOTH = ("nginx", "direct")
KB, PAGE = 1024, 4096


@dataclass(frozen=True)
class Goal:
    """`system` names the row that bears the figure: EchoChat's own, or that of a system that EchoChat is divided by. A measured figure is
    divided by `unit` to be compared and shown."""

    labels: tuple[str, ...]
    paths: tuple[str, ...]
    system: str
    figure: Callable[[dict], float | None]
    text: str
    at_least: float | None = None
    at_most: float | None = None
    unit: float = 1

    def judge(self, row: dict) -> str | None:
        """The goal with the row's figure, such as `rate ≥ 1.1: 0.98 missed`; None if the row has no such figure."""
        if row["label"] not in self.labels or row["path"] not in self.paths or row["system"] != self.system:
            return None
        measured = self.figure(row)
        if measured is None:
            return None
        value = measured / self.unit
        is_kept = value >= self.at_least if self.at_least is not None else value <= self.at_most
        bound = f"≥ {self.at_least:g}" if self.at_least is not None else f"≤ {self.at_most:g}"
        return f"{self.text.format(bound)}: {value:.3g} {'kept' if is_kept else 'missed'}"


def times(name: str) -> Callable[[dict], float | None]:
    """EchoChat's figure divided by the row's."""
    return lambda row: row.get("echochat_to_this", {}).get(name)


def own(*path: str) -> Callable[[dict], float | None]:
    """A figure within the row."""

    def find(row: dict) -> float | None:
        value = row
        for name in path:
            value = value.get(name) if value else None
        return value

    return find


GOALS = (
    # Fan-out: the floor has the shape of the fastest servers that store nothing.
    Goal(("fanout K=16",), BOTH, "floor", times("rate"), "rate {}", at_least=1.1),
    Goal(("fanout K=1",), BOTH, "floor", times("rate"), "rate {}", at_least=0.95),
    # A reconnect storm disturbs nobody else.
    Goal(("storm",), BOTH, OWN, own("latency_us", "p99"), "others' p99 {} ms", at_most=50, unit=1000),
    Goal(("storm",), BOTH, OWN, own("server_cpu_seconds"), "CPU {} s", at_most=1),
    # Memory of an idle WebSocket.
    Goal(("idle",), ("nginx",), OWN, own("memory", "nginx"), "nginx {} KB", at_most=16, unit=KB),
    # Growth: the time of one request after the other.
    Goal(("grown: rooms",), ("nginx",), "young", times("p50"), "p50 {}", at_most=1.25),
    Goal(("search best first", "search all rooms"), ("nginx",), "young", times("p50"), "p50 {}", at_most=2),
    # Many people: as soon as among few, where the answer is as large.
    Goal(tuple(f"people: {name}" for name in ("sync", "badges", "sign-in", "resume")), ("nginx",), "few", times("p50"), "p50 {}", at_most=1.25),
    # A random client id costs no read of the disk.
    Goal(("small cache: send",), ("nginx",), OWN, own("read_bytes"), "pages read {}", at_most=1, unit=PAGE),
)


def judge(row: dict) -> list[str]:
    """All goals that the row has a figure of."""
    if "invalid" in row or "absent" in row:
        return []
    return [judged for goal in GOALS if (judged := goal.judge(row))]


def summary(rows: list[dict]) -> str:
    """How many goals are kept, and which are missed."""
    judged = [(row, text) for row in rows for text in judge(row)]
    missed = [f"{row['label']} {row['path']}, {text.removesuffix(' missed')}" for row, text in judged if text.endswith("missed")]
    if not judged:
        return "None of these figures has a goal."
    return f"{len(judged) - len(missed)} of {len(judged)} goals kept." + (f" Missed: {'; '.join(missed)}." if missed else "")
