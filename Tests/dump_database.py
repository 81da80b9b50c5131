#!/usr/bin/env python3
"""Prints every table of an EchoChat database and its rows, without password hashes, tokens and other secrets.

Usage: dump_database.py DATABASE [TABLE…]
"""

import re
import sqlite3
import sys
from pathlib import Path
from urllib.parse import quote

# Columns whose values are secret, or would let their reader guess one.
SECRET = re.compile(r"hash|token|secret|password|code|email|user_agent|key", re.IGNORECASE)
TEXT_MAX = 200


def shown(column, value):
    """One value on one line."""
    if value is None:
        return "NULL"
    if SECRET.search(column):
        return "(left out)"
    if isinstance(value, bytes):
        try:
            value = value.decode()
        except UnicodeDecodeError:
            return f"({len(value)} bytes)"
    text = str(value).encode("unicode_escape").decode() if isinstance(value, str) and not value.isprintable() else str(value)
    return text if len(text) <= TEXT_MAX else f"{text[:TEXT_MAX]}… ({len(text)} characters)"


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    path, wanted = Path(sys.argv[1]), sys.argv[2:]
    if not path.exists():
        sys.exit(f"there is no database at {path}: is ECHOCHAT_DATA right?")
    database = sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True)
    names = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    # The tables behind the name indexes (FTS5) hold no text.
    names = [name for name in names if not re.search(r"_(data|idx|content|config|docsize)$|_pieces$|^(user|room)_names$", name)]
    for unknown in set(wanted) - set(names):
        sys.exit(f"there is no table {unknown}: {', '.join(names)}")
    for name in wanted or names:
        rows = database.execute(f'SELECT * FROM "{name}"')
        columns = [column[0] for column in rows.description]
        print(f"== {name}")
        count = 0
        for count, row in enumerate(rows, 1):
            print("  " + "  ".join(f"{column}={shown(column, value)}" for column, value in zip(columns, row)))
        print(f"   {count} rows\n")


if __name__ == "__main__":
    main()
