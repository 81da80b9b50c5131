"""The system is started, watched, reloaded, stopped and started again, and nobody loses a word."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import threading
import time

import httpx
import pytest

from support.people import People
from support.problems import check_problem, check_refusal
from support.raw import exchange, request
from support.server import PROGRAMS, QUIET_SETTINGS, REPOSITORY, Server, free_port, is_alive, wait_until


async def test_it_says_that_it_is_up_and_ready(server):
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as http:
        assert (await http.get("/healthz")).status_code == 200
        assert (await http.get("/readyz")).status_code == 200
    host, port = server.daemon_address()
    for path in ("/healthz", "/readyz"):
        answer = await exchange(port, request("GET", path))
        assert answer.status == 200, (path, answer)


async def test_it_is_not_ready_while_the_daemon_does_not_answer(own_server):
    server = own_server()
    async with httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=10) as http:
        assert (await http.get("/readyz")).status_code == 200
        server.signal("push", signal.SIGSTOP)
        try:
            answer = await http.get("/readyz")
            assert answer.status_code == 503, answer.text
            assert (await http.get("/healthz")).status_code == 200
        finally:
            server.signal("push", signal.SIGCONT)
        deadline = time.monotonic() + 5
        while (await http.get("/readyz")).status_code != 200:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)


async def test_the_page_and_its_parts_are_served(server):
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as http:
        page = await http.get("/")
        assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
        assert "<!doctype html" in page.text.lower()
        assert page.headers.get("x-content-type-options") == "nosniff"
        assert "nginx/" not in page.headers.get("server", "")


async def test_pages_of_listed_sites_may_use_the_api_and_no_others(own_server):
    listed = "https://chat.example.org"
    server = own_server(ECHOCHAT_ORIGINS=f"{listed},https://other.example.org")
    async with People(server) as people:
        alice = await people.register("alice")
        asking = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization, content-type"}
        for path in ("/rooms", "/auth/login", "/sync"):
            allowed = await alice.request("OPTIONS", path, token="", headers={"Origin": listed, **asking})
            assert allowed.is_success, (path, allowed.text)
            assert allowed.headers["access-control-allow-origin"] == listed
            assert "origin" in allowed.headers["vary"].lower()
            assert "access-control-allow-credentials" not in allowed.headers
        assert (await alice.get("/rooms", headers={"Origin": listed})).headers["access-control-allow-origin"] == listed
        refused = await alice.get("/nowhere", headers={"Origin": listed})
        assert refused.status_code == 404 and refused.headers["access-control-allow-origin"] == listed
        for origin in (
            "https://evil.example",
            "null",
            "*",
            f"{listed}.evil.example",
            f"{listed}:8443",
            "http://chat.example.org",
            "",
            listed.upper(),
        ):
            for method in ("GET", "OPTIONS"):
                answer = await alice.request(method, "/rooms", headers={"Origin": origin, **asking})
                assert "access-control-allow-origin" not in answer.headers, (origin, method)


async def test_sockets_and_files_of_the_data_directory_are_not_for_strangers(server):
    """Whoever reaches them must pass every directory above them and be allowed at the thing itself."""
    for path in server.data.rglob("*"):
        if path.is_symlink() or path.is_dir():
            continue
        ways = [path, *(parent for parent in path.parents if parent == server.data or server.data in parent.parents)]
        assert any(way.lstat().st_mode & 0o007 == 0 for way in ways), f"{path.relative_to(server.data)} is open to everyone"


async def test_while_another_holds_the_database_nobody_who_only_talks_or_reads_waits(own_server):
    """A backup, an operator's shell: writes wait for it, everything else goes on, and what was acknowledged is stored."""
    server = own_server()
    async with People(server) as people:
        alice, bob = await people.registered("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        await alice.write(room, "before")
        hers, his = await alice.connect(), await bob.connect()
        other = sqlite3.connect(f"file:{server.data / 'echochat.db'}?mode=rw", uri=True, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            posting = asyncio.create_task(alice.post(f"/rooms/{room}/messages", json={"content": "waits", "client_id": "w1"}))
            saying = asyncio.create_task(hers.ask("send_message", within=30, room_id=room, content="waits too", client_id="w2"))
            for _ in range(10):
                begun = time.monotonic()
                await his.ping()
                await hers.ping()
                assert (await bob.page(room))["messages"][0]["content"] == "before"
                assert time.monotonic() - begun < 0.5
                await asyncio.sleep(0.1)
            assert not posting.done() or posting.result().status_code == 503
        finally:
            other.execute("ROLLBACK")
            other.close()
        posted, said = await posting, await saying
        acknowledged = set()
        if posted.status_code == 201:
            acknowledged.add("waits")
        else:
            check_refusal(posted, 503)
        if said.event == "ok":
            acknowledged.add("waits too")
        else:
            check_problem(said.data, 503)
        await alice.write(room, "after")
        await his.expect("new_message", content="after")
        assert acknowledged <= {message["content"] for message in await bob.all_messages(room)}
        assert his.messages(room) == [message["content"] for message in await bob.all_messages(room)][1:]


async def test_a_stop_is_gentle_quick_and_leaves_nothing_behind(own_server):
    """Eight people write without pause while the operator stops the system: what was acknowledged is there afterwards."""
    server = own_server()
    acknowledged: list[tuple[int, str]] = []
    async with People(server) as people:
        alice, bob = await people.registered("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        lines = [await alice.connect() for _ in range(4)]
        listener = await bob.connect()

        async def over_rest(i: int) -> None:
            j = 0
            while True:
                j += 1
                answer = await alice.post(f"/rooms/{room}/messages", json={"content": f"r{i}/{j}"})
                if answer.status_code != 201:
                    return
                acknowledged.append((answer.json()["seq"], f"r{i}/{j}"))

        async def over_websocket(i: int) -> None:
            j = 0
            while True:
                j += 1
                message = await lines[i].send_message(room, f"w{i}/{j}")
                acknowledged.append((message["seq"], f"w{i}/{j}"))

        work = [asyncio.create_task(kind(i)) for i in range(4) for kind in (over_rest, over_websocket)]
        await listener.expect_messages(room, 100)
        family = list(server.pids().values())
        begun = time.monotonic()
        status = await asyncio.to_thread(server.stop)
        took = time.monotonic() - begun
        await asyncio.wait(work, timeout=5)
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
        await listener.expect_close(1001, 1012)
    assert status == 0
    assert took < 10, f"stopping took {took:.1f} s"
    assert not [pid for pid in family if is_alive(pid)]
    with server.database() as database:
        stored = {seq & 0xFFFFFFFF for (seq,) in database.execute("SELECT id FROM messages")}
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert {seq for seq, _ in acknowledged} <= stored

    server.start()
    async with People(server) as people:
        again = people.somebody("x")
        again.username = alice.username
        await again.log_in()
        there = {message["seq"]: message["content"] for message in await again.all_messages(room)}
        assert all(there[seq] == content for seq, content in acknowledged)
        assert sorted(there) == list(range(1, len(there) + 1))


async def test_a_second_start_on_the_same_data_is_quick_and_everything_is_as_it_was(own_server):
    server = own_server()
    async with People(server) as people:
        alice, bob = await people.registered("alice", "bob")
        room = (await alice.create_room("group", "Keep me", members=[bob]))["room_id"]
        await alice.write(room, "remember this", client_id="k")
        before = await alice.see_room(room)
        line = await bob.connect()
        cursor = line.welcome.data["cursor"]
    assert server.stop() == 0
    begun = time.monotonic()
    server.start()
    assert time.monotonic() - begun < 3
    async with People(server) as people:
        # The tokens of before open it still: the keys were kept.
        for person, old in ((again := people.somebody("a"), alice), (his := people.somebody("b"), bob)):
            person.user, person.access_token, person.refresh_token = old.user, old.access_token, old.refresh_token
        assert await again.see_room(room) == before
        retried = await again.post(f"/rooms/{room}/messages", json={"content": "remember this", "client_id": "k"})
        assert retried.status_code == 200
        await again.write(room, "and this")
        back = await his.connect(since=cursor)
        assert back.welcome.data["resumed"] is True
        assert [frame.data["seq"] for frame in await back.expect_messages(room, 1)] == [2]
        await his.refresh()


async def test_ten_reloads_of_nginx_under_load_fail_no_request_and_cost_no_event(own_server):
    server = own_server()
    async with People(server) as people:
        alice, bob = await people.registered("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        line = await bob.connect()
        heard, cursor = [], line.welcome.data["cursor"]
        going, written = True, []

        async def write() -> None:
            i = 0
            while going:
                i += 1
                # A fresh connection each: one kept open may be closed under any client's hands, by HTTP's own rules.
                answer = await alice.post(f"/rooms/{room}/messages", json={"content": f"m{i}"}, headers={"Connection": "close"})
                assert answer.status_code == 201, answer.text
                written.append(answer.json()["seq"])

        writing = [asyncio.create_task(write()) for _ in range(3)]
        master = server.pid("nginx")
        for _ in range(10):
            os.kill(master, signal.SIGHUP)
            count = len(written)
            deadline = time.monotonic() + 5
            while len(written) < count + 30 and time.monotonic() < deadline and not any(task.done() for task in writing):
                await asyncio.sleep(0.01)
            if line.is_closed:
                heard += line.heard("new_message")
                line = await bob.connect(since=heard[-1].id if heard else cursor)
        going = False
        await asyncio.gather(*writing)
        assert server.pid("nginx") == master and is_alive(master)
        if line.is_closed:
            heard += line.heard("new_message")
            line = await bob.connect(since=heard[-1].id)
        await bob.catch_up(line)
        heard += [frame for frame in line.heard("new_message", room_id=room)]
        assert [frame.data["seq"] for frame in heard if frame.data["room_id"] == room] == sorted(written)


@pytest.mark.parametrize("program", ["nginx", "rest", "push"])
async def test_whatever_dies_is_started_again(own_server, program):
    server = own_server()
    async with People(server) as people:
        alice = await people.register("alice")
        room = (await alice.create_room("group"))["room_id"]
        for round_number in range(2):
            others = {name: pid for name, pid in server.pids().items() if name != program}
            killed = server.kill(program)
            begun = time.monotonic()
            while True:
                try:
                    answer = await alice.post(
                        f"/rooms/{room}/messages",
                        json={"content": "hello", "client_id": f"k{round_number}"},
                        headers={"Connection": "close"},
                    )
                    line = await alice.connect()
                    if answer.is_success:
                        break
                except Exception:
                    pass
                assert time.monotonic() - begun < 5, "not back within 5 s\n" + server.logs()
                await asyncio.sleep(0.02)
            server.wait_replaced(killed)
            await line.send_message(room, f"back {round_number}")
            now = server.pids()
            assert {name: now[name] for name in others} == others, "others were restarted with it"
        assert [message["seq"] for message in await alice.all_messages(room)] == [1, 2, 3, 4]


async def test_a_stop_with_idle_lines_and_kept_connections_takes_no_longer(own_server):
    server = own_server()
    async with People(server) as people:
        alice = await people.register("alice")
        lines = [await alice.connect() for _ in range(50)]
        begun = time.monotonic()
        assert await asyncio.to_thread(server.stop) == 0
        assert time.monotonic() - begun < 10
        for line in lines:
            await line.expect_close(1001, 1012)


def test_an_interrupt_stops_it_as_well(own_server):
    server = own_server()
    family = list(server.pids().values())
    process = server.process
    process.send_signal(signal.SIGINT)
    assert process.wait(15) == 0
    assert not [pid for pid in family if is_alive(pid)]


def test_two_systems_run_side_by_side_without_knowing_of_each_other(own_server):
    one, other = own_server(), own_server()
    assert one.port != other.port
    assert not set(one.pids().values()) & set(other.pids().values())
    assert other.stop() == 0
    assert httpx.get(one.url + "/readyz", trust_env=False).status_code == 200


def test_a_second_start_on_data_in_use_is_refused_and_harms_nothing(own_server):
    server = own_server()
    before = server.pids()
    environment = {**os.environ, **QUIET_SETTINGS, "ECHOCHAT_DATA": str(server.data), "ECHOCHAT_PORT": str(free_port())}
    second = subprocess.run(
        [PROGRAMS / "echochatctl", "serve"], cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=10
    )
    assert second.returncode not in (0, -signal.SIGSEGV, -signal.SIGILL, -signal.SIGTRAP), second
    assert second.stdout + second.stderr
    assert server.pids() == before
    assert httpx.get(server.url + "/readyz", trust_env=False).status_code == 200


def test_nothing_is_leaked_over_a_thousand_connections(own_server):
    """Descriptors of all programs are as many afterwards as before."""
    server = own_server()

    async def visit(times: int) -> None:
        async with People(server) as people:
            alice = await people.register("alice")
            for i in range(times):
                line = await alice.connect()
                if i % 2:
                    await line.vanish()
                else:
                    await line.hang_up()
                alice.lines.clear()
                check = await alice.get("/auth/me", headers={"Connection": "close"})
                assert check.status_code == 200
            check_refusal(await alice.get("/nowhere"), 404)

    def count() -> dict[str, int]:
        return {program: server.descriptors(program) for program in ("rest", "push")}

    runner = threading.Thread(target=lambda: asyncio.run(visit(100)))
    runner.start(), runner.join()
    before = count()
    asyncio.run(visit(500))
    wait_until(
        lambda: all(now <= before[program] + 3 for program, now in count().items()), 5, f"descriptors are back to {before}, now {count()}"
    )


def test_a_server_object_names_what_went_wrong(tmp_path):
    """The harness itself: a system that cannot start is reported, not waited for."""
    file = tmp_path / "not-a-directory"
    file.write_text("")
    server = Server(file / "d")
    with pytest.raises(AssertionError):
        server.start()
