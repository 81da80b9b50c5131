"""A WebSocket client of the chat: records the received frames in order, sends commands, waits for replies and events.

Each frame is checked against the AsyncAPI document.
"""

import asyncio
import contextlib
import itertools
import json
import time
from dataclasses import dataclass, field

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from .event_document import CheckedClientConnection

TIMEOUT_SECONDS = 5.0


class ConnectionRejected(Exception):
    """The server refused the connection: the handshake got an HTTP `status`, or a close `code` came before the welcome."""

    def __init__(self, status: int | None = None, code: int | None = None, frames=()):
        super().__init__(f"status={status} code={code} frames={[frame.text for frame in frames]}")
        self.status = status
        self.code = code
        self.frames = list(frames)

    @property
    def reason(self) -> int | None:
        return self.status or self.code


@dataclass(eq=False)
class Frame:
    """A frame from the server, and when it was received."""

    event: str
    data: dict
    ref: str | None
    id: int | None
    text: str
    at: float = field(default_factory=time.monotonic)

    @classmethod
    def read(cls, text: str) -> "Frame":
        whole = json.loads(text)
        assert isinstance(whole, dict), text
        assert set(whole) <= {"event", "data", "ref", "id"}, text
        return cls(whole["event"], whole.get("data"), whole.get("ref"), whole.get("id"), text)

    def matches(self, event: str | None, where: dict) -> bool:
        if event is not None and self.event != event:
            return False
        return all(isinstance(self.data, dict) and self.data.get(key) == value for key, value in where.items())


