"""One owner of the data: a second program is refused, and sockets belong to the living and come back when they are deleted."""

import asyncio
import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import time

import httpx
import pytest

from support.clients import TestUsers
from support.server import PROGRAMS, REPOSITORY, eventually, free_port, wait_until
from support.stored_messages import STORED

BACK_WITHIN_SECONDS = 3


def run_program(server, *words: str, **settings: str) -> subprocess.CompletedProcess:
    """Runs a program on the data of a running system, for at most ten seconds."""
    return subprocess.run(
        [str(PROGRAMS / words[0]), *words[1:]],
        cwd=REPOSITORY,
        env={**server.environment(), **settings},
        capture_output=True,
        text=True,
        timeout=10,
    )


# A second program


async def test_a_second_daemon_is_refused_while_the_first_goes_on_serving(own_server, tmp_path):
    server = own_server()
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        room = (await alice.create_room("group"))["room_id"]
        connection = await alice.connect()
        before = server.pids()
        for settings in ({}, {"ECHOCHAT_RUN": str(tmp_path / "run")}):
            second = run_program(server, "echochat-push", **settings)
            assert second.returncode not in (0, -signal.SIGSEGV, -signal.SIGILL, -signal.SIGTRAP), second
            assert str(before["push"]) in second.stderr and "echochat-push" in second.stderr, second
        await alice.post_message(room, "still there")
        await connection.expect("new_message", content="still there")
        await (await alice.connect()).ping()
        assert server.pids() == before
        assert httpx.get(server.url + "/readyz", trust_env=False).status_code == 200


def test_a_second_system_is_refused_wherever_its_sockets_would_be(own_server, tmp_path):
    server = own_server()
    before = server.pids()
    for settings in ({}, {"ECHOCHAT_RUN": str(tmp_path / "run")}):
        second = run_program(server, "echochatctl", "serve", ECHOCHAT_PORT=str(free_port()), **settings)
        assert second.returncode == 1, second
        assert str(server.process.pid) in second.stdout + second.stderr, second
    assert server.pids() == before
    assert httpx.get(server.url + "/readyz", trust_env=False).status_code == 200


async def test_a_second_rest_program_does_not_take_the_socket_of_the_first(own_server):
    server = own_server()
    second = run_program(server, "echochat-rest")
    assert second.returncode != 0 and "rest.sock" in second.stderr, second
    async with TestUsers(server) as users:
        await users.register("alice")


# What is made


