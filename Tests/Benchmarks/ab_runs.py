"""Runs the systems in turn (A B B A) and compares within each round: noise that lasts longer than a round cancels out in the ratio.

Every second round is in reverse: the second of two equal builds was up to 5 % faster than the first.
"""

import tempfile
from pathlib import Path
from statistics import median

from load import InvalidRun, NotAvailable
from machine import wait_for_disk
from systems import OWN, MeasuredSystem
from workloads.case import Case, Options, Run

# The runs that count fsyncs and frames are not timed: the one is traced, the other keeps a snapshot open.
COUNTED_SECONDS_MAX = 2.0
COMPARED = {
    "rate": lambda row: row.get("rate"),
    "server_cpu": lambda row: row.get("server_cpu_us"),
    "p50": lambda row: row.get("latency_us", {}).get("p50"),
    "p99": lambda row: row.get("latency_us", {}).get("p99"),
    "p99.9": lambda row: row.get("latency_us", {}).get("p999"),
    "frames": lambda row: (row.get("written") or {}).get("frames"),
    "disk reads": lambda row: row.get("read_bytes"),
    "disk": lambda row: row.get("disk_bytes"),
    "memory": lambda row: sum(row["memory"].values()) if "memory" in row else None,
}


def run_in_turns(case: Case, options: Options, systems: list[MeasuredSystem]) -> list[dict]:
    """A row of medians for each system, EchoChat first. One invalid run makes its system's row invalid."""
    try:
        return _rows(case, options, systems)
    except NotAvailable as reason:
        return [{"workload": case.workload, "label": case.label, "path": case.path, "system": OWN, "absent": str(reason)}]


def _rows(case: Case, options: Options, systems: list[MeasuredSystem]) -> list[dict]:
    runs: dict[str, list[dict]] = {measured.name: [] for measured in systems}
    invalid: dict[str, str] = {}
    flushes = _flushes(case, options, systems[0]) if case.stores else None
    written = {measured.name: _written(case, options, measured) for measured in systems if options.frames and case.stores and measured.is_echochat}
    for number in range(options.rounds):
        for measured in systems if number % 2 == 0 else systems[::-1]:
            if measured.name in invalid:
                continue
            try:
                row = _once(case, options, measured, flushes and 1 / flushes)
                runs[measured.name].append(row | {"written": written.get(measured.name)})
            except InvalidRun as reason:
                invalid[measured.name] = str(reason)
    rows = []
    for measured in systems:
        head = {"workload": case.workload, "label": case.label, "path": case.path, "system": measured.name}
        if measured.name in invalid:
            rows.append(head | {"invalid": invalid[measured.name]})
        else:
            rows.append(head | _median(runs[measured.name]) | {"runs": runs[measured.name]})
    for row in rows[1:]:
        if "invalid" not in row and OWN not in invalid:
            row["echochat_to_this"] = _ratios(runs[OWN], row["runs"])
    if "invalid" not in rows[0]:
        rows[0]["flushes_per_message"] = flushes
    return rows


def _once(case: Case, options: Options, measured: MeasuredSystem, messages_per_commit: float | None) -> dict:
    wait_for_disk()
    with measured.start(None) as server:
        return case.run(Run(options, case, server, messages_per_commit=messages_per_commit))


def _flushes(case: Case, options: Options, measured: MeasuredSystem) -> float | None:
    with tempfile.TemporaryDirectory(prefix="trace-", dir=options.data) as directory:
        row = _counted(case, options, measured, trace=Path(directory) / "trace")
        return row and row["flushes_per_message"]


def _written(case: Case, options: Options, measured: MeasuredSystem) -> dict | None:
    row = _counted(case, options, measured, counts_frames=True)
    return row and row["written"]


def _counted(case: Case, options: Options, measured: MeasuredSystem, trace: Path | None = None, **more) -> dict | None:
    """The row of a short run that is not timed; None if the run is invalid, which the timed runs report."""
    short = Options(**{**vars(options), "seconds": min(options.seconds, COUNTED_SECONDS_MAX)})
    with measured.start(trace) as server:
        try:
            return case.run(Run(short, case, server, trace, **more))
        except InvalidRun:
            return None


def _ratios(own: list[dict], other: list[dict]) -> dict[str, float]:
    """EchoChat's figures divided by the other system's: the median of the ratios of each round."""
    found = {}
    for name, figure in COMPARED.items():
        pairs = [(figure(own_value), figure(other_value)) for own_value, other_value in zip(own, other, strict=True)]
        if all(own_value is not None and other_value for own_value, other_value in pairs):
            found[name] = median(own_value / other_value for own_value, other_value in pairs)
    return found


def _median(rows: list[dict]) -> dict:
    """The median of each number, also in nested dictionaries."""
    return {name: _middle([row.get(name) for row in rows]) for name in rows[0]}


def _middle(values: list):
    first = values[0]
    if isinstance(first, dict):
        return {name: _middle([value.get(name) for value in values]) for name in first}
    if isinstance(first, (int, float)) and all(isinstance(value, (int, float)) for value in values):
        return median(values)
    return first


