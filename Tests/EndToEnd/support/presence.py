"""Helpers of the presence tests: what a connection receives of a user, and what REST says."""

import asyncio
import time

from .clients import TestUser
from .ws_client import Connection


class PresenceWatch:
    """The presence changes of one user that a connection received, in order."""

    def __init__(self, connection: Connection, user: TestUser):
        self.connection = connection
        self.user_id = user.user_id

    @property
    def changes(self) -> list[dict]:
        changes = [change for frame in self.connection.received("presence") for change in frame.data["changes"]]
        return [change for change in changes if change["user_id"] == self.user_id]

    @property
    def states(self) -> list[str]:
        return [change["state"] for change in self.changes]

    async def expect_states(self, *states: str, within: float = 4) -> None:
        """Waits until exactly these states have been received."""
        deadline = time.monotonic() + within
        while self.states != list(states):
            assert time.monotonic() < deadline, f"received {self.states}, expected {states}"
            assert self.states == list(states)[: len(self.states)], f"received {self.states}, expected {states}"
            await asyncio.sleep(0.02)


async def profile(viewer: TestUser, user: TestUser) -> dict:
    response = await viewer.get(f"/users/{user.user_id}")
    assert response.status_code == 200, response.text
    return response.json()


async def wait_for_presence(viewer: TestUser, user: TestUser, state: str, within: float = 4) -> dict:
    deadline = time.monotonic() + within
    while (found := await profile(viewer, user))["presence"] != state:
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.05)
    return found


async def online_ids(user: TestUser, **query) -> list[str]:
    return [item["user_id"] for item in await user.list_all("/users/online", **query)]
