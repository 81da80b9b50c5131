"""The system under test: the server of the end-to-end tests, without limits, in a temporary data directory."""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

# The end-to-end tests start the system the same way; that module needs the standard library only.
sys.path.insert(0, str(REPOSITORY / "Tests" / "EndToEnd"))
from support import server as end_to_end  # noqa: E402

from fixtures import Fixtures  # noqa: E402

# Records every fsync with its time. The seccomp filter stops a program at these calls alone, so the rest runs at full speed; with -D
# the program stays a child of the process that started it.
TRACE = ["strace", "-D", "-f", "--seccomp-bpf", "-e", "trace=fsync,fdatasync", "-ttt", "-o"]


@dataclass(frozen=True)
class Programs:
    """The programs: the directory of the system's own (which find nginx/ above it), the load generator and the floor."""

    directory: Path
    generator: Path
    floor: Path


class EchoChatSystem(end_to_end.Server):
    """EchoChat as an operator starts it, with its two WebSocket addresses."""

    dialect = "echochat"

    def address(self, path: str) -> str:
        """The address through nginx, or directly to the daemon."""
        if path == "nginx":
            return f"127.0.0.1:{self.port}"
        return "{}:{}".format(*self.daemon_address())

    def fixtures(self) -> Fixtures:
        return Fixtures(self.port, self.data)


def run_ctl(programs: Path, data: Path, *words: str) -> None:
    """Runs echochatctl with the settings of a measured system: without limits."""
    command = [str(programs / "echochatctl"), *words]
    environment = {**os.environ, **end_to_end.TEST_SETTINGS, "ECHOCHAT_DATA": str(data), "ECHOCHAT_RUN": str(data)}
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def running(programs: Path, parent: Path, trace: Path | None = None) -> Iterator[EchoChatSystem]:
    """A new system. Its data is on the disk of the results: /tmp may be memory, where fsync is free."""
    with tempfile.TemporaryDirectory(prefix="data-", dir=parent, ignore_cleanup_errors=True) as data:
        with running_on(programs, Path(data), trace) as system:
            yield system


@contextlib.contextmanager
def running_on(programs: Path, data: Path, trace: Path | None = None, prefix: Sequence[str] = ()) -> Iterator[EchoChatSystem]:
    """A system on existing data, which is kept. `prefix` is a command that starts it."""
    end_to_end.PROGRAMS = programs
    with EchoChatSystem(data, under=[*prefix, *([*TRACE, str(trace)] if trace else [])]) as system:
        yield system
