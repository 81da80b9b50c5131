"""What the kernel says that processes have used: CPU time, memory, and how often the disk was made to flush."""

import os
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Reading:
    """CPU seconds by program (in steps of 10 ms), of the whole machine, and flushes of the data's disk."""

    cpu: dict[str, float]
    machine: float
    flushes: int | None

    def __sub__(self, other: "Reading") -> "Reading":
        cpu = {program: seconds - other.cpu.get(program, 0.0) for program, seconds in self.cpu.items()}
        flushes = self.flushes - other.flushes if self.flushes is not None and other.flushes is not None else None
        return Reading(cpu, self.machine - other.machine, flushes)

    @property
    def server(self) -> float:
        return sum(self.cpu[program] for program in ("nginx", "rest", "push"))

    @property
    def others(self) -> float:
        """What neither the system nor the benchmark used: other people's work on this machine, or the kernel's own."""
        return max(0.0, self.machine - sum(self.cpu.values()))


class Meter:
    """Watches programs by name, each with its children: nginx's work is done by those."""

    def __init__(self, programs: dict[str, int], data: Path):
        self.programs = {**programs, "driver": os.getpid()}
        self.flush_counter = _disk(data)

    def watch(self, name: str, pid: int) -> None:
        self.programs[name] = pid

    def read(self) -> Reading:
        cpu = {name: sum(_cpu_seconds(pid) for pid in self._family(name)) for name, pid in self.programs.items()}
        return Reading(cpu, _machine_seconds(), self._flushes())

    def memory(self) -> dict[str, int]:
        """Bytes that are a program's own, and its share of what it has in common with others (Pss)."""
        return {name: sum(_proportional_bytes(pid) for pid in self._family(name)) for name in ("nginx", "rest", "push")}

    def _family(self, name: str) -> list[int]:
        family = [self.programs[name]]
        # The driver's children are watched by themselves.
        return family if name == "driver" else family + _children(family[0])

    def _flushes(self) -> int | None:
        if self.flush_counter is None:
            return None
        fields = self.flush_counter.read_text().split()
        return int(fields[15]) if len(fields) > 15 else None


def _stat(pid: int) -> list[str]:
    # The name in parentheses may hold spaces and parentheses: what follows the last one is regular.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _cpu_seconds(pid: int) -> float:
    user, system = _stat(pid)[11:13]
    return (int(user) + int(system)) / TICKS


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


def _disk(path: Path) -> Path | None:
    """The counters of the disk that a path lies on, if it is a disk."""
    device = os.stat(path).st_dev
    counters = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}/stat")
    return counters if counters.exists() else None
