"""Requests of the tests of markers and receipts."""

MARKERS = ("delivered_seq", "preview_seq", "read_seq")


async def put_markers(user, room_id, **markers):
    response = await user.put(f"/rooms/{room_id}/markers", json=markers)
    assert response.status_code == 200, response.text
    return response.json()


def values(markers: dict) -> tuple:
    return tuple(markers[mark] for mark in MARKERS)


async def receipts(user, room_id, seq) -> dict:
    items = await user.list_all(f"/rooms/{room_id}/messages/{seq}/receipts")
    assert all(set(item) == {"user_id", "state", "at"} for item in items)
    return {item["user_id"]: item["state"] for item in items}
