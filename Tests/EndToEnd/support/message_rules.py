"""Random actions on messages, reactions and read markers."""

from hypothesis import strategies as st
from hypothesis.stateful import multiple, rule

from .chat_machine import ChatMachine, any_api, any_emoji, any_mention, any_subject, any_user, posts, rooms
from .model import MARKERS
from .simulation_actions import ActionResult


class MessageRules(ChatMachine):
    # Messages

    @rule(target=posts, actor=any_user, room=rooms, about=any_subject, mention=any_mention, via=any_api)
    def posts_a_message(self, actor, room, about, mention, via):
        return self.post_message("posts", actor, room, about, mention, via)

    @rule(target=posts, actor=any_user, message=posts, about=any_subject, mention=any_mention, via=any_api)
    def replies(self, actor, message, about, mention, via):
        room, seq, _ = message
        return self.post_message("replies", actor, room, about, mention, via, reply_to=seq)

    def post_message(self, what, actor, room, about, mention, via, **more):
        content, client_id = self.content(about, mention), f"c{next(self.count)}"

        def post(actor, room, response):
            return self.model.post(actor, room, content, response, client_id=client_id, **more)

        posted = self.act(what, actor, "send_message", post, room, via=via, learns=True, content=content, client_id=client_id, **more)
        return (room, posted["seq"], actor) if posted else multiple()

    @rule(actor=any_user, first=rooms, second=rooms, about=any_subject, mention=any_mention)
    def posts_four_messages_at_once(self, actor, first, second, about, mention):
        """Messages sent together are committed and published together, also to members of several of the rooms."""
        self.step(self.post_at_once(actor, (first, second, first, second), self.content(about, mention)))

    async def post_at_once(self, actor, where, content):
        connection = self.simulation.connection_of(actor)
        if connection is None:
            return
        refs = [f"burst {next(self.count)}" for _ in where]
        for ref, room in zip(refs, where, strict=True):
            await connection.send("send_message", {"room_id": room.room_id, "content": content}, ref)
        for ref, room in zip(refs, where, strict=True):
            result = ActionResult.of(await connection.reply(ref))
            self.simulation.apply_to_model(f"{actor} posts at once", result, self.model.post, actor, room, content, result.success_body)
        await self.simulation.check_all(where[0])

    @rule(message=posts, is_same=st.booleans(), via=any_api)
    def posts_again_with_the_same_client_id(self, message, is_same, via):
        room, seq, actor = message
        first = room.messages[seq - 1]
        content = first.original_content if is_same else "something else"
        data = {"content": content, "client_id": first.document["client_id"]}
        if first.document["reply_to"]:
            data["reply_to"] = first.document["reply_to"]
        self.act("posts again", actor, "send_message", self.model.repost, room, seq, is_same, via=via, **data)

    @rule(actor=any_user, message=posts, about=any_subject, mention=any_mention, via=any_api)
    def edits(self, actor, message, about, mention, via):
        room, seq, _ = message
        content = self.content(about, mention)
        self.act("edits", actor, "edit_message", self.model.edit, room, seq, content, via=via, learns=True, seq=seq, content=content)

    @rule(message=posts, about=any_subject, mention=any_mention, via=any_api)
    def edits_an_own_message(self, message, about, mention, via):
        self.edits(message[2], message, about, mention, via)

    @rule(message=posts, about=any_subject, via=any_api)
    def edits_and_deletes_an_own_message(self, message, about, via):
        """Neither the original nor the edited content is left anywhere."""

        async def editing_and_deleting():
            room, seq, actor = message
            edit, delete, content = self.model.edit, self.model.delete, f"{about} after all"
            await self.execute("edits", actor, "edit_message", edit, room, seq, content, via=via, learns=True, seq=seq, content=content)
            # Connected devices have received the edited content.
            await self.simulation.check_events()
            await self.execute("deletes", actor, "delete_message", delete, room, seq, via=via, seq=seq)
            await self.simulation.check_all(room)

        self.step(editing_and_deleting())

    @rule(actor=any_user, message=posts, via=any_api)
    def deletes_a_message(self, actor, message, via):
        room, seq, _ = message
        self.act("deletes", actor, "delete_message", self.model.delete, room, seq, via=via, seq=seq)

    @rule(actor=any_user, message=posts, emoji=any_emoji, is_added=st.booleans(), via=any_api)
    def reacts(self, actor, message, emoji, is_added, via):
        room, seq, _ = message
        command = "add_reaction" if is_added else "remove_reaction"
        self.act("reacts", actor, command, self.model.react, room, seq, emoji, is_added, via=via, seq=seq, emoji=emoji)

    @rule(actor=any_user, room=rooms, mark=st.sampled_from(MARKERS), behind=st.integers(-1, 4), via=any_api)
    def sets_a_marker(self, actor, room, mark, behind, via):
        seq = max(0, room.last_seq - behind)
        self.act("sets a marker", actor, "mark", self.model.mark, room, mark, seq, via=via, **{mark: seq})

    @rule(actor=any_user, room=rooms, via=any_api)
    def reads_on_message_by_message(self, actor, room, via):
        for seq in range(max(1, room.last_seq - 2), room.last_seq + 1):
            self.act("reads on", actor, "mark", self.model.mark, room, "read_seq", seq, via=via, read_seq=seq)
