"""Uploads that are cut off by a crash or a full disk: nothing half is stored, and nothing is left behind after the sweep."""

import asyncio
import contextlib
import os
import signal
import sqlite3
import subprocess
import tempfile
from pathlib import Path

import httpx
import pytest

from support.clients import TestUsers
from support.disks import fill, small_disk
from support.files import entries
from support.pictures import jpeg, plain_png
from support.server import PROGRAMS, REPOSITORY, TEST_SETTINGS, Server, free_port, is_alive, wait_until
from support.uploads import download, rows, stored, try_upload, upload

# What was cut off is swept after a second.
SWEPT = {"ECHOCHAT_ERASE_WITHIN": "1s", "ECHOCHAT_UNATTACHED_KEEP": "1s"}


@contextlib.asynccontextmanager
async def cut_off(request):
    """A request that is under way; its server dies before it answers."""
    task = asyncio.create_task(request)
    try:
        yield task
    finally:
        with contextlib.suppress(httpx.HTTPError):
            response = await task
            assert response.status_code >= 500, response.text


async def until(condition, what: str) -> None:
    await asyncio.to_thread(wait_until, condition, 15, what)


async def test_nothing_is_left_of_an_upload_that_kill_9_cuts_off_while_it_is_checked(own_server, tmp_path):
    waiting, check = tmp_path / "waiting", tmp_path / "check"
    check.write_text(f"#!/bin/sh\necho $$ > {waiting}\nexec sleep 600\n")
    check.chmod(0o755)
    server = own_server(**SWEPT, ECHOCHAT_UPLOAD_CHECK=str(check))
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        async with cut_off(try_upload(alice, jpeg(), "photo.jpg", "image/jpeg")):
            await until(lambda: waiting.exists() and waiting.read_text(), "the check runs")
            child = int(waiting.read_text())
            assert is_alive(child) and len(stored(server)) == 1
            killed = server.kill("rest")
            await until(lambda: not is_alive(child), "the check dies with who runs it")
            server.wait_replaced(killed)
        await until(lambda: stored(server) == [], "what was cut off is swept")
        assert rows(server) == []


