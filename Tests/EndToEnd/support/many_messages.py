"""Messages of a room in their thousands, sent over one WebSocket."""

import asyncio
import json

from websockets.asyncio.client import connect

from .clients import TestUser

IN_FLIGHT = 256


def words(number: int) -> str:
    """One to three lines in a window of usual width."""
    return f"Message {number}" + " of somebody who has something to say" * (number % 7)


async def send_many(user: TestUser, room_id: str, count: int) -> None:
    headers = {"Authorization": f"Bearer {user.access_token}"}
    async with connect(user.server.websocket_url, additional_headers=headers, max_size=None, max_queue=None, ping_interval=None) as socket:
        free = asyncio.Semaphore(IN_FLIGHT)

        async def hear() -> None:
            replies = 0
            while replies < count:
                frame = json.loads(await socket.recv())
                if "ref" not in frame:
                    continue
                assert frame["event"] == "ok", frame
                replies += 1
                free.release()

        async with asyncio.TaskGroup() as group:
            group.create_task(hear())
            for number in range(count):
                await free.acquire()
                data = {"room_id": room_id, "content": words(number)}
                await socket.send(json.dumps({"event": "send_message", "data": data, "ref": str(number)}))
