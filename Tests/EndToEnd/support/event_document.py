"""Checks the frames of the tests' connections against the AsyncAPI document.

`FrameChecker` follows one connection. What it finds goes to `faults`, which a fixture of conftest.py reads after each test.
"""

import functools
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import jsonschema_rs
from websockets.asyncio.client import ClientConnection

from .server import REPOSITORY

DOCUMENT = REPOSITORY / "nginx" / "html" / "docs" / "asyncapi.json"

# What the checked connections received that the document does not describe.
faults: list[str] = []
# Frames that were checked, by event.
checked: Counter[str] = Counter()


def closed(schema, within_composition: bool = False):
    """A copy of a schema that allows no members but those it names: clients ignore what they do not know, the tests do not."""
    if isinstance(schema, list):
        return [closed(each, within_composition) for each in schema]
    if not isinstance(schema, dict):
        return schema
    copy = {}
    for key, value in schema.items():
        if key == "properties":
            copy[key] = {name: closed(each) for name, each in value.items()}
        elif key in ("const", "enum", "default", "examples"):
            copy[key] = value
        else:
            copy[key] = closed(value, key in ("allOf", "anyOf", "if", "then", "else"))
    if "properties" in schema and "additionalProperties" not in schema and not within_composition:
        copy["unevaluatedProperties"] = False
    return copy


class EventDocument:
    """The AsyncAPI document, read for checking."""

    def __init__(self, document: dict):
        self.document = document
        components = document["components"]
        self.messages: dict[str, dict] = components["messages"]
        self.schemas: dict[str, dict] = components["schemas"]
        # What a server sends may have no member that is not documented; what it receives may, and ignores it.
        self._strict = {"schemas": closed(self.schemas), "messages": closed(self.messages)}
        self.commands = {name: message for name, message in self.messages.items() if self.tag(name) == "command"}
        # Those that are about a room.
        self.room_commands = [
            name for name, message in self.commands.items() if "room_id" in message["payload"]["properties"]["data"].get("properties", {})
        ]
        self.close_codes: dict[int, list[re.Pattern]] = {
            entry["code"]: [re.compile(re.escape(reason["text"]).replace(r"\{n\}", r"\d+")) for reason in entry["reasons"]]
            for entry in document["channels"]["ws"]["x-close-codes"]
        }
        # The problems that any command can get, and those of each.
        self.common_problems = set(self.messages["error"]["x-problems"])
        self.problems: dict[str, set[str]] = {}
        # The messages that answer each command successfully.
        self.replies: dict[str, list[str]] = {}
        for operation in document["operations"].values():
            if operation["action"] == "receive":
                (command,) = map(self.name_of, operation["messages"])
                self.problems[command] = self.common_problems - {"unknown_command"} | set(operation["x-problems"])
                self.replies[command] = [name for name in map(self.name_of, operation["reply"]["messages"]) if name != "error"]
        self.all_problems = self.common_problems.union(*self.problems.values())
        # By channel, the messages that an event from the server can be.
        self._by_event: dict[str, dict[str, list[str]]] = {}
        for channel, described in document["channels"].items():
            by_event = self._by_event.setdefault(channel, {})
            for name in described["messages"].keys() - self.commands.keys():
                by_event.setdefault(self.messages[name]["name"], []).append(name)

    @staticmethod
    def name_of(reference: dict) -> str:
        """The name of the message that a reference of an operation or channel names."""
        return reference["$ref"].rsplit("/", 1)[1]

    def tag(self, message: str) -> str:
        (tag,) = self.messages[message]["tags"]
        return self.name_of(tag)

    @functools.cache  # noqa: B019 (there is one document)
    def validator(self, message: str, strict: bool) -> jsonschema_rs.Draft202012Validator:
        components = self._strict if strict else {"schemas": self.schemas, "messages": self.messages}
        schema = {"$ref": f"#/components/messages/{message}/payload", "components": components}
        return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)

    def fault(self, message: str, frame, strict: bool = True) -> str | None:
        """Why a frame does not fit a message of the document; None if it does."""
        validator = self.validator(message, strict)
        if validator.is_valid(frame):
            return None
        return "; ".join(f"{'/'.join(map(str, error.instance_path))}: {error.message}" for error in validator.iter_errors(frame))

    def fault_of_event(self, frame: dict, channel: str) -> str | None:
        """Why a frame from the server fits none of the messages that its event can be in a channel; None if it fits one."""
        names = self._by_event[channel].get(frame.get("event"))
        if not names:
            return f"no such event in the channel {channel}"
        found = [self.fault(name, frame) for name in names]
        return None if None in found else found[0]

    def describes_close(self, code: int, reason: str) -> bool:
        patterns = self.close_codes.get(code)
        return patterns is not None and (not reason or any(pattern.fullmatch(reason) for pattern in patterns))


@functools.cache
def event_document() -> EventDocument:
    return EventDocument(json.loads(DOCUMENT.read_text()))


