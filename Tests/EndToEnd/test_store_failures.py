"""Failures of the store and of programs: damage, a full or read-only disk, no descriptors, and programs that hang."""

import asyncio
import contextlib
import math
import os
import re
import resource
import signal
import time
from pathlib import Path

import httpx
import pytest

from support.clients import TestUsers
from support.disks import fill, immutable, overwrite_pages, small_disk
from support.problems import check_error, check_problem
from support.raw_socket import exchange, request
from support.server import Server, is_alive, wait_until
from support.stopped_thread import stopped_thread

DAMAGED_STATUS = 74


async def readiness(server: Server) -> list[int]:
    """The status of /readyz of both programs."""
    async with httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=10) as http:
        rest = (await http.get("/readyz")).status_code
    _, port = server.daemon_address()
    return [rest, (await exchange(port, request("GET", "/readyz"))).status]


async def wait_readiness(server: Server, wanted: list[int], within: float = 5) -> None:
    deadline = time.monotonic() + within
    while (found := await readiness(server)) != wanted:
        assert time.monotonic() < deadline, f"/readyz of rest and daemon: {found}, wanted {wanted}\n{server.logs()}"
        await asyncio.sleep(0.05)


# Damage


def is_checkpointed(server: Server) -> bool:
    """Whether what was written is in the file itself, where it can be damaged."""
    return (server.data / "echochat.db").stat().st_size > 200 * 4096


async def test_damage_that_anybody_meets_stops_both_programs_and_nothing_is_acknowledged_afterwards(own_server):
    server = own_server()
    database = server.data / "echochat.db"
    async with TestUsers(server) as users:
        alice, bob = await users.register_all("alice", "bob")
        old = (await alice.create_room("group", members=[bob]))["room_id"]
        new = (await alice.create_room("group", members=[bob]))["room_id"]
        for number in range(300):
            await alice.post_message(old, f"{number} " + "x" * 3000)
        wait_until(lambda: is_checkpointed(server), 10, "a checkpoint")
        # The last commits are checkpointed within a second: from then on pages are read from the file.
        await asyncio.sleep(2.5)
        with server.database() as reader:
            query = "SELECT pageno FROM dbstat WHERE name = 'messages' AND pagetype = 'leaf' ORDER BY path LIMIT 1"
            (page,) = reader.execute(query).fetchone()
        pids = {name: pid for name, pid in server.pids().items() if name != "nginx"}
        overwrite_pages(database, page - 1, count=12)
        damaged_at = time.monotonic()
        acknowledged_at: list[float] = []
        running = True

        async def write_over_rest() -> None:
            number = 0
            while running:
                number += 1
                with contextlib.suppress(httpx.HTTPError):
                    response = await alice.post(f"/rooms/{new}/messages", json={"content": f"r{number}"}, headers={"Connection": "close"})
                    if response.status_code == 201:
                        acknowledged_at.append(time.monotonic())
                await asyncio.sleep(0.005)

        async def write_over_websocket() -> None:
            while running:
                with contextlib.suppress(Exception):
                    writer = await alice.connect()
                    while running:
                        await writer.send_message(new, "w")
                        acknowledged_at.append(time.monotonic())
                await asyncio.sleep(0.005)

        writers = [asyncio.create_task(write_over_rest()), asyncio.create_task(write_over_websocket())]
        await asyncio.sleep(0.5)
        with contextlib.suppress(httpx.HTTPError, AssertionError):
            await bob.all_messages(old)
        deadline = time.monotonic() + 5
        while any(is_alive(pid) for pid in pids.values()):
            assert time.monotonic() < deadline, "a program goes on\n" + server.logs()
            await asyncio.sleep(0.01)
        stopped_at = time.monotonic()
        await asyncio.sleep(3)
        running = False
        await asyncio.gather(*writers)
    assert acknowledged_at, "the writers worked"
    assert [at for at in acknowledged_at if at > stopped_at] == []
    log = "".join(server.output)
    for name in pids:
        assert re.search(rf"{name} \(process \d+\) has exited with status {DAMAGED_STATUS}", log), log
        text = (server.data / "log" / f"{name}.log").read_text()
        assert text.count("stopping") <= 1 + text.count("checking it"), text
    # Pauses between two starts, each twice as long as the one before: nothing runs in circles.
    starts = math.log2(time.monotonic() - damaged_at + 1) + 1
    assert len(re.findall(r"has exited with status", log)) <= 2 * starts, log


