"""nchan, the publish and subscribe module of nginx (Debian: libnginx-mod-nchan): channels over WebSocket, nothing stored on disk."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from peers import proxy

MODULE = "/usr/lib/nginx/modules/ngx_nchan_module.so"
# Enough memory for ten thousand subscribers of a thousand channels, and no history: there is no counterpart of EchoChat's journal.
HTTP = "nchan_shared_memory_size 256m;"
CHANNELS = """
location ~ ^/channels/(\\w+)$ {
    nchan_pubsub websocket;
    nchan_channel_id $1;
    nchan_message_buffer_length 100;
    nchan_message_timeout 10s;
    nchan_subscriber_first_message newest;
    nchan_websocket_ping_interval 25;
}
"""
FRONT = """
location / {
    proxy_pass http://nchan;
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection upgrade;
    proxy_read_timeout 3600s;
    proxy_buffering off;
    proxy_buffer_size 8k;
}
"""


class Nchan:
    dialect = "nchan"

    def __init__(self, data: Path, ports: dict[str, int], pids: dict[str, int]):
        self.data, self.ports, self.programs = data, ports, pids

    def address(self, path: str) -> str:
        return f"127.0.0.1:{self.ports[path]}"

    def pids(self) -> dict[str, int]:
        return self.programs

    def fixtures(self) -> "NchanFixtures":
        return NchanFixtures()


class NchanFixtures:
    """Channels are created by use, and there is no authentication."""

    def public_room(self, count: int) -> tuple[list[str], str]:
        return ["anyone"] * count, "room"

    def rooms(self, count: int, size: int) -> list[tuple[str, list[str]]]:
        return [(f"room{number}", ["anyone"] * size) for number in range(count)]


@contextlib.contextmanager
def running(parent: Path) -> Iterator[Nchan]:
    """One nginx with the channels, and another in front of it, as for EchoChat."""
    with tempfile.TemporaryDirectory(prefix="data-", dir=parent, ignore_cleanup_errors=True) as name, contextlib.ExitStack() as stack:
        data = Path(name)
        ports = {"direct": proxy.free_port()}
        channels = proxy.configuration(ports["direct"], HTTP, CHANNELS, f"load_module {MODULE};").replace(
            "backlog=4096;", f"backlog=4096; listen unix:{data}/nchan.sock backlog=4096;"
        )
        behind = stack.enter_context(proxy.nginx(channels, data / "nchan", ports["direct"]))
        ports["nginx"] = proxy.free_port()
        upstream = f"upstream nchan {{ server unix:{data}/nchan.sock max_fails=0; }}"
        front = stack.enter_context(proxy.nginx(proxy.configuration(ports["nginx"], upstream, FRONT), data / "front", ports["nginx"]))
        yield Nchan(data, ports, {"nginx": front, "nchan": behind})
