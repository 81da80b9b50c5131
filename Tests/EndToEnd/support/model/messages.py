"""What users do with messages: post, edit, delete, react, and mark as read."""

from __future__ import annotations

import copy

from .base import ModelBase
from .records import MARKERS, ExpectedError, Message, Room

# Of the emoji that the tests use, the spellings that stand for another one.
FULLY_QUALIFIED = {"👍\ufe0f": "👍", "❤": "❤\ufe0f"}


class MessageActions(ModelBase):
    # Messages

    def post(self, actor: str, room: Room, content: str, response: dict, reply_to: int | None = None, client_id: str | None = None) -> dict:
        self.check("post", room, actor)
        self._check_not_blocked(room)
        if reply_to is not None and not 1 <= reply_to <= room.last_seq:
            raise ExpectedError(422)
        self._bring_back_who_left(room)
        seq = room.last_seq + 1
        mentioned = self._mentioned(content, room, actor)
        document = {
            **response,
            "room_id": room.room_id,
            "seq": seq,
            "user_id": self.users[actor].user_id,
            "username": self.users[actor].profile["username"],
            "display_name": self.users[actor].profile["display_name"],
            "content": content,
            "client_id": client_id,
            "reply_to": reply_to,
            "mentions": [self.users[user].user_id for user in mentioned],
            "reactions": {},
            "edited_at": None,
            "deleted": False,
        }
        room.messages.append(Message(actor, document, content))
        room.activity = max(room.activity, response.get("created_at", ""))
        # Posting marks everything before as read.
        member = room.members[actor]
        member.markers = dict.fromkeys(MARKERS, seq)
        member.mentions.clear()
        for user in mentioned:
            room.members[user].mentions.add(seq)
        self._publish("new_message", room, document)
        return document

    def repost(self, actor: str, room: Room, seq: int, is_same: bool) -> dict:
        """A retry with the same `client_id` and content returns the message as it is now, to who may read it; with other content it is
        refused."""
        self.check("read", room, actor)
        if not is_same:
            raise ExpectedError(409)
        return room.messages[seq - 1].document

    def edit(self, actor: str, room: Room, seq: int, content: str, response: dict) -> dict:
        message = self._message(room, seq, actor, "post")
        if message.author != actor:
            raise ExpectedError(403)
        self._check_not_blocked(room)
        document = message.document
        if document["deleted"]:
            raise ExpectedError(409)
        if document["content"] == content:
            return document
        before = self._usernames_of(document["mentions"])
        mentioned = self._mentioned(content, room, actor)
        mentions = [self.users[user].user_id for user in mentioned]
        message.document = {**document, "content": content, "mentions": mentions, "edited_at": response.get("edited_at")}
        self._publish("message_edited", room, message.document)
        self._update_mentions(room, seq, before, mentioned)
        return message.document

    def delete(self, actor: str, room: Room, seq: int) -> dict:
        message = self._message(room, seq, actor, "post")
        if message.author != actor and not room.allows("moderate", actor):
            raise ExpectedError(403)
        document = message.document
        if document["deleted"]:
            return document
        before = self._usernames_of(document["mentions"])
        message.document = {**document, "content": None, "mentions": [], "reactions": {}, "deleted": True}
        # The journal is redacted: no replay contains the deleted content.
        for event in self.journal:
            if event.room is room and event.kind in ("new_message", "message_edited") and event.data["seq"] == seq:
                event.redacted = message.document
        self._publish("message_deleted", room, {"room_id": room.room_id, "seq": seq, "deleted_by": self.users[actor].user_id})
        self._update_mentions(room, seq, before, [])
        return message.document

    def react(self, actor: str, room: Room, seq: int, emoji: str, is_added: bool) -> dict:
        emoji = FULLY_QUALIFIED.get(emoji, emoji)
        message = self._message(room, seq, actor, "react")
        self._check_not_blocked(room)
        if message.document["deleted"]:
            raise ExpectedError(409)
        user_id = self.users[actor].user_id
        reactions = copy.deepcopy(message.document["reactions"])
        users = reactions.setdefault(emoji, [])
        if (user_id in users) == is_added:
            return message.document
        if is_added:
            users.append(user_id)
        else:
            users.remove(user_id)
        message.document = {**message.document, "reactions": {emoji: users for emoji, users in reactions.items() if users}}
        kind = "reaction_added" if is_added else "reaction_removed"
        self._publish(kind, room, {"room_id": room.room_id, "seq": seq, "emoji": emoji, "user_id": user_id})
        return message.document

    # A member's own state in a room

    def mark(self, actor: str, room: Room, mark: str, seq: int) -> dict:
        self.check("mark", room, actor)
        member, before = room.members[actor], self.member_state(room, actor)
        markers, lower = {}, 0
        # read_seq raises preview_seq, and preview_seq raises delivered_seq.
        for name in reversed(MARKERS):
            requested = min(seq, room.last_seq) if name == mark else 0
            lower = markers[name] = max(member.markers[name], requested, lower)
        if markers != member.markers:
            member.markers = {name: markers[name] for name in MARKERS}
            data = {"room_id": room.room_id, "user_id": self.users[actor].user_id, **member.markers}
            self._publish_compacted("receipt", room, actor, data, room_wide=not self.users[actor].hides_read_receipts)
        read_mentions = {seq for seq in member.mentions if seq <= member.markers["read_seq"]}
        member.mentions -= read_mentions
        after = self.member_state(room, actor)
        # Other devices cannot know how many of the messages that were passed are deleted.
        passed_deleted = after["read_seq"] - before["read_seq"] > before["unread"] - after["unread"]
        if read_mentions or (passed_deleted and after["read_seq"] < room.last_seq):
            self._publish_member_state(room, actor, "mentions" if read_mentions else "unread")
        return after

    def set_notify(self, actor: str, room: Room, level: str) -> dict:
        self.check("mark", room, actor)
        if room.members[actor].notify != level:
            room.members[actor].notify = level
            self._publish_member_state(room, actor, "notify")
        return self.member_state(room, actor)
