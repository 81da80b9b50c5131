"""Lists the files of a directory that running programs change."""

import os
from pathlib import Path


def entries(directory: Path) -> dict[Path, os.stat_result]:
    """All below the directory and itself. SQLite deletes a file like `search.db-journal` while a program runs: such a one is left out."""
    found = {}
    for path in [directory, *directory.rglob("*")]:
        try:
            found[path] = path.lstat()
        except FileNotFoundError:
            continue
    return found


def read(path: Path) -> bytes:
    """The content, or nothing if the file was deleted since it was listed."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
