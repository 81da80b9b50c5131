"""The system under test: the end-to-end tests' server, without its limits, in a data directory that is gone afterwards."""

import contextlib
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

# One way to start the system, not two; it uses the standard library only.
sys.path.insert(0, str(REPOSITORY / "Tests" / "EndToEnd"))
from support import server as end_to_end  # noqa: E402

from scene import Scene  # noqa: E402

# Writes down every fsync with its time. The filter in the kernel stops a program at these calls alone, so the rest of it runs as ever;
# -D leaves the program the child of whoever started it.
TRACE = ["strace", "-D", "-f", "--seccomp-bpf", "-e", "trace=fsync,fdatasync", "-ttt", "-o"]


@dataclass(frozen=True)
class Programs:
    """What is run: the directory of echochatctl and its companions (which finds its nginx/ above itself), and those that measure."""

    directory: Path
    generator: Path
    floor: Path


class System(end_to_end.Server):
    """EchoChat as an operator starts it, and the two doors that its WebSocket has."""

    dialect = "echochat"

    def address(self, path: str) -> str:
        """Where to connect: through nginx, or directly to the daemon."""
        if path == "nginx":
            return f"127.0.0.1:{self.port}"
        return "{}:{}".format(*self.daemon_address())

    def scene(self) -> Scene:
        return Scene(self.port, self.data)


@contextlib.contextmanager
def running(programs: Path, parent: Path, trace: Path | None = None) -> Iterator[System]:
    """A system that nobody has used yet. Its data lie on the disk where the results go: /tmp may be memory, where a sync costs nothing."""
    with tempfile.TemporaryDirectory(prefix="data-", dir=parent, ignore_cleanup_errors=True) as data:
        with standing(programs, Path(data), trace) as system:
            yield system


@contextlib.contextmanager
def standing(programs: Path, data: Path, trace: Path | None = None) -> Iterator[System]:
    """A system whose data were there before and will be afterwards."""
    end_to_end.PROGRAMS = programs
    with System(data, under=[*TRACE, str(trace)] if trace else []) as system:
        yield system
