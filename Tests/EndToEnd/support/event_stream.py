"""A reader of server-sent events: records the events in order. The parser is httpx-sse's, the transport httpx's."""

import asyncio
import json
import time

import httpx
from httpx_sse import EventSource, ServerSentEvent

from .clients import API, TestUser
from .event_document import FrameChecker
from .ws_client import TIMEOUT_SECONDS, Frame


class EventStreamRejected(Exception):
    """The server refused the stream with an HTTP response."""

    def __init__(self, response: httpx.Response):
        super().__init__(f"{response.status_code} {response.text}")
        self.response = response


class EventStream:
    """`events` has what the stream said, as httpx-sse read it; `frames` the same as the frames that a WebSocket would have had."""

    def __init__(self, response: httpx.Response):
        self.response = response
        self.checker = FrameChecker(channel="events")
        self.events: list[ServerSentEvent] = []
        self.ended_at: float | None = None
        self._changed = asyncio.Condition()
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, user: TestUser, *, token: str | None = None, last_event_id: int | None = None, **query) -> "EventStream":
        """Signs in by header, or, if `query` has a token or ticket, by that; waits for the welcome."""
        headers = {} if {"token", "ticket"} & set(query) else {"Authorization": f"Bearer {token or user.access_token}"}
        if last_event_id is not None:
            headers["Last-Event-ID"] = str(last_event_id)
        request = user.http.build_request("GET", f"{API}/events", params=query, headers=headers, timeout=httpx.Timeout(5, read=None))
        response = await user.http.send(request, stream=True)
        if response.status_code != 200:
            await response.aread()
            raise EventStreamRejected(response)
        stream = cls(response)
        await stream.expect("welcome")
        assert stream.frames[0].event == "welcome"
        return stream

    @property
    def frames(self) -> list[Frame]:
        return [Frame.read(event.data) for event in self.events]

    @property
    def last_id(self) -> int:
        return int(self.events[-1].id)

    @property
    def close(self) -> dict | None:
        """What the last event said about the end."""
        last = json.loads(self.events[-1].data)
        return last["data"] if last["event"] == "close" else None

    def messages(self, room_id: str) -> list[str]:
        return [frame.data["content"] for frame in self.frames if frame.event == "new_message" and frame.data["room_id"] == room_id]

    async def expect(self, event: str, within: float = TIMEOUT_SECONDS, **where) -> Frame:
        """Waits for the first such event from the beginning on."""

        def find():
            return next((frame for frame in self.frames if frame.matches(event, where)), None)

        return await self._wait(find, within, f"{event} {where}")

    async def expect_end(self, code: int, within: float = TIMEOUT_SECONDS) -> dict:
        await self._wait(lambda: self.ended_at, within, "the stream ends")
        assert self.close and self.close["code"] == code, self.events[-1]
        return self.close

    async def abort(self) -> None:
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        await self.response.aclose()

    async def _read(self) -> None:
        try:
            async for event in EventSource(self.response).aiter_sse():
                self.checker.received(event.data)
                async with self._changed:
                    self.events.append(event)
                    self._changed.notify_all()
        except httpx.HTTPError:
            pass
        finally:
            async with self._changed:
                self.ended_at = time.monotonic()
                self._changed.notify_all()

    async def _wait(self, find, within: float, what: str):
        try:
            async with asyncio.timeout(within), self._changed:
                return await self._changed.wait_for(find)
        except TimeoutError:
            raise AssertionError(f"not within {within} s: {what}; heard {[event.data[:80] for event in self.events]}") from None
