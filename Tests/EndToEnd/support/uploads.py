"""Uploads by the users of the tests, and what a server keeps of files."""

import sqlite3
import urllib.parse
from pathlib import Path

import httpx

from .clients import TestUser
from .files import entries
from .server import Server


async def try_upload(user: TestUser, content: bytes, name: str = "note.txt", media_type: str | None = None, **more) -> httpx.Response:
    """Uploads a file as the body of a request."""
    headers = {"X-Filename": urllib.parse.quote(name), **more.pop("headers", {})}
    if media_type:
        headers["Content-Type"] = media_type
    return await user.post("/files", content=content, headers=headers, **more)


async def upload(user: TestUser, content: bytes = b"hello", name: str = "note.txt", media_type: str | None = None) -> dict:
    response = await try_upload(user, content, name, media_type)
    assert response.status_code == 201, response.text
    assert response.headers["Location"] == response.json()["url"]
    return response.json()


async def try_upload_form(user: TestUser, content: bytes, name: str, media_type: str) -> httpx.Response:
    """Uploads a file in a form."""
    return await user.post("/files", files={"file": (name, content, media_type)})


async def download(user: TestUser, url: str, **more) -> httpx.Response:
    return await user.get(url.removeprefix("/api/v1"), **more)


def stored(server: Server) -> list[Path]:
    """The files in the directory of files, complete or not."""
    directory = server.data / "files"
    return sorted(path for path in entries(directory) if path.is_file())


def rows(server: Server, sql: str = "SELECT public_id FROM files") -> list:
    with server.database() as database:
        try:
            return [row[0] for row in database.execute(sql)]
        except sqlite3.OperationalError:
            return []
