"""Nonsense and malice over WebSocket: bad commands are answered and the line stays, broken protocol closes it, and nothing breaks."""

import asyncio
import json
import random
import time

import pytest

from support.line import Line
from support.problems import check_problem
from support.raw import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, RawWebSocket, frame

DEEP = 10_000

BAD_COMMANDS = {
    "empty": "",
    "blank": "   ",
    "a word": "hello",
    "a brace": "{",
    "unfinished": '{"event":"ping"',
    "two values": '{"event":"ping"}{"event":"ping"}',
    "array": "[]",
    "number": "7",
    "huge number": "9" * 1000,
    "string": '"ping"',
    "null": "null",
    "empty object": "{}",
    "event missing": '{"data":{}}',
    "event null": '{"event":null}',
    "event number": '{"event":7}',
    "event object": '{"event":{"event":"ping"}}',
    "event unknown": '{"event":"open_sesame","data":{}}',
    "event empty": '{"event":""}',
    "event long": json.dumps({"event": "x" * 10_000}),
    "event in capitals": '{"event":"PING"}',
    "event from the server": '{"event":"new_message","data":{}}',
    "event welcome": '{"event":"welcome","data":{}}',
    "event with NUL": '{"event":"ping\\u0000"}',
    "data array": '{"event":"send_message","data":[]}',
    "data string": '{"event":"send_message","data":"x"}',
    "data missing": '{"event":"send_message"}',
    "data null": '{"event":"send_message","data":null}',
    "data empty": '{"event":"send_message","data":{}}',
    "nested arrays": "[" * DEEP,
    "nested closed arrays": "[" * DEEP + "]" * DEEP,
    "data nested": '{"event":"send_message","data":' + "[" * DEEP + "]" * DEEP + "}",
    "objects nested": '{"event":' * 5000 + "1" + "}" * 5000,
    "trailing comma": '{"event":"ping",}',
    "NaN": '{"event":"send_message","data":{"content":NaN}}',
    "lone surrogate as event": '{"event":"\\ud800"}',
    "unfinished escape": '{"event":"\\u12"}',
}

BAD_FIELDS = {
    "room_id number": {"room_id": 7, "content": "x"},
    "room_id null": {"room_id": None, "content": "x"},
    "room_id object": {"room_id": {}, "content": "x"},
    "room_id empty": {"room_id": "", "content": "x"},
    "room_id unknown": {"room_id": "A" * 22, "content": "x"},
    "room_id long": {"room_id": "A" * 20_000, "content": "x"},
    "room_id with NUL": {"room_id": "a\0b", "content": "x"},
    "room_id a path": {"room_id": "../../x", "content": "x"},
    "content missing": {},
    "content null": {"content": None},
    "content number": {"content": 7},
    "content array": {"content": ["x"]},
    "content empty": {"content": ""},
    "content too long": {"content": "x" * 4001},
    "client_id number": {"content": "x", "client_id": 7},
    "client_id long": {"content": "x", "client_id": "x" * 10_000},
    "reply_to text": {"content": "x", "reply_to": "1"},
    "reply_to fraction": {"content": "x", "reply_to": 1.5},
    "reply_to nowhere": {"content": "x", "reply_to": 99},
    "reply_to negative": {"content": "x", "reply_to": -1},
    "reply_to huge": {"content": "x", "reply_to": 2**70},
}


@pytest.mark.parametrize("name", BAD_COMMANDS)
async def test_a_command_that_cannot_be_read_is_answered_and_the_line_stays(alice, name):
    line = await alice.connect()
    await line.say_raw(BAD_COMMANDS[name])
    error = await line.expect("error")
    check_problem(error.data)
    assert error.ref is None
    await line.ping()


@pytest.mark.parametrize("name", BAD_FIELDS)
async def test_a_command_with_a_bad_field_is_answered_and_the_line_stays(alice, lobby, name):
    line = await alice.connect()
    check_problem(await line.refused("send_message", **{"room_id": lobby, **BAD_FIELDS[name]}))
    await line.ping()
    assert (await alice.see_room(lobby))["last_seq"] == 0


