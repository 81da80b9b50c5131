"""The system under test: one `echochatctl serve` with nginx, REST workers, push daemon and its own data directory."""

import asyncio
import contextlib
import os
import queue
import re
import signal
import socket
import sqlite3
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
# Another build to test, such as one for a sanitizer.
PROGRAMS = Path(os.environ.get("PROGRAMS_UNDER_TEST") or REPOSITORY / ".build" / "release").absolute()
DEBUG_PROGRAMS = REPOSITORY / ".build" / "debug"

READY = re.compile(r"EchoChat is ready at (http://\S+)")
# The supervisor's message about a program that trapped or aborted; tests kill with 9 and stop with 15.
CRASH = re.compile(r"was killed by signal (?!9\b|15\b)\d+")
START_DEADLINE_SECONDS = 20
STOP_DEADLINE_SECONDS = 20

# Settings of ordinary tests: no rate limits, no bounds on rooms, and the cheapest password hash.
TEST_SETTINGS = {
    "ECHOCHAT_MESSAGE_RATE": "off",
    "ECHOCHAT_EVENT_RATE": "off",
    "ECHOCHAT_COMMAND_RATE": "off",
    "ECHOCHAT_CONNECTIONS_PER_ADDRESS": "off",
    "ECHOCHAT_SIGNIN_RATE": "off",
    "ECHOCHAT_CONNECTIONS_PER_USER": "off",
    "ECHOCHAT_ROOM_RATE": "off",
    "ECHOCHAT_ADDING_RATE": "off",
    "ECHOCHAT_ROOMS_PER_USER": "off",
    "ECHOCHAT_OWNED_ROOMS_PER_USER": "off",
    "ECHOCHAT_UNOPENED_ROOMS_PER_USER": "off",
    "ECHOCHAT_PASSWORD_COST": "minimum",
    "ECHOCHAT_PUSH_LISTEN": "127.0.0.1:0",
    # Only root may look into the descriptors of a protected process.
    "ECHOCHAT_CORE_DUMPS": "off" if os.geteuid() == 0 else "on",
    # Not that of an EchoChat that is installed on this machine.
    "ECHOCHAT_CONFIG": "/dev/null",
    # Programs that root builds in a directory of root's could not be run by a user of the machine that is called echochat.
    **({"ECHOCHAT_USER": "root"} if os.geteuid() == 0 else {}),
}

# With these echochat-outbound has something to do: a mail server, at which nobody listens.
MAIL_SETTINGS = {"ECHOCHAT_SMTP_URL": "smtp://127.0.0.1:9?tls=none", "ECHOCHAT_PUBLIC_URL": "https://chat.example.org"}


def free_port() -> int:
    """A TCP port that was free a moment ago; the caller must be ready to try another."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return _state(Path(f"/proc/{pid}")) not in ("Z", "X")
    except (FileNotFoundError, ProcessLookupError):
        return False


def _state(task: Path) -> str:
    """The kernel's state letter of a process or thread."""
    return (task / "stat").read_text().rpartition(")")[2].split()[0]


def wait_until(condition, within: float, what: str, every: float = 0.01):
    """Polls until `condition()` is true and returns its value; fails, naming `what`, after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within} s: {what}")
        time.sleep(every)


async def eventually(action, within: float):
    """Repeats an asynchronous action until it succeeds; after `within` seconds its error is the test's."""
    deadline = time.monotonic() + within
    while True:
        try:
            return await action()
        except Exception:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.05)


