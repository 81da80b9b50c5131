"""Backups: made, verified and restored by echochatctl, with the words that it says."""

import contextlib
import hashlib
import json
import sqlite3
import subprocess
from pathlib import Path

from .clients import TestUser, TestUsers
from .pictures import jpeg
from .server import PROGRAMS, Server
from .uploads import upload


def ctl(server: Server, *words, status: int = 0, under=(), **settings: str) -> subprocess.CompletedProcess:
    """Runs echochatctl on the data of a system, which may be stopped."""
    command = [*under, PROGRAMS / "echochatctl", *map(str, words)]
    done = subprocess.run(command, env=server.environment() | settings, capture_output=True, text=True, timeout=50)
    assert done.returncode == status, done
    return done


def back_up(server: Server, directory: Path, *options, **settings: str) -> Path:
    """Makes a backup and returns its path."""
    directory.mkdir(exist_ok=True)
    return Path(ctl(server, "backup", directory, *options, **settings).stdout.split(": ")[0])


def faults(server: Server, *path) -> dict[str, str]:
    """What `verify` finds wrong with the data, or with a backup, by what was checked."""
    command = [PROGRAMS / "echochatctl", "verify", *map(str, path)]
    done = subprocess.run(command, env=server.environment(), capture_output=True, text=True, timeout=50)
    lines = dict(line.split(": ", 1) for line in done.stdout.splitlines())
    assert done.returncode == (0 if lines and all(line.startswith("ok") for line in lines.values()) else 1), done
    return {name: line for name, line in lines.items() if not line.startswith("ok")}


def manifest(backup: Path) -> dict:
    return json.loads((backup / "manifest.json").read_bytes())


def rewrite_manifest(backup: Path, **members) -> None:
    """Changes members of a manifest as a forger would: with the right hash."""
    known = manifest(backup) | members
    del known["sha256"]
    text = json.dumps(known, separators=(",", ":")).encode()[:-1]
    (backup / "manifest.json").write_bytes(text + b',"sha256":"' + hashlib.sha256(text).hexdigest().encode() + b'"}\n')


def query(database: Path, sql: str) -> list[tuple]:
    with contextlib.closing(sqlite3.connect(f"file:{database}?immutable=1", uri=True)) as connection:
        return connection.execute(sql).fetchall()


async def use(user: TestUser, room: str) -> None:
    """A message with a file, one with a picture, a deleted one, an avatar, and some more."""
    for name, content, kind in (("note.txt", b"for the Lobby", None), ("photo.jpg", jpeg(), "image/jpeg")):
        file = await upload(user, content, name, kind)
        await user.post_message(room, name, attachments=[file["file_id"]])
    assert (await user.put("/users/me/avatar", content=jpeg(), headers={"Content-Type": "image/jpeg"})).is_success
    gone = await upload(user, b"soon gone", "gone.txt")
    message = await user.post_message(room, "gone", attachments=[gone["file_id"]])
    assert (await user.delete(f"/rooms/{room}/messages/{message['seq']}")).is_success
    for number in range(5):
        await user.post_message(room, f"kept {number}")


async def used(server: Server, name: str = "alice") -> str:
    """Registers a user, whose room `use` fills; returns the room."""
    async with TestUsers(server) as users:
        alice = await users.register(name)
        room = (await alice.create_room("group", "Lobby"))["room_id"]
        await use(alice, room)
        return room
