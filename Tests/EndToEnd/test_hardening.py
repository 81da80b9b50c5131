"""Programs are safe without their launcher: modes of files, core dumps, the user, and logs that stay bounded."""

import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from support.clients import TestUsers
from support.files import entries
from support.server import MAIL_SETTINGS, PROGRAMS, REPOSITORY, TEST_SETTINGS, Server, is_alive, wait_until

NO_CORE = re.compile(r"^Max core file size +0 +0 ", re.MULTILINE)


@contextmanager
def by_hand(data: Path, program: str, **settings: str):
    """Runs one program with an umask of 0, without `serve`."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ECHOCHAT_")}
    environment |= {**TEST_SETTINGS, "ECHOCHAT_DATA": str(data), **settings}
    environment.pop("ECHOCHAT_CORE_DUMPS", None)
    if program == "echochat-outbound":
        environment |= MAIL_SETTINGS
    process = subprocess.Popen(
        [PROGRAMS / program], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, umask=0
    )
    socket = data / "run" / f"{program.removeprefix('echochat-')}.sock"
    try:
        wait_until(socket.exists, 10, f"{program} listens")
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=15)


def wrong_modes(data: Path) -> list[str]:
    """What has another mode than the documented one: files 0600, sockets 0660, directories 0750, those with keys 0700."""
    wrong = []
    for path, entry in entries(data).items():
        mode = entry.st_mode
        private = any(part in ("keys", "nginx") for part in path.relative_to(data).parts)
        allowed = 0o660 if stat.S_ISSOCK(mode) else 0o600 if stat.S_ISREG(mode) else 0o700 if private else 0o750
        if stat.S_IMODE(mode) & ~allowed:
            wrong.append(f"{path.relative_to(data)}: {stat.S_IMODE(mode):o}")
    return wrong


@pytest.mark.parametrize("program", ["echochat-push", "echochat-rest", "echochat-outbound"])
def test_what_a_program_makes_is_closed_whatever_the_umask_of_who_starts_it(tmp_path, program):
    data = tmp_path / "d"
    with by_hand(data, program) as process:
        wait_until((data / "echochat.db-shm").exists, 5, "the database is open")
        assert wrong_modes(data) == []
        assert NO_CORE.search(Path(f"/proc/{process.pid}/limits").read_text())
    assert wrong_modes(data) == []


def test_the_command_line_makes_closed_files_too(tmp_path):
    data = tmp_path / "d"
    environment = {**os.environ, "ECHOCHAT_DATA": str(data)}
    subprocess.run([PROGRAMS / "echochatctl", "migrate"], env=environment, umask=0, check=True, capture_output=True)
    assert (data / "echochat.db").exists() and wrong_modes(data) == []


@pytest.mark.parametrize("program", ["echochat-push", "echochat-rest", "echochat-outbound", "echochatctl"])
def test_files_that_were_open_to_others_are_closed_at_the_start(tmp_path, program):
    """A version that set no umask has left the database 0644, and SQLite's log takes that over."""
    data = tmp_path / "d"
    with by_hand(data, "echochat-push"):
        pass
    names = ["echochat.db", "search.db", "echochat.identity"]
    for name in names:
        (data / name).chmod(0o644)
    if program == "echochatctl":
        environment = {**os.environ, "ECHOCHAT_DATA": str(data)}
        done = subprocess.run([PROGRAMS / program, "user", "list"], env=environment, check=True, capture_output=True, text=True)
        assert wrong_modes(data) == [] and "echochat.db was open to other users (mode 644)" in done.stderr
    else:
        with by_hand(data, program):
            wait_until((data / "echochat.db-shm").exists, 5, "the database is open")
            assert wrong_modes(data) == []