@pytest.mark.parametrize("seq", ["1", "abc", 0, -1, 1.5, 2**31, 2**32, 2**32 + 1, 2**63 - 1, 2**63, 2**64 + 1, None, [], {}, True], ids=str)
async def test_a_place_that_cannot_be_is_answered(alice, lobby, seq):
    await alice.write(lobby, "the only one")
    line = await alice.connect()
    check_problem(await line.refused("edit_message", room_id=lobby, seq=seq, content="x"))
    check_problem(await line.refused("delete_message", room_id=lobby, seq=seq))
    assert [message["content"] for message in await alice.all_messages(lobby)] == ["the only one"]


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1E-400", "9" * 400, "1.0e18", "-0"])
async def test_numbers_out_of_all_bounds_are_answered(alice, lobby, number):
    line = await alice.connect()
    await line.say_raw('{"event":"edit_message","ref":"n","data":{"room_id":"%s","seq":%s,"content":"x"}}' % (lobby, number))
    reply = await line.reply("n")
    assert reply.event == "error"
    check_problem(reply.data)


@pytest.mark.parametrize(
    "ref", ["7", "null", "[]", "{}", "true", '"' + "x" * 65 + '"', '"' + "x" * 30_000 + '"', '""', '"\\ud800"'], ids=lambda ref: ref[:12]
)
async def test_a_strange_ref_never_breaks_anything(alice, ref):
    line = await alice.connect()
    await line.say_raw('{"event":"ping","ref":%s}' % ref)
    answer = await line.expect("error") if len(ref) > 60 else None
    if answer:
        check_problem(answer.data)
    await line.ping()


async def test_the_ref_of_an_unknown_command_comes_back(alice):
    line = await alice.connect()
    check_problem(await line.refused("open_sesame"))
    await line.say_raw('{"ref":"first","event":"send_message","data":[]}')
    assert (await line.reply("first")).event == "error"


@pytest.mark.parametrize("value", ['"\\ud800"', '"\\udc00x"', '"\\ude00\\ud83d"', '"a\\u0000b"', '"\\u0001\\u001f"'])
async def test_half_a_character_or_a_nul_is_refused_or_kept_but_heard_as_good_utf8(alice, bob, lobby, value):
    line, his = await alice.connect(), await bob.connect()
    await line.say_raw('{"event":"send_message","ref":"s","data":{"room_id":"%s","content":%s}}' % (lobby, value))
    reply = await line.reply("s")
    if reply.event == "error":
        check_problem(reply.data)
    else:
        heard = await his.expect("new_message", room_id=lobby)
        heard.data["content"].encode("utf-8")
        assert heard.data == reply.data["message"]
    await line.ping()
    await his.ping()


async def test_five_hundred_random_commands_break_nothing(alice, lobby):
    chance = random.Random(20260205)
    line = await alice.connect()
    good = json.dumps(
        {"event": "send_message", "ref": "r", "data": {"room_id": lobby, "content": "héllo ☃", "client_id": "c", "reply_to": None}},
        ensure_ascii=False,
    )
    for _ in range(500):
        text = list(good)
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(text))
            match chance.randrange(3):
                case 0:
                    text[at] = chr(chance.choice([chance.randrange(128), chance.randrange(0xD800), 0x1F600]))
                case 1:
                    del text[at]
                case _:
                    text.insert(at, chance.choice('{}[]",:\\01\u0000eE+-.'))
        await line.say_raw("".join(text))
    await line.ping()
    assert not line.is_closed


async def test_letters_with_marks_without_end_hold_nobody_up(alice, server):
    """To compare two texts takes a time that grows with the square of the marks on a letter: here, a third of a second each."""
    marks = "s" + "\u0301" * 12_000 + "\u0316" * 12_000
    line, stranger = await alice.connect(), await Line.open(server.websocket_url, origin=server.origin)
    begun = time.monotonic()
    for command in ({"event": marks}, {marks: 1}, {"event": "send_message", "data": {"room_id": "x", "content": marks}}):
        await stranger.say_raw(json.dumps(command, ensure_ascii=False))
        check_problem((await stranger.expect("error")).data)
    await line.ping()
    assert time.monotonic() - begun < 1
    few = "s" + "\u0301" * 60 + "\u0316" * 60
    assert (await line.done("send_message", room_id=(await alice.create_room())["room_id"], content=few))["message"]["content"] == few