class Server:
    """Starts, observes, kills and stops the system. `settings` are ECHOCHAT_* variables, in which {port} stands for the server's
    port; None removes one. `under` is a command prefix, such as a tracer; `nginx` is another directory with nginx's configuration and the
    pages."""

    def __init__(
        self, data: Path, programs: Path | None = None, under: Sequence[str] = (), nginx: Path | None = None, **settings: str | None
    ):
        self.data = Path(data)
        self.programs = programs
        self.nginx = nginx
        self.under = under
        self.settings = {**TEST_SETTINGS, **settings}
        self.port = 0
        self.url = ""
        self.process: subprocess.Popen | None = None
        self.output: list[str] = []

    # Start and stop

    def start(self) -> "Server":
        assert self.process is None, "already started"
        for _ in range(5):
            self.port = free_port()
            if self._start_once():
                return self
        raise AssertionError("did not start:\n" + "".join(self.output) + self.logs())

    def stop(self) -> int:
        """Stops the system with SIGTERM and returns its exit status; processes that are left are killed by id."""
        process, self.process = self.process, None
        if process is None:
            return 0
        pids = self.pids().values()
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            status = process.wait(STOP_DEADLINE_SECONDS)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"did not stop within {STOP_DEADLINE_SECONDS} s of SIGTERM\n{self.logs()}") from None
        finally:
            self._kill_leftovers(process, pids)
        crashes = [line for line in self.output if CRASH.search(line)]
        assert not crashes, f"{''.join(crashes)}{self.logs()}"
        return status

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(self, *_) -> None:
        self.stop()

    # Observation

    @property
    def websocket_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws"

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def pid(self, program: str) -> int | None:
        """The process id of nginx, rest, push or outbound, from the supervisor's pid file; None while it is being restarted."""
        try:
            return int((self.data / "run" / f"{program}.pid").read_text())
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None

    def pids(self) -> dict[str, int]:
        found = {program: self.pid(program) for program in ("nginx", "rest", "push", "outbound")}
        return {program: pid for program, pid in found.items() if pid is not None}

    def resident_bytes(self, program: str) -> int:
        status = Path(f"/proc/{self.pid(program)}/status").read_text()
        return int(re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)[1]) * 1024

    def descriptors(self, program: str) -> int:
        return len(os.listdir(f"/proc/{self.pid(program)}/fd"))

    def log_files(self) -> list[Path]:
        return sorted(path for path in (self.data / "log").rglob("*") if path.is_file())

    def logs(self, tail: int = 4000) -> str:
        parts = []
        for path in self.log_files():
            parts.append(f"--- {path.name}\n{path.read_text(errors='replace')[-tail:]}")
        return "\n".join(parts)

    def daemon_address(self) -> tuple[str, int]:
        """The daemon's own address (without nginx), from the last such line of its log."""

        def find():
            with contextlib.suppress(FileNotFoundError):
                return re.findall(r"listening on (127\.0\.0\.1):(\d+)", (self.data / "log" / "push.log").read_text())

        host, port = wait_until(find, 5, "the daemon's address in push.log")[-1]
        return host, int(port)

    def run_ctl(self, *words: str, status: int = 0, stdin: str = "") -> str:
        """Runs echochatctl on the data of this system and returns its output (or errors, if `status` is not 0)."""
        done = subprocess.run(
            [str(PROGRAMS / "echochatctl"), *words],
            cwd=REPOSITORY,
            env=self.environment(),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=10,
        )
        assert done.returncode == status, done
        return done.stdout if status == 0 else done.stderr

    @contextlib.contextmanager
    def database(self):
        """Opens the database for reading. While the system runs it is opened read-only, so it never checkpoints."""
        mode = "ro" if self.process else "rw"
        connection = sqlite3.connect(f"file:{self.data / 'echochat.db'}?mode={mode}", uri=True, timeout=5)
        try:
            connection.execute("PRAGMA query_only = ON")
            yield connection
        finally:
            connection.close()

    # Signals

    def signal(self, program: str, number: signal.Signals) -> int:
        pid = wait_until(lambda: self.pid(program), 5, f"{program} has a process id")
        os.kill(pid, number)
        if number == signal.SIGSTOP:
            # One thread handles the signal and stops the others; these run on until it is scheduled.
            wait_until(lambda: all(_state(task) == "T" for task in Path(f"/proc/{pid}/task").iterdir()), 5, f"{program} is stopped")
        return pid

    def kill(self, *programs: str) -> dict[str, int]:
        """Kills programs with signal 9 and returns their process ids. Waits for a program that is being restarted."""
        killed = {}
        for program in programs:

            def send_kill(program=program):
                pid = self.pid(program)
                if pid is None or not is_alive(pid):
                    return None
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    return None
                return pid

            killed[program] = wait_until(send_kill, 5, f"{program} runs", every=0.002)
        return killed

    def wait_replaced(self, killed: dict[str, int], within: float = 5) -> None:
        for program, old in killed.items():

            def replaced(program=program, old=old):
                new = self.pid(program)
                return new is not None and new != old and is_alive(new)

            wait_until(replaced, within, f"{program} was restarted")

    # Internals

    def environment(self) -> dict[str, str]:
        """The environment of the programs."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith("ECHOCHAT_")}
        settings = {key: value.replace("{port}", str(self.port)) for key, value in self.settings.items() if value is not None}
        environment |= settings
        return environment | {"ECHOCHAT_PORT": str(self.port), "ECHOCHAT_DATA": str(self.data)}

    def _start_once(self) -> bool:
        command = [*self.under, str(PROGRAMS / "echochatctl"), "serve"]
        if self.programs is not None:
            command += ["--programs", str(self.programs)]
        if self.nginx is not None:
            command += ["--nginx", str(self.nginx)]
        self.process = subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read_output, args=(self.process.stdout, lines), daemon=True).start()
        deadline = time.monotonic() + START_DEADLINE_SECONDS
        while True:
            try:
                line = lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                process, self.process = self.process, None
                self._kill_leftovers(process, self.pids().values())
                raise AssertionError(f"not ready within {START_DEADLINE_SECONDS} s:\n{''.join(self.output)}{self.logs()}") from None
            if line is None:
                # It ended before it was ready: most likely the port was taken.
                process, self.process = self.process, None
                self._kill_leftovers(process, self.pids().values())
                return False
            if ready := READY.search(line):
                self.url = ready[1].rstrip("/")
                return True

    def _read_output(self, stream, lines: queue.Queue) -> None:
        for line in stream:
            self.output.append(line)
            lines.put(line)
        lines.put(None)

    @staticmethod
    def _kill_leftovers(process: subprocess.Popen, pids) -> None:
        """Kills every process that this object started: the session, and the processes of the pid files."""
        if process.poll() is None:
            process.kill()
        process.wait()
        for pid in pids:
            if is_alive(pid) and _belongs_to_us(pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGTERM)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def _belongs_to_us(pid: int) -> bool:
    """Guards against a process id that was reused by another process."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return any(name in words for name in (b"nginx", b"echochat-rest", b"echochat-push", b"echochat-outbound"))
