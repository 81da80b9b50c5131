"""Edits and reactions over REST: of messages that were just sent, and of any in a large history."""

import random

from workloads.case import Run, case

CONNECTIONS = 64
# Messages that each connection changes, in turn.
EACH = 200
RECENT_SECONDS = 1.0


def change_recent(run: Run, kind: str) -> dict:
    """Each user changes their own newest messages, each in a room of their own."""
    fixtures = run.server.fixtures()
    members = [{"token": token, "room": room} for token, room in fixtures.solo_users(CONNECTIONS)]
    run.load("send", members, seconds=0.1 if run.options.small else RECENT_SECONDS, warm_up_seconds=0)
    for member, last in zip(members, fixtures.last_seqs([member["room"] for member in members]), strict=True):
        member["targets"] = _targets(member["room"], range(max(1, last - EACH + 1), last + 1))
    return _row(run, kind, members)


def change_old(run: Run, kind: str) -> dict:
    """The members of the largest room change their own messages, anywhere in its history."""
    fixtures = run.server.fixtures()
    room, last = fixtures.first_owner()[1][0]
    # Those at the end may be of the load `send`.
    last = last * 4 // 5
    users = fixtures.members(room)
    rng = random.Random()
    # The author of seq n is member n % count.
    members = []
    for author, token in enumerate(users):
        own = range(author or len(users), last, len(users))
        count = -(-CONNECTIONS // len(users))
        seqs = rng.sample(own, min(EACH * count, len(own)))
        members += [{"token": token, "room": room, "targets": _targets(room, seqs[place::count])} for place in range(count)]
    return _row(run, kind, members)


def _targets(room: str, seqs) -> list[str]:
    return [f"/api/v1/rooms/{room}/messages/{seq}" for seq in seqs]


def _row(run: Run, kind: str, members: list[dict]) -> dict:
    result, usage = run.load("change", members, change=kind)
    return run.row("changes", result, usage) | {"reopened": result["reopened"]}


for _kind, _noun in (("edit", "edits"), ("react", "reactions")):
    case("changes", f"{_noun}, recent", "nginx")(lambda run, kind=_kind: change_recent(run, kind))
    case("changes", f"{_noun}, old", "nginx", dataset="grown")(lambda run, kind=_kind: change_old(run, kind))
