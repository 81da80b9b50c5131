"""The base of the model: its state, what a user sees of a room, the rules, and the journal."""

from __future__ import annotations

import copy

from .records import MARKERS, Event, ExpectedError, Member, Message, Room, User


class ModelBase:
    def __init__(self):
        self.users: dict[str, User] = {}
        self.rooms: list[Room] = []
        self.journal: list[Event] = []
        # Pairs of users between whom a block has ever stood: the one may have missed changes of the other's name.
        self.blocked_once: set[frozenset[str]] = set()

    # What users see of a room

    def room_document(self, room: Room) -> dict:
        """The fields of a room that every viewer sees."""
        return {**room.document, "member_count": len(room.members), "last_seq": room.last_seq}

    def member_state(self, room: Room, name: str) -> dict:
        member = room.members[name]
        unread = sum(not message.document["deleted"] for message in room.messages[member.markers["read_seq"] :])
        return {
            "role": member.role,
            **member.markers,
            "unread": unread,
            "marked_unread_seq": None,
            "mentions": len(member.mentions),
            "notify": member.notify,
            "muted_until": None,
        }

    def room_view(self, room: Room, name: str) -> dict:
        """A room as one user sees it; a non-member does not see the last message."""
        self.check("see", room, name)
        is_member = name in room.members
        others = sorted(room.pair - {name}) if room.pair else []
        return {
            **self.room_document(room),
            "last_message": room.messages[-1].document if is_member and room.messages else None,
            "with": self.users[others[0]].profile if others else None,
            "me": {**self.member_state(room, name), "draft": None} if is_member else None,
        }

    def role(self, room: Room, name: str) -> str:
        return room.members[name].role

    # Rules

    def check(self, action: str, room: Room, name: str) -> None:
        """Refuses as the permission table says; a room that the user may not see does not exist for them."""
        if room.is_deleted or not (name in room.members or room.allows("see", name)):
            raise ExpectedError(404)
        if not room.allows(action, name):
            raise ExpectedError(403)

    def is_blocked(self, a: str, b: str) -> bool:
        return b in self.users[a].blocked or a in self.users[b].blocked

    def _check_not_blocked(self, room: Room) -> None:
        if room.pair and self.is_blocked(*room.pair):
            raise ExpectedError(403)

    def _bring_back_who_left(self, room: Room) -> None:
        """The next message of a direct room brings back the one who left it."""
        for name in sorted(room.pair or ()):
            self._add_member(room, name, "member", "message")

    def _message(self, room: Room, seq: int, name: str, action: str) -> Message:
        self.check(action, room, name)
        if not 1 <= seq <= room.last_seq:
            raise ExpectedError(404)
        return room.messages[seq - 1]

    def _mentioned(self, content: str, room: Room, author: str) -> list[str]:
        """The members mentioned by a text, in its order, except the author and those who blocked the author."""
        words = content.split()
        names = {f"@{self.users[name].profile['username']}": name for name in room.members}
        mentioned = [names[word] for word in dict.fromkeys(words) if word in names]
        return [name for name in mentioned if name != author and author not in self.users[name].blocked]

    def _usernames_of(self, user_ids: list[str]) -> list[str]:
        return [name for user_id in user_ids for name, user in self.users.items() if user.user_id == user_id]

    def _owners(self, room: Room) -> list[str]:
        return [name for name in room.members if self.role(room, name) == "owner"]

    # Changes shared by several actions

    def _add_room(self, kind: str, more: dict, actor: str, response: dict) -> Room:
        known = {key: value for key, value in response.items() if key not in ("last_message", "with", "me")}
        document = {**known, "kind": kind, "topic": "", "created_by": self.users[actor].user_id, **more}
        room = Room(len(self.rooms), document, response.get("created_at", ""))
        self.rooms.append(room)
        return room

    def _add_member(self, room: Room, name: str, role: str, reason: str) -> None:
        if name in room.banned:
            raise ExpectedError(403)
        if name not in room.members:
            room.members[name] = Member(role, room.last_seq, dict.fromkeys(MARKERS, room.last_seq))
            self._publish_member("member_joined", room, name, role, reason)
            if room.kind != "direct" and not self._owners(room):
                # Everybody had left.
                self._set_role(room, name, "owner", "inherited")

    def _remove_member(self, room: Room, name: str, reason: str) -> None:
        role = self.role(room, name)
        self._publish_member("member_left", room, name, role, reason)
        del room.members[name]
        if role == "owner" and room.members and not self._owners(room):
            # The next owner: highest role, then longest membership, then oldest account.
            ages = list(self.users)
            next_owner = min(room.members, key=lambda other: (-room.rank(other), room.members[other].joined_at, ages.index(other)))
            self._set_role(room, next_owner, "owner", "inherited")
        if room.kind == "group" and not room.members:
            # Nobody receives the `room_deleted`.
            room.is_deleted = True

    def _set_role(self, room: Room, name: str, role: str, reason: str) -> None:
        room.members[name].role = role
        self._publish_member("member_updated", room, name, role, reason)

    def _update_mentions(self, room: Room, seq: int, before: list[str], after: list[str]) -> None:
        """Updates the mentions after an edit, and publishes the new count to each member whose count changed."""
        for name in before:
            if name not in after and name in room.members and seq in room.members[name].mentions:
                room.members[name].mentions.remove(seq)
                self._publish_member_state(room, name, "mentions")
        for name in after:
            if name not in before and room.members[name].markers["read_seq"] < seq:
                room.members[name].mentions.add(seq)
                self._publish_member_state(room, name, "mentions")

    # The journal

    def _publish(self, kind: str, room: Room | None, data: dict, about: str | None = None, *, room_wide: bool = True) -> None:
        recipients = frozenset(room.members) if room_wide else frozenset({about})
        self.journal.append(Event(kind, room, copy.deepcopy(data), recipients, about, room_wide))

    def _publish_member(self, kind: str, room: Room, name: str, role: str, reason: str) -> None:
        self._publish(kind, room, {"room_id": room.room_id, "user": self.users[name].profile, "role": role, "reason": reason}, name)

    def _publish_member_state(self, room: Room, name: str, reason: str) -> None:
        data = {"room_id": room.room_id, "user": self.users[name].profile, "role": self.role(room, name), "reason": reason}
        self._publish_compacted("member_updated", room, name, {**data, "me": self.member_state(room, name)}, room_wide=False)

    def _publish_account(self, name: str) -> None:
        user = self.users[name]
        own = {
            "email": None,
            "email_verified": False,
            "pending_email": None,
            "hide_read_receipts": user.hides_read_receipts,
            "operator": False,
        }
        self._publish_compacted("user_updated", None, name, {**user.profile, **own}, room_wide=False)

    def _publish_compacted(self, kind: str, room: Room | None, name: str, data: dict, room_wide: bool) -> None:
        """Publishes a state and marks its earlier events as superseded, so that a replay sends only the newest."""
        for event in self.journal:
            if (event.kind, event.room, event.about, event.is_room_wide) == (kind, room, name, room_wide):
                event.is_superseded = True
        self._publish(kind, room, data, name, room_wide=room_wide)
