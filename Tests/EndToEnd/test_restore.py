"""A backup is restored as a whole or not at all, the data that were there are kept, and no client misses anything afterwards."""

import contextlib
import os
import pwd
import shutil
import sqlite3
import subprocess
import tempfile
from pathlib import Path

import pytest

from support.backups import back_up, ctl, faults, manifest, query, rewrite_manifest, use
from support.client_state import ClientState, room_summary
from support.clients import TestUsers
from support.disks import small_disk
from support.server import PROGRAMS, TEST_SETTINGS
from support.stored_messages import STORED
from support.uploads import download, rows, upload


async def log_in(users, name):
    user = users.unregistered("again")
    user.username = name
    return await user.log_in()


async def make_history(server, place, more=4):
    """Alice's room with messages and files, a backup of it, and what is written after the backup. Returns the backup, the room, the
    cursors that a client was given and the epoch."""
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        room = (await alice.create_room("group", "Lobby"))["room_id"]
        await use(alice, room)
        connection = await alice.connect()
        cursors, epoch = [connection.last_id], connection.welcome.data["epoch"]
        backup = back_up(server, place)
        # As a snapshot of the file system has it.
        shutil.copytree(server.data, place / "whole", ignore=shutil.ignore_patterns("run", "log"))
        for number in range(more):
            await alice.post_message(room, f"given up {number}")
        cursors += [frame.id for frame in await connection.expect_messages(room, more)]
        file = await upload(alice, b"given up, too", "late.txt")
        await alice.post_message(room, "", attachments=[file["file_id"]])
        cursors.append((await connection.expect("new_message", content="")).id)
        return backup, room, alice.username, cursors, epoch


async def check_clients(server, room, name, cursors, epoch, contents):
    """No cursor of before is resumed, and a client that loads its state anew is at one with the server from then on."""
    async with TestUsers(server) as users:
        alice = await log_in(users, name)
        for cursor in cursors:
            connection = await alice.connect(since=cursor)
            assert connection.welcome.data["resumed"] is False and connection.welcome.data["epoch"] != epoch
            assert connection.welcome.data["cursor"] > max(cursors), "ids rise"
            await connection.close()
        messages = await alice.all_messages(room)
        assert [message["content"] for message in messages] == contents
        state = ClientState(alice.user_id)
        loaded = (await alice.get("/sync")).json()
        state.load(loaded)
        connection = await alice.connect(since=loaded["cursor"])
        assert connection.welcome.data["resumed"] is True
        for number in range(6):
            await alice.post_message(room, f"goes on {number}")
            for cursor in cursors:
                refused = await alice.connect(since=cursor)
                assert refused.welcome.data["resumed"] is False, f"{cursor} was resumed after {number + 1} events"
                await refused.close()
        await connection.expect("new_message", content="goes on 5")
        assert not state.apply_received(connection)
        now = (await alice.get("/sync")).json()
        assert state.rooms == {entry["room_id"]: room_summary(entry) for entry in now["rooms"]}
        assert [message["seq"] for message in await alice.all_messages(room)] == list(range(1, len(contents) + 7))
        for message in messages:
            for file in message["attachments"] or []:
                assert (await download(alice, file["url"])).status_code == 200
        assert len((await alice.get("/search/messages", params={"q": "kept", "room_id": room})).json()["items"]) == 5


KEPT = ["note.txt", "photo.jpg", None, *(f"kept {number}" for number in range(5))]


@pytest.mark.parametrize("way", ["restore", "plain copy", "whole directory"])
async def test_after_each_way_of_going_back_no_cursor_is_resumed_with_a_gap(own_server, tmp_path, way):
    server = own_server()
    backup, room, name, cursors, epoch = await make_history(server, tmp_path / "backups")
    assert server.stop() == 0
    data = server.data
    if way == "restore":
        done = ctl(server, "restore", backup)
        (aside,) = tmp_path.glob("d0.before-restore-*")
        assert str(aside) in done.stdout and "8 messages" in done.stdout
        assert query(aside / "echochat.db", f"SELECT count(*) FROM {STORED}") == [(13,)]
    elif way == "plain copy":
        shutil.copyfile(backup / "echochat.db", data / "restored.db")
        os.replace(data / "restored.db", data / "echochat.db")
    else:
        shutil.rmtree(data)
        shutil.copytree(tmp_path / "backups" / "whole", data)
    server.start()
    await check_clients(server, room, name, cursors, epoch, KEPT)
    assert server.stop() == 0
    assert faults(server) == {}


