"""What the kernel says that processes have used: CPU time and memory; and how often they had the disk flush, from a trace."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Reading:
    """CPU seconds by program (in nanoseconds) and of the whole machine (in steps of 10 ms); which of the programs are the server's; when it was read, and
    (of a difference) how long it is."""

    cpu: dict[str, float]
    machine: float
    server_programs: tuple[str, ...]
    at: float
    length: float = 0.0

    def __sub__(self, other: "Reading") -> "Reading":
        cpu = {program: seconds - other.cpu.get(program, 0.0) for program, seconds in self.cpu.items()}
        return Reading(cpu, self.machine - other.machine, self.server_programs, self.at, self.at - other.at)

    def __add__(self, other: "Reading") -> "Reading":
        """Of two differences: both together."""
        cpu = {program: seconds + other.cpu.get(program, 0.0) for program, seconds in self.cpu.items()}
        return Reading(cpu, self.machine + other.machine, self.server_programs, other.at, self.length + other.length)

    @property
    def server(self) -> float:
        return sum(self.cpu[program] for program in self.server_programs)

    @property
    def others(self) -> float:
        """What neither the system nor the benchmark used: other people's work on this machine, or the kernel's own."""
        return max(0.0, self.machine - sum(self.cpu.values()))


class Meter:
    """Watches programs by name, each with its children: nginx's work is done by those."""

    def __init__(self, server: dict[str, int]):
        self.server = tuple(server)
        self.programs = {**server, "driver": os.getpid()}

    def watch(self, name: str, pid: int) -> None:
        self.programs[name] = pid

    def read(self) -> Reading:
        cpu = {name: sum(_cpu_seconds(pid) for pid in self._family(name)) for name, pid in self.programs.items()}
        return Reading(cpu, _machine_seconds(), self.server, time.time())

    def memory(self) -> dict[str, int]:
        """Bytes that are a program's own, and its share of what it has in common with others (Pss)."""
        return {name: sum(_proportional_bytes(pid) for pid in self._family(name)) for name in self.server}

    def _family(self, name: str) -> list[int]:
        family = [self.programs[name]]
        # The driver's children are watched by themselves.
        return family if name == "driver" else family + _children(family[0])


def flushes(trace: Path, start: float, end: float) -> int:
    """Calls of fsync and fdatasync that strace wrote down between two moments (lines `PID SECONDS fdatasync(7) = 0`, in two parts when
    another thread's came between)."""
    count = 0
    for line in trace.read_text(errors="replace").splitlines():
        _, moment, rest = line.split(None, 2)
        if rest.startswith(("fsync(", "fdatasync(")) and start <= float(moment) < end:
            count += 1
    return count


def _stat(pid: int) -> list[str]:
    # The name in parentheses may hold spaces and parentheses: what follows the last one is regular.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _cpu_seconds(pid: int) -> float:
    """Of all its threads, also those that ended, as the scheduler counts it: a tick of utime and stime is as long as a thousand deliveries."""
    # What clock_getcpuclockid(3) gives for a process: its complement, and CPUCLOCK_SCHED in the lowest bits.
    return time.clock_gettime_ns((~pid << 3) | 2) / 1e9


def _children(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if int(_stat(int(entry.name))[1]) == parent:
                    found.append(int(entry.name))
            except (FileNotFoundError, ProcessLookupError):
                continue
    return found


def _proportional_bytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"no Pss of process {pid}")


def _machine_seconds() -> float:
    """CPU time that all processors were not idle."""
    user, nice, system, idle, wait, interrupts, soft, steal = map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9])
    return (user + nice + system + interrupts + soft) / TICKS
