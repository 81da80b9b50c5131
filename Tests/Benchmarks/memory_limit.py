"""A limit on the memory of a whole system, page cache included, so that the kernel cannot keep the database in memory.

A control group of its own beside (version 2) or below (version 1) that of the benchmark holds all programs of the system. Only root may make
one, unless a part of the hierarchy was given to the user.
"""

import os
import time
from pathlib import Path

from load import NotAvailable

HIERARCHY = Path("/sys/fs/cgroup")
# The system's own memory (programs and SQLite's page caches) is about 100 MB; the rest is left for the page cache.
LIMIT_BYTES = 192 << 20
REMOVING_SECONDS_MAX = 5
ADD_AND_RUN = 'echo $$ > "$0" && exec "$@"'


class MemoryLimit:
    """`prefix` is the command that starts a program in the group. First no file of `data` is in the page cache."""

    def __init__(self, data: Path):
        self.data = data

    def __enter__(self) -> "MemoryLimit":
        parent, limit = place(Path("/proc/self/cgroup").read_text())
        self.group = parent / f"echochat-bench-{os.getpid()}"
        try:
            self.group.mkdir()
            (self.group / limit).write_text(str(LIMIT_BYTES))
        except OSError as error:
            self._remove()
            raise NotAvailable(f"a memory limit: {error}") from None
        # Pages that are cached already are charged to the program that has read them.
        for file in self.data.rglob("*"):
            if file.is_file():
                _forget(file)
        return self

    def __exit__(self, *_) -> None:
        self._remove()

    @property
    def prefix(self) -> list[str]:
        return ["sh", "-c", ADD_AND_RUN, str(self.group / "cgroup.procs")]

    def _remove(self) -> None:
        """Removes the group, once the kernel has no process in it any more."""
        deadline = time.monotonic() + REMOVING_SECONDS_MAX
        while self.group.exists():
            try:
                self.group.rmdir()
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)


def place(groups: str) -> tuple[Path, str]:
    """Where a group can be made, and the file of its limit. `groups` are those of this process: lines `NUMBER:CONTROLLERS:PATH`."""
    paths = {controller: path.lstrip("/") for _, names, path in (line.split(":", 2) for line in groups.splitlines()) for controller in names.split(",")}
    if "memory" in paths:
        return HIERARCHY / "memory" / paths["memory"], "memory.limit_in_bytes"
    # A group with processes has no groups with controllers below it, but for the highest one.
    own = HIERARCHY / paths[""]
    return own.parent if own != HIERARCHY else own, "memory.max"


def _forget(file: Path) -> None:
    """Drops a file's pages from the kernel's cache."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)
