"""Two strangers meet: one is cut off in mid-talk, comes back, and the story is whole."""

import asyncio
import json
import os
import signal
import subprocess
import sys

from support.people import People

# A chat client as anyone might write one, with nothing of the tests' own machinery: prints what it hears.
CLIENT = """
import asyncio, sys
from websockets.asyncio.client import connect

async def main(url, token, since):
    url += f"?since={since}" if since else ""
    async with connect(url, additional_headers={"Authorization": "Bearer " + token}, proxy=None) as line:
        async for frame in line:
            print(frame, flush=True)

asyncio.run(main(*sys.argv[1:4]))
"""


class Client:
    """That client in a process of its own, which can be killed as clients are."""

    def __init__(self, person, since: int | str = ""):
        self.process = subprocess.Popen(
            [sys.executable, "-c", CLIENT, person.server.websocket_url, person.access_token, str(since)],
            stdout=subprocess.PIPE,
            text=True,
            env={key: value for key, value in os.environ.items() if "proxy" not in key.lower()},
        )
        self.heard: list[dict] = []

    async def hear(self, event: str, within: float = 5, **where) -> dict:
        async with asyncio.timeout(within):
            while True:
                line = await asyncio.to_thread(self.process.stdout.readline)
                assert line, "the client ended"
                frame = json.loads(line)
                self.heard.append(frame)
                if frame["event"] == event and all(frame["data"].get(key) == value for key, value in where.items()):
                    return frame

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        for line in self.process.stdout:
            self.heard.append(json.loads(line))
        self.process.wait()

    @property
    def messages(self) -> list[dict]:
        return [frame for frame in self.heard if frame["event"] == "new_message"]


async def test_two_strangers_meet_and_one_who_is_cut_off_misses_nothing(server):
    async with People(server) as people:
        alice, bob = await people.registered("alice", "bob")
        room = (await alice.create_room("public", "The Lobby of two strangers"))["room_id"]
        listed = await bob.walk("/rooms/public", limit=200)
        assert room in {one["room_id"] for one in listed}
        await bob.join(room)

        hers, his = await alice.connect(), Client(bob)
        try:
            await his.hear("welcome")
            for i in range(3):
                await hers.send_message(room, f"hello {i}")
                assert (await bob.write(room, f"hello yourself {i}"))["seq"] == 2 * i + 2
                await his.hear("new_message", content=f"hello yourself {i}")
            last = his.messages[-1]["id"]
            his.kill()

            # While he is gone she goes on, over REST and over WebSocket.
            for i in range(10):
                if i % 2:
                    await alice.write(room, f"missed {i}")
                else:
                    await hers.send_message(room, f"missed {i}")
            his = Client(bob, since=last)
            welcome = await his.hear("welcome")
            assert welcome["data"]["resumed"] is True
            await hers.send_message(room, "newer")
            await his.hear("new_message", content="newer")
            assert [frame["data"]["content"] for frame in his.messages] == [f"missed {i}" for i in range(10)] + ["newer"]
            ids = [frame["id"] for frame in his.messages]
            assert ids == sorted(set(ids)) and ids[0] > last
            assert [frame["data"]["seq"] for frame in his.messages] == list(range(7, 18))
        finally:
            his.kill()
