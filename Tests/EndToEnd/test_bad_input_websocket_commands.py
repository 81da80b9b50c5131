"""Invalid commands over WebSocket get an error, the connection stays open, and nothing breaks."""

import json
import random
import time

import pytest

from support.problems import check_field, check_problem
from support.ws_client import Connection

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
async def test_an_unparsable_command_gets_an_error_and_the_connection_stays_open(alice, name):
    connection = await alice.connect()
    await connection.send_text(BAD_COMMANDS[name])
    error = await connection.expect("error")
    check_problem(error.data)
    assert error.ref is None
    await connection.ping()


@pytest.mark.parametrize("name", BAD_FIELDS)
async def test_a_command_with_an_invalid_field_gets_an_error_and_the_connection_stays_open(alice, lobby, name):
    connection = await alice.connect()
    check_problem(await connection.command_error("send_message", **{"room_id": lobby, **BAD_FIELDS[name]}))
    await connection.ping()
    assert (await alice.get_room(lobby))["last_seq"] == 0


@pytest.mark.parametrize("seq", ["1", "abc", 0, -1, 1.5, 2**31, 2**32, 2**32 + 1, 2**63 - 1, 2**63, 2**64 + 1, None, [], {}, True], ids=str)
async def test_an_invalid_seq_gets_an_error(alice, lobby, seq):
    await alice.post_message(lobby, "the only one")
    connection = await alice.connect()
    check_problem(await connection.command_error("edit_message", room_id=lobby, seq=seq, content="x"))
    check_problem(await connection.command_error("delete_message", room_id=lobby, seq=seq))
    assert [message["content"] for message in await alice.all_messages(lobby)] == ["the only one"]


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1E-400", "9" * 400, "1.0e18", "-0"])
async def test_numbers_out_of_range_get_an_error(alice, lobby, number):
    connection = await alice.connect()
    await connection.send_text('{"event":"edit_message","ref":"n","data":{"room_id":"%s","seq":%s,"content":"x"}}' % (lobby, number))
    reply = await connection.reply("n")
    assert reply.event == "error"
    check_problem(reply.data)


@pytest.mark.parametrize(
    "number, code",
    [
        ("1e400", "range"),
        ("-1e400", "range"),
        ("99999999999999999999", "range"),
        ("9" * 400, "range"),
        ("1.5", "format"),
        ("1e-400", "format"),
        ('"1"', "type"),
    ],
    ids=lambda value: value[:12],
)
async def test_a_number_that_does_not_fit_is_refused_with_its_field_and_the_ref(alice, lobby, number, code):
    connection = await alice.connect()
    for event, field in (
        ("send_message", "reply_to"),
        ("edit_message", "seq"),
        ("delete_message", "seq"),
        ("add_reaction", "seq"),
        ("remove_reaction", "seq"),
        ("mark", "delivered_seq"),
        ("mark", "preview_seq"),
        ("mark", "read_seq"),
        ("authenticate", "since"),
    ):
        data = f'"room_id":"{lobby}","content":"x","emoji":"x","token":"t","{field}":{number}'
        await connection.send_text(f'{{"event":"{event}","ref":"n","data":{{{data}}}}}')
        reply = await connection.reply("n")
        assert reply.event == "error"
        check_field(reply.data, f"data.{field}", code)
    await connection.ping()


async def test_a_long_run_of_combining_marks_is_refused_with_its_field_and_the_ref(alice, lobby):
    connection = await alice.connect()
    marks = "e" + "\u0301" * 200
    for data, field in (
        ({"room_id": lobby, "content": marks}, "data.content"),
        ({"room_id": marks, "content": "x"}, "data.room_id"),
        ({"room_id": lobby, "content": "x", "client_id": marks}, "data.client_id"),
        ({"room_id": lobby, "content": "x", "unknown": [0, {"deep": marks}]}, "data.unknown.1.deep"),
    ):
        check_field(await connection.command_error("send_message", **data), field, "characters")
    await connection.send_text('{"event":"send_message","ref":"s","data":{"room_id":"%s","content":"\\ud800"}}' % lobby)
    check_field((await connection.reply("s")).data, "data.content", "characters")
    await connection.ping()


@pytest.mark.parametrize(
    "ref", ["7", "null", "[]", "{}", "true", '"' + "x" * 65 + '"', '"' + "x" * 30_000 + '"', '""', '"\\ud800"'], ids=lambda ref: ref[:12]
)
async def test_an_unusual_ref_never_breaks_anything(alice, ref):
    connection = await alice.connect()
    await connection.send_text('{"event":"ping","ref":%s}' % ref)
    response = await connection.expect("error") if len(ref) > 60 else None
    if response:
        check_problem(response.data)
    await connection.ping()


async def test_the_error_for_an_unknown_command_has_its_ref(alice):
    connection = await alice.connect()
    check_problem(await connection.command_error("open_sesame"))
    await connection.send_text('{"ref":"first","event":"send_message","data":[]}')
    assert (await connection.reply("first")).event == "error"


@pytest.mark.parametrize("value", ['"\\ud800"', '"\\udc00x"', '"\\ude00\\ud83d"', '"a\\u0000b"', '"\\u0001\\u001f"'])
async def test_a_lone_surrogate_or_a_nul_is_refused_or_delivered_as_valid_utf8(alice, bob, lobby, value):
    connection, bob_connection = await alice.connect(), await bob.connect()
    await connection.send_text('{"event":"send_message","ref":"s","data":{"room_id":"%s","content":%s}}' % (lobby, value))
    reply = await connection.reply("s")
    if reply.event == "error":
        check_problem(reply.data)
    else:
        received = await bob_connection.expect("new_message", room_id=lobby)
        received.data["content"].encode("utf-8")
        assert received.data == reply.data["message"]
    await connection.ping()
    await bob_connection.ping()


async def test_five_hundred_random_commands_break_nothing(alice, lobby):
    rng = random.Random(20260205)
    connection = await alice.connect()
    good = json.dumps(
        {"event": "send_message", "ref": "r", "data": {"room_id": lobby, "content": "héllo ☃", "client_id": "c", "reply_to": None}},
        ensure_ascii=False,
    )
    for _ in range(500):
        text = list(good)
        for _ in range(rng.randint(1, 6)):
            at = rng.randrange(len(text))
            match rng.randrange(3):
                case 0:
                    text[at] = chr(rng.choice([rng.randrange(128), rng.randrange(0xD800), 0x1F600]))
                case 1:
                    del text[at]
                case _:
                    text.insert(at, rng.choice('{}[]",:\\01\u0000eE+-.'))
        await connection.send_text("".join(text))
    await connection.ping()
    assert not connection.is_closed


async def test_characters_with_endless_combining_marks_delay_nobody(alice, server):
    """Comparing two texts takes time quadratic in the combining marks of a character: here, a third of a second each."""
    text = "s" + "\u0301" * 12_000 + "\u0316" * 12_000
    connection, unauthenticated = await alice.connect(), await Connection.open(server.websocket_url, origin=server.origin)
    started = time.monotonic()
    for command in ({"event": text}, {text: 1}, {"event": "send_message", "data": {"room_id": "x", "content": text}}):
        await unauthenticated.send_text(json.dumps(command, ensure_ascii=False))
        check_problem((await unauthenticated.expect("error")).data)
    await connection.ping()
    assert time.monotonic() - started < 1
    allowed = "s" + "\u0301" * 60 + "\u0316" * 60
    assert (await connection.command_ok("send_message", room_id=(await alice.create_room())["room_id"], content=allowed))["message"][
        "content"
    ] == allowed