def test_the_data_of_a_running_system_is_closed_and_no_process_dumps_core(own_server):
    server = own_server(ECHOCHAT_CORE_DUMPS=None)
    assert httpx.get(server.url + "/api/v1", trust_env=False).status_code == 200
    assert wrong_modes(server.data) == []
    for pid in (server.process.pid, *server.pids().values()):
        assert NO_CORE.search(Path(f"/proc/{pid}/limits").read_text()), pid
    # A process that may not be dumped belongs to root in /proc, whoever runs it.
    for name in ("rest", "push"):
        assert os.stat(f"/proc/{server.pid(name)}/environ").st_uid == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_serve_as_root_becomes_its_user_and_gives_nothing_else_away():
    """The data directory was root's; a file outside of it with a second name inside stays root's, and so does the target of a link."""
    with tempfile.TemporaryDirectory() as outside:
        os.chmod(outside, 0o755)
        data = Path(outside) / "d"
        with Server(data, ECHOCHAT_USER="root"):
            pass
        foreign = Path(outside) / "foreign"
        foreign.write_text("root's")
        os.link(foreign, data / "second-name")
        os.symlink(foreign, data / "link")
        programs = Path(outside) / "programs"
        programs.mkdir()
        for name in ("echochat-rest", "echochat-push"):
            shutil.copy(PROGRAMS / name, programs)
        with Server(data, programs=programs, ECHOCHAT_USER="nobody") as server:
            nobody = pwd.getpwnam("nobody").pw_uid
            for pid in (server.process.pid, *server.pids().values()):
                uids = re.search(r"^Uid:\s+(.*)$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)[1].split()
                assert set(map(int, uids)) == {nobody}, pid
                assert re.search(r"^CapEff:\s+0+$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
            assert (data / "echochat.db").stat().st_uid == nobody
            assert foreign.stat().st_uid == 0
            assert httpx.get(server.url + "/readyz", trust_env=False).status_code == 200
            # What root does at the command line leaves nothing that the programs cannot write.
            server.run_ctl("user", "list")
            assert {path.name for path, entry in entries(data).items() if entry.st_uid != nobody} == {"second-name", "link"}


def test_an_unknown_user_stops_the_start(tmp_path):
    environment = {**os.environ, **TEST_SETTINGS, "ECHOCHAT_DATA": str(tmp_path / "d"), "ECHOCHAT_USER": "no-such-user"}
    done = subprocess.run([PROGRAMS / "echochatctl", "serve"], cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=10)
    assert done.returncode == 78 and "no-such-user" in done.stderr


async def test_sigusr1_opens_the_logs_anew_and_ends_nothing(own_server):
    server = own_server(ECHOCHAT_LOG="debug")
    before = server.pids()
    log = server.data / "log"
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        names = ["rest.log", "push.log", "echochat-access.log"]
        for name in names:
            (log / name).rename(log / f"{name}.old")
        os.kill(server.process.pid, signal.SIGUSR1)

        def logged() -> bool:
            return all((log / name).exists() and (log / name).stat().st_size > 0 for name in names)

        for _ in range(100):
            await (await alice.connect()).ping()
            await alice.get("/auth/me")
            if logged():
                break
        assert logged(), sorted(path.name for path in log.iterdir())
    assert server.pids() == before and all(is_alive(pid) for pid in before.values())
    # By hand, without a file to open: nothing happens.
    for program in ("rest", "push"):
        os.kill(before[program], signal.SIGUSR1)
    assert httpx.get(server.url + "/readyz", trust_env=False).status_code == 200
    assert server.pids() == before


async def test_the_logs_of_a_flood_are_bounded(own_server):
    bytes_max, kept = 65_536, 4
    server = own_server(ECHOCHAT_LOG_BYTES=str(bytes_max), ECHOCHAT_LOG="debug")
    log = server.data / "log"
    async with TestUsers(server) as users:
        alice = await users.register("alice")

        def old(name: str) -> list[Path]:
            return sorted(log.glob(f"{name}.*"))

        written = 0
        while len(old("rest.log")) < kept or len(old("echochat-access.log")) < 2:
            for _ in range(100):
                await alice.get(f"/users?q={'x' * 100}")
            written += 1
            assert written < 400, sorted(path.name for path in log.iterdir())
    assert {path.name for path in log.glob("rest.log.*")} == {f"rest.log.{number}" for number in range(1, kept + 1)}
    # As much as a second brings comes on top.
    assert all(entry.st_size < 20 * bytes_max for entry in entries(log).values())
