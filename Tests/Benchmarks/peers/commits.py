"""The floor of storing: SQLite alone, with the settings of EchoChat's writer and as many rows per commit as EchoChat has messages."""

import contextlib
import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path


class Commits:
    dialect = "commits"

    def __init__(self, program: Path, data: Path):
        self.program, self.file = program, data / "chat.db"

    def store(self, rows: int, seconds: float) -> dict:
        command = [str(self.program), "commit", str(self.file), str(rows), str(seconds)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{command}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)


@contextlib.contextmanager
def running(program: Path, parent: Path) -> Iterator[Commits]:
    with tempfile.TemporaryDirectory(prefix="data-", dir=parent) as data:
        yield Commits(program, Path(data))
