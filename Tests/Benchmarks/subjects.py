"""Who is measured: EchoChat, another build of it, and what it is compared with. Each is started afresh for every run."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import system
from peers import commits, fastapi_stack, floor, nchan
from system import REPOSITORY, Programs

OWN = "echochat"
# Made by `make bench`.
PEERS_PYTHON = REPOSITORY / ".venv-bench" / "bin" / "python"


@dataclass(frozen=True)
class Subject:
    """`start(trace)` gives, for the length of a `with`, something that has addresses, process ids and a scene."""

    name: str
    start: Callable[[Path | None], contextlib.AbstractContextManager]


def subjects(programs: Programs, against: Path | None, data: Path) -> list[Subject]:
    """EchoChat first: the others are what it is compared with."""
    all_of_them = [Subject(OWN, lambda trace: system.running(programs.directory, data, trace))]
    if against:
        all_of_them.append(Subject("against", lambda trace: system.running(against, data, trace)))
    all_of_them.append(Subject("floor", lambda _: floor.running(programs.floor, REPOSITORY / "nginx", data)))
    all_of_them.append(Subject("sqlite", lambda _: commits.running(programs.floor, data)))
    all_of_them.append(Subject("nchan", lambda _: nchan.running(data)))
    all_of_them.append(Subject("fastapi", lambda _: fastapi_stack.running(PEERS_PYTHON, data)))
    return all_of_them
