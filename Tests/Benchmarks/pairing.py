"""Runs everybody in turn, A B A B, and compares within each turn: a machine's mood lasts longer than a turn, so it falls out of the ratio."""

import tempfile
from pathlib import Path
from statistics import median

from load import Absent, Void
from machine import settle
from subjects import OWN, Subject
from workloads.case import Case, Options, Run

# A run that counts fsyncs is traced, so it is not one of those that are timed.
TRACED_SECONDS = 2.0
COMPARED = {
    "rate": lambda row: row.get("rate"),
    "server_cpu": lambda row: row.get("server_cpu_us"),
    "p50": lambda row: row.get("latency_us", {}).get("p50"),
    "p99": lambda row: row.get("latency_us", {}).get("p99"),
    "p99.9": lambda row: row.get("latency_us", {}).get("p999"),
    "memory": lambda row: sum(row["memory"].values()) if "memory" in row else None,
}


def paired(case: Case, options: Options, subjects: list[Subject]) -> list[dict]:
    """A row for each subject, of medians; EchoChat's first. A void run voids its subject's row."""
    runs: dict[str, list[dict]] = {subject.name: [] for subject in subjects}
    void: dict[str, str] = {}
    flushes = _flushes(case, options, subjects[0]) if case.stores else None
    for _ in range(options.rounds):
        for subject in subjects:
            if subject.name in void:
                continue
            try:
                runs[subject.name].append(_once(case, options, subject, flushes and 1 / flushes))
            except Void as reason:
                void[subject.name] = str(reason)
            except Absent as reason:
                return [{"workload": case.workload, "label": case.label, "path": case.path, "subject": OWN, "absent": str(reason)}]
    rows = []
    for subject in subjects:
        head = {"workload": case.workload, "label": case.label, "path": case.path, "subject": subject.name}
        if subject.name in void:
            rows.append(head | {"void": void[subject.name]})
        else:
            rows.append(head | _median(runs[subject.name]) | {"runs": runs[subject.name]})
    for row in rows[1:]:
        if "void" not in row and OWN not in void:
            row["echochat_to_this"] = _ratios(runs[OWN], row["runs"])
    if "void" not in rows[0]:
        rows[0]["flushes_per_message"] = flushes
    return rows


def _once(case: Case, options: Options, subject: Subject, messages_per_commit: float | None) -> dict:
    settle()
    with subject.start(None) as server:
        return case.run(Run(options, case, server, messages_per_commit=messages_per_commit))


def _flushes(case: Case, options: Options, subject: Subject) -> float | None:
    with tempfile.TemporaryDirectory(prefix="trace-", dir=options.data) as directory:
        trace = Path(directory) / "trace"
        with subject.start(trace) as server:
            short = Options(**{**vars(options), "seconds": min(options.seconds, TRACED_SECONDS)})
            try:
                return case.run(Run(short, case, server, trace))["flushes_per_message"]
            except Void:
                # The runs that are timed will say so.
                return None


def _ratios(own: list[dict], other: list[dict]) -> dict[str, float]:
    """How many times as much as the other's EchoChat's figure is: the median of what each turn said."""
    found = {}
    for name, figure in COMPARED.items():
        pairs = [(figure(mine), figure(theirs)) for mine, theirs in zip(own, other, strict=True)]
        if all(mine is not None and theirs for mine, theirs in pairs):
            found[name] = median(mine / theirs for mine, theirs in pairs)
    return found


def _median(rows: list[dict]) -> dict:
    """Number by number, through whatever dictionaries the rows are made of."""
    return {name: _middle([row.get(name) for row in rows]) for name in rows[0]}


def _middle(values: list):
    first = values[0]
    if isinstance(first, dict):
        return {name: _middle([value.get(name) for value in values]) for name in first}
    if isinstance(first, (int, float)) and all(isinstance(value, (int, float)) for value in values):
        return median(values)
    return first


