"""echochat-outbound by itself on a data directory, and mails put into its table."""

import json
import os
import secrets
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

from support.server import PROGRAMS, TEST_SETTINGS, is_alive, wait_until

SITE = "https://chat.example.net"


class Outbound:
    """Runs the program. `settings` are ECHOCHAT_* variables; `url` is the SMTP server's."""

    def __init__(self, data: Path, url: str, **settings: str):
        self.data = data
        own = {"ECHOCHAT_DATA": str(data), "ECHOCHAT_SMTP_URL": url, "ECHOCHAT_PUBLIC_URL": SITE, "ECHOCHAT_MAIL_RETRY": "1s-1s"}
        self.settings = {**TEST_SETTINGS, **own, **settings}
        self.process: subprocess.Popen | None = None
        self.log = data.parent / "outbound.log"
        self.ctl("migrate")

    def environment(self, **settings: str) -> dict[str, str]:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("ECHOCHAT_")}
        return {**inherited, **self.settings, **settings}

    def start(self, programs: Path = PROGRAMS, **settings: str) -> "Outbound":
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [programs / "echochat-outbound"], env=self.environment(**settings), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        return self

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)

    def stop(self) -> int:
        """Stops it with SIGTERM and returns its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(10)

    def __enter__(self) -> "Outbound":
        return self.start()

    def __exit__(self, *_) -> None:
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)

    def is_stopped(self) -> bool:
        """Whether a signal has stopped it."""
        assert is_alive(self.process.pid), self.log.read_text()
        return (Path(f"/proc/{self.process.pid}/stat")).read_text().rpartition(")")[2].split()[0] == "T"

    # The operator's commands

    def run_ctl(self, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run([PROGRAMS / "echochatctl", *words], env=self.environment(), capture_output=True, text=True, timeout=90)

    def ctl(self, *words: str) -> str:
        done = self.run_ctl(*words)
        assert done.returncode == 0, done
        return done.stdout

    def mails(self) -> list[dict]:
        """All mails, also those that were sent."""
        return json.loads(self.ctl("mail", "list", "--all", "--json"))

    def wait_for_state(self, state: str, count: int = 1, within: float = 10) -> list[dict]:
        """Waits until so many mails, and no fewer, are in a state."""

        def found():
            mails = [mail for mail in self.mails() if mail["state"] == state]
            return mails if len(mails) >= count else None

        return wait_until(found, within, f"{count} mails are {state}: {self.mails()}\n{self.log.read_text()}", every=0.1)

    # Mails

    def insert(self, recipient: str, kind: str = "password_changed", valid_seconds: int | None = None, **fields: str) -> int:
        return insert_mail(self.data, recipient, kind, valid_seconds, **fields)


def insert_mail(data: Path, recipient: str, kind: str = "password_changed", valid_seconds: int | None = None, **fields: str) -> int:
    """Puts a mail into the table, unchecked, and returns its number."""
    connection = sqlite3.connect(data / "echochat.db", timeout=10)
    try:
        now = int(time.time() * 1000)
        valid = None if valid_seconds is None else now + 1000 * valid_seconds
        row = (kind, recipient, json.dumps(fields), secrets.token_hex(16), now, valid, now)
        statement = """INSERT INTO mails (kind, recipient, fields, message_id, created_at, valid_until, due_at, tried_since)
            VALUES (?, ?, ?, ?, ?, ?, 0, ?)"""
        with connection:
            return connection.execute(statement, row).lastrowid
    finally:
        connection.close()