@dataclass
class FrameChecker:
    """Checks what one connection receives, in order. `is_narrowed`: it was opened with `?room=`."""

    channel: str = "ws"
    is_narrowed: bool = False
    # Whether what the client sends is known, so that replies can be matched with commands.
    knows_commands: bool = True
    document: EventDocument = field(default_factory=event_document)
    faults: list[str] = field(default_factory=lambda: faults)
    # Commands without a reply yet, by `ref`.
    _waiting: dict[str | None, list[dict]] = field(default_factory=dict)
    # Refs that several commands had at a time, and no ref: which of them a reply answers is not known.
    _ambiguous: set[str | None] = field(default_factory=lambda: {None})
    _is_welcomed: bool = False
    _last_id: int = -1

    def sent(self, text: str) -> None:
        try:
            frame = json.loads(text)
        except (ValueError, RecursionError):
            return
        if isinstance(frame, dict):
            ref = frame.get("ref") if isinstance(frame.get("ref"), str) else None
            waiting = self._waiting.setdefault(ref, [])
            waiting.append(frame)
            if len(waiting) > 1:
                self._ambiguous.add(ref)

    def received(self, text: str) -> None:
        frame = json.loads(text)
        checked[frame.get("event")] += 1
        problem = self._fault(frame)
        if problem:
            self.faults.append(f"{problem}: {text[:1000]}")

    def ended(self, code: int, reason: str) -> None:
        """The server closed the connection, unasked."""
        if not self.document.describes_close(code, reason):
            self.faults.append(f"closed with {code} {reason!r}, which is not documented")

    def _fault(self, frame: dict) -> str | None:
        if problem := self.document.fault_of_event(frame, self.channel):
            return problem
        event = frame["event"]
        if event in ("ok", "error", "pong"):
            return self._fault_of_reply(frame) if self.knows_commands else None
        if event == "welcome":
            if self._is_welcomed:
                return "a second welcome"
            self._is_welcomed = True
            return None
        if not self._is_welcomed:
            return "an event before the welcome"
        if event == "close":
            data = frame["data"]
            return None if self.document.describes_close(data["code"], data["reason"]) else "a close code or reason that is not documented"
        if (id := frame.get("id")) is not None:
            if id <= self._last_id:
                return f"an id that does not rise after {self._last_id}"
            self._last_id = id
        return None

    def _fault_of_reply(self, frame: dict) -> str | None:
        ref = frame.get("ref")
        if frame["event"] == "error" and ref is None:
            # It may answer a frame that could not be read, or refuse a sign-in.
            return None if frame["data"]["code"] in self.document.all_problems else "a problem that no command is answered with"
        waiting = self._waiting.get(ref, [])
        problems = []
        for index, command in enumerate(waiting):
            problem = self._fault_of_answer(command, frame)
            if problem is None:
                # Of commands with one ref, it is not known which this answers.
                if ref not in self._ambiguous:
                    del waiting[index]
                return None
            problems.append(problem)
        return "; ".join(problems) or "a reply to no command"

    def _fault_of_answer(self, command: dict, reply: dict) -> str | None:
        """Why a frame is no answer to a command; None if it is one."""
        name = command.get("event")
        is_known = isinstance(name, str) and name in self.document.commands
        if reply["event"] == "error":
            allowed = self.document.problems[name] if is_known else self.document.common_problems
            code = reply["data"]["code"]
            return None if code in allowed else f"{name} is answered with the problem {code}"
        if not is_known:
            return f"{reply['event']} to the unknown command {name!r}"
        found = [self.document.fault(message, reply) for message in self.document.replies[name]]
        if None not in found:
            return found[0]
        return None if reply.get("ref") in self._ambiguous else self._fault_of_command(name, command)

    def _fault_of_command(self, name: str, command: dict) -> str | None:
        """Why a command that was carried out is not valid; None if it is."""
        if problem := self.document.fault(name, command, strict=False):
            return f"{name} was carried out, but is not valid: {problem}"
        if name in self.document.room_commands and not self.is_narrowed and "room_id" not in command.get("data", {}):
            return f"{name} was carried out without a room"
        return None


class CheckedClientConnection(ClientConnection):
    """A connection of the `websockets` library whose frames are checked: `connect(url, create_connection=CheckedClientConnection)`."""

    def __init__(self, protocol, **more):
        super().__init__(protocol, **more)
        self.checker = FrameChecker(is_narrowed="room=" in protocol.uri.query)

    async def send(self, message, **options):
        if isinstance(message, Iterable) and not isinstance(message, str | bytes | bytearray | memoryview):
            message = list(message)
            whole = "".join(message) if all(isinstance(part, str) for part in message) else None
        else:
            whole = message
        if isinstance(whole, str):
            self.checker.sent(whole)
        await super().send(message, **options)

    async def recv(self, **options):
        message = await super().recv(**options)
        if isinstance(message, str):
            self.checker.received(message)
        return message

    def connection_lost(self, exc):
        super().connection_lost(exc)
        received = self.protocol.close_rcvd
        if received is not None and self.protocol.close_rcvd_then_sent:
            self.checker.ended(received.code, received.reason)
