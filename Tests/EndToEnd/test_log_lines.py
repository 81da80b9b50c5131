"""What programs write for the operator: levels for journald or for people, settings that are none; and signals that end nothing."""

import os
import pty
import re
import signal
import subprocess
import time

import httpx
import pytest

from support.server import MAIL_SETTINGS, PROGRAMS, REPOSITORY, TEST_SETTINGS, wait_until

PROGRAM_NAMES = ["echochat-rest", "echochat-push", "echochat-outbound", "echochatctl"]


def environment(data, **settings: str) -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("ECHOCHAT_") and key != "JOURNAL_STREAM"}
    return inherited | TEST_SETTINGS | {"ECHOCHAT_DATA": str(data), **settings}


def refused(program: str, stderr: int, **settings: str) -> None:
    """Runs a program with a setting that it refuses, in one line."""
    words = ["migrate"] if program == "echochatctl" else []
    done = subprocess.run(
        [PROGRAMS / program, *words], env=environment("/nowhere", ECHOCHAT_LOOPS="many", **settings), stderr=stderr, timeout=10
    )
    assert done.returncode == 78


# Priorities


@pytest.mark.parametrize("program", PROGRAM_NAMES)
def test_lines_bear_priorities_only_for_the_journal(program):
    """`JOURNAL_STREAM` names the device and inode of the journal's socket (systemd.exec(5)): here of a pipe, which stands for it."""
    for name, expected in [("itself", b"<3>ECHOCHAT_LOOPS"), ("another", b"error: ECHOCHAT_LOOPS"), ("none", b"error: ECHOCHAT_LOOPS")]:
        reader, writer = os.pipe()
        status = os.fstat(writer)
        streams = {"itself": f"{status.st_dev}:{status.st_ino}", "another": f"{status.st_dev}:{status.st_ino + 1}"}
        refused(program, writer, **({"JOURNAL_STREAM": streams[name]} if name in streams else {}))
        os.close(writer)
        with open(reader, "rb") as lines:
            assert lines.read().startswith(expected), name


@pytest.mark.parametrize("program", PROGRAM_NAMES)
def test_lines_on_a_terminal_bear_no_priorities(program):
    reader, writer = pty.openpty()
    refused(program, writer)
    os.close(writer)
    text = os.read(reader, 4096)
    os.close(reader)
    assert text.startswith(b"error: ECHOCHAT_LOOPS=many"), text


# Levels and fields


def test_the_level_says_which_lines_are_written(own_server):
    server = own_server(ECHOCHAT_LOG="warning", ECHOCHAT_MESAGE_RATE="off")
    assert len(warnings("".join(server.output))) == 1
    httpx.get(server.url + "/healthz", headers={"Origin": "https://elsewhere.example"}, trust_env=False)
    assert server.stop() == 0
    logs = {name: (server.data / "log" / f"{name}.log").read_text() for name in ("rest", "push")}
    assert all(line.startswith(("warning: ", "error: ")) for text in logs.values() for line in text.splitlines()), logs
    for level in ("verbose", "WARNING", "6"):
        environment_of = environment("/nowhere", ECHOCHAT_LOG=level)
        done = subprocess.run([PROGRAMS / "echochat-push"], env=environment_of, capture_output=True, text=True, timeout=10)
        assert done.returncode == 78 and "wanted error, warning, info or debug" in done.stderr


def test_what_varies_is_written_as_fields(own_server):
    server = own_server(ECHOCHAT_LOG="debug")
    assert httpx.get(server.url + "/healthz?token=secret", trust_env=False).status_code == 200
    assert server.stop() == 0
    rest, push = ((server.data / "log" / f"{name}.log").read_text() for name in ("rest", "push"))
    assert re.search(r"^debug: request id=\w+ method=GET path=/healthz status=200 us=\d+$", rest, re.MULTILINE), rest
    assert re.search(r"^echochat-rest answers version=\S+ threads=64 socket=.+$", rest, re.MULTILINE), rest
    assert re.search(r"^debug: connection accepted connection=\S+$", push, re.MULTILINE), push
    assert "secret" not in rest + push


# Settings that are none


def warnings(text: str) -> list[str]:
    return [line for line in text.splitlines() if "no such setting" in line]


