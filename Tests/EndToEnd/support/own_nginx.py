"""An nginx that a test configures itself, and the programs behind it: as on a machine whose operator has an nginx already."""

import contextlib
import os
import shutil
import socket
import subprocess
from pathlib import Path

import httpx

from .server import PROGRAMS, REPOSITORY, TEST_SETTINGS, wait_until

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"


def write_configuration(directory: Path, http: str) -> list[str]:
    """Writes a configuration with this content of `http { }` into a new directory, and returns the words that start nginx with it."""
    directory.mkdir()
    (directory / "nginx.conf").write_text(
        f"""{"user root;" if os.geteuid() == 0 else ""}
        pid nginx.pid; error_log error.log; daemon off;
        events {{ }}
        http {{
            access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi;
            scgi_temp_path scgi; include /etc/nginx/mime.types; {http}
        }}"""
    )
    return [NGINX, "-p", f"{directory}/", "-c", "nginx.conf", "-e", "error.log"]


@contextlib.contextmanager
def nginx(directory: Path, http: str):
    """Runs an nginx with this content of `http { }`, in a directory of its own."""
    process = subprocess.Popen(write_configuration(directory, http), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.terminate()
        _, errors = process.communicate(timeout=15)
        assert process.returncode == 0, errors


def answers(url: str, **more) -> bool:
    try:
        return httpx.get(url, trust_env=False, **more).status_code == 200
    except httpx.TransportError:
        return False


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


class Site:
    """The REST worker and the daemon of one site, started by hand, and the files that `echochatctl nginx` makes for it."""

    def __init__(self, directory: Path, *words: str, **settings: str):
        self.directory = directory
        directory.mkdir()
        own = {"ECHOCHAT_DATA": str(directory / "data"), "ECHOCHAT_RUN": str(directory / "run"), **settings}
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("ECHOCHAT_")} | TEST_SETTINGS | own
        done = subprocess.run(
            [PROGRAMS / "echochatctl", "nginx", *words, "--output", directory, "--nginx", REPOSITORY / "nginx"],
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done
        self.http, self.server = (Path(line) for line in done.stdout.splitlines())
        for file in (self.http, self.server):
            assert file.stat().st_mode & 0o777 == 0o644
            # The one place that a test may not have.
            file.write_text(file.read_text().replace("/var/log/nginx/", f"{directory}/"))

    @contextlib.contextmanager
    def programs(self, programs: Path = PROGRAMS):
        started = []
        try:
            for name in ("rest", "push"):
                words = [programs / f"echochat-{name}"]
                started.append(subprocess.Popen(words, env=self.environment, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
                wait_until((self.directory / "run" / f"{name}.sock").exists, 10, f"{name} listens")
            yield
        finally:
            for process in started:
                process.terminate()
            assert [process.wait(15) for process in started] == [0] * len(started)