# Broken protocol


async def raw(person) -> RawWebSocket:
    socket = await RawWebSocket.open(person.server.port, person.access_token)
    assert (await socket.receive_event())["event"] == "welcome"
    return socket


PROTOCOL = {
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


@pytest.mark.parametrize("name", PROTOCOL)
async def test_broken_protocol_closes_the_line_and_no_other(alice, bob, name):
    sent, codes = PROTOCOL[name]
    line = await bob.connect()
    socket = await raw(alice)
    await socket.send(sent)
    code = await socket.close_code()
    assert code in codes, f"closed with {code}, wanted {codes}"
    await line.ping()


async def test_who_goes_on_sending_what_was_refused_is_still_told_why(alice):
    """The frame is refused on its announcement; a hasty end of the connection would take the Close frame back while the rest arrives."""
    socket = await raw(alice)
    sent = frame(TEXT, b" " * 1_048_576)
    for begin in range(0, len(sent), len(sent) // 8):
        await socket.send(sent[begin : begin + len(sent) // 8])
        await asyncio.sleep(0.02)
    assert await socket.close_code() == 1009


@pytest.mark.parametrize(
    "sent, code",
    [
        (frame(CLOSE), 1005),
        (frame(CLOSE, b"\x03\xe8"), 1000),
        (frame(CLOSE, b"\x03\xe8bye"), 1000),
        (frame(CLOSE, b"\x0f\xa0"), 4000),
        (frame(CLOSE, b"\x0b\xb8"), 3000),
    ],
)
async def test_a_close_is_answered_with_a_close(alice, sent, code):
    socket = await raw(alice)
    await socket.send(sent)
    assert await socket.close_code() in (code, 1000)


async def test_a_frame_of_just_64_kib_is_read(alice):
    socket = await raw(alice)
    await socket.send(frame(TEXT, b'{"event":"ping","ref":"p","data":{}}'.ljust(65_536)))
    event = await socket.receive_event()
    assert (event["event"], event.get("ref")) == ("pong", "p")


async def test_a_few_fragments_and_empty_ones_are_read(alice):
    socket = await raw(alice)
    text = b'{"event":"ping","ref":"p"}'
    await socket.send(
        frame(TEXT, b"", final=False)
        + b"".join(frame(CONTINUATION, text[i : i + 2], final=False) for i in range(0, 20, 2))
        + frame(CONTINUATION, text[20:])
    )
    assert (await socket.receive_event())["ref"] == "p"


async def test_frames_sent_byte_by_byte_are_read(alice):
    socket = await raw(alice)
    for byte in frame(TEXT, b'{"event":"ping","ref":"slow"}'):
        await socket.send(bytes([byte]))
        await asyncio.sleep(0.001)
    assert (await socket.receive_event())["ref"] == "slow"


async def test_many_frames_in_one_write_are_all_answered(alice):
    socket = await raw(alice)
    await socket.send(b"".join(frame(TEXT, b'{"event":"ping","ref":"%d"}' % i) for i in range(500)))
    assert [(await socket.receive_event())["ref"] for _ in range(500)] == [str(i) for i in range(500)]


async def test_a_flood_of_pings_is_borne(alice):
    socket = await raw(alice)
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


async def test_unasked_pongs_are_ignored(alice):
    socket = await raw(alice)
    await socket.send(frame(PONG, b"unasked") * 10 + frame(TEXT, b'{"event":"ping","ref":"p"}'))
    assert (await socket.receive_event())["ref"] == "p"


async def test_lines_cut_off_in_the_middle_of_a_frame_break_nothing(alice, bob):
    whole = frame(TEXT, b'{"event":"ping"}')
    for cut in range(1, len(whole)):
        socket = await raw(alice)
        await socket.send(whole[:cut])
        socket.cut()
    await (await bob.connect()).ping()


async def test_random_bytes_break_nothing(alice, bob):
    chance = random.Random(20260205)
    for _ in range(40):
        socket = await raw(alice)
        await socket.send(chance.randbytes(chance.randint(1, 3000)))
        socket.cut()
    await (await bob.connect()).ping()
