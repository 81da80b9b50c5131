"""The floor: EchoChat's own nginx configuration with almost nothing behind it (Tests/Benchmarks/Floor)."""

import contextlib
import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import system
from peers import proxy
from system import Programs

MESSAGES = 50


class Floor:
    """Delivers with plain send(2) and responds to every REST request with the same page of fifty messages."""

    dialect = "echochat"

    def __init__(self, data: Path, port: int, direct: str, pids: dict[str, int]):
        self.data, self.port, self.direct, self.programs = data, port, direct, pids

    def address(self, path: str) -> str:
        return f"127.0.0.1:{self.port}" if path == "nginx" else self.direct

    def pids(self) -> dict[str, int]:
        return self.programs

    def fixtures(self) -> "FloorFixtures":
        return FloorFixtures()


class FloorFixtures:
    """There is no authentication: the token is the room."""

    def public_room(self, count: int) -> tuple[list[str], str]:
        return ["floor"] * count, "floor"

    def solo_users(self, count: int) -> list[tuple[str, str]]:
        return [(f"floor{number}", f"floor{number}") for number in range(count)]

    def rooms(self, count: int, size: int) -> list[tuple[str, list[str]]]:
        return [(f"floor{number}", [f"floor{number}"] * size) for number in range(count)]

    def post_history(self, room: str, authors: list[str], count: int) -> None:
        pass


@contextlib.contextmanager
def running(programs: Programs, parent: Path) -> Iterator[Floor]:
    with tempfile.TemporaryDirectory(prefix="data-", dir=parent, ignore_cleanup_errors=True) as name, contextlib.ExitStack() as stack:
        data = Path(name)
        (data / "page.json").write_text(_page())
        send, log = ["send", f"unix:{data}/push.sock", "127.0.0.1:0"], data / "send.log"
        push = stack.enter_context(proxy.program([str(programs.floor), *send], log))
        direct = re.search(r"127\.0\.0\.1:\d+", proxy.wait_for_text("on 127", push, log))[0]
        rest = stack.enter_context(proxy.program([str(programs.floor), "answer", f"{data}/rest.sock", f"{data}/page.json"], data / "answer.log"))
        proxy.wait_for_text("listening", rest, data / "answer.log")
        port = proxy.free_port()
        # As shipped, but without limits per address, as EchoChat is measured.
        system.run_ctl(programs.directory, data, "nginx", "--output", str(data))
        text = proxy.configuration(port, *(_made(data / f"echochat-{part}.conf", data) for part in ("http", "server")))
        front = stack.enter_context(proxy.nginx(text, data / "nginx", port))
        yield Floor(data, port, direct, {"nginx": front, "rest": rest.pid, "push": push.pid})


def _made(file: Path, data: Path) -> str:
    return file.read_text().replace("/var/log/nginx/", f"{data}/")


def _page() -> str:
    """A page with as many bytes as one of EchoChat."""
    message = {
        "room_id": "f" * 20,
        "seq": 151,
        "user_id": "u" * 20,
        "username": "bench1",
        "display_name": "Bench User 1",
        "content": "So the train was late again and we all stood there in the rain, talking about lunch and the sea.",
        "client_id": None,
        "reply_to": None,
        "attachments": [],
        "mentions": [],
        "reactions": {},
        "created_at": "2026-02-05T10:30:00.123Z",
        "edited_at": None,
        "deleted": False,
    }
    return json.dumps({"messages": [message] * MESSAGES, "has_before": True, "has_after": False}, separators=(",", ":"))
