"""Backups, made beside running programs: whole or not there, and `verify` notices every byte that changes."""

import asyncio
import contextlib
import json
import os
import pwd
import random
import shutil
import sqlite3
import stat
import subprocess
import tempfile
from pathlib import Path

import pytest

from support.backups import back_up, ctl, faults, manifest, query, rewrite_manifest, used
from support.clients import TestUsers
from support.disks import small_disk
from support.files import entries
from support.server import PROGRAMS, TEST_SETTINGS
from support.uploads import stored, upload


async def test_a_backup_beside_running_programs_is_whole(own_server, tmp_path):
    server, place = own_server(), tmp_path / "backups"
    await used(server)
    backup = back_up(server, place)
    assert faults(server, backup) == {} and faults(server) == {}
    known = manifest(backup)
    assert known["counts"] == {"users": 1, "rooms": 1, "messages": 8, "files": 5} and known["missing"] == []
    assert {path.relative_to(backup).as_posix() for path in entries(backup) if path.is_file()} == {
        "manifest.json", *(entry["name"] for entry in known["files"])
    }  # fmt: skip
    # The files are the same ones, and everything is the owner's alone.
    shared = [path for path in (backup / "files").rglob("*") if path.is_file()]
    assert len(shared) == 5 and all(path.stat().st_nlink == 2 for path in shared)
    assert all(entry.st_uid == os.geteuid() for entry in entries(backup).values())
    assert stat.S_IMODE(backup.stat().st_mode) == 0o700 and stat.S_IMODE((backup / "keys" / "access-tokens").stat().st_mode) == 0o600
    assert os.listdir(place) == [backup.name]
    assert json.loads((server.data / "last-backup").read_text()) == {
        "at": known["at"], "path": str(backup), "bytes": sum(entry["size"] for entry in known["files"])
    }  # fmt: skip
    assert not (back_up(server, place, "--without-keys") / "keys").exists()


async def test_what_cannot_be_backed_up_is_said_and_nothing_is_left(own_server, tmp_path):
    server, place = own_server(), tmp_path / "backups"
    place.mkdir()
    (place / "file").touch()
    assert "make the directory first" in ctl(server, "backup", place / "missing", status=1).stderr
    assert "is no directory" in ctl(server, "backup", place / "file", status=1).stderr
    for wrong in ([], [place, place], [place, "--keep"], [place, "--keep", "0"], [place, "--keep", "many"], [place, "--nonsense"]):
        assert "usage:" in ctl(server, "backup", *wrong, status=64).stderr
    assert os.listdir(place) == ["file"] and not (server.data / "last-backup").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a file system")
@pytest.mark.parametrize("megabytes", [8, 24, 25], ids=["at first", "for the files", "for the database"])
async def test_a_full_disk_leaves_no_half_backup(own_server, tmp_path, megabytes):
    server = own_server()
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        room = (await alice.create_room("group"))["room_id"]
        file = await upload(alice, os.urandom((24 << 20) + 600_000), "large.bin")
        await alice.post_message(room, "", attachments=[file["file_id"]])
    with small_disk(tmp_path / "disk", megabytes) as disk:
        before = shutil.disk_usage(disk).free
        error = ctl(server, "backup", disk, status=1).stderr
        assert f"the disk of {disk} is " + ("too full" if megabytes == 8 else "full") in error, error
        assert os.listdir(disk) == [] and shutil.disk_usage(disk).free == before
    assert not (server.data / "last-backup").exists()


async def test_files_that_come_and_go_meanwhile_are_in_the_backup_as_its_database_says(own_server, tmp_path):
    server, place = own_server(ECHOCHAT_ERASE_WITHIN="1s"), tmp_path / "backups"
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        room = (await alice.create_room("group"))["room_id"]
        is_running = True

        async def come_and_go() -> None:
            while is_running:
                file = await upload(alice, os.urandom(5000), "a.bin")
                message = await alice.post_message(room, "", attachments=[file["file_id"]])
                if message["seq"] % 3:
                    assert (await alice.delete(f"/rooms/{room}/messages/{message['seq']}")).is_success

        working = [asyncio.create_task(come_and_go()) for _ in range(4)]
        backups = []
        for _ in range(8):
            await asyncio.sleep(0.5)
            backups.append(await asyncio.to_thread(back_up, server, place))
            assert await asyncio.to_thread(faults, server) == {}
        is_running = False
        await asyncio.gather(*working)
    for backup in backups:
        assert faults(server, backup) == {} and manifest(backup)["missing"] == []
        names = [name for (name,) in query(backup / "echochat.db", "SELECT public_id FROM files")]
        assert len(names) == len(list((backup / "files").rglob("*/*"))) > 0


async def test_a_backup_is_made_although_it_cannot_be_noted_or_a_file_was_lost(own_server, tmp_path):
    server, place = own_server(), tmp_path / "backups"
    await used(server)
    (server.data / "last-backup~").mkdir()
    first = back_up(server, place)
    done = ctl(server, "backup", place, "--keep", "1")
    assert "does not name the backup" in done.stderr and not first.exists()
    lost = next(path for path in stored(server) if path.read_bytes() == b"for the Lobby")
    lost.unlink()
    done = ctl(server, "backup", place)
    assert "1 files are missing" in done.stderr and lost.name in done.stderr
    backup = place / done.stdout.split(": ")[0]
    assert faults(server, backup) == {} and manifest(backup)["missing"] == [lost.relative_to(server.data).as_posix()]
    assert lost.name in faults(server)["files"]


