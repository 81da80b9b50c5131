"""REST requests: one in flight per connection, the next is sent after the response."""

from load import NotAvailable
from workloads.case import Run, case, connections

PAGE = 50
READERS, POSTERS = 32, 64
# The rooms of the user who requests everything at once: a busy user.
ROOMS = 50


@case("page", f"page of {PAGE}", "nginx", ("floor", "fastapi"))
def page(run: Run) -> dict:
    """The newest fifty of two hundred messages."""
    fixtures = run.server.fixtures()
    users, room = fixtures.public_room(8)
    fixtures.post_history(room, users, 200)
    return _reading(run, users, room, f"/api/v1/rooms/{room}/messages?limit={PAGE}", messages=PAGE)


@case("post", "durable POST", "nginx", ("sqlite", "fastapi"), stores=True)
def post(run: Run) -> dict:
    """Messages to one room."""
    if run.server.dialect == "commits":
        return run.commits()
    result, usage = run.load("post", connections(POSTERS, *run.server.fixtures().public_room(8)))
    return run.row("messages", result, usage) | {"reopened": result["reopened"]}


@case("sync", "sync, 50 rooms", "nginx")
def sync(run: Run) -> dict:
    """The whole state of a user in fifty rooms of ten users each."""
    return _of_many_rooms(run, "/api/v1/sync")


@case("badges", "badges, 50 rooms", "nginx")
def badges(run: Run) -> dict:
    return _of_many_rooms(run, "/api/v1/users/me/badges")


def _of_many_rooms(run: Run, target: str) -> dict:
    fixtures = run.server.fixtures()
    user, rooms = fixtures.user_in_many_rooms(ROOMS, 10)
    if fixtures.request("GET", target.removeprefix("/api/v1"), user, None, 404) is None:
        raise NotAvailable(target)
    return _reading(run, [user], rooms[0], target)


def _reading(run: Run, users: list[str], room: str, target: str, **more) -> dict:
    members = [connection | {"targets": [target]} for connection in connections(READERS, users, room)]
    result, usage = run.load("read", members, **more)
    return run.row("requests", result, usage) | {"reopened": result["reopened"]}
