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


@dataclass(frozen=True)
class Programs:
    """What is run: the directory of echochatctl and its companions (which finds its nginx/ above itself), and the load generator."""

    directory: Path
    generator: Path


class System(end_to_end.Server):
    """EchoChat as an operator starts it, and the two doors that its WebSocket has."""

    def address(self, path: str) -> str:
        """Where to connect: through nginx, or directly to the daemon."""
        if path == "nginx":
            return f"127.0.0.1:{self.port}"
        return "{}:{}".format(*self.daemon_address())


@contextlib.contextmanager
def running(programs: Programs, parent: Path) -> Iterator[System]:
    """A system that nobody has used yet. Its data lie on the disk where the results go: /tmp may be memory, where a sync costs nothing."""
    with tempfile.TemporaryDirectory(prefix="data-", dir=parent) as data:
        end_to_end.PROGRAMS = programs.directory
        with System(Path(data)) as system:
            yield system
