"""How the access matrix is written down: one line for each thing that can be asked for, one letter for each who may ask."""

import json
import re
from dataclasses import dataclass

DONE, ANSWERED = "+", "="
# What each refusal is called in a problem.
REFUSALS = {
    "unauthenticated": "u",
    "bad_credentials": "u",
    "suspended": "s",
    "forbidden": "f",
    "not_found": "-",
}
FORBIDDEN = "f"

# Who asks, in the order of the letters; without a room there is only anyone who is signed in.
ANYWHERE = ("nobody", "suspended")
INSIDE = {
    None: ("stranger",),
    "public": ("stranger", "ex_member", "banned", "member", "moderator", "owner"),
    "group": ("stranger", "ex_member", "banned", "member", "moderator", "owner"),
    "direct": ("stranger", "ex_member", "member"),
}
OUTSIDERS = {*ANYWHERE, "stranger", "ex_member", "banned"}

# What the table calls the things that stand in a path, and what the program calls them.
ADDRESSES = {
    "room": "room_id",
    "own": "seq",
    "foreign": "seq",
    "reported": "seq",
    "newcomer": "user_id",
    "bystander": "user_id",
    "colleague": "user_id",
    "partner": "user_id",
    "outcast": "user_id",
    "code": "code",
    "device": "session_id",
    "others_device": "session_id",
}
VARIABLES = {**ADDRESSES, "self": "user_id", "new": "emoji", "used": "emoji"}


@dataclass(frozen=True)
class Row:
    """One line of the table. `cells` are (kind of room or None, caller, wanted letter)."""

    method: str
    path: str
    cells: tuple[tuple[str | None, str, str], ...]
    body: dict | None

    @property
    def operation(self) -> str:
        """As the program lists it."""
        path = self.path.partition("?")[0]
        return f"{self.method} " + re.sub(r"\{(\w+)\}", lambda found: "{%s}" % VARIABLES[found[1]], path)

    @property
    def addresses(self) -> set[str]:
        """What it names that may or may not exist."""
        return set(re.findall(r"\{(\w+)\}", self.path + json.dumps(self.body))) & set(ADDRESSES)

    def __str__(self) -> str:
        return f"{self.method} {self.path}" + (f" {json.dumps(self.body)}" if self.body else "")


def rows(table: str) -> list[Row]:
    return [_row(line) for line in table.splitlines() if line.strip() and not line.startswith("#")]


def _row(line: str) -> Row:
    method, path, anywhere, rest = line.split(maxsplit=3)
    letters, brace, body = rest.partition("{")
    inside = letters.split()
    kinds = list(INSIDE)[1:] if len(inside) > 1 else [None]
    assert len(inside) == len(kinds), line
    cells = []
    for kind, wanted in zip(kinds, inside, strict=True):
        callers = ANYWHERE + INSIDE[kind]
        assert len(anywhere + wanted) == len(callers), f"{kind}: {line}"
        assert set(wanted) <= {DONE, ANSWERED, *REFUSALS.values()}, f"{kind}: {line}"
        cells += [(kind, caller, letter) for caller, letter in zip(callers, anywhere + wanted, strict=True)]
    return Row(method, path, tuple(cells), json.loads(brace + body) if brace else None)


__all__ = ["ADDRESSES", "ANSWERED", "DONE", "FORBIDDEN", "INSIDE", "OUTSIDERS", "REFUSALS", "Row", "rows"]
