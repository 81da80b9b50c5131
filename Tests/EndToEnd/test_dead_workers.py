"""What clients get whose REST worker is killed while it has their request: nginx repeats what may be repeated, and says so of the rest."""

import asyncio
import os
import signal

import pytest

from support.clients import TestUsers
from support.uploads import upload

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
    server = own_server()
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        room = (await alice.create_room("group"))["room_id"]
        for number in range(8):
            pid = server.signal("rest", signal.SIGSTOP)
            key, room_key = ({"Idempotency-Key": f"{name}-{number}"} for name in ("key", "room"))
            sending = [
                asyncio.create_task(alice.post(f"/rooms/{room}/messages", json={"content": "once"}, headers=key)),
                asyncio.create_task(alice.post("/rooms", json={"kind": "group", "name": "A"}, headers=room_key)),
                asyncio.create_task(alice.get("/auth/me")),
            ]
            await asyncio.sleep(0.2)
            os.kill(pid, signal.SIGKILL)
            assert [response.status_code for response in await asyncio.gather(*sending)] == [201, 201, 200]
        messages = await alice.all_messages(room)
        assert [message["client_id"] for message in messages] == [f"key-{number}" for number in range(8)]
        assert len(await alice.list_all("/rooms")) == 9


async def test_a_post_without_a_key_is_not_repeated(own_server):
    """Nobody knows whether it was done."""
    server = own_server()
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        room = (await alice.create_room("group"))["room_id"]
        response = await killed(server, lambda: alice.post(f"/rooms/{room}/messages", json={"content": "perhaps"}), done=201)
        assert (response.status_code, response.json()["code"]) == (502, "unavailable")
