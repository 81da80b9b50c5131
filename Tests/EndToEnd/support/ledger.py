"""Tells whether anything was stored meanwhile."""

import contextlib
import sqlite3

from .server import Server

# The daemon writes down by itself who is here.
BY_ITSELF = ("presence", "presence_lease")


class Ledger:
    """Looks at the whole database of a running system, or only at its version where that has not changed."""

    def __init__(self, server: Server):
        self._open = contextlib.ExitStack()
        self._database: sqlite3.Connection = self._open.enter_context(server.database())
        self._version = 0
        self._rows: dict[str, list] = {}

    def changes(self) -> list[str]:
        """The tables that hold something else than at the last look."""
        version = self._database.execute("PRAGMA data_version").fetchone()[0]
        if version == self._version:
            return []
        before, self._rows = self._rows, {name: self._database.execute(f"SELECT * FROM {name}").fetchall() for name in self._tables()}
        self._version = version
        return [name for name in self._rows if self._rows[name] != before.get(name)]

    def close(self) -> None:
        self._open.close()

    def _tables(self) -> list[str]:
        names = self._database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
        return [name for (name,) in names if name not in BY_ITSELF]
