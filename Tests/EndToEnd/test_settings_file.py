"""Settings come from a file that every program and command reads; the environment wins."""

import os
import pwd
import signal
import subprocess
import tempfile
from pathlib import Path

import httpx
import pytest

from support.server import PROGRAMS, TEST_SETTINGS, Server, wait_until

SECRET = "s3cret-pass"
ENVIRONMENT_ONLY = ("ECHOCHAT_CONFIG", "ECHOCHAT_CORE_DUMPS")


def environment(**settings: str) -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("ECHOCHAT_")} | settings


def run(program: str, *words: str, cwd: Path, **settings: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [PROGRAMS / program, *words], cwd=cwd, env=environment(**settings), stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=20,
    )  # fmt: skip


def written(path: Path, **settings: str) -> Path:
    """A file with these settings, and those of tests."""
    lines = {key: value for key, value in TEST_SETTINGS.items() if key not in ENVIRONMENT_ONLY} | settings
    path.write_text("# Settings of a test.\n\n" + "".join(f"{key}='{value}'\n" for key, value in lines.items()))
    return path


def test_a_command_reads_the_file_and_the_environment_wins(tmp_path):
    config = written(tmp_path / "x.conf", ECHOCHAT_DATA=str(tmp_path / "d"))
    assert run("echochatctl", "migrate", cwd=tmp_path, ECHOCHAT_CONFIG=str(config)).returncode == 0
    assert (tmp_path / "d" / "echochat.db").exists()
    assert run("echochatctl", "user", "list", cwd=tmp_path, ECHOCHAT_CONFIG=str(config)).returncode == 0
    other = run("echochatctl", "migrate", cwd=tmp_path, ECHOCHAT_CONFIG=str(config), ECHOCHAT_DATA=str(tmp_path / "e"))
    assert other.returncode == 0 and (tmp_path / "e" / "echochat.db").exists()
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("program", ["echochat-rest", "echochat-push", "echochat-outbound"])
def test_each_program_reads_the_file(tmp_path, program):
    data, log = tmp_path / "d", tmp_path / "program.log"
    config = written(
        tmp_path / "x.conf", ECHOCHAT_DATA=str(data), ECHOCHAT_LOG_FILE=str(log), ECHOCHAT_PUBLIC_URL="https://chat.example.org",
        ECHOCHAT_SMTP_URL=f"smtp://chat:{SECRET}@127.0.0.1:9",
    )  # fmt: skip
    process = subprocess.Popen(
        [PROGRAMS / program], cwd=tmp_path, env=environment(ECHOCHAT_CONFIG=str(config)), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        wait_until((data / "run" / f"{program.removeprefix('echochat-')}.sock").exists, 10, f"{program} listens")
        wait_until(lambda: log.exists() and log.read_text(), 5, "the log has a line")
    finally:
        process.send_signal(signal.SIGTERM)
        output = process.communicate(timeout=15)[0]
    assert SECRET not in log.read_text() and output == b""


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("ECHOCHAT_DATA=d\nECHOCHAT_PORT\n", 2, "wanted NAME=value"),
        (f"ECHOCHAT_SMTP_URL={SECRET}$\n", 1, "single quotes"),
        (f"# x\n\nECHOCHAT_SMTP_URL='{SECRET}\n", 3, "closing '"),
        ("ECHOCHAT_PORT=1\nECHOCHAT_PORT=2\n", 2, "line 1 already"),
    ],
)
def test_a_line_that_cannot_be_read_stops_every_program_with_its_number(tmp_path, text, line, reason):
    config = tmp_path / "x.conf"
    config.write_text(text)
    for program, words in [("echochat-rest", []), ("echochat-push", []), ("echochat-outbound", []), ("echochatctl", ["user", "list"])]:
        done = run(program, *words, cwd=tmp_path, ECHOCHAT_CONFIG=str(config))
        assert done.returncode == 78, done
        assert f"{config}, line {line}: " in done.stderr and reason in done.stderr and SECRET not in done.stderr, done
    assert list(tmp_path.iterdir()) == [config]


def test_a_file_that_is_named_must_be_there_and_be_one(tmp_path):
    done = run("echochatctl", "user", "list", cwd=tmp_path, ECHOCHAT_CONFIG=str(tmp_path / "missing.conf"))
    assert done.returncode == 78 and "missing.conf: No such file" in done.stderr, done
    assert run("echochatctl", "user", "list", cwd=tmp_path, ECHOCHAT_CONFIG=str(tmp_path)).returncode == 78
    (tmp_path / "large.conf").write_bytes(b"#" * 65_537)
    done = run("echochatctl", "user", "list", cwd=tmp_path, ECHOCHAT_CONFIG=str(tmp_path / "large.conf"))
    assert done.returncode == 78 and "larger than 65536 bytes" in done.stderr, done


def test_an_unknown_name_in_the_file_is_warned_of_without_its_value(tmp_path):
    config = written(tmp_path / "x.conf", ECHOCHAT_DATA=str(tmp_path / "d"), ECHOCHAT_MESAGE_RATE=SECRET, PORT=SECRET)
    done = run("echochatctl", "migrate", cwd=tmp_path, ECHOCHAT_CONFIG=str(config))
    assert done.returncode == 0, done
    assert "ECHOCHAT_MESAGE_RATE (is ECHOCHAT_MESSAGE_RATE meant?), PORT" in done.stderr and SECRET not in done.stderr


def test_serve_reads_the_file_and_hands_it_on(tmp_path):
    config = written(tmp_path / "x.conf", ECHOCHAT_NAME="From the file", ECHOCHAT_REGISTRATION="closed")
    with Server(tmp_path / "d", **{**dict.fromkeys(TEST_SETTINGS), "ECHOCHAT_CONFIG": str(config)}) as server:
        body = {"username": "alice", "password": "a long password"}
        answer = httpx.post(f"{server.url}/api/v1/auth/register", json=body)
        assert answer.status_code == 403 and answer.json()["code"] == "registration_closed"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_root_reads_a_file_that_the_service_may_not_read():
    nobody = pwd.getpwnam("nobody").pw_uid
    with tempfile.TemporaryDirectory() as path:
        place = Path(path)
        os.chmod(place, 0o755)
        data = place / "d"
        data.mkdir()
        os.chown(data, nobody, nobody)
        config = written(place / "x.conf", ECHOCHAT_DATA=str(data))
        config.write_text(config.read_text().replace("ECHOCHAT_USER", "# ECHOCHAT_USER"))
        config.chmod(0o600)
        done = run("echochatctl", "migrate", cwd=place, ECHOCHAT_CONFIG=str(config))
        assert done.returncode == 0 and (data / "echochat.db").stat().st_uid == nobody, done
