"""What a WebSocket takes of nginx's memory, counted in nginx's own debug log: exact, and the same in each run."""

import re
import shutil
import subprocess

import pytest

from support.clients import TestUsers
from support.server import REPOSITORY, Server, wait_until

ALLOCATED = re.compile(r"\*(\d+) (?:malloc|posix_memalign): [0-9A-F]+:(\d+)")
# 30,848 with nginx's default request_pool_size. The two buffers of 8 KiB count whole, though an idle WebSocket touches half of them.
BYTES_MAX = 29_500


@pytest.fixture
def logging_server(tmp_path):
    if "--with-debug" not in subprocess.run(["nginx", "-V"], capture_output=True, text=True, check=True).stderr:
        pytest.skip("this nginx has no debug log")
    directory = shutil.copytree(REPOSITORY / "nginx", tmp_path / "nginx")
    file = directory / "echochat-server.conf"
    file.write_text(re.sub(r"(error_log +\S+) (?:crit|emerg);", r"\1 debug;", file.read_text()))
    with Server(tmp_path / "data", nginx=directory) as server:
        yield server


async def test_a_websocket_takes_a_bounded_part_of_nginxs_memory(logging_server):
    log = logging_server.data / "log" / "echochat-error.log"

    def taken() -> int | None:
        text = log.read_text(errors="replace")
        upgraded = re.findall(r"\*(\d+) http upstream process upgraded, fu:0", text)
        # The first time, it makes the second buffer.
        if len(upgraded) < 2:
            return None
        return sum(int(size) for connection, size in ALLOCATED.findall(text) if connection == upgraded[0])

    async with TestUsers(logging_server) as users:
        alice = await users.register("Alice")
        await alice.connect()
        count = wait_until(taken, 5, "nginx logs the WebSocket")
    assert 2 * 8192 < count < BYTES_MAX
