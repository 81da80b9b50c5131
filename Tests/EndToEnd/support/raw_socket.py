"""HTTP and WebSocket over a plain socket, to send what a client library would refuse to send."""

import asyncio
import base64
import contextlib
import json
import os
import re
import socket
import struct
from dataclasses import dataclass

from .api_document import api_document
from .event_document import FrameChecker
from .problems import check_problem

TIMEOUT_SECONDS = 5.0


@dataclass
class RawResponse:
    """An HTTP response."""

    status: int
    headers: dict[str, str]
    body: bytes

    def problem(self) -> dict:
        kind = self.headers.get("content-type", "").split(";")[0]
        assert kind == "application/problem+json", (self.status, self.headers, self.body[:300])
        return json.loads(self.body)


async def _read_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    lines = head.split("\r\n")
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        if name:
            headers[name.strip().lower()] = value.strip()
    return int(lines[0].split()[1]), headers


async def exchange(port: int, request: bytes, within: float = TIMEOUT_SECONDS) -> RawResponse:
    """Sends these bytes and reads one response, which must be as the API's document describes it."""
    response = await _exchange(port, request, within)
    line = re.match(rb"([A-Z]+) (/[!-~]*) HTTP/1\.[01]\r\n", request)
    # The daemon's own port is not the API.
    if line and response.headers.get("server") == "nginx":
        method, target = (part.decode() for part in line.groups())
        api_document().check(method, target, response.status, list(response.headers.items()), response.body)
    return response


async def _exchange(port: int, request: bytes, within: float) -> RawResponse:
    async with asyncio.timeout(within):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            # The server may respond and close before it has read everything.
            with contextlib.suppress(ConnectionError):
                writer.write(request)
                await writer.drain()
            status, headers = await _read_head(reader)
            while status == 100:  # 100 Continue, the response to Expect: the final one follows
                status, headers = await _read_head(reader)
            if headers.get("transfer-encoding") == "chunked":
                body = b""
                while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
                    body += await reader.readexactly(size)
                    await reader.readexactly(2)
            elif "content-length" in headers:
                body = await reader.readexactly(int(headers["content-length"]))
            else:
                body = await reader.read()
            return RawResponse(status, headers, body)
        finally:
            writer.close()


def request(method: str, target: str | bytes, headers: list[tuple[str, str]] = (), body: bytes = b"", version: str = "1.1") -> bytes:
    """An HTTP request with its target and headers exactly as given; Host and Connection are added."""
    target = target if isinstance(target, bytes) else target.encode("latin-1")
    lines = [method.encode() + b" " + target + b" HTTP/" + version.encode(), b"Host: 127.0.0.1", b"Connection: close"]
    lines += [f"{name}: {value}".encode("latin-1") for name, value in headers]
    if body and not any(name.lower() in ("content-length", "transfer-encoding") for name, _ in headers):
        lines.append(f"Content-Length: {len(body)}".encode())
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


JSON = ("Content-Type", "application/json")


def check_problem_response(response: RawResponse, statuses: tuple[int, ...]) -> None:
    assert response.status in statuses, (response.status, response.body[:300])
    problem = response.problem()
    assert problem["status"] == response.status, problem
    check_problem(problem)


def bearer(user) -> tuple[str, str]:
    return ("Authorization", f"Bearer {user.access_token}")


TEXT, BINARY, CLOSE, PING, PONG, CONTINUATION = 0x1, 0x2, 0x8, 0x9, 0xA, 0x0


def frame(
    opcode: int, payload: bytes = b"", *, final: bool = True, reserved: int = 0, masked: bool = True, length: bytes | None = None
) -> bytes:
    """A WebSocket frame of a client; `length` replaces the length field (with its first seven bits) by a wrong one."""
    head = bytes([(0x80 if final else 0) | reserved << 4 | opcode])
    bit = 0x80 if masked else 0
    if length is not None:
        head += bytes([bit | length[0]]) + length[1:]
    elif len(payload) < 126:
        head += bytes([bit | len(payload)])
    elif len(payload) < 65536:
        head += bytes([bit | 126]) + struct.pack(">H", len(payload))
    else:
        head += bytes([bit | 127]) + struct.pack(">Q", len(payload))
    if not masked:
        return head + payload
    key = os.urandom(4)
    return head + key + bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))