# A full disk


async def test_on_a_full_disk_writes_are_refused_reads_go_on_and_room_is_enough_to_go_on(tmp_path):
    with small_disk(tmp_path / "disk", megabytes=8) as disk, Server(disk / "d") as server:
        async with TestUsers(server) as users:
            alice, bob = await users.register_all("alice", "bob")
            room = (await alice.create_room("group", members=[bob]))["room_id"]
            connection, listener = await alice.connect(), await bob.connect()
            acknowledged = [(await alice.post_message(room, "before"))["content"]]
            await wait_readiness(server, [200, 200])
            ballast = fill(disk)
            await wait_readiness(server, [503, 503])
            refused = {"rest": 0, "websocket": 0}
            # The WAL may have room of its own for a while.
            for number in range(3000):
                if all(count >= 20 for count in refused.values()):
                    break
                content = f"{number} " + "x" * 3500
                response = await alice.post(f"/rooms/{room}/messages", json={"content": content})
                if response.status_code == 201:
                    acknowledged.append(content)
                else:
                    assert check_error(response, 503)["code"] == "unavailable"
                    refused["rest"] += 1
                reply = await connection.command("send_message", room_id=room, content=f"w{content}")
                if reply.event == "ok":
                    acknowledged.append(f"w{content}")
                else:
                    assert check_problem(reply.data, 503)["code"] == "unavailable"
                    refused["websocket"] += 1
                fill(disk)
            assert all(count >= 20 for count in refused.values()), refused
            assert [message["content"] for message in await bob.all_messages(room)] == acknowledged, "reads go on"
            assert await readiness(server) == [503, 503]
            pids = server.pids()
            ballast.unlink()
            await wait_readiness(server, [200, 200])
            await alice.post_message(room, "after")
            await connection.send_message(room, "after that")
            await listener.expect("new_message", content="after that")
            assert [message["content"] for message in await bob.all_messages(room)] == [*acknowledged, "after", "after that"]
            assert server.pids() == pids, "nothing was restarted"
        for name in ("rest", "push"):
            lines = (server.data / "log" / f"{name}.log").read_text().splitlines()
            assert len([line for line in lines if line.startswith("error: ")]) < 20, lines


# A disk that cannot be written to


