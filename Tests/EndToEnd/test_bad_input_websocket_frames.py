"""WebSocket frames: a protocol violation closes the connection, unusual valid frames work, and nothing breaks."""

import asyncio
import random
import struct

import pytest

from support.raw_socket import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, RawWebSocket, frame


async def open_raw(user) -> RawWebSocket:
    socket = await RawWebSocket.open(user.server.port, user.access_token)
    assert (await socket.receive_event())["event"] == "welcome"
    return socket


VIOLATIONS = {
    "unmasked": (frame(TEXT, b"{}", masked=False), (1002,)),
    "unmasked close": (frame(CLOSE, b"\x03\xe8", masked=False), (1002,)),
    "first reserved bit": (frame(TEXT, b"{}", reserved=4), (1002,)),
    "second reserved bit": (frame(TEXT, b"{}", reserved=2), (1002,)),
    "third reserved bit": (frame(TEXT, b"{}", reserved=1), (1002,)),
    "reserved bit on a ping": (frame(PING, b"", reserved=4), (1002,)),
    "opcode 3": (frame(0x3, b"{}"), (1002,)),
    "opcode 7": (frame(0x7, b"{}"), (1002,)),
    "opcode 11": (frame(0xB, b""), (1002,)),
    "opcode 15": (frame(0xF, b""), (1002,)),
    "continuation of nothing": (frame(CONTINUATION, b"{}"), (1002,)),
    "text within a fragmented text": (frame(TEXT, b"{", final=False) + frame(TEXT, b"}"), (1002,)),
    "ping in fragments": (frame(PING, b"x", final=False), (1002,)),
    "ping too long": (frame(PING, b"x" * 126), (1002,)),
    "close too long": (frame(CLOSE, b"\x03\xe8" + b"x" * 124), (1002,)),
    "close of one byte": (frame(CLOSE, b"\x03"), (1002,)),
    "close code 0": (frame(CLOSE, b"\x00\x00"), (1002,)),
    "close code 999": (frame(CLOSE, b"\x03\xe7"), (1002,)),
    "close code 1004": (frame(CLOSE, b"\x03\xec"), (1002,)),
    "close code 1005": (frame(CLOSE, b"\x03\xed"), (1002,)),
    "close code 1006": (frame(CLOSE, b"\x03\xee"), (1002,)),
    "close code 1015": (frame(CLOSE, b"\x03\xf7"), (1002,)),
    "close code 2000": (frame(CLOSE, b"\x07\xd0"), (1002,)),
    "close code 5000": (frame(CLOSE, b"\x13\x88"), (1002,)),
    "close reason not UTF-8": (frame(CLOSE, b"\x03\xe8\xff"), (1007,)),
    "length with the high bit": (frame(TEXT, b"x", length=b"\x7f\xff\xff\xff\xff\xff\xff\xff\xff"), (1002, 1009)),
    "length of 2^62": (frame(TEXT, b"x", length=b"\x7f\x40\0\0\0\0\0\0\0"), (1009,)),
    "length of 1 GiB": (frame(TEXT, b"x", length=b"\x7f\0\0\0\0\x40\0\0\0"), (1009,)),
    "length longer than needed": (frame(TEXT, b"{}", length=b"\x7e\0\x02"), (1002,)),
    "length much longer than needed": (frame(TEXT, b"{}", length=b"\x7f\0\0\0\0\0\0\0\x02"), (1002,)),
    "binary": (frame(BINARY, b"{}"), (1003,)),
    "empty binary": (frame(BINARY, b""), (1003,)),
    "binary in fragments": (frame(BINARY, b"{", final=False) + frame(CONTINUATION, b"}"), (1003,)),
    "not UTF-8": (frame(TEXT, b'{"event":"\xff"}'), (1007,)),
    "overlong UTF-8": (frame(TEXT, b'{"event":"\xc0\xaf"}'), (1007,)),
    "surrogate in UTF-8": (frame(TEXT, b'{"event":"\xed\xa0\x80"}'), (1007,)),
    "beyond Unicode": (frame(TEXT, b'{"event":"\xf4\x90\x80\x80"}'), (1007,)),
    "cut UTF-8": (frame(TEXT, b'{"event":"\xe2\x82'), (1007,)),
    "cut UTF-8 in fragments": (frame(TEXT, b'{"event":"\xe2', final=False) + frame(CONTINUATION, b'"}'), (1007,)),
    "one byte too many": (frame(TEXT, b" " * 65_537), (1009,)),
    "a megabyte": (frame(TEXT, b" " * 1_048_576), (1009,)),
    "too much in fragments": (frame(TEXT, b" " * 40_000, final=False) + frame(CONTINUATION, b" " * 40_000), (1009,)),
    "a thousand fragments": (
        frame(TEXT, b"{", final=False) + frame(CONTINUATION, b"", final=False) * 1000 + frame(CONTINUATION, b"}"),
        (1002, 1008, 1009),
    ),
    "not a frame": (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", (1002,)),
}


@pytest.mark.parametrize("name", VIOLATIONS)
async def test_a_protocol_violation_closes_that_connection_and_no_other(alice, bob, name):
    sent, codes = VIOLATIONS[name]
    connection = await bob.connect()
    socket = await open_raw(alice)
    await socket.send(sent)
    code = await socket.close_code()
    assert code in codes, f"closed with {code}, expected {codes}"
    await connection.ping()


# What closes a connection for a limit, the code and the limit's name in `welcome.limits` and in the close reason.
LIMITS = {
    "fragments": (frame(TEXT, b"{", final=False) + frame(CONTINUATION, b"", final=False) * 16, 1008, "fragments_per_message", 16),
    "size": (frame(TEXT, b" " * 65_537), 1009, "frame_bytes", 65_536),
}


@pytest.mark.parametrize("name", LIMITS)
async def test_the_limit_that_closes_a_connection_is_named_in_the_welcome_and_in_the_reason(alice, name):
    sent, code, limit, value = LIMITS[name]
    socket = await RawWebSocket.open(alice.server.port, alice.access_token)
    assert (await socket.receive_event())["data"]["limits"][limit] == value
    await socket.send(sent)
    while True:
        opcode, payload = await socket.receive()
        if opcode == CLOSE:
            break
    assert struct.unpack(">H", payload[:2])[0] == code
    assert limit in payload[2:].decode() and str(value) in payload[2:].decode(), payload


async def test_a_message_of_sixteen_fragments_is_accepted(alice):
    socket = await open_raw(alice)
    text = b'{"event":"ping","ref":"p"}'
    pieces = [text[i : i + 2] for i in range(0, 26, 2)] + [b"", b" ", b" "]
    assert len(pieces) == 16
    await socket.send(
        b"".join(frame(TEXT if i == 0 else CONTINUATION, piece, final=i == len(pieces) - 1) for i, piece in enumerate(pieces))
    )
    assert (await socket.receive_event())["ref"] == "p"


async def test_a_client_that_keeps_sending_a_refused_frame_still_gets_the_close_code(alice):
    """The frame is refused by its header; closing the socket at once would discard the close frame while the rest arrives."""
    socket = await open_raw(alice)
    sent = frame(TEXT, b" " * 1_048_576)
    for begin in range(0, len(sent), len(sent) // 8):
        await socket.send(sent[begin : begin + len(sent) // 8])
        await asyncio.sleep(0.02)
    assert await socket.close_code() == 1009


@pytest.mark.parametrize(
    "payload, code", [(b"", 1005), (b"\x03\xe8", 1000), (b"\x03\xe8bye", 1000), (b"\x0f\xa0", 4000), (b"\x0b\xb8", 3000)]
)
async def test_a_close_frame_is_answered_with_a_close_frame(alice, payload, code):
    socket = await open_raw(alice)
    await socket.send(frame(CLOSE, payload))
    assert await socket.close_code() in (code, 1000)


async def test_a_frame_of_exactly_64_kib_is_accepted(alice):
    socket = await open_raw(alice)
    await socket.send(frame(TEXT, b'{"event":"ping","ref":"p","data":{}}'.ljust(65_536)))
    event = await socket.receive_event()
    assert (event["event"], event.get("ref")) == ("pong", "p")


async def test_a_few_fragments_some_of_them_empty_are_accepted(alice):
    socket = await open_raw(alice)
    text = b'{"event":"ping","ref":"p"}'
    await socket.send(
        frame(TEXT, b"", final=False)
        + b"".join(frame(CONTINUATION, text[i : i + 2], final=False) for i in range(0, 20, 2))
        + frame(CONTINUATION, text[20:])
    )
    assert (await socket.receive_event())["ref"] == "p"


async def test_frames_sent_byte_by_byte_are_accepted(alice):
    socket = await open_raw(alice)
    for byte in frame(TEXT, b'{"event":"ping","ref":"slow"}'):
        await socket.send(bytes([byte]))
        await asyncio.sleep(0.001)
    assert (await socket.receive_event())["ref"] == "slow"


async def test_many_frames_in_one_write_all_get_a_reply(alice):
    socket = await open_raw(alice)
    await socket.send(b"".join(frame(TEXT, b'{"event":"ping","ref":"%d"}' % i) for i in range(500)))
    assert [(await socket.receive_event())["ref"] for _ in range(500)] == [str(i) for i in range(500)]


async def test_a_flood_of_pings_breaks_nothing(alice):
    socket = await open_raw(alice)
    await socket.send(frame(PING, b"x" * 125) * 2000)
    await socket.send(frame(TEXT, b'{"event":"ping","ref":"done"}'))
    pongs = 0
    while True:
        opcode, payload = await socket.receive()
        if opcode == PONG:
            pongs += 1
        elif opcode == TEXT and b'"done"' in payload:
            break
    assert pongs >= 1


async def test_unsolicited_pongs_are_ignored(alice):
    socket = await open_raw(alice)
    await socket.send(frame(PONG, b"unasked") * 10 + frame(TEXT, b'{"event":"ping","ref":"p"}'))
    assert (await socket.receive_event())["ref"] == "p"


async def test_connections_lost_in_the_middle_of_a_frame_break_nothing(alice, bob):
    whole = frame(TEXT, b'{"event":"ping"}')
    for length in range(1, len(whole)):
        socket = await open_raw(alice)
        await socket.send(whole[:length])
        socket.abort()
    await (await bob.connect()).ping()


async def test_random_bytes_break_nothing(alice, bob):
    rng = random.Random(20260205)
    for _ in range(40):
        socket = await open_raw(alice)
        await socket.send(rng.randbytes(rng.randint(1, 3000)))
        socket.abort()
    await (await bob.connect()).ping()
