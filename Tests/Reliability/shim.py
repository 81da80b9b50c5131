"""Builds storage_shim.c, preloads it into a system under test, and controls it while the system runs."""

import contextlib
import ctypes
import mmap
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

from support.server import REPOSITORY, Server

SOURCE = Path(__file__).with_name("storage_shim.c")
LIBRARY = REPOSITORY / ".build" / "reliability" / "storage_shim.so"

# In the order of `enum setting` in storage_shim.c.
SETTINGS = ("recording", "write_eio", "write_enospc", "write_short", "write_lost", "sync_eio", "clock_offset")
SETTINGS_MAX = 16


def build() -> Path:
    """Compiles the library, unless it is newer than its source."""
    if not LIBRARY.exists() or LIBRARY.stat().st_mtime < SOURCE.stat().st_mtime:
        compiler = shutil.which("clang") or shutil.which("gcc") or "cc"
        LIBRARY.parent.mkdir(parents=True, exist_ok=True)
        unfinished = LIBRARY.with_suffix(".new")
        subprocess.run([compiler, "-O2", "-Wall", "-shared", "-fPIC", "-o", unfinished, SOURCE, "-ldl", "-lpthread"], check=True)
        unfinished.rename(LIBRARY)
    return LIBRARY


class Shim:
    """The control file of one system. Chances are per million calls, the clock's offset is in nanoseconds."""

    def __init__(self, control: Path):
        self.control = control
        self.log = Path(f"{control}.log")
        self._library = ctypes.CDLL(str(build()))
        self._library.shim_note.argtypes = [ctypes.c_char_p, ctypes.c_uint64]
        if self._library.shim_open(str(control).encode(), 1) != 0:
            raise OSError(f"cannot make {control}")
        with control.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 4096)

    def set(self, **settings: int) -> None:
        for name, value in settings.items():
            struct.pack_into("<q", self._memory, 8 * SETTINGS.index(name), value)

    @contextlib.contextmanager
    def faults(self, **chances: int) -> Iterator[None]:
        """Injects faults inside of the `with`."""
        self.set(**chances)
        try:
            yield
        finally:
            self.set(**dict.fromkeys(chances, 0))

    def injected(self, name: str) -> int:
        return struct.unpack_from("<Q", self._memory, 8 * (SETTINGS_MAX + SETTINGS.index(name)))[0]

    def note(self, text: str) -> None:
        """Writes a line between the records of what the programs do."""
        data = text.encode()
        self._library.shim_note(data, len(data))

    def server(self, data: Path, **settings: str | None) -> Server:
        """A system with the shim in all its processes; the caller starts it."""
        data.mkdir(parents=True, exist_ok=True)
        preload = {
            "LD_PRELOAD": str(LIBRARY),
            "STORAGE_SHIM": str(self.control.resolve()),
            "STORAGE_SHIM_DIRECTORY": str(data.resolve()),
        }
        return Server(data, **{**preload, **settings})
