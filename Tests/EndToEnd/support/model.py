"""The chat as it should be, without a machine: who is in which room, what was said there, and a journal that says who hears of it.

Every verb either refuses, with the status of the contract, and changes nothing, or changes the model, appends the events that tell of
it, and gives what the answer must be. `told` is what the real chat answered: times, ids and codes, which nobody can foresee, are learned
from it.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

RANKS = {None: 0, "member": 1, "moderator": 2, "owner": 3}
# The least that one must be, in a direct room, in a group and in a public room; None where it cannot be done.
LEAST = {
    "see": (1, 1, 0),
    "join": (1, 1, 0),
    **dict.fromkeys(("leave", "read", "see members", "post", "react", "mark"), (1, 1, 1)),
    **dict.fromkeys(("edit room", "add", "remove", "ban", "invite", "moderate"), (None, 2, 2)),
    **dict.fromkeys(("give role", "delete room"), (None, 3, 3)),
}
MARKS = ("delivered_seq", "preview_seq", "read_seq")
PROFILE_CHANGES_MAX = 10


class Refused(Exception):
    """A rule says no: the status of the answer."""

    def __init__(self, status: int):
        super().__init__(status)
        self.status = status


@dataclass(eq=False)
class Person:
    name: str
    user: dict
    hides_reading: bool = False
    blocked: set[str] = field(default_factory=set)
    profile_changes: int = 0

    @property
    def user_id(self) -> str:
        return self.user["user_id"]


@dataclass(eq=False)
class Member:
    """What a room is to somebody who is in it."""

    role: str
    joined_seq: int
    marks: dict[str, int]
    calls: set[int] = field(default_factory=set)
    notify: str = "all"
    # Learned from the list of members: who inherits a room depends on it.
    joined_at: str = ""


@dataclass(eq=False)
class Message:
    author: str
    document: dict
    # What it said before it was edited.
    first_content: str


@dataclass(eq=False)
class Event:
    """Something that was told: to whom it was told then, and what the journal makes of it for those who come back."""

    word: str
    room: Room
    data: dict
    audience: frozenset[str]
    about: str | None = None
    # Whether it is told to the whole room, and not to the devices of one person alone.
    is_for_all: bool = True
    # What it tells now, if words of it were taken back; whether a newer one has taken its place.
    later: dict | None = None
    is_replaced: bool = False
    # Its position, known as soon as anybody has heard it.
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
        least = LEAST[action][("direct", "group", "public").index(self.kind)]
        return least is not None and self.rank(name) >= least


class Model:
    def __init__(self):
        self.people: dict[str, Person] = {}
        self.rooms: list[Room] = []
        self.journal: list[Event] = []

    # What people see

    def described(self, room: Room) -> dict:
        """What every viewer sees of a room."""
        return {**room.document, "member_count": len(room.members), "last_seq": room.last_seq}

    def me(self, room: Room, name: str) -> dict:
        me = room.members[name]
        unread = room.last_seq - me.marks["read_seq"]
        return {"role": me.role, **me.marks, "unread": unread, "mentions": len(me.calls), "notify": me.notify, "muted_until": None}

    def seen(self, room: Room, name: str) -> dict:
        """A room as it shows itself to somebody; to those who are not in it, without a word of what is said there."""
        self.check("see", room, name)
        is_in = name in room.members
        others = sorted(room.pair - {name}) if room.pair else []
        return {
            **self.described(room),
            "last_message": room.messages[-1].document if is_in and room.messages else None,
            "with": self.people[others[0]].user if others else None,
            "me": self.me(room, name) if is_in else None,
        }

    def rooms_of(self, name: str) -> list[Room]:
        """Latest activity first."""
        return sorted((r for r in self.rooms if name in r.members), key=lambda r: (r.activity, r.number), reverse=True)

    def acquaintances(self, name: str) -> set[str]:
        return {name}.union(*(room.members for room in self.rooms_of(name)))

    def read(self, room: Room, name: str) -> list[dict]:
        self.check("read", room, name)
        return [message.document for message in room.messages]

    def members(self, room: Room, name: str) -> list[tuple[dict, str]]:
        """By the age of their accounts, each with a role."""
        self.check("see members", room, name)
        return [(person.user, self.role(room, other)) for other, person in self.people.items() if other in room.members]

    def role(self, room: Room, name: str) -> str:
        return room.members[name].role

    def badges(self, name: str) -> dict[str, tuple[int, int]]:
        found = {}
        for room in self.rooms_of(name):
            me = self.me(room, name)
            if me["unread"] and (me["notify"] == "all" or (me["notify"] == "mentions" and me["mentions"])):
                found[room.room_id] = (me["unread"], me["mentions"])
        return found

    def receipts(self, room: Room, seq: int, name: str) -> list[tuple[str, str]]:
        """Who has a message, of those who were there when it was said; by the age of their accounts."""
        message = self._message(room, seq, name, "read")
        found = []
        for other, person in self.people.items():
            member = room.members.get(other)
            if member is None or other == message.author or member.joined_seq >= seq or person.hides_reading:
                continue
            states = zip(("delivered", "preview_read", "read"), MARKS, strict=True)
            reached = ["sent"] + [state for state, mark in states if member.marks[mark] >= seq]
            found.append((person.user_id, reached[-1]))
        return found

    def search(self, word: str, name: str) -> set[tuple[str, int]]:
        return {
            (room.room_id, message.document["seq"])
            for room in self.rooms_of(name)
            for message in room.messages
            if word in (message.document["content"] or "")
        }

    # What people hear

    def heard(self, name: str, events: list[Event]) -> list[Event]:
        return [event for event in events if name in event.audience]

    def retold(self, name: str, since: int) -> list[tuple[Event, dict]]:
        """What somebody who comes back hears of the events since then, and with which words."""
        found = []
        for event in self.heard(name, self.journal[since:]):
            if event.is_replaced:
                continue
            if event.room.is_deleted:
                # Of a room that is gone only what concerns her.
                own = event.word in ("member_joined", "member_left") and event.about == name
                if not (own or event.word in ("room_deleted", "receipt") or (event.word == "member_updated" and "me" in event.data)):
                    continue
            found.append((event, event.later or event.data))
        return found

    # Rooms

    def create(self, who: str, kind: str, name: str, others: list[str], told: dict) -> Room:
        if any(self.apart(who, other) for other in others):
            raise Refused(403)
        room = self._make(kind, {"name": name}, who, told)
        self._admit(room, who, "owner", "created")
        for other in others:
            self._admit(room, other, "member", "added")
        self._tell("room_created", room, self.described(room))
        return room

    def open_direct(self, who: str, other: str, told: dict) -> Room:
        """Finds the room of a pair, or makes it; whoever had left it comes back."""
        if who == other:
            raise Refused(422)
        if self.apart(who, other):
            raise Refused(403)
        room = next((room for room in self.rooms if room.pair == {who, other}), None)
        if room is not None:
            for person in (who, other):
                self._admit(room, person, "member", "opened")
            return room
        room = self._make("direct", {"name": None}, who, told)
        room.pair = frozenset({who, other})
        for person in (who, other):
            self._admit(room, person, "member", "created")
        self._tell("room_created", room, self.described(room))
        return room

    def rename(self, who: str, room: Room, name: str) -> dict:
        self.check("edit room", room, who)
        room.document["name"] = name
        self._tell("room_updated", room, self.described(room))
        return self.seen(room, who)

    def end(self, who: str, room: Room) -> None:
        self.check("delete room", room, who)
        self._tell("room_deleted", room, self.described(room))
        room.members.clear()
        room.is_deleted = True

    # Comings and goings

    def join(self, who: str, room: Room) -> dict:
        self.check("join", room, who)
        self._admit(room, who, "member", "joined")
        return self.seen(room, who)

    def leave(self, who: str, room: Room) -> None:
        self.check("leave", room, who)
        self._dismiss(room, who, "left")

    def put_member(self, who: str, room: Room, other: str, role: str) -> None:
        self.check("add", room, who)
        if other not in room.members:
            if self.apart(who, other) or (role != "member" and not room.allows("give role", who)):
                raise Refused(403)
            self._admit(room, other, role, "added")
        elif self.role(room, other) != role:
            if not room.allows("give role", who):
                raise Refused(403)
            if self.role(room, other) == "owner" and len(self._owners(room)) == 1:
                raise Refused(409)
            self._set_role(room, other, role, "changed")

    def remove(self, who: str, room: Room, other: str) -> None:
        if who == other:
            return self.leave(who, room)
        self.check("remove", room, who)
        if other not in room.members:
            raise Refused(404)
        if room.rank(other) >= room.rank(who):
            raise Refused(403)
        self._dismiss(room, other, "removed")
        return None

    def ban(self, who: str, room: Room, other: str) -> None:
        self.check("ban", room, who)
        if room.rank(other) >= room.rank(who):
            raise Refused(403)
        if other in room.members:
            self._dismiss(room, other, "banned")
        room.banned.add(other)

    def unban(self, who: str, room: Room, other: str) -> None:
        self.check("ban", room, who)
        if other not in room.banned:
            raise Refused(404)
        room.banned.remove(other)

    def invite(self, who: str, room: Room) -> None:
        self.check("invite", room, who)

    def accept(self, who: str, inviter: str, room: Room) -> dict:
        if room.is_deleted or not room.allows("invite", inviter):
            raise Refused(404)
        if who in room.banned and room.kind != "public":
            raise Refused(404)
        self._admit(room, who, "member", "invited")
        return self.seen(room, who)

    # Words

    def say(self, who: str, room: Room, content: str, told: dict, reply_to: int | None = None, client_id: str | None = None) -> dict:
        self.check("post", room, who)
        self._check_apart(room)
        if reply_to is not None and not 1 <= reply_to <= room.last_seq:
            raise Refused(422)
        seq = room.last_seq + 1
        called = self._called(content, room, who)
        document = {
            **told,
            "room_id": room.room_id,
            "seq": seq,
            "user_id": self.people[who].user_id,
            "username": self.people[who].user["username"],
            "display_name": self.people[who].user["display_name"],
            "content": content,
            "client_id": client_id,
            "reply_to": reply_to,
            "mentions": [self.people[person].user_id for person in called],
            "reactions": {},
            "edited_at": None,
            "deleted": False,
        }
        room.messages.append(Message(who, document, content))
        room.activity = max(room.activity, told.get("created_at", ""))
        # Whoever speaks has read what was said before.
        me = room.members[who]
        me.marks = dict.fromkeys(MARKS, seq)
        me.calls.clear()
        for person in called:
            room.members[person].calls.add(seq)
        self._tell("new_message", room, document)
        return document

    def say_again(self, who: str, room: Room, seq: int, is_same: bool) -> dict:
        """The same words under the same `client_id` get the first message, for ever; other words do not."""
        if room.is_deleted:
            raise Refused(404)
        if not is_same:
            self.check("see", room, who)
            raise Refused(409)
        return room.messages[seq - 1].document

    def edit(self, who: str, room: Room, seq: int, content: str, told: dict) -> dict:
        message = self._message(room, seq, who, "post")
        if message.author != who:
            raise Refused(403)
        self._check_apart(room)
        document = message.document
        if document["deleted"]:
            raise Refused(409)
        if document["content"] == content:
            return document
        before = self._names(document["mentions"])
        called = self._called(content, room, who)
        mentions = [self.people[person].user_id for person in called]
        message.document = {**document, "content": content, "mentions": mentions, "edited_at": told.get("edited_at")}
        self._tell("message_edited", room, message.document)
        self._recall(room, seq, before, called)
        return message.document

    def take_back(self, who: str, room: Room, seq: int) -> dict:
        message = self._message(room, seq, who, "post")
        if message.author != who and not room.allows("moderate", who):
            raise Refused(403)
        document = message.document
        if document["deleted"]:
            return document
        before = self._names(document["mentions"])
        message.document = {**document, "content": None, "mentions": [], "reactions": {}, "deleted": True}
        # The journal tells nobody any more what was said there.
        for event in self.journal:
            if event.room is room and event.word in ("new_message", "message_edited") and event.data["seq"] == seq:
                event.later = message.document
        self._tell("message_deleted", room, {"room_id": room.room_id, "seq": seq, "deleted_by": self.people[who].user_id})
        self._recall(room, seq, before, [])
        return message.document

    def react(self, who: str, room: Room, seq: int, emoji: str, is_added: bool) -> dict:
        message = self._message(room, seq, who, "react")
        self._check_apart(room)
        if message.document["deleted"]:
            raise Refused(409)
        user_id = self.people[who].user_id
        reactions = copy.deepcopy(message.document["reactions"])
        users = reactions.setdefault(emoji, [])
        if (user_id in users) == is_added:
            return message.document
        if is_added:
            users.append(user_id)
        else:
            users.remove(user_id)
        message.document = {**message.document, "reactions": {emoji: users for emoji, users in reactions.items() if users}}
        word = "reaction_added" if is_added else "reaction_removed"
        self._tell(word, room, {"room_id": room.room_id, "seq": seq, "emoji": emoji, "user_id": user_id})
        return message.document

    # What a room is to one of its members

    def mark(self, who: str, room: Room, mark: str, seq: int) -> dict:
        self.check("mark", room, who)
        me = room.members[who]
        marks, least = {}, 0
        # Who has read has seen the preview, and who has seen the preview has the message.
        for name in reversed(MARKS):
            wish = min(seq, room.last_seq) if name == mark else 0
            least = marks[name] = max(me.marks[name], wish, least)
        if marks != me.marks:
            me.marks = {name: marks[name] for name in MARKS}
            data = {"room_id": room.room_id, "user_id": self.people[who].user_id, **me.marks}
            self._replace("receipt", room, who, data, for_all=not self.people[who].hides_reading)
        answered = {seq for seq in me.calls if seq <= me.marks["read_seq"]}
        if answered:
            me.calls -= answered
            self._tell_own(room, who, "mentions")
        return self.me(room, who)

    def set_notify(self, who: str, room: Room, level: str) -> dict:
        self.check("mark", room, who)
        if room.members[who].notify != level:
            room.members[who].notify = level
            self._tell_own(room, who, "notify")
        return self.me(room, who)

    # People

    def hide_reading(self, who: str, hides: bool) -> None:
        self.people[who].hides_reading = hides

    def block(self, who: str, other: str) -> None:
        if who == other:
            raise Refused(409)
        self.people[who].blocked.add(other)

    def unblock(self, who: str, other: str) -> None:
        if who == other:
            raise Refused(409)
        self.people[who].blocked.discard(other)

    def call_oneself(self, who: str, display_name: str) -> None:
        person = self.people[who]
        if person.user["display_name"] == display_name:
            return
        if person.profile_changes == PROFILE_CHANGES_MAX:
            raise Refused(429)
        person.profile_changes += 1
        person.user = {**person.user, "display_name": display_name}
        for room in self.rooms:
            if who in room.members:
                self._tell("user_updated", room, person.user, about=who)

    # Rules

    def check(self, action: str, room: Room, name: str) -> None:
        """Refuses as the table of permissions says; to whom a room is closed, it does not exist."""
        if room.is_deleted or not (name in room.members or room.allows("see", name)):
            raise Refused(404)
        if not room.allows(action, name):
            raise Refused(403)

    def apart(self, a: str, b: str) -> bool:
        return b in self.people[a].blocked or a in self.people[b].blocked

    def _check_apart(self, room: Room) -> None:
        if room.pair and self.apart(*room.pair):
            raise Refused(403)

    def _message(self, room: Room, seq: int, name: str, action: str) -> Message:
        self.check(action, room, name)
        if not 1 <= seq <= room.last_seq:
            raise Refused(404)
        return room.messages[seq - 1]

    def _called(self, content: str, room: Room, author: str) -> list[str]:
        """Members whom a text calls, in its order, but for those who have blocked its author."""
        words = content.split()
        names = {f"@{self.people[name].user['username']}": name for name in room.members}
        called = [names[word] for word in dict.fromkeys(words) if word in names]
        return [name for name in called if name != author and author not in self.people[name].blocked]

    def _names(self, user_ids: list[str]) -> list[str]:
        return [name for user_id in user_ids for name, person in self.people.items() if person.user_id == user_id]

    def _owners(self, room: Room) -> list[str]:
        return [name for name in room.members if self.role(room, name) == "owner"]

    # Changes that several verbs make

    def _make(self, kind: str, more: dict, who: str, told: dict) -> Room:
        known = {key: value for key, value in told.items() if key not in ("last_message", "with", "me")}
        document = {**known, "kind": kind, "topic": "", "created_by": self.people[who].user_id, **more}
        room = Room(len(self.rooms), document, told.get("created_at", ""))
        self.rooms.append(room)
        return room

    def _admit(self, room: Room, name: str, role: str, reason: str) -> None:
        if name in room.banned:
            raise Refused(403)
        if name not in room.members:
            room.members[name] = Member(role, room.last_seq, dict.fromkeys(MARKS, room.last_seq))
            self._tell_member("member_joined", room, name, role, reason)

    def _dismiss(self, room: Room, name: str, reason: str) -> None:
        role = self.role(room, name)
        self._tell_member("member_left", room, name, role, reason)
        del room.members[name]
        if role == "owner" and room.members and not self._owners(room):
            # The highest role, then the longest membership, then the oldest account.
            ages = list(self.people)
            heir = min(room.members, key=lambda other: (-room.rank(other), room.members[other].joined_at, ages.index(other)))
            self._set_role(room, heir, "owner", "inherited")

    def _set_role(self, room: Room, name: str, role: str, reason: str) -> None:
        room.members[name].role = role
        self._tell_member("member_updated", room, name, role, reason)

    def _recall(self, room: Room, seq: int, before: list[str], after: list[str]) -> None:
        """A message that called some now calls others: those whose count changes by it are told."""
        for name in before:
            if name not in after and name in room.members and seq in room.members[name].calls:
                room.members[name].calls.remove(seq)
                self._tell_own(room, name, "mentions")
        for name in after:
            if name not in before and room.members[name].marks["read_seq"] < seq:
                room.members[name].calls.add(seq)
                self._tell_own(room, name, "mentions")

    # The journal

    def _tell(self, word: str, room: Room, data: dict, about: str | None = None, *, for_all: bool = True) -> None:
        audience = frozenset(room.members) if for_all else frozenset({about})
        self.journal.append(Event(word, room, copy.deepcopy(data), audience, about, for_all))

    def _tell_member(self, word: str, room: Room, name: str, role: str, reason: str) -> None:
        self._tell(word, room, {"room_id": room.room_id, "user": self.people[name].user, "role": role, "reason": reason}, name)

    def _tell_own(self, room: Room, name: str, reason: str) -> None:
        data = {"room_id": room.room_id, "user": self.people[name].user, "role": self.role(room, name), "reason": reason}
        self._replace("member_updated", room, name, {**data, "me": self.me(room, name)}, for_all=False)

    def _replace(self, word: str, room: Room, name: str, data: dict, for_all: bool) -> None:
        """Tells how something stands now: what was told of it before is not told again."""
        for event in self.journal:
            if (event.word, event.room, event.about, event.is_for_all) == (word, room, name, for_all):
                event.is_replaced = True
        self._tell(word, room, data, name, for_all=for_all)
