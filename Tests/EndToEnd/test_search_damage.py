"""The search index is damaged in every way: every message is still found, and a new index is built."""

import os
import sqlite3
from contextlib import closing

import pytest

from support.clients import TestUser
from support.server import CRASH, Server, wait_until

MESSAGES = 400
INDEX_WITHIN_SECONDS = 10


def empty(file) -> None:
    os.truncate(file, 0)


def truncate(file) -> None:
    os.truncate(file, file.stat().st_size // 2)


def write_text(file) -> None:
    file.write_text("This text was written into the wrong file.\n" * 50)


def replace_with_text(file) -> None:
    other = file.with_name("other")
    write_text(other)
    other.rename(file)


def write_random_bytes(file) -> None:
    with open(file, "r+b") as pages:
        pages.seek(2 * 4096)
        pages.write(os.urandom(file.stat().st_size - 2 * 4096))


def replace_with_another_database(file) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE state (epoch TEXT)")


def remove(file) -> None:
    file.unlink()


DAMAGES = (empty, truncate, write_text, replace_with_text, write_random_bytes, replace_with_another_database, remove)


def index_name(server: Server) -> str | None:
    with server.database() as database:
        row = database.execute("SELECT value FROM meta WHERE name = 'search_index'").fetchone()
    return row and row[0]


def is_index_complete(server: Server) -> bool:
    """Whether the current index has every message."""
    with server.database() as database, closing(sqlite3.connect(f"file:{server.data / 'search.db'}?mode=ro", uri=True)) as index:
        (last,) = database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'journal'").fetchone()
        try:
            return index.execute("SELECT name, indexed_through FROM state").fetchone() == (index_name(server), last)
        except sqlite3.DatabaseError:
            return False


async def check_found(user, room: str, count: int) -> None:
    for word, hits in (("ptarmigan", 1), ("capercaillie", count), ("lagopus", 1)):
        for scope in ({}, {"room_id": room}):
            items = await user.list_all("/search/messages", q=word, limit=200, **scope)
            assert len(items) == hits, word


@pytest.mark.timeout(120)
@pytest.mark.parametrize("is_running", [True, False], ids=["while it runs", "while it is stopped"])
async def test_whatever_damages_the_index_every_message_is_still_found(own_server, is_running):
    server = own_server()
    index = server.data / "search.db"
    alice = await TestUser(server, "alice").register()
    room = (await alice.create_room("group", "Moor"))["room_id"]
    await alice.post_message(room, "ptarmigan")
    for number in range(MESSAGES):
        await alice.post_message(room, f"capercaillie {number} {os.urandom(200).hex()}")
    await alice.post_message(room, "lagopus")
    for count, damage in enumerate(DAMAGES, start=MESSAGES):
        wait_until(lambda: is_index_complete(server), INDEX_WITHIN_SECONDS, "the index is complete")
        await check_found(alice, room, count)
        before = index_name(server)
        if not is_running:
            await alice.close()
            assert server.stop() == 0
        # A checkpoint: content that is only in the WAL would survive the damage.
        with closing(sqlite3.connect(index)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        damage(index)
        if not is_running:
            server.start()
            alice = await TestUser(server, "alice").log_in()
        await check_found(alice, room, count)
        await alice.post_message(room, f"capercaillie after {damage.__name__}")
        await check_found(alice, room, count + 1)
        wait_until(
            lambda before=before: index_name(server) not in (None, before), INDEX_WITHIN_SECONDS, f"a new index after {damage.__name__}"
        )
    await alice.close()
    assert not any(CRASH.search(line) for line in server.output), server.logs()
