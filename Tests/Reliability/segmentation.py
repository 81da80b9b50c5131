"""Segmentation: the same bytes, cut anywhere, mean the same to the daemon's WebSocket codec as to wsproto.

Random streams of frames, good and bad, are sent in random pieces to the echo program; what it answers is what wsproto reads.

    python -m Reliability.segmentation --cuts 10000
"""

import asyncio
import base64
import os
import random
import re
import subprocess
import sys
from pathlib import Path

from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping, TextMessage

from support.raw_socket import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame, request
from support.server import PROGRAMS

from .disturbed import main

CUTS = 10_000
CUTS_OF_EACH_STREAM = 10
AT_ONCE = 8
RESETS_MAX = 10
ECHO = PROGRAMS / "echochat-ws-echo"
TEXTS = ["", "a", "grüße ☃ 𝄞", "x" * 125, "x" * 126, "é" * 400, "☃" * 30_000]
CODES = [1000, 1001, 1003, 1007, 1011, 3000, 4999]
BAD_CODES = [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000]
BAD_TEXTS = [b"\xc0\xaf", b"abc\xff", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x98", b"x" * 300 + b"\x80"]
NO_CODE = 1005

Answer = tuple[str, object]


def random_stream(rng: random.Random) -> bytes:
    """Messages, whole or in fragments, with control frames between, perhaps an error, and an end: closed, or cut off."""
    parts = []
    for _ in range(rng.randint(0, 6)):
        parts += _message(rng)
        if rng.random() < 0.3:
            parts.append(frame(rng.choice((PING, PONG)), rng.randbytes(rng.choice((0, 1, 125)))))
    if rng.random() < 0.4:
        parts.append(_fault(rng))
    reason = rng.choice(TEXTS[:4]).encode()[:123]
    parts.append(rng.choice((frame(CLOSE), frame(CLOSE, rng.choice(CODES).to_bytes(2) + reason), frame(TEXT, b"whole")[:-2])))
    return b"".join(parts)


def _message(rng: random.Random) -> list[bytes]:
    kind = rng.choice((TEXT, BINARY))
    payload = rng.choice(TEXTS).encode() if kind == TEXT else rng.randbytes(rng.choice((0, 5, 125, 126, 500, 70_000)))
    cuts = sorted(rng.randint(0, len(payload)) for _ in range(rng.choice((0, 0, 1, 3))))
    pieces = [payload[a:b] for a, b in zip([0, *cuts], [*cuts, len(payload)], strict=True)]
    frames = []
    for index, piece in enumerate(pieces):
        frames.append(frame(kind if index == 0 else CONTINUATION, piece, final=index == len(pieces) - 1))
        if index < len(pieces) - 1 and rng.random() < 0.3:
            frames.append(frame(PING, b"between"))
    return frames


def _fault(rng: random.Random) -> bytes:
    return rng.choice(
        [
            lambda: frame(TEXT, rng.choice(BAD_TEXTS)),
            lambda: frame(TEXT, b"abc", final=False) + frame(CONTINUATION, rng.choice(BAD_TEXTS)),
            lambda: frame(CONTINUATION, b"x"),
            lambda: frame(TEXT, b"a", final=False) + frame(BINARY, b"b"),
            lambda: frame(rng.choice((3, 7, 11, 15)), b""),
            lambda: frame(TEXT, b"r", reserved=rng.choice((1, 2, 4))),
            lambda: frame(TEXT, b"unmasked", masked=False),
            lambda: frame(PING, b"p", final=False),
            lambda: frame(PING, b"p" * 126),
            lambda: frame(TEXT, b"short", length=bytes([126, 0, 5])),
            lambda: frame(BINARY, b"huge", length=bytes([127, 0x80, 0, 0, 0, 0, 0, 0, 4])),
            lambda: frame(CLOSE, b"\x03"),
            lambda: frame(CLOSE, rng.choice(BAD_CODES).to_bytes(2)),
            lambda: frame(CLOSE, b"\x03\xe8\xff"),
        ]
    )()


def by_wsproto(stream: bytes) -> list[Answer]:
    """What a server that echoes with wsproto answers to the whole stream."""
    connection = Connection(ConnectionType.SERVER)
    connection.receive_data(stream)
    answers: list[Answer] = []
    held: list = []
    for event in connection.events():
        match event:
            case TextMessage() | BytesMessage():
                held.append(event.data)
                if event.message_finished:
                    kind = "text" if isinstance(event, TextMessage) else "binary"
                    whole = "".join(held).encode() if kind == "text" else b"".join(held)
                    answers.append((kind, whole))
                    held = []
            case Ping():
                answers.append(("pong", bytes(event.payload)))
            case CloseConnection():
                answers.append(("close", int(event.code)))
                break
    return answers


async def by_echochat(port: int, stream: bytes, cuts: list[int]) -> list[Answer]:
    """What the echo program answers to the stream in pieces.

    After an error it closes the socket, perhaps while bytes are still arriving: the kernel then resets the connection, and answers that were
    not read yet are gone. The stream is sent again in that case.
    """
    answers: list[Answer] = []
    for _ in range(RESETS_MAX):
        answers, was_reset = await _exchange(port, stream, cuts)
        if not was_reset or any(kind == "close" for kind, _ in answers):
            break
    return answers


async def _exchange(port: int, stream: bytes, cuts: list[int]) -> tuple[list[Answer], bool]:
    """The answers, and whether the connection was reset."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
    key = base64.b64encode(os.urandom(16)).decode()
    headers = [("Upgrade", "websocket"), ("Sec-WebSocket-Key", key), ("Sec-WebSocket-Version", "13")]
    writer.write(request("GET", "/", headers).replace(b"Connection: close", b"Connection: Upgrade"))
    await reader.readuntil(b"\r\n\r\n")

    async def send() -> None:
        try:
            for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
                writer.write(stream[start:end])
                await writer.drain()
                await asyncio.sleep(0)
            writer.write_eof()
        except OSError:
            pass  # it closed after an error, before it had everything

    sending = asyncio.create_task(send())
    answers: list[Answer] = []
    try:
        while True:
            first, second = await reader.readexactly(2)
            size = second & 0x7F
            if size >= 126:
                size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8))
            payload = await reader.readexactly(size)
            kind = {TEXT: "text", BINARY: "binary", PONG: "pong", CLOSE: "close"}[first & 0x0F]
            answers.append((kind, (int.from_bytes(payload[:2]) if payload else NO_CODE) if kind == "close" else payload))
    except asyncio.IncompleteReadError:
        return answers, False
    except ConnectionError:
        return answers, True
    finally:
        await sending
        writer.close()


class EchoProgram:
    def __enter__(self) -> int:
        self.process = subprocess.Popen([ECHO, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
        return int(re.search(r":(\d+)", self.process.stdout.readline())[1])

    def __exit__(self, *_) -> None:
        self.process.kill()
        self.process.wait()


async def _compare(port: int, count: int, seed: int, spoil) -> list[str]:
    differences: list[str] = []
    places = asyncio.Semaphore(AT_ONCE)

    async def compare(number: int) -> None:
        # The same stream ten times, each time in other pieces.
        stream = random_stream(random.Random(f"{seed} {number // CUTS_OF_EACH_STREAM}"))
        rng = random.Random(f"{seed} {number} cuts")
        cuts = sorted(rng.randint(0, len(stream)) for _ in range(rng.choice((1, 2, 5, 20))))
        if rng.random() < 0.2 and len(stream) < 400:
            cuts = list(range(1, len(stream)))
        async with places:
            ours = await by_echochat(port, stream, cuts)
        theirs = by_wsproto(spoil(stream))
        if ours != theirs:
            differences.append(f"stream {number} of seed {seed}: {_short(ours)} but wsproto {_short(theirs)}")

    await asyncio.gather(*(compare(number) for number in range(count)))
    return differences


def _short(answers: list[Answer]) -> list:
    return [(kind, value if isinstance(value, int) else f"{len(value)} bytes") for kind, value in answers[-4:]]


def run(count: int, seed: int = 1, spoil=lambda stream: stream) -> list[str]:
    """The differences. `spoil` changes the bytes that wsproto reads: for the control."""
    with EchoProgram() as port:
        return asyncio.run(_compare(port, count, seed, spoil))


def cut_off(stream: bytes) -> bytes:
    """A last frame that is gone, as if a codec had lost it."""
    return stream[: -(len(stream) // 2 + 1)]


def programme(directory: Path, options, seed: int) -> bool:
    differences = run(options.cuts, seed)
    print(f"{options.cuts} streams in pieces, differences {len(differences)}", *differences[:5], sep="\n  ")
    control = run(100, seed, cut_off)
    print(f"control, wsproto reads less: {len(control)} differences of 100")
    return not differences and len(control) > 50


if __name__ == "__main__":
    sys.exit(main(__doc__, programme, cuts=CUTS))
