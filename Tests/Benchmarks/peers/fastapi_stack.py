"""FastAPI, uvicorn, SQLAlchemy and SQLite (`fastapi_app/`), behind its own nginx."""

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from peers import proxy

APP = Path(__file__).resolve().parent / "fastapi_app"
FRONT = """
location / {
    proxy_pass http://uvicorn;
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $peer_connection;
    proxy_read_timeout 3600s;
    proxy_buffering off;
    proxy_buffer_size 8k;
}
"""
HTTP = """
map $http_upgrade $peer_connection { "" ""; default upgrade; }
upstream uvicorn { server 127.0.0.1:%d max_fails=0; keepalive 16; }
"""


class FastAPIStack:
    dialect = "echochat"

    def __init__(self, data: Path, ports: dict[str, int], pids: dict[str, int]):
        self.data, self.ports, self.programs = data, ports, pids

    def address(self, path: str) -> str:
        return f"127.0.0.1:{self.ports[path]}"

    def pids(self) -> dict[str, int]:
        return self.programs

    def fixtures(self) -> "FastAPIFixtures":
        return FastAPIFixtures(self.data / "chat.db")


class FastAPIFixtures:
    """The token is the username, which begins with the room."""

    def __init__(self, file: Path):
        self.file = file

    def public_room(self, count: int) -> tuple[list[str], str]:
        return [users for _, users in self.rooms(1, count)][0], "room0"

    def solo_users(self, count: int) -> list[tuple[str, str]]:
        return [(users[0], room) for room, users in self.rooms(count, 1)]

    def rooms(self, count: int, size: int) -> list[tuple[str, list[str]]]:
        made = [(f"room{room}", [f"room{room}-{number}" for number in range(size)]) for room in range(count)]
        names = ((name,) for _, users in made for name in users)
        with closing(sqlite3.connect(self.file)) as database, database:
            database.executemany("INSERT INTO users (username) VALUES (?)", names)
        return made

    def post_history(self, room: str, authors: list[str], count: int) -> None:
        row = "INSERT INTO messages (room_id, seq, user_id, content, created_at) VALUES (?, ?, 1, ?, '2026-02-05 10:30:00.123000')"
        with closing(sqlite3.connect(self.file)) as database, database:
            database.executemany(row, ((room, seq, "so the train was late again and we all " * 2) for seq in range(1, count + 1)))


@contextlib.contextmanager
def running(python: Path, parent: Path) -> Iterator[FastAPIStack]:
    """`python` belongs to a virtual environment with the packages of `fastapi_app/requirements.txt`."""
    with tempfile.TemporaryDirectory(prefix="data-", dir=parent, ignore_cleanup_errors=True) as name, contextlib.ExitStack() as stack:
        data = Path(name)
        ports = {"direct": proxy.free_port(), "nginx": proxy.free_port()}
        command = [str(python), "-m", "uvicorn", "app:app", "--app-dir", str(APP), "--port", str(ports["direct"])]
        command += ["--log-level", "warning", "--no-access-log", "--backlog", "4096"]
        environment = {**os.environ, "CHAT_DATABASE": f"{data}/chat.db"}
        server = stack.enter_context(proxy.program(command, data / "uvicorn.log", env=environment))
        proxy.wait_for_port(ports["direct"], server, data / "uvicorn.log")
        text = proxy.configuration(ports["nginx"], HTTP % ports["direct"], FRONT)
        front = stack.enter_context(proxy.nginx(text, data / "front", ports["nginx"]))
        yield FastAPIStack(data, ports, {"nginx": front, "uvicorn": server.pid})
