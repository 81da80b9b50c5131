"""CPU time and memory of processes, from the kernel, and the number of their fsyncs, from a trace."""

import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Usage:
    """CPU seconds by program (precise to nanoseconds) and of the whole machine (in steps of 10 ms), and the time of reading. A
    difference of two also has a length in seconds. `server_programs` are those that belong to the server."""

    cpu: dict[str, float]
    machine: float
    server_programs: tuple[str, ...]
    at: float
    # Bytes that the server's programs had read from the disk.
    read_bytes: int
    length: float = 0.0

    def __sub__(self, other: "Usage") -> "Usage":
        cpu = {program: seconds - other.cpu.get(program, 0.0) for program, seconds in self.cpu.items()}
        return Usage(cpu, self.machine - other.machine, self.server_programs, self.at, self.read_bytes - other.read_bytes, self.at - other.at)

    def __add__(self, other: "Usage") -> "Usage":
        """The sum of two differences."""
        cpu = {program: seconds + other.cpu.get(program, 0.0) for program, seconds in self.cpu.items()}
        return Usage(cpu, self.machine + other.machine, self.server_programs, other.at, self.read_bytes + other.read_bytes, self.length + other.length)

    @property
    def server(self) -> float:
        return sum(self.cpu[program] for program in self.server_programs)

    @property
    def others(self) -> float:
        """CPU seconds of neither the system nor the benchmark: other processes on this machine, or the kernel."""
        return max(0.0, self.machine - sum(self.cpu.values()))


class ProcessMetrics:
    """Reads the usage of programs by name, each with its children (nginx's workers, for example)."""

    def __init__(self, server: dict[str, int]):
        self.server = tuple(server)
        self.programs = {**server, "driver": os.getpid()}

    def add(self, name: str, pid: int) -> None:
        self.programs[name] = pid

    def read(self) -> Usage:
        cpu = {name: sum(_cpu_seconds(pid) for pid in self._processes(name)) for name, pid in self.programs.items()}
        read_bytes = sum(_read_bytes(pid) for name in self.server for pid in self._processes(name))
        return Usage(cpu, _machine_seconds(), self.server, time.time(), read_bytes)

    def memory(self) -> dict[str, int]:
        """The proportional memory (Pss) of each server program, in bytes."""
        return {name: sum(_proportional_bytes(pid) for pid in self._processes(name)) for name in self.server}

    def _processes(self, name: str) -> list[int]:
        family = [self.programs[name]]
        # The driver's children are listed separately.
        return family if name == "driver" else family + _children(family[0])


def flushes(trace: Path, start: float, end: float) -> int:
    """The calls of fsync and fdatasync that strace recorded between two times (lines `PID SECONDS fdatasync(7) = 0`, split in two if
    another thread's call came between)."""
    count = 0
    for line in trace.read_text(errors="replace").splitlines():
        _, moment, rest = line.split(None, 2)
        if rest.startswith(("fsync(", "fdatasync(")) and start <= float(moment) < end:
            count += 1
    return count


def _stat(pid: int) -> list[str]:
    # The program name in parentheses may contain spaces and parentheses; parse what follows the last one.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _cpu_seconds(pid: int) -> float:
    """CPU seconds of all threads, ended ones included, as the scheduler counts them: ticks of utime and stime are too coarse."""
    # The clock id of clock_getcpuclockid(3): the process id's complement, with CPUCLOCK_SCHED in the lowest bits.
    return time.clock_gettime_ns((~pid << 3) | 2) / 1e9


def _read_bytes(pid: int) -> int:
    """Bytes fetched from the disk; 0 if the kernel tells only root, who alone can limit a system's memory."""
    with contextlib.suppress(PermissionError):
        for line in Path(f"/proc/{pid}/io").read_text().splitlines():
            if line.startswith("read_bytes:"):
                return int(line.split()[1])
    return 0


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
    """The busy CPU time of all processors, in seconds."""
    user, nice, system, idle, wait, interrupts, soft, steal = map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9])
    return (user + nice + system + interrupts + soft) / TICKS
