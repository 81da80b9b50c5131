"""Where `serve` listens, where it logs, and whose address a request has behind a proxy."""

import socket
import subprocess

import httpx
import pytest

from support.own_nginx import answers, has_ipv6
from support.server import PROGRAMS, REPOSITORY, TEST_SETTINGS, free_port, wait_until

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
        settings = PATH | {"ECHOCHAT_DATA": str(tmp_path / "d"), "ECHOCHAT_LISTEN": f"0.0.0.0:{port}", "ECHOCHAT_USER": "root"}
        assert subprocess.run([PROGRAMS / "echochatctl", "status", "--quiet"], env=settings, timeout=30).returncode == 0
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


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        ("127.0.0.0/8", "192.0.2.7", "192.0.2.7"),
        # What a client has made up is before what the proxy has seen.
        ("127.0.0.0/8, ::1", "198.51.100.1, 192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "192.0.2.7", "127.0.0.1"),
        (None, "192.0.2.7", "127.0.0.1"),
    ],
)
def test_only_a_proxy_of_the_settings_says_whose_a_request_is(own_server, proxies, forwarded, address):
    server = own_server(ECHOCHAT_PROXIES=proxies)
    httpx.get(f"{server.url}/api/v1/rooms", headers={"X-Forwarded-For": forwarded}, trust_env=False)
    log = server.data / "log/echochat-access.log"
    line = wait_until(lambda: next((line for line in log.read_text().splitlines() if "/api/v1/rooms" in line), None), 5, "it is logged")
    assert line.split()[0] == address


@pytest.mark.parametrize("value", ["proxy", "10.0.0.0/33", "1.2.3", "::1/129", "1.2.3.4;"])
def test_what_is_no_address_of_a_proxy_stops_the_start(tmp_path, value):
    process = serve(tmp_path / "d", ECHOCHAT_PROXIES=f"192.0.2.1,{value}")
    output = process.communicate(timeout=20)[0]
    assert process.returncode == 78 and f"; {value} is neither" in output, output
