"""Operating the system: health, origins, file permissions, a locked database, and descriptors."""

import asyncio
import signal
import sqlite3
import stat
import threading
import time

import httpx

from support.clients import TestUsers
from support.files import entries
from support.problems import check_error, check_problem
from support.raw_socket import exchange, request
from support.server import wait_until


async def test_anyone_can_read_the_name_and_version_of_the_service(users):
    response = await users.unregistered("x").get("", token="")
    assert response.status_code == 200, response.text
    service = response.json()
    assert "version" in service and any("echochat" in str(value).lower() for value in service.values())


async def test_the_service_reports_that_it_is_up_and_ready(server):
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as http:
        assert (await http.get("/healthz")).status_code == 200
        assert (await http.get("/readyz")).status_code == 200
    host, port = server.daemon_address()
    for path in ("/healthz", "/readyz"):
        response = await exchange(port, request("GET", path))
        assert response.status == 200, (path, response)


async def test_the_service_is_not_ready_while_the_daemon_does_not_respond(own_server):
    server = own_server()
    async with httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=10) as http:
        assert (await http.get("/readyz")).status_code == 200
        server.signal("push", signal.SIGSTOP)
        try:
            # The answer is kept for a quarter of a second.
            deadline = time.monotonic() + 2
            while (response := await http.get("/readyz")).status_code == 200:
                assert time.monotonic() < deadline
            assert response.status_code == 503, response.text
            assert (await http.get("/healthz")).status_code == 200
        finally:
            server.signal("push", signal.SIGCONT)
        deadline = time.monotonic() + 5
        while (await http.get("/readyz")).status_code != 200:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)


async def test_the_web_client_and_its_files_are_served(server):
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as http:
        page = await http.get("/")
        assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
        assert "<!doctype html" in page.text.lower()
        assert page.headers.get("x-content-type-options") == "nosniff"
        assert "nginx/" not in page.headers.get("server", "")


async def test_only_pages_of_listed_origins_may_use_the_api(own_server):
    listed = "https://chat.example.org"
    server = own_server(ECHOCHAT_ORIGINS=f"{listed},https://other.example.org")
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization, content-type"}
        for path in ("/rooms", "/auth/login", "/sync"):
            allowed = await alice.request("OPTIONS", path, token="", headers={"Origin": listed, **preflight})
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
            f"{listed}/",
        ):
            for method in ("GET", "OPTIONS"):
                response = await alice.request(method, "/rooms", headers={"Origin": origin, **preflight})
                assert "access-control-allow-origin" not in response.headers, (origin, method)


async def test_sockets_and_files_of_the_data_directory_are_closed_to_other_users(server):
    """Other users lack a permission on the file itself or on a directory above it."""
    found = entries(server.data)
    for path, entry in found.items():
        if stat.S_ISLNK(entry.st_mode) or stat.S_ISDIR(entry.st_mode):
            continue
        steps = [path, *(parent for parent in path.parents if parent in found)]
        assert any(found[step].st_mode & 0o007 == 0 for step in steps), f"{path.relative_to(server.data)} is open to everyone"


async def test_while_another_process_locks_the_database_reads_and_ephemeral_events_do_not_wait(own_server):
    """During a backup, say: writes wait or fail, everything else goes on, and what was acknowledged is stored."""
    server = own_server()
    async with TestUsers(server) as users:
        alice, bob = await users.register_all("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        await alice.post_message(room, "before")
        alice_connection, bob_connection = await alice.connect(), await bob.connect()
        other = sqlite3.connect(f"file:{server.data / 'echochat.db'}?mode=rw", uri=True, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            posting = asyncio.create_task(alice.post(f"/rooms/{room}/messages", json={"content": "waits", "client_id": "w1"}))
            sending = asyncio.create_task(
                alice_connection.command("send_message", within=30, room_id=room, content="waits too", client_id="w2")
            )
            for _ in range(10):
                started = time.monotonic()
                await bob_connection.ping()
                await alice_connection.ping()
                assert (await bob.page(room))["messages"][0]["content"] == "before"
                assert time.monotonic() - started < 2  # a write waits for five
                await asyncio.sleep(0.1)
            assert not posting.done() or posting.result().status_code == 503
        finally:
            other.execute("ROLLBACK")
            other.close()
        posted, sent = await posting, await sending
        acknowledged = set()
        if posted.status_code == 201:
            acknowledged.add("waits")
        else:
            check_error(posted, 503)
        if sent.event == "ok":
            acknowledged.add("waits too")
        else:
            check_problem(sent.data, 503)
        await alice.post_message(room, "after")
        await bob_connection.expect("new_message", content="after")
        assert acknowledged <= {message["content"] for message in await bob.all_messages(room)}
        assert bob_connection.messages(room) == [message["content"] for message in await bob.all_messages(room)][1:]


def test_a_thousand_connections_leak_no_descriptors(own_server):
    """The programs have as many descriptors afterwards as before."""
    server = own_server()

    async def connect_often(times: int) -> None:
        async with TestUsers(server) as users:
            alice = await users.register("alice")
            for i in range(times):
                connection = await alice.connect()
                if i % 2:
                    await connection.abort()
                else:
                    await connection.close()
                alice.connections.clear()
                check = await alice.get("/auth/me", headers={"Connection": "close"})
                assert check.status_code == 200
            check_error(await alice.get("/nowhere"), 404)

    def count() -> dict[str, int]:
        return {program: server.descriptors(program) for program in ("rest", "push")}

    runner = threading.Thread(target=lambda: asyncio.run(connect_often(100)))
    runner.start(), runner.join()
    before = count()
    asyncio.run(connect_often(500))
    wait_until(
        lambda: all(now <= before[program] + 3 for program, now in count().items()), 5, f"descriptors are back to {before}, now {count()}"
    )
