"""A client written without the test support is killed in the middle of a chat, resumes, and misses nothing."""

import asyncio
import json
import os
import signal
import subprocess
import sys

from support.clients import TestUsers
from support.event_document import FrameChecker

# A chat client that uses nothing of the test support: it prints what it receives.
CLIENT = """
import asyncio, sys
from websockets.asyncio.client import connect

async def main(url, token, since):
    url += f"?since={since}" if since else ""
    async with connect(url, additional_headers={"Authorization": "Bearer " + token}, proxy=None) as connection:
        async for frame in connection:
            print(frame, flush=True)

asyncio.run(main(*sys.argv[1:4]))
"""


class Client:
    """That client in its own process, which can be killed."""

    def __init__(self, user, since: int | str = ""):
        self.process = subprocess.Popen(
            [sys.executable, "-c", CLIENT, user.server.websocket_url, user.access_token, str(since)],
            stdout=subprocess.PIPE,
            text=True,
            env={key: value for key, value in os.environ.items() if "proxy" not in key.lower()},
        )
        self.received: list[dict] = []
        self.checker = FrameChecker()

    async def expect(self, event: str, within: float = 5, **where) -> dict:
        async with asyncio.timeout(within):
            while True:
                line = await asyncio.to_thread(self.process.stdout.readline)
                assert line, "the client ended"
                self.checker.received(line)
                frame = json.loads(line)
                self.received.append(frame)
                if frame["event"] == event and all(frame["data"].get(key) == value for key, value in where.items()):
                    return frame

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        for line in self.process.stdout:
            self.received.append(json.loads(line))
        self.process.wait()

    @property
    def messages(self) -> list[dict]:
        return [frame for frame in self.received if frame["event"] == "new_message"]


async def test_an_independent_client_that_is_killed_and_resumes_misses_nothing(server):
    async with TestUsers(server) as users:
        alice, bob = await users.register_all("alice", "bob")
        room = (await alice.create_room("public", "The Lobby"))["room_id"]
        listed = await bob.list_all("/rooms/public", limit=200)
        assert room in {one["room_id"] for one in listed}
        await bob.join(room)

        alice_connection, bob_client = await alice.connect(), Client(bob)
        try:
            await bob_client.expect("welcome")
            for i in range(3):
                await alice_connection.send_message(room, f"hello {i}")
                assert (await bob.post_message(room, f"hello yourself {i}"))["seq"] == 2 * i + 2
                await bob_client.expect("new_message", content=f"hello yourself {i}")
            last = bob_client.messages[-1]["id"]
            bob_client.kill()

            # While Bob is offline Alice writes on, over REST and WebSocket.
            for i in range(10):
                if i % 2:
                    await alice.post_message(room, f"missed {i}")
                else:
                    await alice_connection.send_message(room, f"missed {i}")
            bob_client = Client(bob, since=last)
            welcome = await bob_client.expect("welcome")
            assert welcome["data"]["resumed"] is True
            await alice_connection.send_message(room, "newer")
            await bob_client.expect("new_message", content="newer")
            assert [frame["data"]["content"] for frame in bob_client.messages] == [f"missed {i}" for i in range(10)] + ["newer"]
            ids = [frame["id"] for frame in bob_client.messages]
            assert ids == sorted(set(ids)) and ids[0] > last
            assert [frame["data"]["seq"] for frame in bob_client.messages] == list(range(7, 18))
        finally:
            bob_client.kill()
