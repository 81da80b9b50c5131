"""Many people: what a user in a thousand rooms waits for among a hundred thousand accounts and twenty thousand rooms, one request after the
other. Beside it a system that has nothing but this user's rooms and their members: every answer is as large there."""

import json

from large_dataset import PASSWORD
from workloads.case import Run, case
from workloads.growth import read_requests

RESUMES = 300


def read(label: str, target: str) -> None:
    case("people", f"people: {label}", "nginx", ("few",), dataset="crowd")(lambda run: read_requests(run, lambda *_: target))


read("sync", "/sync")
read("badges", "/users/me/badges")
read("rooms", "/rooms")


@case("people", "people: sign-in", "nginx", ("few",), dataset="crowd")
def sign_in(run: Run) -> dict:
    """With the password, at the least cost of hashing that the settings allow."""
    fixtures = run.server.fixtures()
    token, rooms = fixtures.first_owner()
    login = json.dumps({"username": fixtures.request("GET", "/auth/me", token)["username"], "password": PASSWORD})
    result, usage = run.load("read", [{"token": token, "room": rooms[0][0], "targets": ["/api/v1/auth/login"], "body": login}])
    return run.row("requests", result, usage)


@case("people", "people: resume", "nginx", ("few",), dataset="crowd")
def resume(run: Run) -> dict:
    """From a cursor after which nothing happened."""
    fixtures = run.server.fixtures()
    token, rooms = fixtures.first_owner()
    since = fixtures.request("GET", "/sync", token)["cursor"]
    member = {"token": token, "room": rooms[0][0], "since": since}
    return run.row("resumes", *run.load("resumes", [member] * (20 if run.options.small else RESUMES)))