async def test_restored_twice_each_history_is_another_one(own_server, tmp_path):
    server = own_server()
    backup, room, name, cursors, epoch = await make_history(server, tmp_path / "backups")
    epochs = {epoch}
    for _ in range(2):
        assert server.stop() == 0
        ctl(server, "restore", backup)
        server.start()
        async with TestUsers(server) as users:
            alice = await log_in(users, name)
            assert not any(stored_name == "late.txt" for stored_name in rows(server, "SELECT name FROM files"))
            for cursor in cursors:
                connection = await alice.connect(since=cursor)
                assert connection.welcome.data["resumed"] is False
                await connection.close()
            epochs.add(connection.welcome.data["epoch"])
            await alice.post_message(room, "between")
            cursors.append((await alice.get("/sync")).json()["cursor"])
    assert len(epochs) == 3 and cursors == sorted(cursors)
    # The backup is as it was: what was done to the restored files was not done to it.
    assert faults(server, backup) == {}


async def test_nothing_is_restored_while_programs_run_or_from_what_is_not_whole(own_server, tmp_path):
    server = own_server()
    backup, *_ = await make_history(server, tmp_path / "backups")
    assert "stop them first" in ctl(server, "restore", backup, status=1).stderr
    assert server.stop() == 0
    before = {path: path.stat() for path in server.data.iterdir()}
    known, whole = manifest(backup), (backup / "manifest.json").read_bytes()
    rewrite_manifest(backup, schema=known["schema"] + 1)
    assert "use the newer EchoChat" in ctl(server, "restore", backup, status=1).stderr
    rewrite_manifest(backup, format=2)
    assert "use a newer EchoChat" in ctl(server, "restore", backup, status=1).stderr
    (backup / "manifest.json").write_bytes(whole)
    key = backup / "keys" / "access-tokens"
    secret = key.read_bytes()
    key.write_bytes(secret[:-2] + b"x\n")
    assert "keys/access-tokens" in ctl(server, "restore", backup, status=1).stderr
    assert "No such file" in ctl(server, "restore", tmp_path / "missing", status=1).stderr
    assert "usage:" in ctl(server, "restore", status=64).stderr
    assert {path: path.stat() for path in server.data.iterdir()} == before
    assert not list(tmp_path.glob("*before-restore*"))


async def test_a_backup_without_keys_leaves_those_that_are_there(own_server, tmp_path):
    server = own_server()
    backup = back_up(server, tmp_path / "backups", "--without-keys")
    assert server.stop() == 0
    key = (server.data / "keys" / "access-tokens").read_bytes()
    ctl(server, "restore", backup)
    assert (server.data / "keys" / "access-tokens").read_bytes() == key
    (aside,) = tmp_path.glob("d0.before-restore-*")
    assert not (aside / "keys").exists()


async def test_a_backup_is_restored_on_a_new_machine(own_server, tmp_path):
    server = own_server()
    backup, room, name, *_ = await make_history(server, tmp_path / "backups")
    assert server.stop() == 0
    server.data = tmp_path / "elsewhere" / "new"
    done = ctl(server, "restore", backup)
    assert "what was there" not in done.stdout and os.listdir(server.data.parent) == ["new"]
    server.start()
    async with TestUsers(server) as users:
        alice = await log_in(users, name)
        assert [message["content"] for message in await alice.all_messages(room)] == KEPT
    assert faults(server) == {}


# Cut short

# Instead of SIGXFSZ there is an error, as from a full disk.
LIMITED = ["bash", "-c", "trap '' XFSZ; exec prlimit --fsize=4194304 \"$@\"", "bash"]


def content(data: Path) -> dict[str, bytes]:
    """What a restore exchanges, but for what the programs write at each start."""
    parts = [*data.glob("files/*/*"), *data.glob("keys/*")]
    found = {path.relative_to(data).as_posix(): path.read_bytes() for path in parts}
    return found | {"messages": str(query(data / "echochat.db", f"SELECT id, json FROM {STORED}")).encode()}


