"""The benchmark: starts EchoChat and the systems it is compared with anew for every run, puts load on them, and saves the results.

    python3 Tests/Benchmarks/bench.py                            everything
    python3 Tests/Benchmarks/bench.py fanout                     one workload
    python3 Tests/Benchmarks/bench.py fanout --only "K=16 nginx" --beside floor --rounds 3
    python3 Tests/Benchmarks/bench.py send --against ../before/.build/release
    python3 Tests/Benchmarks/bench.py --short                    every workload once and tiny: tells whether any run is invalid

A figure that has a goal (`goals.py`) is printed with it, and missing one fails nothing. A run in which a message was lost, duplicated,
reordered or changed has no figures: it is printed as invalid, and the exit code is 1 if it was EchoChat's.
"""

import argparse
import json
import signal
import sys
import time
from pathlib import Path

import datasets
import goals
from ab_runs import run_in_turns
from chart import draw_chart
from machine import Machine
from system import REPOSITORY, Programs
from systems import OWN, systems
from table import line, note, title
from workloads import CASES, WORKLOADS, Options

BESIDE = ("floor", "sqlite", "nchan", "fastapi", "young", "few", "unlimited")


def main() -> int:
    # SIGTERM unwinds the stack, so that no server is left behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    arguments = parse_arguments()
    arguments.results.mkdir(parents=True, exist_ok=True)
    options = options_of(arguments)
    against = arguments.against and arguments.against.resolve()
    all_systems = {
        None: systems(options.programs, against, options.data),
        **datasets.systems(options.programs.directory, against, options.data, options.messages),
    }
    machine = Machine(options.data)
    print(f"{machine}\n\n{title()}", flush=True)
    rows = []
    for case in CASES:
        if case.workload != (arguments.workload or case.workload) or arguments.only not in f"{case.label} {case.path}":
            continue
        beside = [name for name in case.beside if name in arguments.beside]
        selected = [measured for measured in all_systems[case.dataset] if measured.name in (OWN, "against", *beside)]
        for row in run_in_turns(case, options, selected):
            rows.append(row)
            print(line(row, shows_goals=not options.small), flush=True)
    print(f"\n{note(rows)}" + ("" if options.small else f"\n{goals.summary(rows)}"))
    save(arguments.results, machine, options, rows)
    return 1 if any("invalid" in row and row["system"] == OWN for row in rows) else 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measures EchoChat.")
    parser.add_argument("workload", nargs="?", choices=WORKLOADS, help="one workload; by default all")
    parser.add_argument("--only", default="", metavar="TEXT", help="only rows whose name contains this, such as 'K=16 nginx'")
    parser.add_argument("--beside", type=lambda text: text.split(","), default=BESIDE, help="of floor,sqlite,nchan,fastapi,young,few,unlimited; 'none' for none")
    parser.add_argument("--against", type=Path, metavar="DIRECTORY", help="another build of the programs, run in turn with this one")
    parser.add_argument("--rounds", type=int, default=2, help="how often each system runs")
    parser.add_argument("--seconds", type=float, default=2, help="the measured part of a run, after one second of warm-up")
    parser.add_argument("--frames", action="store_true", help="where messages are stored, also count the pages written into the log, by table")
    parser.add_argument("--short", action="store_true", help="every workload once, tiny, EchoChat alone: its figures mean nothing")
    parser.add_argument("--sabotage", choices=("lose", "double", "move", "change"), help="the fault injected into one message of each run, see test_invalid_runs.py")
    parser.add_argument("--subscribers", type=int, default=1000, help="connections of fanout")
    parser.add_argument("--idle", type=int, default=5000, help="connections of idle")
    parser.add_argument("--messages", type=int, default=1_000_000, help="messages of growth and search; the dataset is created once and kept")
    release = REPOSITORY / ".build" / "release"
    parser.add_argument("--programs", type=Path, default=release, help="the system's programs, in a directory below one that has nginx/")
    parser.add_argument("--tools", type=Path, default=release, help="where the load generator and the floor are")
    parser.add_argument("--results", type=Path, default=REPOSITORY / "bench-results", help="where results and temporary data go")
    given = parser.parse_args()
    if given.short:
        given.rounds, given.seconds, given.beside, given.frames = 1, 0.3, (), True
        given.subscribers, given.idle, given.messages = 50, 100, 20_000
    return given


def options_of(given: argparse.Namespace) -> Options:
    tools = given.tools.resolve()
    return Options(
        programs=Programs(given.programs.resolve(), tools / "echochat-bench", tools / "echochat-floor"),
        data=given.results.resolve(),
        rounds=given.rounds,
        seconds=given.seconds,
        warm_up_seconds=0.1 if given.short else 1.0,
        subscribers=given.subscribers,
        idle=given.idle,
        messages=given.messages,
        small=given.short,
        frames=given.frames,
        fault=given.sabotage,
    )


def save(results: Path, machine: Machine, options: Options, rows: list[dict]) -> None:
    name = time.strftime("%Y-%m-%dT%H-%M-%S")
    record = {"machine": machine.facts(), "seconds": options.seconds, "rounds": options.rounds, "rows": rows}
    (results / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n")
    (results / f"{name}.svg").write_text(draw_chart(rows, str(machine)))
    print(f"saved as {results / name}.json and .svg")


if __name__ == "__main__":
    sys.exit(main())
