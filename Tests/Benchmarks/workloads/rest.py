"""Requests: each connection has one under way, the next leaves when its answer is there."""

from load import Absent
from workloads.case import Run, case, lines

PAGE = 50
READERS, POSTERS = 32, 64
# Rooms of the person who asks for everything at once: as many as somebody has who chats a lot.
ROOMS = 50


@case("page", f"page of {PAGE}", "nginx", ("floor", "fastapi"))
def page(run: Run) -> dict:
    """The newest fifty of two hundred messages."""
    scene = run.server.scene()
    people, room = scene.crowd(8)
    scene.history(room, people, 200)
    return _reading(run, people, room, f"/api/v1/rooms/{room}/messages?limit={PAGE}", messages=PAGE)


@case("post", "durable POST", "nginx", ("sqlite", "fastapi"), stores=True)
def post(run: Run) -> dict:
    """Messages to one room."""
    if run.server.dialect == "commits":
        return run.commits()
    result, used = run.load("post", lines(POSTERS, *run.server.scene().crowd(8)))
    return run.row("messages", result, used) | {"reopened": result["reopened"]}


@case("sync", "sync, 50 rooms", "nginx")
def sync(run: Run) -> dict:
    """State in one go, for somebody in fifty rooms with ten people each."""
    return _of_many_rooms(run, "/api/v1/sync")


@case("badges", "badges, 50 rooms", "nginx")
def badges(run: Run) -> dict:
    return _of_many_rooms(run, "/api/v1/users/me/badges")


def _of_many_rooms(run: Run, target: str) -> dict:
    scene = run.server.scene()
    person, rooms = scene.socialite(ROOMS, 10)
    if scene.call("GET", target.removeprefix("/api/v1"), person, None, 404) is None:
        raise Absent(target)
    return _reading(run, [person], rooms[0], target)


def _reading(run: Run, people: list[str], room: str, target: str, **more) -> dict:
    members = [line | {"targets": [target]} for line in lines(READERS, people, room)]
    result, used = run.load("read", members, **more)
    return run.row("requests", result, used) | {"reopened": result["reopened"]}
