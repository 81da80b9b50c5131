"""What users do with rooms: create and delete them, join, leave, add, remove, ban and invite."""

from __future__ import annotations

from .base import ModelBase
from .records import ExpectedError, Room


class RoomActions(ModelBase):
    # Rooms

    def create_room(self, actor: str, kind: str, name: str, others: list[str], response: dict) -> Room:
        if any(self.is_blocked(actor, other) for other in others):
            raise ExpectedError(403)
        room = self._add_room(kind, {"name": name}, actor, response)
        self._add_member(room, actor, "owner", "created")
        for other in others:
            self._add_member(room, other, "member", "added")
        self._publish("room_created", room, self.room_document(room))
        return room

    def open_direct(self, actor: str, other: str, response: dict) -> Room:
        """Finds or creates the direct room of two users; a user who left is added again."""
        if actor == other:
            raise ExpectedError(422)
        if self.is_blocked(actor, other):
            raise ExpectedError(403)
        room = next((room for room in self.rooms if room.pair == {actor, other}), None)
        if room is not None:
            for user in (actor, other):
                self._add_member(room, user, "member", "opened")
            return room
        room = self._add_room("direct", {"name": None}, actor, response)
        room.pair = frozenset({actor, other})
        for user in (actor, other):
            self._add_member(room, user, "member", "created")
        self._publish("room_created", room, self.room_document(room))
        return room

    def rename(self, actor: str, room: Room, name: str) -> dict:
        self.check("edit room", room, actor)
        room.document["name"] = name
        self._publish("room_updated", room, self.room_document(room))
        return self.room_view(room, actor)

    def delete_room(self, actor: str, room: Room) -> None:
        self.check("delete room", room, actor)
        self._publish("room_deleted", room, self.room_document(room))
        room.members.clear()
        room.is_deleted = True

    # Members

    def join(self, actor: str, room: Room) -> dict:
        self.check("join", room, actor)
        self._add_member(room, actor, "member", "joined")
        return self.room_view(room, actor)

    def leave(self, actor: str, room: Room) -> None:
        self.check("leave", room, actor)
        self._remove_member(room, actor, "left")

    def put_member(self, actor: str, room: Room, other: str, role: str) -> None:
        self.check("add", room, actor)
        if other not in room.members:
            if self.is_blocked(actor, other) or (role != "member" and not room.allows("give role", actor)):
                raise ExpectedError(403)
            self._add_member(room, other, role, "added")
        elif self.role(room, other) != role:
            if not room.allows("give role", actor):
                raise ExpectedError(403)
            if self.role(room, other) == "owner" and len(self._owners(room)) == 1:
                raise ExpectedError(409)
            self._set_role(room, other, role, "changed")

    def remove(self, actor: str, room: Room, other: str) -> None:
        if actor == other:
            return self.leave(actor, room)
        self.check("remove", room, actor)
        if other not in room.members:
            raise ExpectedError(404)
        if room.rank(other) >= room.rank(actor):
            raise ExpectedError(403)
        self._remove_member(room, other, "removed")
        return None

    def ban(self, actor: str, room: Room, other: str) -> None:
        self.check("ban", room, actor)
        if room.rank(other) >= room.rank(actor):
            raise ExpectedError(403)
        if other in room.members:
            self._remove_member(room, other, "banned")
        room.banned.add(other)

    def unban(self, actor: str, room: Room, other: str) -> None:
        self.check("ban", room, actor)
        if other not in room.banned:
            raise ExpectedError(404)
        room.banned.remove(other)

    def invite(self, actor: str, room: Room) -> None:
        self.check("invite", room, actor)

    def accept(self, actor: str, inviter: str, room: Room) -> dict:
        if room.is_deleted or not room.allows("invite", inviter):
            raise ExpectedError(404)
        if actor in room.banned and room.kind != "public":
            raise ExpectedError(404)
        self._add_member(room, actor, "member", "invited")
        return self.room_view(room, actor)
