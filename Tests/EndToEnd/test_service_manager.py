"""systemd is told when a program is ready, that it works, and that it stops; and passes it the sockets."""

import os
import signal
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from support.server import MAIL_SETTINGS, PROGRAMS, TEST_SETTINGS
from support.stopped_thread import stopped_thread

ALL = ["echochat-rest", "echochat-push", "echochat-outbound"]


class Manager:
    """Listens as systemd does, and has what it was told, line by line."""

    def __init__(self, name: str):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + name[1:] if name.startswith("@") else name)
        self.name = name
        self.told: list[str] = []

    def hear(self, line: str, within: float = 10) -> None:
        """Returns when a datagram has the line; keeps all lines."""
        self.socket.settimeout(within)
        while True:
            lines = self.socket.recv(4096).decode().split("\n")
            self.told += lines
            if line in lines:
                return

    def forget(self) -> None:
        """Drops what waits."""
        self.socket.setblocking(False)
        with suppress(BlockingIOError):
            while True:
                self.socket.recv(4096)


@contextmanager
def started(data: Path, program: str, manager: Manager, watchdog_ms: int = 1000, passed: socket.socket | None = None, **settings: str):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ECHOCHAT_")}
    environment |= {**TEST_SETTINGS, "ECHOCHAT_DATA": str(data), "ECHOCHAT_PUSH_LISTEN": "", **settings}
    environment |= {"NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": str(watchdog_ms * 1000)}
    command: list[str | Path] = [PROGRAMS / program]
    if passed:
        # As systemd does: descriptor 3, and the number of the process, which the shell has until it becomes the program.
        command = ["bash", "-c", f'exec env LISTEN_FDS=1 LISTEN_PID=$$ "{command[0]}" 3<&{passed.fileno()}']
    process = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        pass_fds=[passed.fileno()] if passed else [],
    )  # fmt: skip
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=15)


@pytest.mark.parametrize("name", ["path", "@abstract"])
@pytest.mark.parametrize("program", ALL)
def test_the_manager_is_told_that_a_program_is_ready_works_and_stops(tmp_path, program, name):
    manager = Manager(f"@echochat-test-{os.getpid()}-{program}" if name == "@abstract" else str(tmp_path / "notify"))
    with started(tmp_path / "d", program, manager, **MAIL_SETTINGS) as process:
        manager.hear("READY=1")
        assert "STATUS=serving" in manager.told
        for _ in range(3):
            manager.hear("WATCHDOG=1", within=2)
        process.send_signal(signal.SIGTERM)
        manager.hear("STOPPING=1")


@pytest.mark.parametrize(("program", "thread"), [("echochat-rest", "worker"), ("echochat-push", "loop-0")])
def test_the_manager_hears_nothing_more_from_a_program_that_hangs(tmp_path, program, thread):
    """The thread that tells it goes on, but what it looks at does not answer."""
    manager = Manager(str(tmp_path / "notify"))
    with started(tmp_path / "d", program, manager, ECHOCHAT_REST_THREADS="1") as process:
        manager.hear("WATCHDOG=1")
        with stopped_thread(process.pid, thread):
            # The daemon counts as hung three seconds after its last tick.
            time.sleep(4)
            manager.forget()
            with pytest.raises(TimeoutError):
                manager.hear("WATCHDOG=1", within=2)
        manager.hear("WATCHDOG=1")


def test_a_program_that_has_nothing_to_do_says_so_and_ends(tmp_path):
    manager = Manager(str(tmp_path / "notify"))
    with started(tmp_path / "d", "echochat-outbound", manager) as process:
        manager.hear("READY=1")
        assert "STATUS=mail is off" in manager.told and process.wait(10) == 0


def test_the_daemon_serves_at_the_socket_that_it_is_passed(tmp_path):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "passed.sock"))
        listener.listen()
        manager = Manager(str(tmp_path / "notify"))
        with started(tmp_path / "d", "echochat-push", manager, passed=listener) as process:
            manager.hear("READY=1")
            assert not (tmp_path / "d" / "run" / "push.sock").exists()
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(str(tmp_path / "passed.sock"))
                client.sendall(b"GET /ws/healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                assert client.recv(100).startswith(b"HTTP/1.1 200 ")
            assert process.poll() is None
        assert (tmp_path / "passed.sock").exists()
