"""The benchmark: starts EchoChat afresh for every row, puts load on it, prints one table and keeps it as JSON and as a picture.

    python3 Tests/Benchmarks/bench.py               everything, about two minutes
    python3 Tests/Benchmarks/bench.py fanout        one workload: fanout, idle, page, post or send
    python3 Tests/Benchmarks/bench.py fanout --only "K=16 nginx"

Figures are printed as they were measured; nothing here judges them. A run in which a message was lost, doubled or moved has no figures:
it is printed as void, and the exit code is 1.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from load import Void
from machine import Machine
from picture import picture
from system import REPOSITORY, Programs
from table import line, note, title
from workloads import CASES, WORKLOADS, Options


def main() -> int:
    options, results = arguments()
    machine = Machine(options.data)
    print(f"{machine}\n\n{title()}", flush=True)
    rows, void = [], 0
    for case in CASES:
        if case.workload not in options.workloads or options.only not in f"{case.label} {case.path}":
            continue
        try:
            row = case.run(options)
            rows.append(row)
            print(line(row), flush=True)
        except Void as reason:
            void += 1
            rows.append({"workload": case.workload, "label": case.label, "path": case.path, "void": str(reason)})
            print(f"{case.label:<14} {case.path:<7} VOID: {reason}", flush=True)
    print(f"\n{note(rows)}")
    keep(results, machine, options, rows)
    return 1 if void else 0


def arguments() -> tuple[Options, Path]:
    parser = argparse.ArgumentParser(description="Measures EchoChat.")
    parser.add_argument("workload", nargs="?", choices=WORKLOADS, help="one workload; all of them, if none is named")
    parser.add_argument("--only", default="", metavar="TEXT", help="only rows whose name contains this, such as 'K=16 nginx'")
    parser.add_argument("--seconds", type=float, default=5, help="the measured part of a run, after one second of warming up")
    parser.add_argument("--subscribers", type=int, default=1000, help="connections of fanout")
    parser.add_argument("--senders", type=int, default=1, help="how many of them also send")
    parser.add_argument("--idle", type=int, default=5000, help="connections of idle")
    release = REPOSITORY / ".build" / "release"
    parser.add_argument("--programs", type=Path, default=release, help="the system's programs, somewhere below the directory of an nginx/")
    parser.add_argument("--generator", type=Path, help="the load generator, if it is not among them")
    parser.add_argument("--results", type=Path, default=REPOSITORY / "bench-results", help="where results and, meanwhile, data go")
    given = parser.parse_args()
    given.results.mkdir(parents=True, exist_ok=True)
    programs = Programs(given.programs.resolve(), (given.generator or given.programs / "echochat-bench").resolve())
    workloads = [given.workload] if given.workload else WORKLOADS
    options = Options(
        programs=programs,
        data=given.results.resolve(),
        workloads=workloads,
        only=given.only,
        seconds=given.seconds,
        subscribers=given.subscribers,
        senders=given.senders,
        idle=given.idle,
    )
    return options, given.results


def keep(results: Path, machine: Machine, options: Options, rows: list[dict]) -> None:
    name = time.strftime("%Y-%m-%dT%H-%M-%S")
    record = {"machine": machine.facts(), "seconds": options.seconds, "rows": rows}
    (results / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n")
    (results / f"{name}.svg").write_text(picture(rows, str(machine)))
    print(f"kept as {results / name}.json and .svg")


if __name__ == "__main__":
    sys.exit(main())
