"""Systems with a large dataset, which is kept among the results for the next run.

A dataset is written by the benchmark of the checkout that the programs were built from: it knows their tables. So two builds whose tables
differ have the same messages in their own form.

    python3 Tests/Benchmarks/datasets.py PROGRAMS DIRECTORY NAME COUNT        creates one
"""

import contextlib
import functools
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import large_dataset
import system
from machine import wait_for_disk
from memory_limit import MemoryLimit
from systems import OWN, MeasuredSystem
from wal_frames import message_count

INDEX_SECONDS_MAX = 3600
# The crowd is one of people: few messages, and half as many accounts.
MESSAGES_TO_CROWD = 5


@dataclass(frozen=True)
class Dataset:
    """`create(server, count)` makes users and rooms, `fill(file, count)` writes the messages while the programs are stopped. It is created anew
    once it has grown by the factor `growth_max`."""

    create: Callable[[system.EchoChatSystem, int], None]
    fill: Callable[[Path, int], None]
    growth_max: float = 1.1


DATASETS = {
    "grown": Dataset(large_dataset.create_grown, large_dataset.fill_grown),
    "wide": Dataset(large_dataset.create_wide, large_dataset.fill_evenly, growth_max=1.5),
    "crowd": Dataset(large_dataset.create_crowd, large_dataset.fill_evenly),
    "few": Dataset(large_dataset.create_few, large_dataset.fill_evenly),
}


def systems(programs: Path, against: Path | None, parent: Path, count: int) -> dict[str, list[MeasuredSystem]]:
    """For each dataset the system with `count` messages, EchoChat first, and what it is compared with."""

    def measured(name: str, build: Path, dataset: str, messages: int, limited: bool = False) -> MeasuredSystem:
        return MeasuredSystem(name, lambda trace: _running(build, parent, dataset, messages, trace, limited), True)

    def own_and_against(dataset: str, messages: int = count, limited: bool = False) -> list[MeasuredSystem]:
        builds = [(OWN, programs)] + ([("against", against)] if against else [])
        return [measured(name, build, dataset, messages, limited) for name, build in builds]

    crowd = count // MESSAGES_TO_CROWD
    few = measured("few", programs, "few", crowd // large_dataset.CROWD_TO_FEW)
    return {
        "crowd": [*own_and_against("crowd", crowd), few],
        "grown": [*own_and_against("grown"), measured("young", programs, "grown", large_dataset.SMALL_COUNT)],
        "wide": [*own_and_against("wide", limited=True), measured("unlimited", programs, "wide", count)],
    }


@contextlib.contextmanager
def _running(programs: Path, parent: Path, name: str, count: int, trace: Path | None, limited: bool) -> Iterator[system.EchoChatSystem]:
    data = _dataset(programs, parent, name, count)
    if not limited:
        with system.running_on(programs, data, trace) as running:
            yield running
        return
    with MemoryLimit(data) as limit, system.running_on(programs, data, trace, limit.prefix) as running:
        yield running


def _dataset(programs: Path, parent: Path, name: str, count: int) -> Path:
    data = parent / f"{name}-{count}-schema-{_schema_version(programs)}"
    if data.exists() and _message_count(data) > count * DATASETS[name].growth_max:
        shutil.rmtree(data)
    if not data.exists():
        command = [sys.executable, _checkout(programs) / "Tests" / "Benchmarks" / "datasets.py", programs, data, name, str(count)]
        subprocess.run(command, check=True)
        wait_for_disk()
    return data


def _checkout(programs: Path) -> Path:
    """The checkout of the programs, if it has this file, and otherwise this one."""
    found = (parent for parent in programs.parents if (parent / "Tests" / "Benchmarks" / "datasets.py").exists())
    return next(found, system.REPOSITORY)


@functools.cache
def _schema_version(programs: Path) -> int:
    with tempfile.TemporaryDirectory() as data:
        system.run_ctl(programs, Path(data), "migrate")
        with closing(sqlite3.connect(Path(data) / "echochat.db")) as database:
            return database.execute("PRAGMA user_version").fetchone()[0]


def _create(programs: Path, data: Path, name: str, count: int) -> None:
    unfinished = data.with_name(f"unfinished-{data.name}")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    with system.running_on(programs, unfinished) as young:
        DATASETS[name].create(young, count)
    (unfinished / "search.db").unlink(missing_ok=True)
    started = time.monotonic()
    DATASETS[name].fill(unfinished / "echochat.db", count)
    filled = time.monotonic()
    with system.running_on(programs, unfinished):
        _wait_for_index(unfinished / "search.db")
    indexed = time.monotonic()
    size = (unfinished / "search.db").stat().st_size / count
    print(
        f"{name}: {count:,} messages stored in {filled - started:.0f} s, indexed in {indexed - filled:.0f} s "
        f"({count / (indexed - filled):,.0f} a second, {size:.0f} bytes each)",
        flush=True,
    )
    unfinished.rename(data)


def _wait_for_index(file: Path) -> None:
    deadline = time.monotonic() + INDEX_SECONDS_MAX
    while time.monotonic() < deadline:
        with contextlib.suppress(sqlite3.OperationalError), closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as index:
            if index.execute("SELECT filled_through IS NULL FROM state").fetchone() == (1,):
                return
        time.sleep(0.2)
    raise RuntimeError(f"the index was not complete within {INDEX_SECONDS_MAX} s")


def _message_count(data: Path) -> int:
    with closing(sqlite3.connect(data / "echochat.db")) as database:
        return message_count(database)


if __name__ == "__main__":
    _create(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
