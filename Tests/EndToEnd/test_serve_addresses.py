"""Where `serve` listens, and where it logs."""

import socket
import subprocess

import httpx
import pytest

from support.own_nginx import answers, has_ipv6
from support.server import PROGRAMS, REPOSITORY, TEST_SETTINGS, free_port

PATH = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}


def serve(data, **settings) -> subprocess.Popen:
    environment = PATH | TEST_SETTINGS | {"ECHOCHAT_DATA": str(data), **settings}
    return subprocess.Popen(
        [PROGRAMS / "echochatctl", "serve"], cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def test_it_listens_at_several_addresses_and_logs_to_its_output(tmp_path):
    port, other = free_port(), free_port()
    listen = [f"0.0.0.0:{port}", f"127.0.0.1:{other}", *([f"[::]:{port}"] if has_ipv6() else [])]
    process = serve(tmp_path / "d", ECHOCHAT_LISTEN=", ".join(listen), ECHOCHAT_LOG_TO="output")
    try:
        lines = []
        while "is ready at" not in (line := process.stdout.readline()):
            lines.append(line)
            assert line, lines
        assert f"http://127.0.0.1:{port}/" in line
        for url in (f"127.0.0.1:{port}", f"127.0.0.1:{other}", f"{socket.gethostbyname(socket.gethostname())}:{port}"):
            assert answers(f"http://{url}/readyz"), url
        assert not has_ipv6() or answers(f"http://[::1]:{port}/readyz")
        httpx.get(f"http://127.0.0.1:{port}/api/v1/rooms?token=secret", trust_env=False)
        # As after a rotation by somebody else: there is no file, and nothing ends.
        process.send_signal(10)
        assert answers(f"http://127.0.0.1:{other}/readyz")
    finally:
        process.terminate()
        output = process.communicate(timeout=20)[0]
    assert process.returncode == 0, output
    assert 'GET "/api/v1/rooms" 401' in output and "secret" not in output
    assert list((tmp_path / "d/log").iterdir()) == []


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("8080", "8080 is none"),
        ("localhost:8080", "localhost:8080 is none"),
        ("127.0.0.1:0", "127.0.0.1:0 is none"),
        ("/run/http.sock", "/run/http.sock is none"),
        ("[::1]", "[::1] is none"),
        (",".join(["127.0.0.1:1"] * 17), "at most 16 addresses"),
    ],
)
def test_what_is_no_address_stops_the_start(tmp_path, value, sentence):
    process = serve(tmp_path / "d", ECHOCHAT_LISTEN=value)
    output = process.communicate(timeout=20)[0]
    assert process.returncode == 78 and sentence in output, output


def test_an_address_in_use_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        process = serve(tmp_path / "d", ECHOCHAT_LISTEN=f"127.0.0.1:{free_port()},{address}")
        output = process.communicate(timeout=20)[0]
    assert process.returncode == 1 and address in output and "ECHOCHAT_LISTEN" in output
