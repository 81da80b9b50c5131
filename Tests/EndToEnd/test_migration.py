"""The way back: a database is copied before it is migrated, and a program that is too old for it says what to do."""

import os
import re
import sqlite3
import stat
import subprocess
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from support.disks import small_disk
from support.server import PROGRAMS, REPOSITORY, TEST_SETTINGS, Server

SCHEMA = REPOSITORY / "Sources" / "Shared" / "Store" / "Schema" / "Schema.swift"
APPLICATION_ID = 0x4543484F


def environment(data: Path, **settings: str) -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("ECHOCHAT_")}
    return inherited | TEST_SETTINGS | {"ECHOCHAT_DATA": str(data), **settings}


def ctl(data: Path, *words: str, status: int = 0) -> subprocess.CompletedProcess:
    done = subprocess.run([PROGRAMS / "echochatctl", *words], env=environment(data), capture_output=True, text=True, timeout=60, umask=0)
    assert done.returncode == status, done
    return done


def make_old_database(data: Path, size: int = 0) -> None:
    """The database of the first version, with Alice and `size` bytes besides: a migration never changes, so its script is still there."""
    script = re.search(r'static let core = """\n(.*?)\n    """', SCHEMA.read_text(), re.DOTALL)[1]
    data.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(data / "echochat.db")) as database:
        database.executescript(script)
        database.execute("INSERT INTO meta (name, value) VALUES ('epoch', 'e1'), ('journal_floor', '0')")
        database.execute("INSERT INTO users (public_id, username, display_name, created_at) VALUES ('u1', 'alice', 'Alice', 1)")
        if size:
            database.execute(
                "INSERT INTO journal (position, kind, room_id, user_id, previous, message_id, created_at, data)"
                f" VALUES (1, 77, NULL, NULL, 0, NULL, 1, CAST(zeroblob({size}) AS TEXT))"
            )
        database.execute("PRAGMA user_version = 1")
        database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        database.commit()
    # As it was when a program was started by hand under a usual umask.
    (data / "echochat.db").chmod(0o644)


def copies(data: Path) -> list[Path]:
    return sorted(path for path in data.iterdir() if path.name.startswith("echochat.schema-"))


def schema(path: Path) -> int:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        return database.execute("PRAGMA user_version").fetchone()[0]


def check_copy(path: Path) -> None:
    assert re.fullmatch(r"echochat\.schema-1\.\d{4}-\d\d-\d\dT\d{6}Z\.db", path.name)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (1,)
        assert database.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert database.execute("SELECT username FROM users").fetchall() == [("alice",)]
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_migrate_copies_an_older_database_first_and_names_the_copy(tmp_path):
    data = tmp_path / "it's"
    make_old_database(data)
    done = ctl(data, "migrate")
    (copy,) = copies(data)
    check_copy(copy)
    assert str(copy) in done.stdout and "schema 1 ->" in done.stdout
    assert str(copy) in done.stderr
    assert "alice" in ctl(data, "user", "list").stdout
    # Neither a database that is new nor one that has its schema is copied.
    ctl(data, "migrate")
    ctl(tmp_path / "new", "migrate")
    assert copies(data) == [copy] and copies(tmp_path / "new") == []


@pytest.mark.parametrize("way", ["serve", "echochat-rest", "echochat-push", "user list"])
def test_every_start_copies_an_older_database_first_and_closes_it_to_other_users(tmp_path, way):
    data = tmp_path / "d"
    make_old_database(data)
    if way == "serve":
        with Server(data) as server:
            assert httpx.get(server.url + "/readyz", trust_env=False).status_code == 200
            assert any(copies(data)[0].name in line for line in server.output)
    elif way == "user list":
        assert copies(data) == [] and "alice" in ctl(data, "user", "list").stdout
    else:
        process = subprocess.Popen(
            [PROGRAMS / way], env=environment(data), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, umask=0
        )
        deadline = time.monotonic() + 10
        while not (data / "run").exists() or not any(path.name.endswith(".sock") for path in (data / "run").iterdir()):
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.01)
        process.terminate()
        assert copies(data)[0].name in process.communicate(timeout=15)[1]
    (copy,) = copies(data)
    check_copy(copy)
    assert stat.S_IMODE((data / "echochat.db").stat().st_mode) == 0o600


def test_the_copy_is_the_way_back(tmp_path):
    data = tmp_path / "d"
    make_old_database(data)
    ctl(data, "migrate")
    (copy,) = copies(data)
    (data / "echochat.db").rename(tmp_path / "newer")
    copy.rename(data / "echochat.db")
    done = ctl(data, "migrate")
    assert "schema 1 ->" in done.stdout and "was put back" in done.stderr
    assert "alice" in ctl(data, "user", "list").stdout


def test_a_program_that_is_too_old_says_what_to_do(tmp_path):
    data = tmp_path / "d"
    make_old_database(data)
    ctl(data, "migrate")
    with closing(sqlite3.connect(data / "echochat.db")) as database:
        database.execute("PRAGMA user_version = 999")
    (copy,) = copies(data)
    for words in (["echochatctl", "migrate"], ["echochatctl", "user", "list"], ["echochat-rest"], ["echochat-push"]):
        done = subprocess.run([PROGRAMS / words[0], *words[1:]], env=environment(data), capture_output=True, text=True, timeout=10)
        assert done.returncode not in (0, -4, -5, -6, -11), done
        assert "schema 999" in done.stderr and "install the newer EchoChat" in done.stderr and str(copy) in done.stderr
    copy.unlink()
    assert "a backup from before the update" in ctl(data, "migrate", status=1).stderr


def test_the_two_newest_copies_are_kept(tmp_path):
    data = tmp_path / "d"
    make_old_database(data)
    names = [
        "echochat.schema-1.2026-01-01T000000Z.db",
        "echochat.schema-1.2026-01-02T000000Z.db",
        "echochat.schema-1.2026-01-03T000000Z.db~",
    ]
    for name in names:
        (data / name).write_text("older")
    (data / "echochat.schema-notes.txt").write_text("the operator's")
    ctl(data, "migrate")
    kept = [path.name for path in copies(data)]
    assert len(kept) == 3 and names[1] in kept and "echochat.schema-notes.txt" in kept, kept


def test_a_copy_older_than_a_week_is_removed(own_server):
    """It holds what users have deleted since."""
    server = own_server(ECHOCHAT_ERASE_WITHIN="1s")
    old, new = server.data / "echochat.schema-1.2026-01-01T000000Z.db", server.data / "echochat.schema-2.2026-01-09T000000Z.db"
    for path, days in ((old, 7.1), (new, 6.9)):
        path.write_text("words")
        os.utime(path, (time.time() - days * 86_400,) * 2)
    deadline = time.monotonic() + 10
    while old.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert new.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_without_room_for_a_copy_nothing_is_migrated_and_the_operator_decides(tmp_path):
    with small_disk(tmp_path / "disk", 48) as disk:
        data = disk / "d"
        make_old_database(data, size=20 << 20)
        for words in (["migrate"], ["user", "list"]):
            refused = ctl(data, *words, status=1).stderr
            assert "MiB" in refused and "migrate --no-copy" in refused
            assert schema(data / "echochat.db") == 1 and copies(data) == []
        ctl(data, "migrate", "--no-copy")
        assert schema(data / "echochat.db") > 1 and copies(data) == []
    ctl(tmp_path / "d", "migrate", "--copy", status=64)
