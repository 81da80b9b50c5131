"""What clients get whose REST worker is killed while it has their request: nginx repeats what may be repeated, and says so of the rest."""

import asyncio
import collections
import os
import signal

import pytest

from support.clients import TestUsers
from support.uploads import upload

KILLS = 6
SIZE = 2_000_000  # more than requests without a file may have


async def killed(server, send, done: int):
    """The answer to a request whose worker is killed while it has it. `done`: what the next worker answers, if it had the request alone."""
    for pause in (0.3, 0.3, 0.3, 1, 3):  # until the worker has the request
        pid = server.signal("rest", signal.SIGSTOP)
        sending = asyncio.create_task(send())
        await asyncio.sleep(pause)
        os.kill(pid, signal.SIGKILL)
        response = await sending
        if response.status_code != done:
            break
    return response


@pytest.mark.parametrize("is_chunked", [False, True], ids=["length", "chunked"])
async def test_an_upload_whose_worker_dies_is_to_be_tried_again(own_server, is_chunked):
    """The answer is not that it is too large, though the page of errors could not have such a body."""
    server = own_server()
    async with TestUsers(server) as users:
        alice = await users.register("alice")

        async def pieces():
            for _ in range(20):
                yield os.urandom(SIZE // 20)

        response = await killed(server, lambda: alice.post("/files", content=pieces() if is_chunked else os.urandom(SIZE)), done=201)
        assert (response.status_code, response.json()["code"]) == (502, "unavailable")
        assert "Retry-After" in response.headers
        assert (await upload(alice, b"again"))["size"] == 5


async def test_requests_that_may_be_repeated_survive_their_worker(own_server):
    """Killed at any moment: before a message is stored, and after it, when its answer is under way; beside many kept connections."""
    server = own_server()
    statuses: collections.Counter[int] = collections.Counter()
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        room = (await alice.create_room("group"))["room_id"]
        keys: list[str] = []
        is_over = False

        async def post() -> None:
            while not is_over:
                keys.append(f"key-{len(keys)}")
                headers = {"Idempotency-Key": keys[-1]}
                response = await alice.post(f"/rooms/{room}/messages", json={"content": "once"}, headers=headers)
                statuses[response.status_code] += 1

        async def read() -> None:
            while not is_over:
                statuses[(await alice.get("/auth/me")).status_code] += 1
                await asyncio.sleep(0.01)

        working = [asyncio.create_task(work()) for work in [post] * 6 + [read] * 6]
        for _ in range(KILLS):
            await asyncio.sleep(0.4)
            killed = server.kill("rest")
            await asyncio.to_thread(server.wait_replaced, killed)
        is_over = True
        await asyncio.gather(*working)
        assert set(statuses) <= {200, 201} and statuses[201] > KILLS, statuses
        assert sorted(message["client_id"] for message in await alice.all_messages(room)) == sorted(keys)


async def test_a_post_without_a_key_is_not_repeated(own_server):
    """Nobody knows whether it was done. Here it was not: the worker that had it was stopped."""
    server = own_server()
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        room = (await alice.create_room("group"))["room_id"]
        posted = [0]

        def send():
            posted[0] += 1
            return alice.post(f"/rooms/{room}/messages", json={"content": "perhaps"})

        response = await killed(server, send, done=201)
        assert (response.status_code, response.json()["code"]) == (502, "unavailable")
        assert len(await alice.all_messages(room)) == posted[0] - 1
