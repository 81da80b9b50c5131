"""A WebSocket connection of the crash test that sends messages, and says of each whether it was acknowledged."""

import asyncio
import json
from collections.abc import Callable

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from .clients import TestUser
from .event_document import CheckedClientConnection

RESPONSE_TIMEOUT_SECONDS = 5.0


def connecting(user: TestUser, query: str = "") -> connect:
    """A connection of a user: to be awaited, or entered. It sends no pings of its own, gives up early and queues without a bound."""
    return connect(
        user.server.websocket_url + query,
        create_connection=CheckedClientConnection,
        additional_headers={"Authorization": f"Bearer {user.access_token}"},
        proxy=None,
        ping_interval=None,
        compression=None,
        max_queue=None,
        open_timeout=RESPONSE_TIMEOUT_SECONDS,
        close_timeout=0.2,
    )


class WriterConnection:
    """A connection that only sends: received frames other than replies are ignored."""

    def __init__(self, user: TestUser, content: Callable[[str], str]):
        self.user = user
        self.content = content
        self.connection = None
        self.count = 0

    async def send(self, _: TestUser, room: str, client_id: str) -> int | str:
        try:
            async with asyncio.timeout(RESPONSE_TIMEOUT_SECONDS):
                if self.connection is None:
                    self.connection = await connecting(self.user)
                self.count += 1
                ref = f"ref-{self.count}"
                await self.connection.send(
                    json.dumps(
                        {
                            "event": "send_message",
                            "ref": ref,
                            "data": {"room_id": room, "content": self.content(client_id), "client_id": client_id},
                        }
                    )
                )
                while True:
                    text = await self.connection.recv()
                    if f'"{ref}"' in text:
                        break
        except InvalidStatus as error:
            await self.close()
            status = error.response.status_code
            return f"handshake {status}" if status >= 500 else f"refused with {status}"
        except (OSError, EOFError, ConnectionClosed, InvalidHandshake, TimeoutError) as error:
            await self.close()
            return type(error).__name__
        reply = json.loads(text)
        if reply["event"] == "ok":
            return reply["data"]["message"]["seq"]
        if reply["data"]["status"] >= 500:
            return f"WebSocket {reply['data']['status']}"
        return f"refused with {text[:200]}"

    async def close(self) -> None:
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.transport.abort()
