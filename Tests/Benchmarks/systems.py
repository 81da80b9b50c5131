"""The measured systems: EchoChat, another build of it, and the floors and peers. Each is started anew for every run."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import system
from peers import commits, fastapi_stack, floor, nchan
from system import REPOSITORY, Programs

OWN = "echochat"
# Created by `make bench`.
PEERS_PYTHON = REPOSITORY / ".venv-bench" / "bin" / "python"


@dataclass(frozen=True)
class MeasuredSystem:
    """`start(trace)` is a context manager of a running server, with addresses, process ids and fixtures."""

    name: str
    start: Callable[[Path | None], contextlib.AbstractContextManager]
    is_echochat: bool = False


def systems(programs: Programs, against: Path | None, data: Path) -> list[MeasuredSystem]:
    """All systems, EchoChat first."""
    found = [MeasuredSystem(OWN, lambda trace: system.running(programs.directory, data, trace), True)]
    if against:
        found.append(MeasuredSystem("against", lambda trace: system.running(against, data, trace), True))
    found.append(MeasuredSystem("floor", lambda _: floor.running(programs, data)))
    found.append(MeasuredSystem("sqlite", lambda _: commits.running(programs.floor, data)))
    found.append(MeasuredSystem("nchan", lambda _: nchan.running(data)))
    found.append(MeasuredSystem("fastapi", lambda _: fastapi_stack.running(PEERS_PYTHON, data)))
    return found
