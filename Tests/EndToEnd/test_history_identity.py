"""A database that is replaced or put back is recognised: nothing is acknowledged in vain, and no earlier cursor resumes with a gap."""

import asyncio
import contextlib
import os
import shutil
import sqlite3
import time

import pytest

from support.clients import TestUser, TestUsers
from support.server import Server


def vacuum_into(server: Server, target) -> None:
    with contextlib.closing(sqlite3.connect(server.data / "echochat.db", timeout=5)) as database:
        database.execute("VACUUM INTO ?", (str(target),))


async def log_in_again(users: TestUsers, user: TestUser) -> TestUser:
    """The same user on a system that was started again."""
    again = users.unregistered("again")
    again.username = user.username
    return await again.log_in()


# Replaced while running


@pytest.mark.parametrize("way", ["moved into its place", "deleted"])
async def test_a_database_replaced_while_running_ends_the_programs_and_nothing_acknowledged_is_lost(own_server, tmp_path, way):
    server = own_server()
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        room = (await alice.create_room("group"))["room_id"]
        for i in range(10):
            await alice.post_message(room, f"before {i}")
        connection = await alice.connect()
        cursor, epoch = connection.last_id, connection.welcome.data["epoch"]
        copy = server.data / "copy.db"
        vacuum_into(server, copy)
        database = server.data / "echochat.db"
        before = server.pids()
        if way == "deleted":
            database.unlink()
        else:
            os.replace(copy, database)
        acknowledged: list[str] = []
        deadline = time.monotonic() + 15
        i = 0
        while time.monotonic() < deadline and (any(server.pid(name) in (before[name], None) for name in ("rest", "push")) or i < 5):
            i += 1
            with contextlib.suppress(Exception):
                if not connection.is_closed and i % 2:
                    async with asyncio.timeout(2):
                        await connection.send_message(room, f"websocket {i}")
                    acknowledged.append(f"websocket {i}")
            with contextlib.suppress(Exception):
                response = await alice.post(f"/rooms/{room}/messages", json={"content": f"rest {i}"})
                if response.is_success:
                    acknowledged.append(f"rest {i}")
            await asyncio.sleep(0.02)
        now = server.pids()
        assert all(now.get(name) not in (before[name], None) for name in ("rest", "push")), "the programs did not end\n" + server.logs()
        assert "replaced while running" in server.logs(100_000)
        output = "".join(server.output)
        assert "push" in output and "has exited with status 74" in output, output
        if way == "deleted":
            return  # There is a new, empty database now: that is what the operator has asked for.

    assert await asyncio.to_thread(server.stop) == 0
    server.start()
    async with TestUsers(server) as users:
        again = await log_in_again(users, alice)
        stored = [message["content"] for message in await again.all_messages(room)]
        assert [content for content in stored if content.startswith("before")] == [f"before {i}" for i in range(10)]
        assert set(acknowledged) <= set(stored), "acknowledged and lost"
        connection = await again.connect(since=cursor)
        assert connection.welcome.data["resumed"] is False
        assert connection.welcome.data["epoch"] != epoch
        await connection.send_message(room, "goes on")
        assert (server.data / "echochat.db-wal.replaced").exists(), "the log of the replaced file was applied, or thrown away"
    assert await asyncio.to_thread(server.stop) == 0
    with server.database() as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


# Put back while stopped


async def check_not_resumed(user: TestUser, cursors: list[int], room: str, since: str) -> None:
    for cursor in cursors:
        connection = await user.connect(since=cursor)
        assert connection.welcome.data["resumed"] is False, f"{cursor} was resumed {since}"
        assert connection.welcome.data["cursor"] > max(cursors), "ids rise"
        assert not connection.received("new_message")
        await connection.close()


@pytest.mark.parametrize(
    "way", ["VACUUM INTO", "plain copy", "plain copy over the file", "whole directory moved", "whole directory copied"]
)
@pytest.mark.parametrize("more", [3, 9])
async def test_a_cursor_of_a_history_that_was_given_up_is_not_resumed(own_server, tmp_path, way, more):
    """Twice: at once, and after the log has grown to and past the cursor."""
    server = own_server()
    data, backup = server.data, tmp_path / "backup"
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        room = (await alice.create_room("group"))["room_id"]
        for i in range(5):
            await alice.post_message(room, f"kept {i}")
        state = (await alice.get("/sync")).json()
        if way == "VACUUM INTO":
            backup.mkdir()
            vacuum_into(server, backup / "echochat.db")
    assert server.stop() == 0
    if way.startswith("plain copy"):
        backup.mkdir()
        shutil.copy2(data / "echochat.db", backup / "echochat.db")
    elif way.startswith("whole"):
        shutil.copytree(data, backup, ignore=shutil.ignore_patterns("run", "log"))

    server.start()
    async with TestUsers(server) as users:
        again = await log_in_again(users, alice)
        connection = await again.connect(since=state["cursor"])
        assert connection.welcome.data["resumed"] is True, "a restart alone changes nothing"
        for i in range(more):
            await again.post_message(room, f"given up {i}")
        frames = await connection.expect_messages(room, more)
        cursors = [frame.id for frame in frames]
        assert cursors == sorted(cursors) and cursors[0] > state["cursor"] and cursors[-1] <= 2**53 - 1
    assert server.stop() == 0

    match way:
        case "VACUUM INTO" | "plain copy":
            os.replace(backup / "echochat.db", data / "echochat.db")
        case "plain copy over the file":
            shutil.copyfile(backup / "echochat.db", data / "echochat.db")
        case "whole directory moved":
            shutil.rmtree(data)
            backup.rename(data)
        case _:
            # The same files with the same numbers, as a snapshot of the file system puts them back: no file can tell.
            shutil.copytree(backup, data, dirs_exist_ok=True)

    server.start()
    async with TestUsers(server) as users:
        again = await log_in_again(users, alice)
        stored = [message["content"] for message in await again.all_messages(room)]
        assert stored == [f"kept {i}" for i in range(5)]
        if way != "whole directory copied":
            await check_not_resumed(again, [state["cursor"], *cursors], room, "at once")
            assert (await again.get("/sync")).json()["epoch"] != state["epoch"]
            assert "was put back" in "".join(server.output) + server.logs(100_000)
        for grown in range(more + 3):
            await again.post_message(room, f"other {grown}")
            for cursor in cursors:
                connection = await again.connect(since=cursor)
                assert connection.welcome.data["resumed"] is False, f"{cursor} was resumed after {grown + 1} events"
                await connection.close()
        if way == "whole directory copied":
            connection = await again.connect(since=state["cursor"])
            assert connection.welcome.data["resumed"] is True, "what both histories have is resumed"
            frames = await connection.expect_messages(room, more + 3)
            assert [frame.data["content"] for frame in frames] == [f"other {i}" for i in range(more + 3)]
        # A client that loads its state anew goes on from there.
        fresh = (await again.get("/sync")).json()["cursor"]
        connection = await again.connect(since=fresh)
        assert connection.welcome.data["resumed"] is True
        await again.post_message(room, "goes on")
        await connection.expect("new_message", content="goes on")
        found = (await again.get("/search/messages", params={"q": "kept", "room_id": room})).json()
        assert len(found["items"]) == 5
