"""Requests of the room tests."""

from .clients import TestUser


async def members_of(user: TestUser, room_id: str) -> dict[str, str]:
    """The role of each member by user id."""
    return {member["user"]["user_id"]: member["role"] for member in await user.list_all(f"/rooms/{room_id}/members")}


async def room_ids(user: TestUser, **query) -> list[str]:
    return [room["room_id"] for room in await user.list_all("/rooms", **query)]