@pytest.mark.parametrize("program", PROGRAM_NAMES)
def test_a_misspelt_setting_is_named_once_with_the_one_that_is_meant(tmp_path, program):
    settings = {"ECHOCHAT_MESAGE_RATE": "secret-value", "ECHOCHAT_DATA_DIR": "/srv", "ECHOCHAT_FLUX": "1", "echochat_port": "1"}
    if program == "echochat-outbound":
        # Without a server for its mails it ends at once.
        settings |= {"ECHOCHAT_SMTP_URL": "smtp://127.0.0.1:1", "ECHOCHAT_PUBLIC_URL": "http://chat.example.org"}
    if program == "echochatctl":
        done = subprocess.run([PROGRAMS / program, "migrate"], env=environment(tmp_path / "d", **settings), capture_output=True, text=True)
        assert done.returncode == 0
        text = done.stderr
    else:
        process = subprocess.Popen(
            [PROGRAMS / program], env=environment(tmp_path / "d", **settings), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        wait_until((tmp_path / "d" / "run" / f"{program.removeprefix('echochat-')}.sock").exists, 10, "it listens")
        process.terminate()
        text = process.communicate(timeout=15)[1]
    (line,) = warnings(text)
    assert line.startswith("warning: ")
    assert "ECHOCHAT_MESAGE_RATE (is ECHOCHAT_MESSAGE_RATE meant?)" in line
    assert "ECHOCHAT_DATA_DIR (is ECHOCHAT_DATA meant?)" in line
    assert "echochat_port (is ECHOCHAT_PORT meant?)" in line
    assert "ECHOCHAT_FLUX" in line and "secret-value" not in text


def test_serve_says_it_for_its_programs(own_server):
    server = own_server(ECHOCHAT_MESAGE_RATE="off")
    assert len(warnings("".join(server.output))) == 1
    assert warnings("".join(path.read_text() for path in server.log_files())) == []
    assert server.stop() == 0


@pytest.mark.parametrize("words", [["help"], ["version"], ["user", "list"]])
def test_known_settings_are_not_warned_of(tmp_path, words):
    settings = environment(tmp_path / "d", ECHOCHAT_CORE_DUMPS="off", ECHOCHAT_LOG_FILE="", ECHOCHAT_ROOMS_PER_USER="off")
    subprocess.run([PROGRAMS / "echochatctl", "migrate"], env=settings, check=True, capture_output=True)
    done = subprocess.run([PROGRAMS / "echochatctl", *words], env=settings, capture_output=True, text=True)
    assert done.returncode == 0 and warnings(done.stderr) == []


# Signals


@pytest.mark.parametrize("number", [signal.SIGUSR1, signal.SIGUSR2])
def test_no_program_of_a_running_system_is_ended_by_a_signal_that_asks_for_something(own_server, number):
    """SIGUSR1 opens logs anew; SIGUSR2 means nothing, except to nginx, which is left out."""
    server = own_server()
    before = server.pids()
    processes = [server.process.pid, *(pid for name, pid in before.items() if number == signal.SIGUSR1 or name != "nginx")]
    if number == signal.SIGUSR1:
        workers = subprocess.run(["pgrep", "-P", str(before["nginx"])], capture_output=True, text=True).stdout.split()
        assert workers
        processes += map(int, workers)
    for _ in range(20):
        for pid in processes:
            os.kill(pid, number)
        time.sleep(0.005)
    server.run_ctl("user", "list")
    assert server.pids() == before and server.process.poll() is None
    assert all(not line.startswith(("warning", "error")) for line in server.output), server.output
    assert server.stop() == 0


@pytest.mark.parametrize("program", ["echochat-rest", "echochat-push", "echochat-outbound"])
def test_sigusr1_ends_no_program_that_is_started_by_hand(tmp_path, program):
    """With a log file and without; while it starts, works and stops."""
    for name, settings in {"without": {}, "with": {"ECHOCHAT_LOG_FILE": str(tmp_path / "log")}}.items():
        settings |= MAIL_SETTINGS if program == "echochat-outbound" else {}
        data = tmp_path / name
        with open(tmp_path / f"{name}.err", "wb") as errors:
            process = subprocess.Popen(
                [PROGRAMS / program], cwd=REPOSITORY, env=environment(data, **settings), stdin=subprocess.DEVNULL, stderr=errors
            )
        # The lock is taken at an early step of the start; before main nobody can hold a signal off.
        wait_until((data / "lock").exists, 10, "it starts", every=0.0005)
        socket = data / "run" / f"{program.removeprefix('echochat-')}.sock"
        deadline = time.monotonic() + 10
        while not socket.exists():
            process.send_signal(signal.SIGUSR1)
            assert process.poll() is None and time.monotonic() < deadline
        if name == "with":
            (tmp_path / "log").rename(tmp_path / "log.1")
            process.send_signal(signal.SIGUSR1)
            wait_until((tmp_path / "log").exists, 5, "the log is open anew")
        process.terminate()
        while process.poll() is None:
            process.send_signal(signal.SIGUSR1)
            assert time.monotonic() < deadline + 10
        assert process.returncode == 0


def test_sigusr1_ends_no_command(tmp_path):
    """A command that waits for the database of a first program that starts is long enough there to be sent signals."""
    import fcntl
    import struct

    data = tmp_path / "d"
    subprocess.run([PROGRAMS / "echochatctl", "migrate"], env=environment(data), check=True, capture_output=True)
    # The bytes of DataDirectoryLock: four roles of 32 bytes, then `use`, then `identity`, which a command waits for.
    with open(data / "lock", "r+b") as lock:
        F_OFD_SETLK, F_OFD_SETLKW = 37, 38
        held = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 4 * 32 + 1, 1, 0)
        fcntl.fcntl(lock, F_OFD_SETLK, held)
        process = subprocess.Popen(
            [PROGRAMS / "echochatctl", "user", "list"], env=environment(data), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        waits = f"/proc/{process.pid}/fd"
        wait_until(lambda: any(os.readlink(f"{waits}/{fd}").endswith("/lock") for fd in os.listdir(waits)), 10, "it waits for the lock")
        for number in (signal.SIGUSR1, signal.SIGUSR2) * 20:
            process.send_signal(number)
        assert process.poll() is None
        fcntl.fcntl(lock, F_OFD_SETLKW, struct.pack("hhqqi4x", fcntl.F_UNLCK, os.SEEK_SET, 4 * 32 + 1, 1, 0))
    _, errors = process.communicate(timeout=15)
    assert process.returncode == 0, errors