async def test_a_database_that_cannot_be_written_to_is_read_and_recovers_by_itself(own_server):
    server = own_server()
    files = [server.data / name for name in ("echochat.db", "echochat.db-wal")]
    async with TestUsers(server) as users:
        alice, bob = await users.register_all("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        await alice.post_message(room, "before")
        connection = await alice.connect()
        pids = server.pids()
        with immutable(*files):
            # Nobody writes: readiness is known without a write.
            await wait_readiness(server, [503, 503])
            assert check_error(await alice.post(f"/rooms/{room}/messages", json={"content": "no"}), 503)["code"] == "unavailable"
            assert check_problem((await connection.command("send_message", room_id=room, content="no")).data, 503)["code"] == "unavailable"
            assert [message["content"] for message in (await bob.page(room))["messages"]] == ["before"]
        # Nobody writes: the programs find out by themselves.
        await wait_readiness(server, [200, 200])
        await alice.post_message(room, "after")
        await connection.send_message(room, "after that")
        assert [message["content"] for message in await bob.all_messages(room)] == ["before", "after", "after that"]
        assert server.pids() == pids


# A daemon that hangs


def request_seconds(server: Server, path: str) -> list[float]:
    """How long nginx waited for each response to a request of this path, in rising order: without the time that this client takes."""
    lines = (server.data / "log" / "echochat-access.log").read_text().splitlines()
    return sorted(float(line.split()[-3]) for line in lines if f'GET "{path}" ' in line)


async def test_two_hundred_and_fifty_probes_of_a_hung_daemon_occupy_no_thread_that_others_need(own_server):
    server = own_server(ECHOCHAT_WATCHDOG="off")
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        room = (await alice.create_room("group"))["room_id"]
        server.signal("push", signal.SIGSTOP)
        statuses: list[int] = []
        try:
            running = True

            async def probe() -> None:
                while running:
                    statuses.append((await exchange(server.port, request("GET", "/readyz"), within=30)).status)

            probes = [asyncio.create_task(probe()) for _ in range(250)]
            for _ in range(100):
                await alice.page(room)
            running = False
            await asyncio.gather(*probes)
        finally:
            server.signal("push", signal.SIGCONT)
        assert len(statuses) >= 250 and set(statuses) <= {200, 503} and 503 in statuses
        pages, probed = request_seconds(server, f"/api/v1/rooms/{room}/messages"), request_seconds(server, "/readyz")
        assert pages[int(len(pages) * 0.99)] < 0.2, pages[-5:]
        # Only those that ask the daemon wait, one at a time.
        assert probed[int(len(probed) * 0.9)] < 0.2, probed[-50:]
        await wait_readiness(server, [200, 200])


@pytest.mark.parametrize("program", ["rest", "push", "nginx"])
async def test_a_program_that_hangs_is_replaced(own_server, program):
    server = own_server(ECHOCHAT_WATCHDOG="3s")
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        room = (await alice.create_room("group"))["room_id"]
        # It is watched from its first answer on.
        await asyncio.sleep(3)
        others = {name: pid for name, pid in server.pids().items() if name != program}
        hung = server.signal(program, signal.SIGSTOP)
        server.wait_replaced({program: hung}, within=15)
        assert f"{program} (process {hung}) does not answer any more; killing it" in "".join(server.output)
        await wait_readiness(server, [200, 200])
        await alice.post_message(room, "after")
        await (await alice.connect()).send_message(room, "after that")
        assert {name: server.pids()[name] for name in others} == others


async def test_a_daemon_of_which_one_loop_hangs_is_replaced(own_server):
    server = own_server(ECHOCHAT_WATCHDOG="3s", ECHOCHAT_LOOPS="3")
    await asyncio.sleep(3)
    hung = server.pid("push")
    with stopped_thread(hung, "loop-1") as wait_for_its_end:
        wait_for_its_end(within=15)
    server.wait_replaced({"push": hung}, within=5)
    assert f"push (process {hung}) does not answer any more; killing it" in "".join(server.output)
    await wait_readiness(server, [200, 200])


async def test_a_system_that_works_is_not_replaced(own_server):
    server = own_server(ECHOCHAT_WATCHDOG="3s")
    pids = server.pids()
    await asyncio.sleep(8)
    assert server.pids() == pids and not [line for line in server.output if "does not answer" in line]


# No descriptors


@contextlib.contextmanager
def few_descriptors(server: Server, program: str, free: int):
    """The program may open `free` descriptors more than it has."""
    pid = server.pid(program)
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    highest = max(int(number) for number in os.listdir(f"/proc/{pid}/fd"))
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (highest + 1 + free, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)


def cpu_seconds(server: Server, program: str) -> float:
    fields = Path(f"/proc/{server.pid(program)}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("program", ["push", "rest"])
async def test_without_descriptors_events_are_delivered_and_nothing_spins(own_server, program):
    server = own_server()
    async with TestUsers(server) as users:
        alice, bob = await users.register_all("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        listener, connection = await bob.connect(), await alice.connect()
        pids = server.pids()
        with few_descriptors(server, program, free=0):
            # They are refused, or wait in the kernel's queue.
            wait = (
                (lambda: alice.connect(within=30))
                if program == "push"
                else (lambda: alice.get("/auth/me", headers={"Connection": "close"}))
            )
            waiting = [asyncio.create_task(wait()) for _ in range(20)]
            before = cpu_seconds(server, program)
            started = time.monotonic()
            for number in range(10):
                if program == "push":
                    await alice.post_message(room, f"m{number}")
                else:
                    await connection.send_message(room, f"m{number}")
                await listener.expect("new_message", content=f"m{number}")
                await asyncio.sleep(0.2)
            share = (cpu_seconds(server, program) - before) / (time.monotonic() - started)
            assert share < 0.3, f"{program} uses {share:.0%} of a core"
        await wait_readiness(server, [200, 200])
        for task in waiting:
            with contextlib.suppress(Exception):
                await task
        await alice.post_message(room, "after")
        await listener.expect("new_message", content="after")
        assert server.pids() == pids
