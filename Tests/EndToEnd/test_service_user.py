"""Whatever root runs, the files belong to the service: to the owner of the data directory, or to whom ECHOCHAT_USER names."""

import contextlib
import os
import pwd
import signal
import stat
import subprocess
import tempfile
from pathlib import Path

import pytest

from support.files import entries
from support.server import MAIL_SETTINGS, PROGRAMS, TEST_SETTINGS, Server, wait_until

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")

NOBODY = pwd.getpwnam("nobody").pw_uid
# A user without an account, as in a container.
UNNAMED = 54321


@pytest.fixture
def place():
    """A directory that every user may enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as path:
        os.chmod(path, 0o755)
        yield Path(path)


def environment(data: Path, **settings: str) -> dict[str, str]:
    """That of an operator who has named no user."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("ECHOCHAT_")}
    tests = {key: value for key, value in TEST_SETTINGS.items() if key not in ("ECHOCHAT_USER", "ECHOCHAT_PUSH_LISTEN")}
    return inherited | tests | {"ECHOCHAT_DATA": str(data), **settings}


def ctl(data: Path, *words: str, status: int = 0, **settings: str) -> subprocess.CompletedProcess:
    done = subprocess.run([PROGRAMS / "echochatctl", *words], env=environment(data, **settings), capture_output=True, text=True, timeout=20)
    assert done.returncode == status, done
    return done


def owners(data: Path) -> set[int]:
    return {entry.st_uid for entry in entries(data).values()}


@contextlib.contextmanager
def by_hand(data: Path, program: str, **settings: str):
    """Runs one program without `serve`, and yields its process."""
    if program == "echochat-outbound":
        settings = MAIL_SETTINGS | settings
    process = subprocess.Popen(
        [PROGRAMS / program], env=environment(data, **settings), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    run = Path(settings.get("ECHOCHAT_RUN", data / "run"))
    try:
        wait_until((run / f"{program.removeprefix('echochat-')}.sock").exists, 10, f"{program} listens")
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=15)


@pytest.mark.parametrize("owner", [NOBODY, UNNAMED], ids=["an account", "a number without an account"])
def test_what_a_command_of_root_makes_belongs_to_the_owner_of_the_data_directory(place, owner):
    data = place / "d"
    data.mkdir()
    os.chown(data, owner, owner)
    ctl(data, "migrate")
    assert (data / "echochat.db").exists() and owners(data) == {owner}
    ctl(data, "user", "list")
    ctl(data, "room", "default", "Lobby", "--make")
    assert owners(data) == {owner}


def test_what_a_command_of_root_makes_has_the_group_of_the_data_directory(place):
    """That of nginx, which reads uploaded files."""
    data = place / "d"
    data.mkdir()
    os.chown(data, NOBODY, UNNAMED)
    ctl(data, "migrate")
    assert {entry.stat().st_gid for entry in data.rglob("*")} == {UNNAMED} and owners(data) == {NOBODY}


@pytest.mark.parametrize("program", ["echochat-rest", "echochat-push", "echochat-outbound"])
def test_what_a_program_that_root_starts_makes_belongs_to_the_owner_of_the_data_directory(place, program):
    data = place / "d"
    data.mkdir()
    os.chown(data, NOBODY, NOBODY)
    # Only root can make a directory there.
    run = place / "run"
    with by_hand(data, program, ECHOCHAT_RUN=str(run)) as process:
        assert Path(f"/proc/{process.pid}").stat().st_uid in (0, NOBODY)
        assert f"\nUid:\t{NOBODY}\t{NOBODY}\t" in Path(f"/proc/{process.pid}/status").read_text()
        assert owners(data) == owners(run) == {NOBODY}
    assert owners(data) == {NOBODY}


def test_a_directory_that_is_missing_is_made_for_the_owner_of_the_one_around_it(place):
    os.chown(place, NOBODY, NOBODY)
    ctl(place / "deep" / "d", "migrate")
    assert owners(place) == {NOBODY}


def test_files_that_root_has_left_in_the_service_s_directory_are_given_to_the_service(place):
    data = place / "d"
    ctl(data, "migrate", ECHOCHAT_USER="root")
    assert owners(data) == {0}
    os.chown(data, NOBODY, NOBODY)
    refused = ctl(data, "user", "list", status=1)
    assert "nobody" in refused.stderr and "echochatctl migrate" in refused.stderr
    ctl(data, "migrate")
    assert owners(data) == {NOBODY}
    ctl(data, "user", "list")


def test_root_s_own_directory_stays_root_s_for_a_command_that_only_uses_it(place):
    data = place / "d"
    ctl(data, "migrate", ECHOCHAT_USER="root")
    ctl(data, "user", "list", ECHOCHAT_USER="nobody")
    assert owners(data) == {0}
    ctl(data, "migrate", ECHOCHAT_USER="nobody")
    assert owners(data) == {NOBODY}


@pytest.mark.parametrize("setting", ["ECHOCHAT_DATA", "ECHOCHAT_RUN"])
def test_root_gives_no_directory_away_that_holds_other_things(place, setting):
    (place / "other").mkdir()
    (place / "other" / "passwd").write_text("root's")
    if setting == "ECHOCHAT_DATA":
        ctl(place / "other", "migrate", status=1, ECHOCHAT_USER="nobody")
    else:
        settings = environment(place / "d", ECHOCHAT_USER="nobody", ECHOCHAT_RUN=str(place / "other"))
        done = subprocess.run([PROGRAMS / "echochat-rest"], env=settings, capture_output=True, text=True, timeout=10)
        assert done.returncode != 0 and "passwd" in done.stderr, done
    assert owners(place / "other") == {0}


def test_another_user_is_told_that_they_may_not_look_into_the_data(place):
    data = place / "d"
    ctl(data, "migrate", ECHOCHAT_USER="root")
    programs = place / "programs"
    programs.mkdir()
    subprocess.run(["cp", PROGRAMS / "echochatctl", programs], check=True)
    done = subprocess.run(
        [programs / "echochatctl", "user", "list"], env=environment(data), user=NOBODY, group=NOBODY, extra_groups=[],
        capture_output=True, text=True, timeout=10,
    )  # fmt: skip
    assert done.returncode == 1 and "nobody may not look into" in done.stderr, done


def test_a_system_that_root_starts_on_the_directory_of_its_user_becomes_that_user(place):
    data = place / "d"
    data.mkdir()
    os.chown(data, NOBODY, NOBODY)
    programs = place / "programs"
    programs.mkdir()
    for name in ("echochat-rest", "echochat-push"):
        subprocess.run(["cp", PROGRAMS / name, programs], check=True)
    with Server(data, programs=programs, ECHOCHAT_USER=None) as server:
        for pid in (server.process.pid, *server.pids().values()):
            assert f"\nUid:\t{NOBODY}\t" in Path(f"/proc/{pid}/status").read_text()
        assert owners(data) == {NOBODY}


def test_the_log_that_root_has_opened_is_the_service_s_and_opened_anew(place):
    data, log = place / "d", place / "rest.log"
    data.mkdir()
    os.chown(data, NOBODY, NOBODY)
    os.chown(place, NOBODY, NOBODY)
    with by_hand(data, "echochat-rest", ECHOCHAT_LOG_FILE=str(log)) as process:
        assert log.stat().st_uid == NOBODY and stat.S_IMODE(log.stat().st_mode) == 0o600
        log.rename(place / "rest.log.1")
        process.send_signal(signal.SIGUSR1)
        wait_until(log.exists, 5, "the log is open anew")
        assert process.poll() is None and log.stat().st_uid == NOBODY
