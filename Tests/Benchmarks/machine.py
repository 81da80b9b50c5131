"""What the figures were measured on: without it they mean nothing."""

import os
import platform
import re
import subprocess
import time
from pathlib import Path

from system import REPOSITORY


# What may still wait to be written when a run begins, and how long it is waited for.
UNWRITTEN_KB_MAX, SETTLE_SECONDS_MAX = 1024, 30


def settle() -> None:
    """What others wrote is on disk: else the next one to sync pays for it."""
    os.sync()
    deadline = time.monotonic() + SETTLE_SECONDS_MAX
    while time.monotonic() < deadline:
        waiting = re.findall(r"^(?:Dirty|Writeback):\s+(\d+) kB", Path("/proc/meminfo").read_text(), re.MULTILINE)
        if sum(map(int, waiting)) <= UNWRITTEN_KB_MAX:
            return
        time.sleep(0.05)


class Machine:
    def __init__(self, data: Path):
        models = re.findall(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
        self.processor = models[0] if models else platform.machine()
        self.cores = len(os.sched_getaffinity(0))
        self.kernel = platform.release()
        self.filesystem = _filesystem(data)
        self.commit = _commit()

    def facts(self) -> dict:
        return vars(self)

    def __str__(self) -> str:
        memory_only = ", which is memory: a sync costs nothing there" if self.filesystem in ("tmpfs", "ramfs") else ""
        return (
            f"{self.cores} cores {self.processor} shared by server and load, Linux {self.kernel}, "
            f"data on {self.filesystem}{memory_only}, EchoChat at {self.commit}"
        )


def _filesystem(path: Path) -> str:
    best = ("", "unknown")
    for entry in Path("/proc/self/mountinfo").read_text().splitlines():
        fields, _, rest = entry.partition(" - ")
        mount = fields.split()[4]
        if path.resolve().is_relative_to(mount) and len(mount) >= len(best[0]):
            best = (mount, rest.split()[0])
    return best[1]


def _commit() -> str:
    asked = subprocess.run(["git", "-C", REPOSITORY, "describe", "--always", "--dirty"], capture_output=True, text=True)
    return asked.stdout.strip() or "no commit"