class RawWebSocket:
    """A WebSocket client that sends exactly the given frames. It does not answer pings by itself.

    It skips presence events: users of other tests share rooms with its own, and theirs arrive at any time.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self.reader = reader
        self.writer = writer
        # What the client sends is raw bytes.
        self.checker = FrameChecker(knows_commands=False)

    @classmethod
    async def open(
        cls, port: int, token: str, *, receive_buffer: int | None = None, path: str = "/ws", address: str = "127.0.0.1"
    ) -> "RawWebSocket":
        """Connects from `address` and does the handshake. A small `receive_buffer` makes the connection stall unless the client reads."""
        sock = socket.socket()
        sock.bind((address, 0))
        if receive_buffer is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
        reader, writer = await asyncio.open_connection(sock=sock, limit=4096 if receive_buffer else 2**20)
        key = base64.b64encode(os.urandom(16)).decode()
        writer.write(
            request(
                "GET",
                path,
                [
                    ("Upgrade", "websocket"),
                    ("Sec-WebSocket-Key", key),
                    ("Sec-WebSocket-Version", "13"),
                    ("Authorization", f"Bearer {token}"),
                ],
            ).replace(b"Connection: close", b"Connection: Upgrade")
        )
        async with asyncio.timeout(TIMEOUT_SECONDS):
            status, _ = await _read_head(reader)
        assert status == 101, status
        return cls(reader, writer)

    async def send(self, data: bytes) -> None:
        # The server may have closed already; what it sent before can still be read.
        with contextlib.suppress(ConnectionError):
            self.writer.write(data)
            await self.writer.drain()

    async def receive(self, within: float = TIMEOUT_SECONDS) -> tuple[int, bytes]:
        """Reads the next frame that is not a presence event: opcode and payload."""
        async with asyncio.timeout(within):
            while True:
                opcode, payload = await self._receive_any()
                if opcode != TEXT or not payload.startswith(b'{"event":"presence"'):
                    return opcode, payload

    async def _receive_any(self) -> tuple[int, bytes]:
        first, second = await self.reader.readexactly(2)
        assert not second & 0x80, "a server never masks"
        size = second & 0x7F
        if size == 126:
            size = struct.unpack(">H", await self.reader.readexactly(2))[0]
        elif size == 127:
            size = struct.unpack(">Q", await self.reader.readexactly(8))[0]
        opcode, payload = first & 0x0F, await self.reader.readexactly(size)
        if opcode == TEXT:
            self.checker.received(payload.decode())
        elif opcode == CLOSE and len(payload) > 2:
            # Without a reason it answers the client's own.
            self.checker.ended(struct.unpack(">H", payload[:2])[0], payload[2:].decode())
        return opcode, payload

    async def receive_event(self, within: float = TIMEOUT_SECONDS) -> dict:
        """Reads the next text frame as JSON; skips pings and pongs."""
        while True:
            opcode, payload = await self.receive(within)
            if opcode == TEXT:
                return json.loads(payload)
            assert opcode in (PING, PONG), (opcode, payload)

    async def close_code(self, within: float = TIMEOUT_SECONDS) -> int | None:
        """Reads up to the close frame and returns its code; None if the connection ended without one."""
        async with asyncio.timeout(within):
            while True:
                try:
                    opcode, payload = await self.receive(within)
                except (asyncio.IncompleteReadError, ConnectionError):
                    return None
                if opcode == CLOSE:
                    return struct.unpack(">H", payload[:2])[0] if payload else 1005

    def abort(self) -> None:
        self.writer.transport.abort()
