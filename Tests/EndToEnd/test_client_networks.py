"""Limits by address count an IPv4 address, or the /64 of an IPv6 address: the shipped nginx files, with programs that never answer.

The addresses come in a header that nginx trusts (`real_ip_header`), as behind another proxy; they reach nginx's `$remote_addr` in the same
form as those of sockets.
"""

import ipaddress
import os
import random
import socket
import subprocess
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from support.own_nginx import has_ipv6
from support.server import PROGRAMS, REPOSITORY, free_port

CONNECTIONS_MAX, HASHES_MAX, SIGN_INS_MAX = 64, 8, 21


class Nginx:
    """A real nginx with the two files that an operator includes."""

    def __init__(self, directory, name: str = "", prefix: str = ""):
        self.port, self._directory = free_port(), directory
        self._make_includes(directory, [*(["--name", name] if name else []), *(["--prefix", prefix] if prefix else [])])
        variable = f"echochat_{name}__client" if name else "echochat_client"
        self._upstreams = []
        for name in ("rest", "push"):
            upstream = socket.socket(socket.AF_UNIX)
            upstream.bind(f"{directory}/{name}.sock")
            # Connections wait to be accepted for ever.
            upstream.listen(1024)
            self._upstreams.append(upstream)
        self.listens_on_ipv6 = has_ipv6()
        listen_ipv6 = f"listen [::1]:{self.port};" if self.listens_on_ipv6 else ""
        (directory / "nginx.conf").write_text(f"""
            {"user root;" if os.geteuid() == 0 else ""}
            daemon off;
            pid nginx.pid;
            error_log error.log;
            events {{ worker_connections 2048; }}
            http {{
                {"".join(f"{kind}_temp_path {kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))}
                include echochat-http.conf;
                server {{
                    listen 127.0.0.1:{self.port};
                    {listen_ipv6}
                    set_real_ip_from 127.0.0.1;
                    real_ip_header X-Address;
                    location = /network {{ return 200 "${variable}"; }}
                    include echochat-server.conf;
                }}
            }}""")
        self._process = subprocess.Popen(["nginx", "-p", str(directory), "-c", "nginx.conf", "-e", "error.log"])
        self.request("GET", "/network", "192.0.2.1").close()

    @staticmethod
    def _make_includes(directory, words) -> None:
        made = subprocess.run(
            [PROGRAMS / "echochatctl", "nginx", "--output", directory, "--nginx", REPOSITORY / "nginx", "--html", directory, *words],
            env={"ECHOCHAT_RUN": str(directory)},
            check=True,
            capture_output=True,
            text=True,
        )
        for part, path in zip(("http", "server"), made.stdout.splitlines(), strict=True):
            text = Path(path).read_text().replace("/var/log/nginx/", f"{directory}/")
            (directory / f"echochat-{part}.conf").write_text(text)

    def request(self, method: str, path: str, address: str | None, host: str = "127.0.0.1", **headers) -> socket.socket:
        """Sends a request as a client with this address; the socket, on which the response is still to come."""
        for attempt in range(200):
            try:
                connection = socket.create_connection((host, self.port), timeout=30)
                break
            except ConnectionRefusedError:
                assert attempt < 199 and self._process.poll() is None, (self._directory / "error.log").read_text()
                # It is starting.
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(0.05)
        lines = [f"{method} {path} HTTP/1.1", "Host: x", *(f"{name}: {value}" for name, value in headers.items())]
        lines += [f"X-Address: {address}"] if address else []
        lines += ["Connection: Upgrade", "Upgrade: websocket"] if path == "/ws" else ["Connection: close"]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return connection

    def text(self, address: str | None, host: str = "127.0.0.1") -> str:
        with self.request("GET", "/network", address, host) as connection:
            return read(connection).split("\r\n\r\n", 1)[1]

    def is_refused(self, method: str, path: str, address: str, held: ExitStack) -> bool:
        """Whether nginx refuses a request by a limit. One that it passes on stays open."""
        connection = held.enter_context(self.request(method, path, address, **({"Content-Length": 0} if method == "POST" else {})))
        # A request that a limit refuses is answered before a later one on another connection to the same worker.
        self.text(None)
        connection.setblocking(False)
        try:
            head = connection.recv(100)
        except BlockingIOError:
            return False
        assert head.startswith(b"HTTP/1.1 429 "), head
        return True

    def stop(self):
        self._process.terminate()
        self._process.wait(20)
        for upstream in self._upstreams:
            upstream.close()


def read(connection: socket.socket) -> str:
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts).decode()


@pytest.fixture
def nginx(tmp_path, request):
    server = Nginx(tmp_path, **getattr(request, "param", {}))
    yield server
    server.stop()