class Connection:
    """A WebSocket connection. `history` has every received frame; `expect` takes the first match that was not taken before."""

    def __init__(self, socket: ClientConnection):
        self.socket = socket
        self.history: list[Frame] = []
        self.close_code: int | None = None
        self.close_reason: str = ""
        self.closed_at: float | None = None
        self.welcome: Frame | None = None
        self._unclaimed: list[Frame] = []
        self._changed = asyncio.Condition()
        self._refs = itertools.count(1)
        self._receiver = asyncio.create_task(self._receive())

    @classmethod
    async def open(cls, url: str, *, headers=None, subprotocols=None, origin=None, compression=None) -> "Connection":
        """Opens a connection; it may not be authenticated yet."""
        try:
            socket = await connect(
                url,
                create_connection=CheckedClientConnection,
                additional_headers=headers,
                subprotocols=subprotocols,
                origin=origin,
                compression=compression,
                proxy=None,
                ping_interval=None,
                max_size=None,
                max_queue=None,
                open_timeout=TIMEOUT_SECONDS,
                close_timeout=2,
            )
        except InvalidStatus as error:
            raise ConnectionRejected(status=error.response.status_code) from None
        except (InvalidHandshake, ConnectionClosed, EOFError, OSError) as error:
            raise ConnectionError(f"no handshake: {error!r}") from error
        return cls(socket)

    async def wait_for_welcome(self, within: float = TIMEOUT_SECONDS) -> "Connection":
        """Waits for the welcome, which must be the first frame after authentication."""
        try:
            async with asyncio.timeout(within), self._changed:
                await self._changed.wait_for(lambda: self.history or self.is_closed)
        except TimeoutError:
            raise AssertionError(f"no welcome within {within} s") from None
        if self.history and self.history[0].event == "welcome":
            self.welcome = self.history[0]
            if self.welcome in self._unclaimed:
                self._unclaimed.remove(self.welcome)
            return self
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within), self._changed:
                await self._changed.wait_for(lambda: self.is_closed)
        if self.is_closed:
            raise ConnectionRejected(code=self.close_code, frames=self.history)
        raise AssertionError(f"neither welcomed nor closed; {self._summary()}")

    # Receiving

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def last_id(self) -> int:
        """The resume cursor: the last received position, or the one in the welcome."""
        positions = [frame.id for frame in self.history if frame.id is not None]
        return positions[-1] if positions else self.welcome.data["cursor"]

    def received(self, event: str | None = None, **where) -> list[Frame]:
        return [frame for frame in self.history if frame.matches(event, where)]

    def messages(self, room_id: str) -> list[str]:
        """The contents of the new messages received from a room, in order."""
        return [frame.data["content"] for frame in self.received("new_message", room_id=room_id)]

    async def expect(self, event: str, within: float = TIMEOUT_SECONDS, **where) -> Frame:
        """Waits for the first frame of this event, not taken before, whose data contain `where`."""

        def find():
            return next((frame for frame in self._unclaimed if frame.matches(event, where)), None)

        frame = await self._wait(find, within, f"{event} {where}")
        self._unclaimed.remove(frame)
        return frame

    async def expect_messages(self, room_id: str, count: int, within: float = 10) -> list[Frame]:
        """Waits for the first `count` new messages of a room."""

        def enough():
            found = self.received("new_message", room_id=room_id)
            return found if len(found) >= count else None

        return await self._wait(enough, within, f"{count} messages of {room_id}")

    async def expect_close(self, *codes: int, within: float = TIMEOUT_SECONDS) -> int:
        try:
            async with asyncio.timeout(within), self._changed:
                await self._changed.wait_for(lambda: self.is_closed)
        except TimeoutError:
            raise AssertionError(f"still open after {within} s, wanted close {codes}; {self._summary()}") from None
        assert self.close_code in codes, f"closed with {self.close_code} {self.close_reason!r}, wanted {codes}; {self._summary()}"
        return self.close_code

    # Sending

    async def send(self, event: str, data: dict | None = None, ref: str | None = None) -> None:
        frame = {"event": event}
        if data is not None:
            frame["data"] = data
        if ref is not None:
            frame["ref"] = ref
        await self.socket.send(json.dumps(frame))

    async def send_text(self, text: str | bytes) -> None:
        await self.socket.send(text)

    async def command(self, event: str, within: float = TIMEOUT_SECONDS, **data) -> Frame:
        """Sends a command with a new ref and returns the reply to it."""
        ref = f"r{next(self._refs)}"
        await self.send(event, data, ref)
        return await self.reply(ref, within)

    async def reply(self, ref: str, within: float = TIMEOUT_SECONDS) -> Frame:
        def find():
            return next((frame for frame in self._unclaimed if frame.ref == ref), None)

        frame = await self._wait(find, within, f"a reply to {ref}")
        self._unclaimed.remove(frame)
        return frame

    async def command_ok(self, event: str, **data) -> dict:
        """Sends a command that must succeed; returns the reply's data."""
        frame = await self.command(event, **data)
        assert frame.event == "ok", frame.text
        return frame.data

    async def command_error(self, event: str, **data) -> dict:
        """Sends a command that must be refused; returns the problem."""
        frame = await self.command(event, **data)
        assert frame.event == "error", frame.text
        # Fields are named as they lie in the frame.
        assert all(error["field"].split(".")[0] in ("event", "data") for error in frame.data.get("errors", [])), frame.text
        return frame.data

    async def send_message(self, room_id: str, content: str, **more) -> dict:
        return (await self.command_ok("send_message", room_id=room_id, content=content, **more))["message"]

    async def ping(self) -> None:
        assert (await self.command("ping")).event == "pong"

    # Closing

    async def close(self) -> None:
        await self.socket.close()
        await self._receiver

    async def abort(self) -> None:
        """Ends the TCP connection without a close frame, as if the client was killed."""
        self.socket.transport.abort()
        await self._receiver

    # Internals

    async def _receive(self) -> None:
        try:
            async for text in self.socket:
                assert isinstance(text, str), "every frame is text"
                frame = Frame.read(text)
                async with self._changed:
                    self.history.append(frame)
                    self._unclaimed.append(frame)
                    self._changed.notify_all()
        except ConnectionClosed:
            pass
        finally:
            self.closed_at = time.monotonic()
            self.close_code = self.socket.close_code
            self.close_reason = self.socket.close_reason or ""
            async with self._changed:
                self._changed.notify_all()

    async def _wait(self, find, within: float, what: str):
        found = None

        def look():
            nonlocal found
            found = find()
            return found or self.is_closed

        try:
            async with asyncio.timeout(within), self._changed:
                await self._changed.wait_for(look)
        except TimeoutError:
            raise AssertionError(f"not within {within} s: {what}; {self._summary()}") from None
        assert found, f"closed with {self.close_code} while waiting for {what}; {self._summary()}"
        return found

    def _summary(self) -> str:
        return f"{len(self.history)} frames received, the last ones: " + " ".join(frame.text[:300] for frame in self.history[-5:])
