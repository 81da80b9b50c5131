"""The machine that the figures were measured on."""

import os
import platform
import re
import subprocess
import time
from pathlib import Path

from system import REPOSITORY

# Unwritten data allowed at the start of a run, and the longest wait for it.
UNWRITTEN_KB_MAX, SETTLE_SECONDS_MAX = 1024, 30


def wait_for_disk() -> None:
    """Waits until earlier writes are on disk; otherwise the fsyncs of the next run would pay for them."""
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
        memory_only = ", which is memory: fsync is free there" if self.filesystem in ("tmpfs", "ramfs") else ""
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
    described = subprocess.run(["git", "-C", REPOSITORY, "describe", "--always", "--dirty"], capture_output=True, text=True)
    return described.stdout.strip() or "no commit"