async def test_nothing_is_left_of_an_upload_that_kill_9_cuts_off_before_its_commit(own_server):
    server = own_server(**SWEPT)
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        kept = await upload(alice, b"kept", "kept.txt")
        room = (await alice.create_room("group"))["room_id"]
        await alice.post_message(room, "", attachments=[kept["file_id"]])
        # Another writer holds the database: the file is in its place, its row is not.
        with sqlite3.connect(server.data / "echochat.db", isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            async with cut_off(try_upload(alice, plain_png(), "a.png", "image/png")):
                await until(lambda: len(placed(server)) == 3, "picture and thumbnail are in their places")
                killed = server.kill("rest")
                server.wait_replaced(killed)
            other.execute("ROLLBACK")
        await until(lambda: len(stored(server)) == 1, "what has no row is swept")
        assert rows(server) == [kept["file_id"]] and (await download(alice, kept["url"])).content == b"kept"


def placed(server: Server) -> list[Path]:
    return [path for path in stored(server) if path.parent.name != "incoming"]


async def test_what_was_cut_off_stays_while_it_may_be_under_way(own_server):
    """The control of the tests above: it is the age that decides."""
    server = own_server(ECHOCHAT_ERASE_WITHIN="1s")
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        await upload(alice)
        orphan = server.data / "files" / "zz" / "orphan"
        orphan.parent.mkdir()
        orphan.write_bytes(b"x")
        (server.data / "files" / "incoming" / "half").write_bytes(b"x")
        # Each start looks at once. A file that was deleted goes before that; the second one, after it.
        server.wait_replaced(server.kill("push"))
        for _ in range(2):
            loose = await upload(alice)
            assert (await alice.delete(f"/files/{loose['file_id']}")).status_code == 204
            await until(lambda: len(stored(server)) == 3, "the deleted file is gone")
        assert orphan.exists()
        # A day later, at the next start.
        for path in (orphan, server.data / "files" / "incoming" / "half"):
            os.utime(path, (1, 1))
        server.wait_replaced(server.kill("push"))
        await until(lambda: len(stored(server)) == 1, "both are swept")


async def test_a_file_that_is_missing_is_said_to_the_operator_and_its_row_stays(own_server):
    server = own_server(**SWEPT)
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        file = await upload(alice)
        room = (await alice.create_room("group"))["room_id"]
        await alice.post_message(room, "", attachments=[file["file_id"]])
        [path] = placed(server)
        path.rename(server.data / "aside")
        assert (await download(alice, file["url"])).json()["code"] == "not_found"
        await until(lambda: "1 files are missing" in (server.data / "log" / "push.log").read_text(), "the log says so")
        (server.data / "aside").rename(path)
        assert (await download(alice, file["url"])).status_code == 200


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a small disk")
async def test_files_leave_room_on_the_disk_for_messages(tmp_path):
    with small_disk(tmp_path / "disk", megabytes=80) as disk, Server(disk / "d") as server:
        async with TestUsers(server) as users:
            alice = await users.register("alice")
            room = (await alice.create_room("group"))["room_id"]
            made = []
            while (response := await try_upload(alice, os.urandom(6 << 20), "big.bin")).status_code == 201:
                made.append(response.json())
            assert (response.status_code, response.json()["code"]) == (503, "unavailable") and 2 <= len(made) <= 8
            assert len(stored(server)) == len(made)
            for number in range(100):
                await alice.post_message(room, f"message {number} " + "x" * 1000)
            # A full disk, with messages refused as well: the rest of an upload does not stay.
            ballast = fill(disk)
            assert (await try_upload(alice, b"x")).status_code == 503
            assert len(stored(server)) == len(made)
            ballast.unlink()
            assert (await alice.delete(f"/files/{made[0]['file_id']}")).status_code == 204
            for file in made[1:]:
                assert (await download(alice, file["url"])).status_code == 200


async def test_the_disk_that_fills_up_during_an_upload_leaves_nothing_half(tmp_path):
    """Less room than the body has, which is not announced: writing fails in the middle."""
    with small_disk(tmp_path / "disk", megabytes=60) as disk, Server(disk / "d") as server:
        async with TestUsers(server) as users:
            alice = await users.register("alice")

            async def body():
                for _ in range(24):
                    yield os.urandom(1 << 20)

            responses = await asyncio.gather(*(alice.post("/files", content=body()) for _ in range(3)))
            statuses = [response.status_code for response in responses]
            # 500: nginx itself could not write the body.
            assert statuses.count(201) < 3 and set(statuses) <= {201, 503, 500}, statuses
            assert len(stored(server)) == len(rows(server)) == statuses.count(201)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a small disk")
async def test_deleted_files_leave_a_disk_on_which_nothing_else_can_be_written(tmp_path):
    with small_disk(tmp_path / "disk", megabytes=80) as disk, Server(disk / "d", **SWEPT, ECHOCHAT_JOURNAL_KEEP="1s") as server:
        async with TestUsers(server) as users:
            alice = await users.register("alice")
            room = (await alice.create_room("group"))["room_id"]
            file = await upload(alice, os.urandom(6 << 20), "big.bin")
            seq = (await alice.post_message(room, "", attachments=[file["file_id"]]))["seq"]
            # The retention job sees the disk only when it is full.
            server.signal("push", signal.SIGSTOP)
            assert (await alice.delete(f"/rooms/{room}/messages/{seq}")).status_code == 200
            for number in range(300):
                await alice.post_message(room, f"message {number} " + "x" * 1000)
            fill(disk)
            server.signal("push", signal.SIGCONT)
            await until(lambda: stored(server) == [], "the file is deleted")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may trace a protected process")
async def test_a_file_and_its_names_are_on_disk_before_its_row(own_server, tmp_path):
    server = own_server()
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        await upload(alice)
        calls = "trace=fsync,mkdir,rename,pwrite64"
        command = ["strace", "-f", "-y", "-s", "200000", "-e", calls, "-o", tmp_path / "trace", "-p", str(server.pid("rest"))]
        tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert "attached" in await asyncio.to_thread(tracer.stderr.readline)
        file = await upload(alice, plain_png(), "a.png", "image/png")
        tracer.terminate()
        tracer.wait(timeout=15)
    done = completed((tmp_path / "trace").read_text())
    row = next(number for number, call in enumerate(done) if call.startswith("pwrite64") and file["file_id"] in call)
    directory = server.data / "files"
    place = directory / file["file_id"][:2] / file["file_id"][2:]
    names = [number for number, call in enumerate(done) if call.startswith("rename") and str(place) in call]
    assert len(names) == 2
    incoming = directory / "incoming" / file["file_id"]
    # Each under the one name or the other; the names when both are there.
    for paths, after in (((place, incoming), 0), ((f"{place}.thumbnail", f"{incoming}.webp"), 0), ((place.parent,), max(names))):
        synced = [call for call in done[after:row] if call.startswith("fsync") and any(f"<{path}>" in call for path in paths)]
        assert synced, (paths, done[:row])
    if f'mkdir("{place.parent}' in "".join(done):
        assert any(call.startswith("fsync") and f"<{directory}>" in call for call in done[:row]), done[:row]


def completed(trace: str) -> list[str]:
    """The calls of a trace in the order in which they returned."""
    begun: dict[str, str] = {}
    calls = []
    for line in trace.splitlines():
        thread, call = line.split(maxsplit=1)
        if call.endswith("<unfinished ...>"):
            begun[thread] = call
        elif call.startswith("<..."):
            calls.append(begun.pop(thread, "") + call)
        else:
            calls.append(call)
    return calls


# An nginx of its own user


@contextlib.contextmanager
def separate_users(nginx_group: str):
    """Programs that run as nobody, and an nginx whose workers run as www-data, in a group."""
    with tempfile.TemporaryDirectory() as path:
        place = Path(path)
        os.chmod(place, 0o755)
        programs, data, run, port = place / "programs", place / "d", place / "run", free_port()
        for directory in (programs, data, run, place / "nginx"):
            directory.mkdir()
        for directory in (data, run):
            subprocess.run(["chown", "nobody:nogroup", directory], check=True)
            directory.chmod(0o750)
        environment = {key: value for key, value in os.environ.items() if not key.startswith("ECHOCHAT_")}
        environment |= {**TEST_SETTINGS, "ECHOCHAT_USER": "nobody", "ECHOCHAT_DATA": str(data), "ECHOCHAT_RUN": str(run)}
        for name in ("echochat-http.conf", "echochat-server.conf"):
            text = (REPOSITORY / "nginx" / name).read_text()
            for shipped, here in {
                "/run/echochat/": f"{run}/",
                "/var/lib/echochat/files/": f"{data}/files/",
                "/usr/share/echochat/html": str(REPOSITORY / "nginx" / "html"),
                "/var/log/nginx/": f"{place}/nginx/",
            }.items():
                text = text.replace(shipped, here)
            (place / "nginx" / name).write_text(text)
        (place / "nginx" / "nginx.conf").write_text(
            f"user www-data {nginx_group}; pid nginx.pid; error_log error.log; daemon off; worker_processes 1; events {{ }}\n"
            "http { client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi;\n"
            f"scgi_temp_path scgi; include {place}/nginx/echochat-http.conf;\n"
            f"server {{ listen 127.0.0.1:{port}; include {place}/nginx/echochat-server.conf; }} }}"
        )
        processes = []
        try:
            for name in ("echochat-rest", "echochat-push"):
                subprocess.run(["cp", PROGRAMS / name, programs], check=True)
                processes.append(subprocess.Popen([programs / name], env=environment, stderr=subprocess.DEVNULL))
                wait_until((run / f"{name.removeprefix('echochat-')}.sock").exists, 10, f"{name} listens")
            command = ["nginx", "-p", f"{place}/nginx/", "-c", "nginx.conf", "-e", "error.log"]
            processes.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))
            wait_until(lambda: (place / "nginx" / "nginx.pid").exists(), 10, "nginx runs")
            yield f"http://127.0.0.1:{port}", data
        finally:
            for process in reversed(processes):
                process.terminate()
                process.wait(timeout=15)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can run programs as others")
async def test_an_nginx_of_another_user_receives_and_sends_files_if_it_is_in_the_group():
    with separate_users("nogroup") as (url, data):
        await until(lambda: httpx.get(url + "/readyz", trust_env=False).status_code == 200, "the system is ready")
        async with TestUsers(Server(data)) as users:
            alice = users.unregistered("alice")
            alice.http.base_url = url
            await alice.register()
            content = os.urandom(3 << 20)
            file = await upload(alice, content, "big.bin")
            assert (await download(alice, file["url"])).content == content
            picture = await upload(alice, plain_png(), "a.png", "image/png")
            assert (await download(alice, picture["thumbnail_url"])).status_code == 200
        owners = {path: (entry.st_uid, entry.st_mode & 0o777) for path, entry in entries(data / "files").items() if path.is_file()}
        assert len(owners) == 3 and {mode for _, mode in owners.values()} == {0o640}
    # The control: without the group it reaches neither the sockets nor the files.
    with separate_users("www-data") as (url, data):
        await until(lambda: httpx.get(url + "/readyz", trust_env=False).status_code == 502, "nginx may not reach the worker")
