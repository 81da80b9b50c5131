"""Detects whether anything was written to the database."""

import contextlib
import sqlite3

from .server import Server

# The daemon writes these on its own schedule.
IGNORED_TABLES = ("presence", "presence_lease")
# A sign-in that was refused is written down.
IGNORED_ROWS = {"audit": "action = 'sign_in_failed'"}


class WriteDetector:
    """Compares all tables of a running system with the last look; reads only PRAGMA data_version if that is unchanged."""

    def __init__(self, server: Server):
        self._open = contextlib.ExitStack()
        self._database: sqlite3.Connection = self._open.enter_context(server.database())
        self._version = 0
        self._rows: dict[str, list] = {}

    def changed_tables(self) -> list[str]:
        """The tables whose rows differ from those at the last call."""
        version = self._database.execute("PRAGMA data_version").fetchone()[0]
        if version == self._version:
            return []
        before, self._rows = self._rows, {name: self._contents(name) for name in self._tables()}
        self._version = version
        return [name for name in self._rows if self._rows[name] != before.get(name)]

    def close(self) -> None:
        self._open.close()

    def _contents(self, table: str) -> list:
        return self._database.execute(f"SELECT * FROM {table} WHERE NOT ({IGNORED_ROWS.get(table, 'FALSE')})").fetchall()

    def _tables(self) -> list[str]:
        names = self._database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
        return [name for (name,) in names if name not in IGNORED_TABLES]
