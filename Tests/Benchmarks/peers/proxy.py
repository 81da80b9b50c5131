"""Starts and stops the programs of a peer, and an nginx of its own."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

READY_SECONDS = 10
# What thousands of connections need from nginx, whatever the server behind it; as in nginx/run.conf.
MAIN = """
{modules}
{user}
worker_processes 2;
daemon off;
pid nginx.pid;
error_log stderr crit;
events {{ worker_connections 16384; }}
http {{
    access_log off;
    client_body_temp_path temp/body;
    proxy_temp_path temp/proxy;
    fastcgi_temp_path temp/fastcgi;
    uwsgi_temp_path temp/uwsgi;
    scgi_temp_path temp/scgi;
    {http}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        {server}
    }}
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def configuration(port: int, http: str, server: str, modules: str = "") -> str:
    # Workers of an nginx started by root run as www-data, which cannot reach sockets below /root.
    user = "user root;" if os.geteuid() == 0 else ""
    return MAIN.format(port=port, http=http, server=server, modules=modules, user=user)


@contextlib.contextmanager
def nginx(text: str, directory: Path, port: int) -> Iterator[int]:
    """Runs an nginx with this configuration; yields its process id."""
    directory.mkdir()
    (directory / "temp").mkdir()
    (directory / "nginx.conf").write_text(text)
    command = ["nginx", "-p", f"{directory}/", "-c", str(directory / "nginx.conf"), "-e", "stderr"]
    with program(command, directory / "nginx.log") as process:
        wait_for_port(port, process, directory / "nginx.log")
        yield process.pid


@contextlib.contextmanager
def program(command: list[str], log: Path, **options) -> Iterator[subprocess.Popen]:
    """Runs a program, with its output in a file, and stops it afterwards."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True, **options
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(READY_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for_port(port: int, process: subprocess.Popen, log: Path) -> None:
    def listens() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    wait_until(listens, process, log)


def wait_for_text(text: str, process: subprocess.Popen, log: Path) -> str:
    """Waits until the output of a program contains `text`; returns the whole output."""
    wait_until(lambda: text in log.read_text(errors="replace"), process, log)
    return log.read_text(errors="replace")


def wait_until(condition, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not condition():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{process.args[0]} did not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.02)
