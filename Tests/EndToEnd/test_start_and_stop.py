"""Start, stop, reload and restart, without losing a message."""

import asyncio
import os
import signal
import subprocess
import time

import httpx
import pytest

from support.clients import TestUsers
from support.server import PROGRAMS, REPOSITORY, TEST_SETTINGS, Server, free_port, is_alive
from support.stored_messages import STORED


async def test_a_stop_is_quick_loses_no_message_and_leaves_nothing_behind(own_server):
    """Eight clients write without pause while the system stops; every acknowledged message is stored."""
    server = own_server()
    acknowledged: list[tuple[int, str]] = []
    async with TestUsers(server) as users:
        alice, bob = await users.register_all("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        connections = [await alice.connect() for _ in range(4)]
        listener = await bob.connect()

        async def over_rest(i: int) -> None:
            j = 0
            while True:
                j += 1
                response = await alice.post(f"/rooms/{room}/messages", json={"content": f"r{i}/{j}"})
                if response.status_code != 201:
                    return
                acknowledged.append((response.json()["seq"], f"r{i}/{j}"))

        async def over_websocket(i: int) -> None:
            j = 0
            while True:
                j += 1
                message = await connections[i].send_message(room, f"w{i}/{j}")
                acknowledged.append((message["seq"], f"w{i}/{j}"))

        writers = [asyncio.create_task(kind(i)) for i in range(4) for kind in (over_rest, over_websocket)]
        await listener.expect_messages(room, 100)
        pids = list(server.pids().values())
        started = time.monotonic()
        status = await asyncio.to_thread(server.stop)
        duration = time.monotonic() - started
        await asyncio.wait(writers, timeout=5)
        for task in writers:
            task.cancel()
        await asyncio.gather(*writers, return_exceptions=True)
        await listener.expect_close(1001, 1012)
    assert status == 0
    assert duration < 10, f"stopping took {duration:.1f} s"
    assert not [pid for pid in pids if is_alive(pid)]
    with server.database() as database:
        stored = {seq & 0xFFFFFFFF for (seq,) in database.execute(f"SELECT id FROM {STORED}")}
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert {seq for seq, _ in acknowledged} <= stored

    server.start()
    async with TestUsers(server) as users:
        again = users.unregistered("x")
        again.username = alice.username
        await again.log_in()
        messages = {message["seq"]: message["content"] for message in await again.all_messages(room)}
        assert all(messages[seq] == content for seq, content in acknowledged)
        assert sorted(messages) == list(range(1, len(messages) + 1))


async def test_a_second_start_on_the_same_data_is_quick_and_everything_is_still_there(own_server):
    server = own_server()
    async with TestUsers(server) as users:
        alice, bob = await users.register_all("alice", "bob")
        room = (await alice.create_room("group", "Keep me", members=[bob]))["room_id"]
        await alice.post_message(room, "remember this", client_id="k")
        before = await alice.get_room(room)
        connection = await bob.connect()
        cursor = connection.welcome.data["cursor"]
    assert server.stop() == 0
    started = time.monotonic()
    server.start()
    assert time.monotonic() - started < 3
    async with TestUsers(server) as users:
        # The earlier tokens still work: the signing keys were kept.
        for user, old in ((alice_again := users.unregistered("a"), alice), (bob_again := users.unregistered("b"), bob)):
            user.profile, user.access_token, user.refresh_token = old.profile, old.access_token, old.refresh_token
        assert await alice_again.get_room(room) == before
        retried = await alice_again.post(f"/rooms/{room}/messages", json={"content": "remember this", "client_id": "k"})
        assert retried.status_code == 200
        await alice_again.post_message(room, "and this")
        resumed = await bob_again.connect(since=cursor)
        assert resumed.welcome.data["resumed"] is True
        assert [frame.data["seq"] for frame in await resumed.expect_messages(room, 1)] == [2]
        await bob_again.refresh()


async def test_ten_reloads_of_nginx_under_load_fail_no_request_and_lose_no_event(own_server):
    server = own_server()
    async with TestUsers(server) as users:
        alice, bob = await users.register_all("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        connection = await bob.connect()
        received, cursor = [], connection.welcome.data["cursor"]
        running, seqs = True, []

        async def write() -> None:
            i = 0
            while running:
                i += 1
                # A new connection each: HTTP allows the server to close a kept-alive one at any time.
                response = await alice.post(f"/rooms/{room}/messages", json={"content": f"m{i}"}, headers={"Connection": "close"})
                assert response.status_code == 201, response.text
                seqs.append(response.json()["seq"])

        writing = [asyncio.create_task(write()) for _ in range(3)]
        master = server.pid("nginx")
        for _ in range(10):
            os.kill(master, signal.SIGHUP)
            count = len(seqs)
            deadline = time.monotonic() + 5
            while len(seqs) < count + 30 and time.monotonic() < deadline and not any(task.done() for task in writing):
                await asyncio.sleep(0.01)
            if connection.is_closed:
                received += connection.received("new_message")
                connection = await bob.connect(since=received[-1].id if received else cursor)
        running = False
        await asyncio.gather(*writing)
        assert server.pid("nginx") == master and is_alive(master)
        if connection.is_closed:
            received += connection.received("new_message")
            connection = await bob.connect(since=received[-1].id)
        await bob.catch_up(connection)
        received += [frame for frame in connection.received("new_message", room_id=room)]
        assert [frame.data["seq"] for frame in received if frame.data["room_id"] == room] == sorted(seqs)


@pytest.mark.parametrize("program", ["nginx", "rest", "push"])
async def test_a_killed_program_is_restarted(own_server, program):
    server = own_server()
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        room = (await alice.create_room("group"))["room_id"]
        for round_number in range(2):
            others = {name: pid for name, pid in server.pids().items() if name != program}
            killed = server.kill(program)
            started = time.monotonic()
            server.wait_replaced(killed)  # the workers that a killed nginx leaves behind answer until then
            while True:
                try:
                    response = await alice.post(
                        f"/rooms/{room}/messages",
                        json={"content": "hello", "client_id": f"k{round_number}"},
                        headers={"Connection": "close"},
                    )
                    connection = await alice.connect()
                    if response.is_success:
                        break
                except Exception:
                    pass
                assert time.monotonic() - started < 5, "not back within 5 s\n" + server.logs()
                await asyncio.sleep(0.02)
            await connection.send_message(room, f"back {round_number}")
            now = server.pids()
            assert {name: now[name] for name in others} == others, "other programs were restarted, too"
        assert [message["seq"] for message in await alice.all_messages(room)] == [1, 2, 3, 4]


async def test_a_stop_with_idle_and_kept_alive_connections_takes_no_longer(own_server):
    server = own_server()
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        connections = [await alice.connect() for _ in range(50)]
        started = time.monotonic()
        assert await asyncio.to_thread(server.stop) == 0
        assert time.monotonic() - started < 10
        for connection in connections:
            await connection.expect_close(1001, 1012)


def test_sigint_stops_the_system_as_well(own_server):
    server = own_server()
    pids = list(server.pids().values())
    process = server.process
    process.send_signal(signal.SIGINT)
    assert process.wait(15) == 0
    assert not [pid for pid in pids if is_alive(pid)]


HIDDEN_SYS = ["unshare", "--mount", "sh", "-c", 'mount -t proc -o subset=pid proc /proc && exec "$@"', "sh"]


@pytest.mark.skipif(
    subprocess.run([*HIDDEN_SYS, "test", "!", "-e", "/proc/sys"], capture_output=True).returncode != 0,
    reason="only root can hide /proc/sys",
)
async def test_a_system_from_which_proc_sys_is_hidden_works_and_goes_on_after_restarts(tmp_path):
    """As systemd does with `ProcSubset=pid`: the kernel's name of the boot cannot be read."""
    server = Server(tmp_path / "d", under=HIDDEN_SYS, ECHOCHAT_MESSAGE_RATE="3/1h")
    with server:
        assert httpx.get(server.url + "/readyz", trust_env=False).status_code == 200
        async with TestUsers(server) as users:
            alice, bob = await users.register_all("alice", "bob")
            room = (await alice.create_room("group", members=[bob]))["room_id"]
            connection = await bob.connect()
            # Both programs count in the same boot: over REST and WebSocket together.
            await alice.post_message(room, "one")
            await (await alice.connect()).send_message(room, "two")
            await connection.expect("new_message", content="two")
            server.wait_replaced(server.kill("push"))
            await alice.post_message(room, "three")
            assert (await alice.post(f"/rooms/{room}/messages", json={"content": "four"})).status_code == 429
            cursor = connection.last_id
        assert server.stop() == 0
        # A program that may read it joins the others and the history, too.
        server.under = ()
        server.start()
        async with TestUsers(server) as users:
            again = users.unregistered("bob")
            again.username = bob.username
            await again.log_in()
            resumed = await again.connect(since=cursor)
            assert resumed.welcome.data["resumed"] is True
            assert [frame.data["content"] for frame in await resumed.expect_messages(room, 1)] == ["three"]


def test_two_systems_run_side_by_side(own_server):
    one, other = own_server(), own_server()
    assert one.port != other.port
    assert not set(one.pids().values()) & set(other.pids().values())
    assert other.stop() == 0
    assert httpx.get(one.url + "/readyz", trust_env=False).status_code == 200


def test_a_second_start_on_data_in_use_is_refused_and_changes_nothing(own_server):
    server = own_server()
    before = server.pids()
    environment = {**os.environ, **TEST_SETTINGS, "ECHOCHAT_DATA": str(server.data), "ECHOCHAT_PORT": str(free_port())}
    second = subprocess.run(
        [PROGRAMS / "echochatctl", "serve"], cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=10
    )
    assert second.returncode not in (0, -signal.SIGSEGV, -signal.SIGILL, -signal.SIGTRAP), second
    assert second.stdout + second.stderr
    assert server.pids() == before
    assert httpx.get(server.url + "/readyz", trust_env=False).status_code == 200


def test_a_system_that_cannot_start_is_reported_with_its_error(tmp_path):
    """Tests the test support: a system that cannot start fails the test at once."""
    file = tmp_path / "not-a-directory"
    file.write_text("")
    server = Server(file / "d")
    with pytest.raises(AssertionError):
        server.start()
