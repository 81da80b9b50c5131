"""Requests: each connection has one under way, the next leaves when its answer is there."""

from workloads.case import Run, case, lines


@case("page", "page of 50", "nginx", ("floor", "fastapi"))
def page(run: Run) -> dict:
    """The newest fifty of two hundred messages, over 32 connections."""
    scene = run.server.scene()
    people, room = scene.crowd(8)
    scene.history(room, people, 200)
    return _requests(run, "page", "requests", lines(32, people, room))


@case("post", "durable POST", "nginx", ("fastapi",), stores=True)
def post(run: Run) -> dict:
    """Messages to one room, over 64 connections."""
    return _requests(run, "post", "messages", lines(64, *run.server.scene().crowd(8)))


def _requests(run: Run, workload: str, unit: str, members: list[dict]) -> dict:
    result, used = run.load(workload, members)
    row = run.row(unit, result, used)
    row["reopened"] = result["reopened"]
    return row
