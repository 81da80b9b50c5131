"""The index of words is harmed in every way: nothing that was said is unfound meanwhile, and another index is made."""

import os
import sqlite3
from contextlib import closing

import pytest

from support.people import Person
from support.server import CRASH, Server, wait_until

SAID = 400
MADE_WITHIN_SECONDS = 10


def empty(file) -> None:
    os.truncate(file, 0)


def cut(file) -> None:
    os.truncate(file, file.stat().st_size // 2)


def write_text(file) -> None:
    file.write_text("Dear diary, today somebody wrote into the wrong file.\n" * 50)


def replace_by_text(file) -> None:
    other = file.with_name("diary")
    write_text(other)
    other.rename(file)


def write_rubbish(file) -> None:
    with open(file, "r+b") as pages:
        pages.seek(2 * 4096)
        pages.write(os.urandom(file.stat().st_size - 2 * 4096))


def replace_by_anothers(file) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE state (epoch TEXT)")


def remove(file) -> None:
    file.unlink()


HARMS = (empty, cut, write_text, replace_by_text, write_rubbish, replace_by_anothers, remove)


def name_of_index(server: Server) -> str | None:
    with server.database() as database:
        row = database.execute("SELECT value FROM meta WHERE name = 'search_index'").fetchone()
    return row and row[0]


def indexed(server: Server) -> bool:
    """Whether the index that is believed has everything."""
    with server.database() as database, closing(sqlite3.connect(f"file:{server.data / 'search.db'}?mode=ro", uri=True)) as index:
        (last,) = database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'journal'").fetchone()
        try:
            return index.execute("SELECT name, indexed_through FROM state").fetchone() == (name_of_index(server), last)
        except sqlite3.DatabaseError:
            return False


async def check_found(person, room: str, count: int) -> None:
    for word, hits in (("ptarmigan", 1), ("capercaillie", count), ("lagopus", 1)):
        for scope in ({}, {"room_id": room}):
            items = await person.walk("/search/messages", q=word, limit=200, **scope)
            assert len(items) == hits, word


@pytest.mark.timeout(120)
@pytest.mark.parametrize("is_running", [True, False], ids=["while it runs", "while it stands"])
async def test_whatever_befalls_the_index_nothing_is_unfound(own_server, is_running):
    server = own_server()
    index = server.data / "search.db"
    alice = await Person(server, "alice").register()
    room = (await alice.create_room("group", "Moor"))["room_id"]
    await alice.write(room, "ptarmigan")
    for number in range(SAID):
        await alice.write(room, f"capercaillie {number} {os.urandom(200).hex()}")
    await alice.write(room, "lagopus")
    for count, harm in enumerate(HARMS, start=SAID):
        wait_until(lambda: indexed(server), MADE_WITHIN_SECONDS, "the index has everything")
        await check_found(alice, room, count)
        before = name_of_index(server)
        if not is_running:
            await alice.close()
            assert server.stop() == 0
        # What lies in the log alone would survive.
        with closing(sqlite3.connect(index)) as own:
            own.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        harm(index)
        if not is_running:
            server.start()
            alice = await Person(server, "alice").log_in()
        await check_found(alice, room, count)
        await alice.write(room, f"capercaillie after {harm.__name__}")
        await check_found(alice, room, count + 1)
        wait_until(lambda before=before: name_of_index(server) not in (None, before), MADE_WITHIN_SECONDS, f"a new index after {harm.__name__}")
    await alice.close()
    assert not any(CRASH.search(line) for line in server.output), server.logs()
