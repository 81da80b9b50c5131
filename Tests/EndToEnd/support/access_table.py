"""Parses the table of the access matrix: one line per request or command, one letter per caller."""

import json
import re
from dataclasses import dataclass

DONE, ANSWERED = "+", "="
# The letter of each problem code.
ERROR_LETTERS = {
    "unauthenticated": "u",
    "bad_credentials": "u",
    "suspended": "s",
    "forbidden": "f",
    "not_found": "-",
    "invalid_field": "i",
    "conflict": "c",
}
FORBIDDEN = "f"

# The callers in the order of the letters; without a room, any authenticated user is a "non_member". The operator, who is in no room, has a
# letter in the rows of the operators' own routes; in all others they have that of a non-member.
WITHOUT_ACCESS = ("anonymous", "suspended")
OPERATOR = "operator"
CALLERS = {
    None: ("non_member", OPERATOR),
    "public": ("non_member", "ex_member", "banned", "member", "moderator", "owner", OPERATOR),
    "group": ("non_member", "ex_member", "banned", "member", "moderator", "owner", OPERATOR),
    "direct": ("non_member", "ex_member", "member", OPERATOR),
}
OPERATORS_PATH = "/api/v1/admin/"
OUTSIDERS = {*WITHOUT_ACCESS, "non_member", "ex_member", "banned"}

# The table's placeholders in a path, and the names of the programs' path parameters.
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
    "invitation": "room_id",
    "session": "session_id",
    "others_session": "session_id",
    "target": "user_id",
    "targets_session": "session_id",
    "registration_code": "code",
    "file": "file_id",
    "loose_file": "file_id",
}
VARIABLES = {**ADDRESSES, "self": "user_id", "new": "emoji", "used": "emoji"}


@dataclass(frozen=True)
class Row:
    """One line of the table. `cells` are (kind of room or None, caller, expected letter)."""

    method: str
    path: str
    cells: tuple[tuple[str | None, str, str], ...]
    body: dict | None

    @property
    def operation(self) -> str:
        """The operation as the programs print it."""
        path = self.path.partition("?")[0]
        return f"{self.method} " + re.sub(r"\{(\w+)\}", lambda found: "{%s}" % VARIABLES[found[1]], path)

    @property
    def addresses(self) -> set[str]:
        """Its placeholders for things that may not exist."""
        return set(re.findall(r"\{(\w+)\}", self.path + json.dumps(self.body))) & set(ADDRESSES)

    def __str__(self) -> str:
        return f"{self.method} {self.path}" + (f" {json.dumps(self.body)}" if self.body else "")


def rows(table: str) -> list[Row]:
    return [_row(line) for line in table.splitlines() if line.strip() and not line.startswith("#")]


def _row(line: str) -> Row:
    method, path, first_letters, rest = line.split(maxsplit=3)
    letters, brace, body = rest.partition("{")
    columns = letters.split()
    kinds = list(CALLERS)[1:] if len(columns) > 1 else [None]
    assert len(columns) == len(kinds), line
    cells = []
    for kind, expected in zip(kinds, columns, strict=True):
        callers = WITHOUT_ACCESS + CALLERS[kind]
        # The letters of all but the operator.
        count = len(callers) - (0 if path.startswith(OPERATORS_PATH) else 1)
        # A kind of room may have first letters of its own.
        letters = expected if len(expected) == count else first_letters + expected
        letters += letters[len(WITHOUT_ACCESS)] * (len(callers) - count)
        assert len(letters) == len(callers), f"{kind}: {line}"
        assert set(letters) <= {DONE, ANSWERED, *ERROR_LETTERS.values()}, f"{kind}: {line}"
        cells += [(kind, caller, letter) for caller, letter in zip(callers, letters, strict=True)]
    return Row(method, path, tuple(cells), json.loads(brace + body) if brace else None)


__all__ = ["ADDRESSES", "ANSWERED", "DONE", "FORBIDDEN", "CALLERS", "OUTSIDERS", "ERROR_LETTERS", "Row", "rows"]
