"""What nginx answers an upload whose worker is gone: try again, not that the body is too large."""

import asyncio
import os
import signal

import pytest

from support.clients import TestUsers
from support.uploads import upload

SIZE = 2_000_000  # more than requests without a file may have


@pytest.mark.parametrize("is_chunked", [False, True], ids=["length", "chunked"])
async def test_an_upload_whose_worker_dies_is_to_be_tried_again(own_server, is_chunked):
    server = own_server()
    async with TestUsers(server) as users:
        alice = await users.register("alice")

        async def pieces():
            for _ in range(20):
                yield os.urandom(SIZE // 20)

        for pause in (0.3, 1, 3):  # until nginx has the body, and the worker the request
            pid = server.signal("rest", signal.SIGSTOP)
            sending = asyncio.create_task(alice.post("/files", content=pieces() if is_chunked else os.urandom(SIZE)))
            await asyncio.sleep(pause)
            os.kill(pid, signal.SIGKILL)
            response = await sending
            if response.status_code != 201:  # else it went to the next worker
                break
        assert (response.status_code, response.json()["code"]) == (502, "unavailable")
        assert "Retry-After" in response.headers
        assert (await upload(alice, b"again"))["size"] == 5
