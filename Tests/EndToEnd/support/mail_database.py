"""The mails that a system has stored, and changes to its accounts that only time or another system could make."""

import contextlib
import json
import sqlite3
from dataclasses import dataclass

from .server import MAIL_SETTINGS, Server

PUBLIC_URL = MAIL_SETTINGS["ECHOCHAT_PUBLIC_URL"]


@dataclass(frozen=True)
class StoredMail:
    kind: str
    recipient: str
    fields: dict[str, str]

    @property
    def token(self) -> str:
        return token(self.fields["link"])


def token(link: str) -> str:
    """The token of a link in a mail."""
    start, _, token = link.partition("=")
    assert start in (f"{PUBLIC_URL}/#verify", f"{PUBLIC_URL}/#reset"), link
    return token


def stored_mails(server: Server, kind: str | None = None, to: str | None = None) -> list[StoredMail]:
    """In the order in which they were stored."""
    with server.database() as database:
        rows = database.execute("SELECT kind, recipient, fields FROM mails ORDER BY id").fetchall()
    mails = [StoredMail(kind, recipient, json.loads(fields)) for kind, recipient, fields in rows]
    return [mail for mail in mails if kind in (None, mail.kind) and to in (None, mail.recipient)]


def execute(server: Server, sql: str, *parameters) -> None:
    """Changes the database beside the running programs."""
    with contextlib.closing(sqlite3.connect(server.data / "echochat.db", timeout=5, isolation_level=None)) as database:
        database.execute("PRAGMA wal_autocheckpoint = 0")
        assert database.execute(sql, parameters).rowcount > 0, sql


def set_verified(server: Server, username: str, is_verified: bool = True) -> None:
    """Gives a user a verified address, or an unverified one."""
    time = 1 if is_verified else None
    sql = "UPDATE users SET email = coalesce(email, pending_email, username || '@example.org'), pending_email = NULL, email_verified_at = ?"
    execute(server, f"{sql} WHERE username = ?", time, username)
