"""One WebSocket client of the chat: what it heard, in order, and ways to ask, to answer and to wait."""

import asyncio
import contextlib
import itertools
import json
import time
from dataclasses import dataclass, field

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

PATIENCE_SECONDS = 5.0


class NotAdmitted(Exception):
    """The door stayed shut: the handshake was answered with an HTTP `status`, or the line closed with `code` before a welcome."""

    def __init__(self, status: int | None = None, code: int | None = None, heard=()):
        super().__init__(f"status={status} code={code} heard={[frame.text for frame in heard]}")
        self.status = status
        self.code = code
        self.heard = list(heard)

    @property
    def reason(self) -> int | None:
        return self.status or self.code


@dataclass(eq=False)
class Frame:
    """A frame from the server, and the moment it came in."""

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


class Line:
    """A signed-in connection. `history` keeps everything heard; `expect` takes the first matching frame nobody took before."""

    def __init__(self, socket: ClientConnection):
        self.socket = socket
        self.history: list[Frame] = []
        self.close_code: int | None = None
        self.close_reason: str = ""
        self.closed_at: float | None = None
        self.welcome: Frame | None = None
        self._unclaimed: list[Frame] = []
        self._news = asyncio.Condition()
        self._refs = itertools.count(1)
        self._listener = asyncio.create_task(self._listen())

    @classmethod
    async def open(cls, url: str, *, headers=None, subprotocols=None, origin=None, compression=None) -> "Line":
        """A connection that has been accepted, signed in or not."""
        try:
            socket = await connect(
                url,
                additional_headers=headers,
                subprotocols=subprotocols,
                origin=origin,
                compression=compression,
                proxy=None,
                ping_interval=None,
                max_size=None,
                max_queue=None,
                open_timeout=PATIENCE_SECONDS,
                close_timeout=2,
            )
        except InvalidStatus as refusal:
            raise NotAdmitted(status=refusal.response.status_code) from None
        except (InvalidHandshake, ConnectionClosed, EOFError, OSError) as refusal:
            raise ConnectionError(f"no handshake: {refusal!r}") from refusal
        return cls(socket)

    async def be_welcomed(self, within: float = PATIENCE_SECONDS) -> "Line":
        """Waits for the welcome, which must be the first frame of a signed-in connection."""
        try:
            async with asyncio.timeout(within), self._news:
                await self._news.wait_for(lambda: self.history or self.is_closed)
        except TimeoutError:
            raise AssertionError(f"no welcome within {within} s") from None
        if self.history and self.history[0].event == "welcome":
            self.welcome = self.history[0]
            if self.welcome in self._unclaimed:
                self._unclaimed.remove(self.welcome)
            return self
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within), self._news:
                await self._news.wait_for(lambda: self.is_closed)
        if self.is_closed:
            raise NotAdmitted(code=self.close_code, heard=self.history)
        raise AssertionError(f"neither welcomed nor shown out; {self._summary()}")

    # Hearing

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def last_id(self) -> int:
        """The resume cursor: the last position heard of, or the one in the welcome."""
        positions = [frame.id for frame in self.history if frame.id is not None]
        return positions[-1] if positions else self.welcome.data["cursor"]

    def heard(self, event: str | None = None, **where) -> list[Frame]:
        return [frame for frame in self.history if frame.matches(event, where)]

    def messages(self, room_id: str) -> list[str]:
        """The contents of the new messages heard from a room, in order."""
        return [frame.data["content"] for frame in self.heard("new_message", room_id=room_id)]

    async def expect(self, event: str, within: float = PATIENCE_SECONDS, **where) -> Frame:
        """The first frame, not yet taken, of this event whose data contain `where`."""

        def find():
            return next((frame for frame in self._unclaimed if frame.matches(event, where)), None)

        frame = await self._wait(find, within, f"{event} {where}")
        self._unclaimed.remove(frame)
        return frame

    async def expect_messages(self, room_id: str, count: int, within: float = 10) -> list[Frame]:
        """The first `count` new messages of a room."""

        def enough():
            found = self.heard("new_message", room_id=room_id)
            return found if len(found) >= count else None

        return await self._wait(enough, within, f"{count} messages of {room_id}")

    async def expect_close(self, *codes: int, within: float = PATIENCE_SECONDS) -> int:
        try:
            async with asyncio.timeout(within), self._news:
                await self._news.wait_for(lambda: self.is_closed)
        except TimeoutError:
            raise AssertionError(f"still open after {within} s, wanted close {codes}; {self._summary()}") from None
        assert self.close_code in codes, f"closed with {self.close_code} {self.close_reason!r}, wanted {codes}; {self._summary()}"
        return self.close_code

    # Asking

    async def say(self, event: str, data: dict | None = None, ref: str | None = None) -> None:
        frame = {"event": event}
        if data is not None:
            frame["data"] = data
        if ref is not None:
            frame["ref"] = ref
        await self.socket.send(json.dumps(frame))

    async def say_raw(self, text: str | bytes) -> None:
        await self.socket.send(text)

    async def ask(self, event: str, within: float = PATIENCE_SECONDS, **data) -> Frame:
        """Sends a command with a ref of its own and gives the one reply that bears it."""
        ref = f"r{next(self._refs)}"
        await self.say(event, data, ref)
        return await self.reply(ref, within)

    async def reply(self, ref: str, within: float = PATIENCE_SECONDS) -> Frame:
        def find():
            return next((frame for frame in self._unclaimed if frame.ref == ref), None)

        frame = await self._wait(find, within, f"a reply to {ref}")
        self._unclaimed.remove(frame)
        return frame

    async def done(self, event: str, **data) -> dict:
        """A command that must succeed."""
        frame = await self.ask(event, **data)
        assert frame.event == "ok", frame.text
        return frame.data

    async def refused(self, event: str, **data) -> dict:
        """A command that must be refused; gives the problem."""
        frame = await self.ask(event, **data)
        assert frame.event == "error", frame.text
        return frame.data

    async def send_message(self, room_id: str, content: str, **more) -> dict:
        return (await self.done("send_message", room_id=room_id, content=content, **more))["message"]

    async def ping(self) -> None:
        assert (await self.ask("ping")).event == "pong"

    # Leaving

    async def hang_up(self) -> None:
        await self.socket.close()
        await self._listener

    async def vanish(self) -> None:
        """Is gone without a goodbye, like a client that was killed."""
        self.socket.transport.abort()
        await self._listener

    # Within

    async def _listen(self) -> None:
        try:
            async for text in self.socket:
                assert isinstance(text, str), "every frame is text"
                frame = Frame.read(text)
                async with self._news:
                    self.history.append(frame)
                    self._unclaimed.append(frame)
                    self._news.notify_all()
        except ConnectionClosed:
            pass
        finally:
            self.closed_at = time.monotonic()
            self.close_code = self.socket.close_code
            self.close_reason = self.socket.close_reason or ""
            async with self._news:
                self._news.notify_all()

    async def _wait(self, find, within: float, what: str):
        found = None

        def look():
            nonlocal found
            found = find()
            return found or self.is_closed

        try:
            async with asyncio.timeout(within), self._news:
                await self._news.wait_for(look)
        except TimeoutError:
            raise AssertionError(f"not within {within} s: {what}; {self._summary()}") from None
        assert found, f"closed with {self.close_code} while waiting for {what}; {self._summary()}"
        return found

    def _summary(self) -> str:
        return f"heard {len(self.history)} frames, lately: " + " ".join(frame.text[:300] for frame in self.history[-5:])
