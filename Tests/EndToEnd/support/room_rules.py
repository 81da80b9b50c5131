"""Random actions on rooms and their members."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize, multiple, precondition, rule

from .chat_machine import ChatMachine, any_user, invites, rooms
from .simulation_actions import NAMES


class RoomRules(ChatMachine):
    # Rooms

    @initialize(target=rooms)
    def starts_with_a_group_a_public_room_and_a_direct_room(self):
        made = []
        for actor, kind, others in (
            ("alice", "group", ["bob", "carol", "dave"]),
            ("bob", "public", ["alice", "carol"]),
            ("alice", "direct", ["bob"]),
        ):
            made.append(self.create_room(actor, kind, others))
        return multiple(*made)

    def create_room(self, actor, kind, others):
        if kind == "direct":
            body = {"kind": kind, "members": [self.user_id(others[0])]}
            args = (self.model.open_direct, others[0])
        else:
            name = f"{kind} {next(self.count)}"
            body = {"kind": kind, "name": name, "members": [self.user_id(other) for other in others]}
            args = (self.model.create_room, kind, name, others)
        room, _ = self.request(f"creates a {kind} room", actor, "POST", "/rooms", *args, body=body, room="created", learns=True)
        return room or multiple()

    @rule(target=rooms, actor=any_user, kind=st.sampled_from(("group", "public")), others=st.sets(any_user, max_size=2))
    def creates_a_room(self, actor, kind, others):
        return self.create_room(actor, kind, [name for name in NAMES if name in others and name != actor])

    @rule(target=rooms, actor=any_user, other=any_user)
    def opens_a_direct_room(self, actor, other):
        known = len(self.model.rooms)
        room = self.create_room(actor, "direct", [other])
        return room if len(self.model.rooms) > known else multiple()

    @rule(actor=any_user, room=rooms)
    def renames(self, actor, room):
        name = f"renamed {next(self.count)}"
        path = f"/rooms/{room.room_id}"
        self.request("renames", actor, "PATCH", path, self.model.rename, room, name, body={"name": name}, room=room)

    @rule(actor=any_user, room=rooms)
    @precondition(lambda self: len(self.model.rooms) > 5)
    def deletes_a_room(self, actor, room):
        self.request("deletes a room", actor, "DELETE", f"/rooms/{room.room_id}", self.model.delete_room, room, room=room)

    # Members

    @rule(actor=any_user, room=rooms)
    def joins(self, actor, room):
        self.request("joins", actor, "POST", f"/rooms/{room.room_id}/join", self.model.join, room, room=room)

    @rule(actor=any_user, room=rooms)
    def leaves(self, actor, room):
        self.request("leaves", actor, "POST", f"/rooms/{room.room_id}/leave", self.model.leave, room, room=room)

    @rule(actor=any_user, other=any_user, room=rooms, role=st.sampled_from(("member", "member", "moderator", "owner")))
    def adds_a_member_or_sets_a_role(self, actor, other, room, role):
        path = f"/rooms/{room.room_id}/members/{self.user_id(other)}"
        self.request("adds", actor, "PUT", path, self.model.put_member, room, other, role, body={"role": role}, room=room)

    @rule(actor=any_user, other=any_user, room=rooms)
    def removes_a_member(self, actor, other, room):
        path = f"/rooms/{room.room_id}/members/{self.user_id(other)}"
        self.request("removes", actor, "DELETE", path, self.model.remove, room, other, room=room)

    @rule(actor=any_user, other=any_user, room=rooms)
    def bans(self, actor, other, room):
        self.request("bans", actor, "PUT", f"/rooms/{room.room_id}/bans/{self.user_id(other)}", self.model.ban, room, other, room=room)

    @rule(actor=any_user, other=any_user, room=rooms)
    def unbans(self, actor, other, room):
        self.request(
            "unbans", actor, "DELETE", f"/rooms/{room.room_id}/bans/{self.user_id(other)}", self.model.unban, room, other, room=room
        )

    @rule(target=invites, actor=any_user, room=rooms)
    def creates_an_invite(self, actor, room):
        _, result = self.request("invites", actor, "POST", f"/rooms/{room.room_id}/invites", self.model.invite, room, room=room)
        return (result.body["code"], actor, room) if result.success_body else multiple()

    @rule(actor=any_user, invite=invites)
    def accepts_an_invite(self, actor, invite):
        code, inviter, room = invite
        self.request("accepts an invite", actor, "POST", f"/invites/{code}/accept", self.model.accept, inviter, room, room=room)
