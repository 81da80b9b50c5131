"""What the model holds: users, rooms, members, messages and events, and the table of permissions."""

from __future__ import annotations

from dataclasses import dataclass, field

RANKS = {None: 0, "member": 1, "moderator": 2, "owner": 3}
# The lowest rank that may do this in a direct room, in a group and in a public room; None where nobody may.
MIN_RANKS = {
    "see": (1, 1, 0),
    "join": (1, 1, 0),
    **dict.fromkeys(("leave", "read", "see members", "post", "react", "mark"), (1, 1, 1)),
    **dict.fromkeys(("edit room", "add", "remove", "ban", "invite", "moderate"), (None, 2, 2)),
    **dict.fromkeys(("give role", "delete room"), (None, 3, 3)),
}
MARKERS = ("delivered_seq", "preview_seq", "read_seq")
PROFILE_CHANGES_MAX = 10


class ExpectedError(Exception):
    """The chat must refuse this request; carries the HTTP status."""

    def __init__(self, status: int):
        super().__init__(status)
        self.status = status


# Kinds of events that a block between two users hides from the one, if they are about the other.
HIDDEN_BY_BLOCK = ("receipt", "user_updated")


@dataclass(eq=False)
class User:
    name: str
    profile: dict
    hides_read_receipts: bool = False
    blocked: set[str] = field(default_factory=set)
    profile_changes: int = 0

    @property
    def user_id(self) -> str:
        return self.profile["user_id"]


@dataclass(eq=False)
class Member:
    """A membership, with the member's own state in the room."""

    role: str
    joined_seq: int
    markers: dict[str, int]
    mentions: set[int] = field(default_factory=set)
    notify: str = "all"
    # Learned from the list of members; decides who becomes the next owner.
    joined_at: str = ""


@dataclass(eq=False)
class Message:
    author: str
    document: dict
    # The content before any edit.
    original_content: str


@dataclass(eq=False)
class Event:
    """An event of the journal: its recipients, and what a replay sends instead."""

    kind: str
    # None for what is about a user alone.
    room: Room | None
    data: dict
    recipients: frozenset[str]
    about: str | None = None
    # Whether it goes to the whole room, or only to one user's own devices.
    is_room_wide: bool = True
    # Its data after redaction, if the message was deleted; whether a newer event supersedes it.
    redacted: dict | None = None
    is_superseded: bool = False
    # Its position, known once any device has received it.
    id: int | None = None


@dataclass(eq=False)
class Room:
    number: int
    document: dict
    activity: str
    members: dict[str, Member] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    banned: set[str] = field(default_factory=set)
    pair: frozenset[str] | None = None
    is_deleted: bool = False

    @property
    def room_id(self) -> str:
        return self.document["room_id"]

    @property
    def kind(self) -> str:
        return self.document["kind"]

    @property
    def last_seq(self) -> int:
        return len(self.messages)

    def rank(self, name: str) -> int:
        return RANKS[self.members[name].role] if name in self.members else 0

    def allows(self, action: str, name: str) -> bool:
        min_rank = MIN_RANKS[action][("direct", "group", "public").index(self.kind)]
        return min_rank is not None and self.rank(name) >= min_rank
