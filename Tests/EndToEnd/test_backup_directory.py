"""The directory of backups: one is made at a time, what was cut short goes, and so do the oldest, of the site alone."""

import os
import signal
import subprocess
import time
from pathlib import Path

from support.backups import back_up, ctl, faults, manifest, rewrite_manifest, used
from support.server import PROGRAMS

MACHINE = Path("/etc/machine-id")


async def test_the_oldest_backups_of_the_site_are_removed_and_no_others(own_server, tmp_path):
    server, place, other = own_server(), tmp_path / "backups", own_server()
    await used(server)
    first = back_up(server, place)
    strange = back_up(other, place)
    unreadable = back_up(server, place)
    (unreadable / "manifest.json").write_text("{")
    (place / "echochat-notes").mkdir()
    second = back_up(server, place)
    third = back_up(server, place, "--keep", "2")
    assert {path.name for path in place.iterdir()} == {path.name for path in (strange, unreadable, second, third)} | {"echochat-notes"}
    fourth = back_up(server, place, "--keep=1")
    assert {path.name for path in place.iterdir()} == {path.name for path in (strange, unreadable, fourth)} | {"echochat-notes"}
    assert first.name != second.name and faults(server, fourth) == {}


async def test_backups_of_a_copy_on_another_machine_are_not_counted(own_server, tmp_path):
    server, place = own_server(), tmp_path / "backups"
    elsewhere, unnamed, own = (back_up(server, place) for _ in range(3))
    assert manifest(own).get("machine", "").isalnum() == bool(MACHINE.exists() and MACHINE.read_text())
    rewrite_manifest(elsewhere, machine="0" * 32)
    rewrite_manifest(unnamed, machine=None)
    assert faults(server, elsewhere) == faults(server, unnamed) == {}
    last = back_up(server, place, "--keep", "1")
    assert {path.name for path in place.iterdir()} == {elsewhere.name, last.name}


async def test_of_backups_that_begin_at_once_each_is_whole_or_says_that_another_is_made(own_server, tmp_path):
    server, place = own_server(), tmp_path / "backups"
    await used(server)
    back_up(server, place)
    made, refused = 1, 0
    for keep in (1, 2, 3, 3):
        command = [PROGRAMS / "echochatctl", "backup", place, "--keep", str(keep)]
        running = [
            subprocess.Popen(command, env=server.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for _ in range(12)
        ]
        done = [(*process.communicate(timeout=50), process.returncode) for process in running]
        whole = sum(status == 0 for *_, status in done)
        others = sum(status == 1 and f"another backup is being made in {place}" in error for _, error, status in done)
        assert whole and whole + others == len(running), done
        made, refused = made + whole, refused + others
        left = os.listdir(place)
        assert len(left) == min(keep, made) and not any(name.startswith(".") for name in left), (left, done)
        assert all(faults(server, place / name) == {} for name in left)
    assert refused, "no two began at once"


async def test_what_a_kill_leaves_is_removed_by_the_next_backup(own_server, tmp_path):
    server, place = own_server(), tmp_path / "backups"
    await used(server)
    place.mkdir()
    started = time.monotonic()
    back_up(server, place)
    seconds = time.monotonic() - started
    was_cut = 0
    for number in range(12):
        process = subprocess.Popen([PROGRAMS / "echochatctl", "backup", place], env=server.environment(), stdout=subprocess.DEVNULL)
        time.sleep(seconds * number / 12)
        process.send_signal(signal.SIGKILL)
        process.wait()
        was_cut += any(path.name.startswith(".") for path in place.iterdir())
    assert was_cut, "no kill was in time"
    back_up(server, place)
    for path in place.iterdir():
        assert not path.name.startswith(".") and faults(server, path) == {}
    # One that is being made is not touched, nor where it is not known whether one is.
    half = place / ".echochat-another.incomplete"
    half.mkdir()
    with subprocess.Popen(["flock", "--no-fork", place, "sleep", "60"]) as holder:
        while subprocess.run(["flock", "--nonblock", place, "true"]).returncode == 0:
            time.sleep(0.01)
        assert f"another backup is being made in {place}" in ctl(server, "backup", place, status=1).stderr
        assert half.exists()
        holder.kill()
    ctl(server, "backup", place, under=["strace", "-f", "-o", tmp_path / "trace", "-e", "inject=flock:error=EBADF"])
    assert "INJECTED" in (tmp_path / "trace").read_text() and half.exists()
    back_up(server, place)
    assert not half.exists()