def network(address: str) -> str:
    """What a limit is to count."""
    ip = ipaddress.ip_address(address)
    if ip.version == 6:
        if ip.ipv4_mapped is None and ip not in ipaddress.ip_network("64:ff9b::/96"):
            return str(ipaddress.ip_network((int(ip) >> 64 << 64, 64)))
        return str(ipaddress.ip_address(int(ip) & 0xFFFFFFFF))
    return str(ip)


def test_an_address_is_counted_by_its_network(nginx):
    rng = random.Random(64)
    addresses = [
        "127.0.0.1",
        "192.0.2.1",
        "192.0.2.2",
        "::ffff:192.0.2.1",
        "::ffff:c000:0202",
        "::",
        "::1",
        "::2",
        "::1:0:0:0:1",
        "1::",
        "64:ff9b::c000:201",
    ]
    addresses += [
        "64:ff9b::c000:202",
        "64:ff9b:1::c000:201",
        "2001:db8:1:2:3:4:5:6",
        "2001:db8:1:2::1",
        "2001:db8:1:2:ffff::",
        "2001:db8:0:0:1::",
    ]
    addresses += [
        "2001:db8:0:0:0:0:0:9",
        "2001:db8::1:2:3:4",
        "2001:0:0:1::",
        "2001:0:0:1:1:1:1:1",
        "2001:0:0:2:1:1:1:1",
        "2001:db8:1:0:1:1:1:1",
    ]
    # Zeros are what makes one /64 be written in several ways.
    for _ in range(300):
        groups = [rng.choice((0, 0, 1, 0xDB8)) for _ in range(8)]
        addresses.append(":".join(f"{group:x}" for group in groups))
        addresses.append(":".join(f"{group:x}" for group in groups[:4] + [rng.choice((0, 1)) for _ in range(4)]))
    keys = {address: nginx.text(address) for address in addresses}
    assert all(keys.values())
    by_key, by_network = {}, {}
    for address, key in keys.items():
        by_key.setdefault(key, set()).add(network(address))
        by_network.setdefault(network(address), set()).add(key)
    assert {key: networks for key, networks in by_key.items() if len(networks) > 1} == {}, "one key for several networks"
    # nginx knows no IPv4 address in what a translator writes, but counts each for itself.
    apart = {str(name): keys for name, keys in by_network.items() if len({key for key in keys if "64:ff9b" not in key}) > 1}
    assert apart == {}, "several keys for one network"
    if nginx.listens_on_ipv6:
        assert nginx.text(None, "::1") == nginx.text("::2") != nginx.text(None)


@pytest.mark.parametrize(
    "method, path, most",
    [
        ("POST", "/api/v1/auth/login", HASHES_MAX),
        ("POST", "/api/v1/auth/register", HASHES_MAX),
        ("POST", "/api/v1/auth/password/change", HASHES_MAX),
        ("POST", "/api/v1/auth/verify-email", HASHES_MAX),
        ("DELETE", "/api/v1/users/me", HASHES_MAX),
        ("GET", "/api/v1/rooms", CONNECTIONS_MAX),
        ("GET", "/ws", CONNECTIONS_MAX),
    ],
)
@pytest.mark.parametrize(
    "one, other",
    [("2001:db8:0:0:{:x}::1", "2001:db8:0:1::1"), ("2001:db8:5:6::{:x}", "2001:db8:5:7::1"), ("::ffff:192.0.2.1", "::ffff:192.0.2.2")],
)
def test_connections_and_hashes_are_counted_by_network(nginx, method, path, most, one, other):
    with ExitStack() as held:
        for number in range(most):
            assert not nginx.is_refused(method, path, one.format(number + 1), held)
        assert nginx.is_refused(method, path, one.format(0xFFFF), held)
        assert not nginx.is_refused(method, path, other, held)
        if "ffff" in one:
            assert nginx.is_refused(method, path, "192.0.2.1", held)


@pytest.mark.parametrize(
    ("nginx", "path"), [({}, ""), ({"name": "two", "prefix": "/chat/"}, "/chat")], indirect=["nginx"], ids=["the site", "below a path"]
)
def test_attempts_to_sign_in_are_counted_by_network(nginx, path, tmp_path):
    # Without a program, each attempt ends at once.
    (tmp_path / "rest.sock").unlink()

    def is_refused(address: str) -> bool:
        with nginx.request("POST", f"{path}/api/v1/auth/login", address, **{"Content-Length": 0}) as connection:
            return read(connection).startswith("HTTP/1.1 429 ")

    for one, other in (("2001:db8::{:x}:0:0:1", "2001:db8:0:1::1"), ("::ffff:192.0.2.1", "::ffff:192.0.2.2")):
        # One is forgiven each two seconds.
        attempts = [is_refused(one.format(number + 1)) for number in range(3 * SIGN_INS_MAX)]
        assert not any(attempts[:SIGN_INS_MAX]) and attempts.count(True) >= SIGN_INS_MAX
        assert not is_refused(other)