# Verify


async def test_a_flipped_byte_anywhere_in_a_backup_is_noticed(own_server, tmp_path):
    server = own_server()
    await used(server)
    backup = back_up(server, tmp_path / "backups")
    assert server.stop() == 0
    files = [path for path in backup.rglob("*") if path.is_file()]
    assert {path.relative_to(backup).parts[0] for path in files} == {"echochat.db", "files", "keys", "manifest.json"}
    random.seed(1)
    tried = 0
    for path in files:
        whole = path.read_bytes()
        # The first and last bytes, and many between; of the database from every part.
        places = {0, 1, 18, len(whole) // 2, len(whole) - 2, len(whole) - 1, *(random.randrange(len(whole)) for _ in range(8))}
        for place in sorted(place for place in places if place < len(whole)):
            changed = bytearray(whole)
            changed[place] ^= 1 << random.randrange(8)
            # A new file: the old one may be a file of the data directory.
            path.unlink()
            path.write_bytes(changed)
            assert "manifest" in faults(server, backup), f"{path} at {place}"
            tried += 1
        for content in (whole[:-1], whole + b"\n", b""):
            path.write_bytes(content)
            assert "manifest" in faults(server, backup), f"{path} with {len(content)} bytes"
        path.write_bytes(whole)
        path.rename(backup / "elsewhere")
        assert "manifest" in faults(server, backup)
        (backup / "elsewhere").rename(path)
    assert tried > 80 and faults(server, backup) == {}


async def test_what_the_manifest_names_and_the_database_does_not_is_noticed(own_server, tmp_path):
    server = own_server()
    await used(server)
    backup = back_up(server, tmp_path / "backups")
    known = manifest(backup)
    (backup / "files" / "extra").write_text("more")
    assert "files/extra" in faults(server, backup)["manifest"]
    rewrite_manifest(backup, files=[*known["files"], {"name": "files/extra", "size": 4, "sha256": "0" * 64}])
    assert "files/extra" in faults(server, backup)["manifest"]
    (backup / "files" / "extra").unlink()
    gone = next(entry for entry in known["files"] if entry["name"].startswith("files/"))
    (backup / gone["name"]).unlink()
    rewrite_manifest(backup, files=[entry for entry in known["files"] if entry != gone])
    assert gone["name"] in faults(server, backup)["files"]
    (backup / "manifest.json").unlink()
    assert "manifest" in faults(server, backup)
    assert "manifest" in faults(server, tmp_path / "nothing")


@pytest.mark.parametrize(
    ("name", "sql"),
    [
        ("sequence numbers", "UPDATE rooms SET last_seq = last_seq + 1"),
        ("counters", "UPDATE rooms SET member_count = 7"),
        ("counters", "UPDATE file_totals SET disk_bytes = disk_bytes + 1"),
        ("journal", "UPDATE sqlite_sequence SET seq = 1 WHERE name = 'journal'"),
        ("foreign keys", "UPDATE memberships SET user_id = 99"),
        ("files", "UPDATE files SET sha256 = zeroblob(32)"),
        ("files", "UPDATE files SET size = size + 1, disk_bytes = disk_bytes"),
    ],
)
async def test_what_is_wrong_with_the_data_is_told(own_server, name, sql):
    server = own_server()
    await used(server)
    assert server.stop() == 0
    assert faults(server) == {}
    with contextlib.closing(sqlite3.connect(server.data / "echochat.db")) as database, database:
        database.execute(sql)
    assert name in faults(server)


async def test_damage_and_changed_files_of_the_data_are_told(own_server):
    server = own_server()
    await used(server)
    assert server.stop() == 0
    file = next(path for path in stored(server) if path.read_bytes() == b"for the Lobby")
    file.write_bytes(b"for the lobby")
    (server.data / "keys" / "access-tokens").write_text("nonsense")
    found = faults(server)
    assert file.relative_to(server.data).as_posix() in found["files"] and "keys" in found and len(found) == 2
    database = server.data / "echochat.db"
    content = bytearray(database.read_bytes())
    content[5000:60000] = os.urandom(55000)
    database.write_bytes(content)
    assert "integrity" in faults(server)
    database.write_bytes(os.urandom(50000))
    assert "integrity" in faults(server)
    assert not (server.data / "echochat.db-damaged").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_backup_by_root_is_the_service_s():
    nobody = pwd.getpwnam("nobody").pw_uid
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        data, place = f"{name}/d", f"{name}/backups"
        for path in (data, place):
            os.mkdir(path)
        os.chown(data, nobody, nobody)
        settings = {key: value for key, value in {**os.environ, **TEST_SETTINGS}.items() if key != "ECHOCHAT_USER"} | {
            "ECHOCHAT_DATA": data
        }

        def run(*words):
            return subprocess.run([PROGRAMS / "echochatctl", *words], env=settings, capture_output=True, text=True, timeout=20)

        assert run("migrate").returncode == 0
        refused = run("backup", place)
        assert refused.returncode == 1 and "the user nobody cannot write to" in refused.stderr and "chown nobody" in refused.stderr
        os.chown(place, nobody, nobody)
        assert run("backup", place).returncode == 0
        (backup,) = os.listdir(place)
        assert run("verify", f"{place}/{backup}").returncode == 0 and run("verify").returncode == 0
        assert {entry.st_uid for path in (data, place) for entry in entries(Path(path)).values()} == {nobody}