def test_only_what_serves_makes_a_directory_for_sockets_and_only_serve_one_for_logs(own_server, tmp_path):
    run = tmp_path / "run"
    for words in (["echochatctl", "migrate"], ["echochatctl", "user", "list"], ["echochatctl", "room", "default", "Lobby", "--off"]):
        environment = {**os.environ, "ECHOCHAT_DATA": str(tmp_path / "d")}
        environment.pop("ECHOCHAT_RUN", None)
        for settings in ({}, {"ECHOCHAT_RUN": str(run)}):
            subprocess.run([PROGRAMS / words[0], *words[1:]], env={**environment, **settings}, capture_output=True, timeout=10)
            assert not (tmp_path / "d" / "run").exists() and not (tmp_path / "d" / "log").exists() and not run.exists(), words
    for name in ("push", "rest"):
        program = subprocess.Popen(
            [PROGRAMS / f"echochat-{name}"], env={**environment, "ECHOCHAT_RUN": str(run)}, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        wait_until((run / f"{name}.sock").is_socket, 10, f"{name} listens")
        program.terminate()
        program.communicate(timeout=15)
        assert program.returncode == 0
    assert not (tmp_path / "d" / "run").exists() and not (tmp_path / "d" / "log").exists()
    server = own_server(ECHOCHAT_RUN=str(tmp_path / "r"))
    server.run_ctl("user", "list")
    assert not (server.data / "run").exists() and (server.data / "log").exists()
    # The fixture looks for the process ids there.
    (server.data / "run").symlink_to(tmp_path / "r")


# Sockets


@pytest.mark.parametrize("deleted", ["rest.sock", "push.sock", "doorbell.sock", "*", "all"])
async def test_a_deleted_socket_comes_back_by_itself(own_server, deleted):
    """`*` is what a shell means by it; `all` is the whole directory."""
    server = own_server()
    run = server.data / "run"
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        room = (await alice.create_room("group"))["room_id"]
        connection = await alice.connect()
        for round_number in range(2):
            cursor = connection.last_id
            match deleted:
                case "*":
                    for path in run.iterdir():
                        path.unlink()
                case "all":
                    shutil.rmtree(run)
                case _:
                    (run / deleted).unlink()
            content = f"after-{round_number}"

            async def post(content=content):
                response = await alice.post(f"/rooms/{room}/messages", json={"content": content, "client_id": content})
                assert response.is_success, response.text

            await eventually(post, within=5)
            if connection.is_closed or deleted in ("*", "all"):
                await asyncio.sleep(1)
                connection = await eventually(lambda cursor=cursor: alice.connect(since=cursor), within=5)
                assert connection.welcome.data["resumed"] is True
            await connection.expect("new_message", content=content)
            await (await eventually(alice.connect, within=BACK_WITHIN_SECONDS)).ping()
            wait_until(lambda: all((run / f"{name}.sock").is_socket() for name in ("rest", "push", "doorbell")), 5, "all sockets are back")
        if deleted not in ("*", "all"):
            assert connection.messages(room) == ["after-0", "after-1"], "the connection was not closed"


async def test_after_the_doorbell_was_deleted_messages_arrive_quickly_again(own_server):
    server = own_server()
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        room = (await alice.create_room("group"))["room_id"]
        connection = await alice.connect()
        (server.data / "run" / "doorbell.sock").unlink()
        wait_until((server.data / "run" / "doorbell.sock").is_socket, 2, "the doorbell is back")
        delays = []
        for i in range(20):
            started = time.monotonic()
            await alice.post_message(room, f"m{i}")
            delays.append((await connection.expect("new_message", content=f"m{i}")).at - started)
        assert sorted(delays)[10] < 0.05, delays


# Clean stops


def check_whole(server, expected: set[str]) -> None:
    """The database file alone, copied away, has everything."""
    log = server.data / "echochat.db-wal"
    assert not log.exists() or log.stat().st_size == 0, f"{log.stat().st_size} bytes of log are left"
    alone = server.data.parent / "alone.db"
    shutil.copyfile(server.data / "echochat.db", alone)
    with contextlib.closing(sqlite3.connect(f"file:{alone}?immutable=1", uri=True)) as database:
        stored = {content for (content,) in database.execute(f"SELECT json_extract(json, '$.content') FROM {STORED}")}
        rooms = {name for (name,) in database.execute("SELECT name FROM rooms")}
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert expected <= stored | rooms


async def test_after_each_clean_stop_the_one_database_file_is_whole(own_server, request):
    server = own_server()
    acknowledged: set[str] = set()
    for round_number in range(request.config.getoption("--stops")):
        if server.process is None:
            server.start()
        async with TestUsers(server) as users:
            alice = await users.register("alice")
            room = (await alice.create_room("group"))["room_id"]
            connection = await alice.connect()
            for i in range(25):
                await alice.post_message(room, f"rest {round_number}/{i}")
                await connection.send_message(room, f"websocket {round_number}/{i}")
                acknowledged |= {f"rest {round_number}/{i}", f"websocket {round_number}/{i}"}
            assert await asyncio.to_thread(server.stop) == 0
        check_whole(server, acknowledged)


@pytest.mark.parametrize("order", [["push", "rest"], ["rest", "push"], ["both"]], ids="-".join)
def test_programs_started_by_hand_leave_one_whole_file_in_whatever_order_they_stop(own_server, order, request):
    server = own_server()
    assert server.stop() == 0
    rooms: set[str] = set()
    for round_number in range(request.config.getoption("--stops")):
        # A worker leaves its socket behind: it would say that the next one listens.
        for socket in (server.data / "run").glob("*.sock"):
            socket.unlink()
        programs = {
            name: subprocess.Popen([PROGRAMS / f"echochat-{name}"], cwd=REPOSITORY, env=server.environment(), stderr=subprocess.PIPE)
            for name in ("push", "rest")
        }
        try:
            for name in programs:
                wait_until((server.data / "run" / f"{name}.sock").is_socket, 10, f"{name} listens")
            rooms.add(f"room {round_number}")
            server.run_ctl("room", "default", f"room {round_number}", "--make")
            # At most ten rooms can be default ones.
            server.run_ctl("room", "default", f"room {round_number}", "--off")
            for name in programs if order == ["both"] else order:
                programs[name].terminate()
                if order != ["both"]:
                    assert programs[name].wait(10) == 0
            assert [program.wait(10) for program in programs.values()] == [0, 0]
        finally:
            for program in programs.values():
                program.kill()
                program.wait()
                program.stderr.close()
        check_whole(server, rooms)
