"""Small file systems that fill up, and files that cannot be written to. For root."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def small_disk(path: Path, megabytes: int) -> Iterator[Path]:
    """A file system of its own of this size, at a directory that is made."""
    path.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(path)], check=True)
    try:
        yield path
    finally:
        # Lazily: a failed test may have left something open.
        subprocess.run(["umount", "--lazy", str(path)], check=True)


def fill(directory: Path) -> Path:
    """Writes a file until not a byte is left, and returns it: removing it makes room again."""
    file = directory / "ballast"
    with open(file, "ab", buffering=0) as ballast:
        for size in (1 << 20, 1 << 12, 1):
            with contextlib.suppress(OSError):
                while True:
                    ballast.write(b"\0" * size)
    return file


@contextlib.contextmanager
def immutable(*files: Path) -> Iterator[None]:
    """Nobody can write to these files meanwhile, root and programs that have them open included."""
    subprocess.run(["chattr", "+i", *map(str, files)], check=True)
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", *map(str, files)], check=True)


def overwrite_pages(file: Path, first: int, count: int = 12, page_bytes: int = 4096) -> None:
    """Overwrites pages with random bytes, as a broken disk or a wrong program does."""
    with open(file, "r+b", buffering=0) as pages:
        pages.seek(first * page_bytes)
        pages.write(os.urandom(count * page_bytes))
