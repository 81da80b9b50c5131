"""Data races: the programs run under ThreadSanitizer while end-to-end tests use them, with several event loops and without.

A control, a program with a planted race, shows that a race is reported.

    swift build --sanitize=thread --scratch-path .build-tsan
    python -m Reliability.data_races --runs 10
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from support.server import REPOSITORY, Server

from .disturbed import main

RUNS = 10
PROGRAMS = REPOSITORY / ".build-tsan" / "debug"
# What many threads share: the writer, the event loops, presence, the search index, sessions that end, and programs that stop.
TESTS = [
    "test_model_based.py",
    "test_websocket_messages.py",
    "test_presence.py",
    "test_receipts.py",
    "test_resume.py",
    "test_revocation.py",
    "test_search.py",
    "test_room_end.py",
    "test_blocks.py",
    "test_limits.py",
]
RACE = re.compile(r"WARNING: ThreadSanitizer: (.+) \(pid")


class Reports:
    """What ThreadSanitizer reports about the programs that are started with this environment."""

    def __init__(self, directory: Path):
        directory.mkdir()
        self.directory = directory
        # A report is counted here; it must not end the program that is tested.
        self.environment = {**os.environ, "TSAN_OPTIONS": f"log_path={directory}/report:exitcode=0", "PROGRAMS_UNDER_TEST": str(PROGRAMS)}

    def texts(self) -> list[str]:
        return [text for path in sorted(self.directory.iterdir()) if RACE.search(text := path.read_text(errors="replace"))]

    def summary(self) -> str:
        races = [race for text in self.texts() for race in RACE.findall(text)]
        return f"{len(races)} reports" + "".join(f"\n{text[:3000]}" for text in self.texts()[:3])


def programme(directory: Path, options, seed: int) -> bool:
    assert (PROGRAMS / "echochat-push").exists(), f"no programs in {PROGRAMS}"
    reports, control = Reports(directory / "reports"), Reports(directory / "control")
    command = [sys.executable, "-m", "pytest", "-q", "--random-runs", str(options.runs), "--random-seed", str(seed), *TESTS]
    tests = subprocess.run(command, cwd=REPOSITORY / "Tests" / "EndToEnd", env=reports.environment)
    print(reports.summary())
    os.environ |= {"TSAN_OPTIONS": control.environment["TSAN_OPTIONS"]}
    with Server(directory / "d", programs=PROGRAMS, ECHOCHAT_FAULT="data-race"):
        pass
    print("control, a planted race:", control.summary()[:200])
    return tests.returncode == 0 and not reports.texts() and bool(control.texts())


if __name__ == "__main__":
    sys.exit(main(__doc__, programme, runs=RUNS))
