"""The AsyncAPI document says what the daemon does: its commands, events, close codes and limits, each with an example that works.

That every frame of the other tests is as the document says is checked by `FrameChecker`, which the last part tests.
"""

import copy
import json
import re
import subprocess

import pytest
from asyncapi3 import AsyncAPI3
from pydantic import ValidationError

from support.clients import TestUsers
from support.event_document import FrameChecker, checked, event_document
from support.server import PROGRAMS, REPOSITORY, TEST_SETTINGS
from support.ws_client import Connection

WIRE = event_document()
DOCUMENT = WIRE.document
OPENAPI = REPOSITORY / "nginx" / "html" / "docs" / "openapi.json"
COMMANDS = list(WIRE.commands)
EXAMPLES = [pytest.param(name, example["payload"], id=f"{name}-{example['name']}") for name, message in WIRE.messages.items()
            for example in message["examples"]]  # fmt: skip
# The settings of ordinary tests that lift a limit.
LIMITS = {name: None for name, value in TEST_SETTINGS.items() if value == "off"}


def printed(*options: str) -> list[str]:
    words = subprocess.run(
        [PROGRAMS / "echochat-push", *options], capture_output=True, text=True, check=True, timeout=10
    ).stdout.splitlines()
    assert words
    return words


def references(part):
    """Every `$ref` below a part of the document."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        part = part.values()
    elif not isinstance(part, list):
        return
    for each in part:
        yield from references(each)


def resolve(reference: str):
    part = DOCUMENT
    for name in reference.removeprefix("#/").split("/"):
        part = part[name]
    return part


# The document and the programs


def test_the_commands_are_those_of_the_daemon():
    assert sorted(COMMANDS) == sorted(printed("--commands"))
    assert [WIRE.messages[name]["name"] for name in COMMANDS] == COMMANDS


def test_the_events_are_those_of_the_daemon():
    names = {message["name"] for name, message in WIRE.messages.items() if name not in WIRE.commands}
    assert sorted(names) == sorted(printed("--events"))


def test_the_close_codes_are_those_of_the_daemon():
    codes = printed("--close-codes")
    assert [str(code) for code in WIRE.close_codes] == codes
    source = (REPOSITORY / "Sources" / "PushDaemon" / "WebSocket" / "Frames" / "CloseCode.swift").read_text()
    assert re.findall(r"CloseCode\(known: (\d+)\)", source) == codes, "CloseCode.allCases has every code"


def test_the_version_is_that_of_the_program():
    assert printed("--version") == [f"echochat-push {DOCUMENT['info']['version']}"]


async def test_the_limits_are_those_of_a_welcome_and_have_its_defaults(own_server):
    server = own_server(**LIMITS, ECHOCHAT_PASSWORD_COST="minimum")
    described = WIRE.schemas["Limits"]
    async with TestUsers(server) as users:
        limits = (await (await users.register("alice")).connect()).welcome.data["limits"]
    assert limits == {name: schema["default"] for name, schema in described["properties"].items()}
    assert described["required"] == list(limits)


def test_every_durable_event_has_an_id_and_no_other_frame_has():
    for name, message in WIRE.messages.items():
        payload = message["payload"]
        assert ("id" in payload["required"]) == (WIRE.tag(name) == "durable"), name
        assert ("ref" in payload["properties"]) == (WIRE.tag(name) in ("command", "reply")), name


# The document itself


def test_the_document_is_asyncapi_3():
    assert DOCUMENT["asyncapi"] == "3.0.0"
    AsyncAPI3.model_validate(DOCUMENT)


@pytest.mark.parametrize(
    "fault",
    [
        lambda document: document.pop("info"),
        lambda document: document["operations"]["ping"].update(action="publish"),
        lambda document: document["channels"]["ws"].update(addres="/ws"),
        lambda document: document["servers"]["site"].pop("protocol"),
    ],
)
def test_a_document_that_is_not_asyncapi_3_is_noticed(fault):
    document = copy.deepcopy(DOCUMENT)
    fault(document)
    with pytest.raises(ValidationError):
        AsyncAPI3.model_validate(document)


def test_every_reference_leads_somewhere_and_every_part_is_used():
    found = set(references(DOCUMENT))
    for reference in found:
        assert resolve(reference) is not None, reference
    for kind in ("schemas", "tags", "correlationIds", "securitySchemes"):
        assert {f"#/components/{kind}/{name}" for name in DOCUMENT["components"][kind]} <= found, kind


def test_every_message_is_sent_or_received_in_a_channel():
    used = {name: set() for name in DOCUMENT["channels"]}
    for name, operation in DOCUMENT["operations"].items():
        for part in (operation, operation.get("reply")):
            if part is not None:
                channel = WIRE.name_of(part["channel"])
                for message in part["messages"]:
                    assert message["$ref"].startswith(f"#/channels/{channel}/messages/"), name
                    used[channel].add(WIRE.name_of(message))
    for name, channel in DOCUMENT["channels"].items():
        assert set(channel["messages"]) == used[name]
        for key, message in channel["messages"].items():
            assert message == {"$ref": f"#/components/messages/{key}"}
    assert set().union(*used.values()) == set(WIRE.messages)
    assert list(WIRE.replies) == COMMANDS


def test_an_event_stream_has_the_events_of_a_websocket_and_close():
    def events(channel: str) -> set[str]:
        return {name for name in DOCUMENT["channels"][channel]["messages"] if WIRE.tag(name) in ("durable", "ephemeral")}

    assert events("events") == events("ws") | {"close"}


def test_the_table_of_close_codes_is_the_list_that_programs_read():
    channel = DOCUMENT["channels"]["ws"]
    rows = [f"| {entry['code']} | {entry['meaning']} | {entry['client']} |" for entry in channel["x-close-codes"]]
    assert "\n".join(["| code | meaning | the client |", "|---|---|---|", *rows]) in channel["description"]


def test_the_limits_that_close_reasons_name_are_those_of_a_welcome():
    limits = WIRE.schemas["Limits"]["properties"]
    for entry in DOCUMENT["channels"]["ws"]["x-close-codes"]:
        for reason in entry["reasons"]:
            assert reason.get("limit", "frame_bytes") in limits and reason.get("limit", "") in reason["text"], reason


@pytest.mark.parametrize(("name", "payload"), EXAMPLES)
def test_every_example_is_valid(name, payload):
    assert WIRE.fault(name, payload) is None


def test_every_message_has_an_example():
    assert [name for name, message in WIRE.messages.items() if not message["examples"]] == []


def test_schemas_of_one_name_are_equal_in_the_documents_of_rest_and_events():
    of_rest = json.loads(OPENAPI.read_text())["components"]["schemas"]
    shared = of_rest.keys() & WIRE.schemas.keys()
    assert {"User", "Message", "Problem"} <= shared
    assert [name for name in sorted(shared) if of_rest[name] != WIRE.schemas[name]] == []


# The examples, sent as they stand


@pytest.fixture
async def room_with_messages(alice, lobby):
    """A room in which the messages of the examples exist."""
    for number in range(1, 8):
        await alice.post_message(lobby, f"message {number}")
    return lobby


@pytest.mark.parametrize("name", COMMANDS)
async def test_an_example_command_gets_the_documented_reply(name, alice, room_with_messages):
    (example,) = WIRE.messages[name]["examples"]
    command = copy.deepcopy(example["payload"])
    data = command.get("data", {})
    if "room_id" in data:
        data["room_id"] = room_with_messages
    if "token" in data:
        data["token"] = alice.access_token
        connection = await Connection.open(alice.server.websocket_url, origin=alice.server.origin)
    else:
        connection = await alice.connect()
    await connection.send_text(json.dumps(command))
    asked = command.get("ref")
    if asked is None:
        # Nothing answers it; what comes after it is answered.
        await connection.ping()
        assert [frame for frame in connection.history if frame.event in ("ok", "error")] == []
        await connection.send_text(json.dumps({**command, "ref": "asked"}))
    reply = await connection.reply(asked or "asked")
    assert [WIRE.fault(message, json.loads(reply.text)) for message in WIRE.replies[name]] == [None], reply.text
    await connection.close()


@pytest.mark.parametrize("name", WIRE.room_commands)
async def test_the_room_of_a_command_is_that_of_the_connection_if_it_names_none(name, alice, room_with_messages):
    (example,) = WIRE.messages[name]["examples"]
    data = {key: value for key, value in example["payload"]["data"].items() if key != "room_id"}
    narrowed, other = await alice.connect(room=room_with_messages), await alice.connect()
    assert (await narrowed.command(name, **data)).event == "ok"
    assert (await other.command_error(name, **data))["errors"][0]["field"] == "data.room_id"


# The checker of all tests' frames


async def test_frames_are_checked_as_they_come(alice, lobby):
    before = checked.copy()
    connection = await alice.connect()
    await connection.send_message(lobby, "hello")
    await connection.expect("new_message")
    await connection.close()
    assert all(checked[event] > before[event] for event in ("welcome", "ok", "new_message"))


def example(name: str, **changes) -> dict:
    """The first example of a message, with other members; `data` is merged, and `...` takes a member away."""
    frame = copy.deepcopy(WIRE.messages[name]["examples"][0]["payload"])
    frame["data"] |= changes.pop("data", {})
    frame |= changes
    frame["data"] = {key: value for key, value in frame["data"].items() if value is not ...}
    return {key: value for key, value in frame.items() if value is not ...}


WELCOME = example("welcome")
SEND = example("send_message")
OK = example("ok_message", ref=SEND["ref"])


@pytest.mark.parametrize(
    ("sent", "frames"),
    [
        pytest.param([], [WELCOME, WELCOME], id="a second welcome"),
        pytest.param([], [example("new_message")], id="an event before the welcome"),
        pytest.param([], [WELCOME, {"event": "news", "data": {}}], id="an unknown event"),
        pytest.param([], [WELCOME, example("new_message", id=...)], id="a durable event without id"),
        pytest.param([], [WELCOME, example("user_typing", id=5)], id="an ephemeral event with id"),
        pytest.param([], [WELCOME, example("new_message", id=5), example("receipt", id=5)], id="an id that does not rise"),
        pytest.param([], [WELCOME, example("new_message", data={"seq": 0})], id="a value out of bounds"),
        pytest.param([], [WELCOME, example("new_message", data={"mood": "good"})], id="a member that is not documented"),
        pytest.param([], [WELCOME, example("new_message", data={"content": ...})], id="a member that is missing"),
        pytest.param(
            [], [WELCOME, example("new_message", data={"created_at": "2026-02-30T10:00:00.000Z"})], id="a day that does not exist"
        ),
        pytest.param([], [WELCOME, example("member_left", data={"reason": "bored"})], id="a reason that is not documented"),
        pytest.param([], [WELCOME, example("close")], id="an event of another channel"),
        pytest.param([], [WELCOME, OK], id="a reply to no command"),
        pytest.param([SEND], [WELCOME, OK, OK], id="a second reply"),
        pytest.param([SEND], [WELCOME, example("ok_message", ref="x")], id="a reply with another ref"),
        pytest.param([SEND], [WELCOME, example("ok_membership", ref=SEND["ref"])], id="the reply to another command"),
        pytest.param([SEND], [WELCOME, example("error", ref=SEND["ref"], data={"code": "conflict"})], id="a problem of another command"),
        pytest.param([], [WELCOME, example("error", ref=..., data={"code": "email_taken"})], id="a problem of no command"),
        pytest.param([example("send_message", data={"room_id": ...})], [WELCOME, OK], id="a command without a room that was carried out"),
        pytest.param([example("send_message", data={"content": 7})], [WELCOME, OK], id="an invalid command that was carried out"),
        pytest.param([{"event": "sing", "ref": SEND["ref"]}], [WELCOME, OK], id="an unknown command that was carried out"),
    ],
)
def test_a_frame_that_is_not_as_documented_is_noticed(sent, frames):
    found: list[str] = []
    checker = FrameChecker(faults=found)
    for frame in sent:
        checker.sent(json.dumps(frame))
    for frame in frames:
        assert found == []
        checker.received(json.dumps(frame))
    assert len(found) == 1


def test_an_event_stream_ends_with_a_close_that_is_documented():
    for event, count in ((example("close"), 0), (example("close", data={"code": 4999}), 1), (example("pong", ref=...), 1)):
        found: list[str] = []
        checker = FrameChecker(faults=found, channel="events")
        for frame in (WELCOME, event):
            checker.received(json.dumps(frame))
        assert len(found) == count, found


def test_frames_that_are_as_documented_pass():
    found: list[str] = []
    checker = FrameChecker(faults=found)
    checker.received(json.dumps(WELCOME))
    for text in (json.dumps(SEND), json.dumps({"event": "sing", "ref": "9"}), "no JSON", json.dumps({"event": "ping"})):
        checker.sent(text)
    error = example("error", ref="9", data={"code": "unknown_command"})
    for frame in (OK, error, example("error", ref=...), example("pong", ref=...), example("new_message"), example("presence")):
        checker.received(json.dumps(frame))
    checker.ended(4010, "too slow: more than 4096 unsent_bytes; reconnect with since")
    assert found == []


@pytest.mark.parametrize(
    ("code", "reason"), [(4999, ""), (1005, ""), (4010, "too slow"), (4009, "signed out"), (1009, "a message has at most many bytes")]
)
def test_a_close_that_is_not_documented_is_noticed(code, reason):
    found: list[str] = []
    FrameChecker(faults=found).ended(code, reason)
    assert len(found) == 1
