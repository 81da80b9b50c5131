"""A model of the chat without a server: the members and messages of each room, and the events that each user must receive.

Every action either raises ExpectedError with the status of the contract and changes nothing, or changes the model, appends the events
and returns the expected response. `response` is the real response of the chat: the model learns times, ids and codes from it, which
cannot be predicted.
"""

from __future__ import annotations

from .messages import MessageActions
from .records import HIDDEN_BY_BLOCK, MARKERS, PROFILE_CHANGES_MAX, Event, ExpectedError, Room, User
from .rooms import RoomActions


class Model(RoomActions, MessageActions):
    # What users see

    def rooms_of(self, name: str) -> list[Room]:
        """The user's rooms, latest activity first."""
        return sorted((r for r in self.rooms if name in r.members), key=lambda r: (r.activity, r.number), reverse=True)

    def visible_users(self, name: str) -> set[str]:
        return {name}.union(*(room.members for room in self.rooms_of(name)))

    def newest_authors(self, name: str) -> set[str]:
        """The user, and the authors of the newest messages of their rooms."""
        return {name} | {room.messages[-1].author for room in self.rooms_of(name) if room.messages}

    def read(self, room: Room, name: str) -> list[dict]:
        self.check("read", room, name)
        return [message.document for message in room.messages]

    def members(self, room: Room, name: str) -> list[tuple[dict, str]]:
        """The members with their roles, oldest account first."""
        self.check("see members", room, name)
        return [(user.profile, self.role(room, other)) for other, user in self.users.items() if other in room.members]

    def badges(self, name: str) -> dict[str, tuple[int, int]]:
        found = {}
        for room in self.rooms_of(name):
            member_state = self.member_state(room, name)
            if member_state["unread"] and (
                member_state["notify"] == "all" or (member_state["notify"] == "mentions" and member_state["mentions"])
            ):
                found[room.room_id] = (member_state["unread"], member_state["mentions"])
        return found

    def receipts(self, room: Room, seq: int, name: str) -> list[tuple[str, str]]:
        """The receipts of a message by those who were members when it was posted, oldest account first."""
        message = self._message(room, seq, name, "read")
        found = []
        for other, user in self.users.items():
            member = room.members.get(other)
            if member is None or other == message.author or member.joined_seq >= seq:
                continue
            if user.hides_read_receipts or self.is_blocked(other, name):
                continue
            states = zip(("delivered", "preview_read", "read"), MARKERS, strict=True)
            reached = ["sent"] + [state for state, mark in states if member.markers[mark] >= seq]
            found.append((user.user_id, reached[-1]))
        return found

    def search(self, word: str, name: str) -> set[tuple[str, int]]:
        return {
            (room.room_id, message.document["seq"])
            for room in self.rooms_of(name)
            for message in room.messages
            if word in (message.document["content"] or "")
        }

    # What users receive

    def replayed(self, name: str, since: int) -> list[tuple[Event, dict]]:
        """The events since then that a replay sends to a user, each with its current data."""
        found = []
        for event in self.journal[since:]:
            is_hidden = event.kind in HIDDEN_BY_BLOCK and self.is_blocked(name, event.about)
            if name not in event.recipients or is_hidden or event.is_superseded:
                continue
            if event.room and event.room.is_deleted:
                # Of a deleted room, only events about this user.
                own = event.kind in ("member_joined", "member_left") and event.about == name
                if not (own or event.kind in ("room_deleted", "receipt") or (event.kind == "member_updated" and "me" in event.data)):
                    continue
            found.append((event, event.redacted or event.data))
        return found

    # Users

    def hide_read_receipts(self, actor: str, hides: bool) -> None:
        user = self.users[actor]
        if user.hides_read_receipts != hides:
            user.hides_read_receipts = hides
            self._publish_account(actor)

    def block(self, actor: str, other: str) -> None:
        if actor == other:
            raise ExpectedError(409)
        self.users[actor].blocked.add(other)
        self.blocked_once.add(frozenset((actor, other)))

    def unblock(self, actor: str, other: str) -> None:
        if actor == other:
            raise ExpectedError(409)
        self.users[actor].blocked.discard(other)

    def set_display_name(self, actor: str, display_name: str) -> None:
        user = self.users[actor]
        if user.profile["display_name"] == display_name:
            return
        if user.profile_changes == PROFILE_CHANGES_MAX:
            raise ExpectedError(429)
        user.profile_changes += 1
        user.profile = {**user.profile, "display_name": display_name}
        for room in self.rooms:
            if actor in room.members:
                self._publish("user_updated", room, user.profile, about=actor)
        if not self.rooms_of(actor):
            self._publish_account(actor)


__all__ = ["MARKERS", "ExpectedError", "Model", "Room", "User"]