@pytest.mark.skipif(os.geteuid() != 0, reason="traces a program that protects itself")
@pytest.mark.parametrize("call", ["rename", "unlink", "fsync", "link", "mkdir"])
@pytest.mark.parametrize("way", ["signal=KILL", "error=EIO"])
async def test_a_restore_that_is_cut_short_or_fails_at_any_step_leaves_the_old_data_or_the_new(own_server, tmp_path, call, way):
    """Before and after each call that changes a name."""
    server = own_server()
    backup, *_ = await make_history(server, tmp_path / "backups", more=1)
    assert server.stop() == 0
    data, saved = server.data, tmp_path / "saved"
    shutil.copytree(data, saved, ignore=shutil.ignore_patterns("run", "log"))
    old, environment = content(data), server.environment()
    step, ends, new = 0, [], None
    while True:
        step += 1
        under = ["strace", "-f", "-o", tmp_path / "trace", "-e", f"inject={call}:{way}:when={step}"]
        done = subprocess.run(
            [*under, PROGRAMS / "echochatctl", "restore", backup], env=environment, capture_output=True, text=True, timeout=50
        )
        if done.returncode == 0 and "INJECTED" not in (tmp_path / "trace").read_text():
            break
        assert step < 200
        if done.returncode != 0 and way.startswith("error"):
            assert done.returncode == 1 and "error: " in done.stderr, done
        # The first to use the data tidies up.
        ctl(server, "user", "list")
        assert not (data / ".restoring~").exists(), f"at {call} {step}"
        now = content(data)
        ends.append(now == old)
        if now != old:
            # It was cut short after all was in its place.
            new = new or now
            assert now == new and query(data / "echochat.db", f"SELECT count(*) FROM {STORED}") == [(8,)]
            shutil.rmtree(data)
            shutil.copytree(saved, data)
        assert faults(server) == {}
    if way.startswith("signal"):
        assert ends == sorted(ends, reverse=True), "once the new data are in their place they stay"
    assert ends.count(True) >= {"rename": 8, "unlink": 1, "fsync": 8, "link": 4, "mkdir": 5}[call]
    assert query(data / "echochat.db", f"SELECT count(*) FROM {STORED}") == [(8,)] and faults(server, backup) == {}


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a file system")
async def test_a_data_directory_that_is_a_mount_point_is_restored_in_its_place(own_server, tmp_path):
    server = own_server()
    backup, room, *_ = await make_history(server, tmp_path / "backups")
    assert server.stop() == 0
    with small_disk(tmp_path / "disk", 64) as disk:
        server.data = disk
        ctl(server, "restore", backup)
        with contextlib.closing(sqlite3.connect(disk / "echochat.db")) as database, database:
            database.execute("UPDATE users SET display_name = 'Old'")
        done = ctl(server, "restore", backup)
        (aside,) = disk.glob("before-restore-*")
        assert str(aside) in done.stdout
        assert query(aside / "echochat.db", "SELECT DISTINCT display_name FROM users") == [("Old",)]
        assert faults(server) == {} and not list(tmp_path.glob("*.before-restore-*"))
        # The old data are whole, with their identity.
        assert {path.name for path in aside.iterdir()} >= {"echochat.db", "echochat.identity", "files", "keys"}


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a file system")
@pytest.mark.parametrize(("megabytes", "under"), [(18, []), (64, LIMITED)], ids=["at first", "later"])
async def test_a_full_disk_leaves_the_data_as_they_were(own_server, tmp_path, megabytes, under):
    """Later: a limit on the size of files stands for a disk that others fill meanwhile."""
    server = own_server()
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        room = (await alice.create_room("group"))["room_id"]
        file = await upload(alice, os.urandom(10 << 20), "large.bin")
        await alice.post_message(room, "", attachments=[file["file_id"]])
    backup = back_up(server, tmp_path / "backups")
    assert server.stop() == 0
    with small_disk(tmp_path / "disk", megabytes) as disk:
        server.data = disk
        ctl(server, "migrate")
        ctl(server, "user", "list")
        before, old = {path.name for path in disk.iterdir()}, content(disk)
        error = ctl(server, "restore", backup, status=1, under=under).stderr
        assert ("too full" if not under else "is as it was") in error, error
        assert {path.name for path in disk.iterdir()} == before and content(disk) == old
        assert faults(server) == {}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
async def test_what_root_restores_is_the_service_s(own_server):
    """The directory above the data is root's, as /var/lib is."""
    nobody = pwd.getpwnam("nobody").pw_uid
    server = own_server()
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        backup = back_up(server, Path(name) / "backups")
        assert server.stop() == 0
        data = Path(name) / "d"
        data.mkdir()
        os.chown(data, nobody, nobody)
        settings = {key: value for key, value in {**os.environ, **TEST_SETTINGS}.items() if key != "ECHOCHAT_USER"}

        def restore():
            return subprocess.run(
                [PROGRAMS / "echochatctl", "restore", backup], env=settings | {"ECHOCHAT_DATA": str(data)}, capture_output=True, text=True
            )

        refused = restore()
        assert refused.returncode == 1 and "cannot read" in refused.stderr and "chown -R nobody" in refused.stderr, refused
        subprocess.run(["chown", "-R", "nobody", backup.parent], check=True)
        for _ in range(2):
            done = restore()
            assert done.returncode == 0, done
        assert str(data / "before-restore-") in done.stdout and {path.stat().st_uid for path in data.rglob("*")} == {nobody}
