"""Random actions of four users on six devices, in the real chat and in a model of it: after every step both must agree."""

from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from support.chat_machine import any_api, any_device, any_emoji, any_subject, any_user, posts, rooms
from support.message_rules import MessageRules
from support.mismatch import check_equal
from support.room_rules import RoomRules
from support.simulation_actions import NAMES

STEPS_PER_RUN = 50


class RandomChat(RoomRules, MessageRules):
    """All rules together: those of rooms and messages, combinations of them, settings and devices."""

    # Combinations that random rules produce too rarely

    def another_member(self, room, actor, number):
        """Another member of the room; None if there is none."""
        others = [name for name in NAMES if name in room.members and name != actor]
        return others[number % len(others)] if others else None

    @rule(actor=any_user, room=rooms, number=st.integers(0, 2), times=st.integers(2, 4), behind=st.integers(0, 3), via=any_api)
    def is_mentioned_often_and_reads_some(self, actor, room, number, times, behind, via):
        """Reading up to a message clears the mentions up to it, each once."""
        mentioned = self.another_member(room, actor, number)
        if mentioned is not None:
            self.step(self.post_at_once(actor, (room,) * times, self.content("hey", mentioned)))
            seq = max(0, room.last_seq - behind)
            self.act("reads some", mentioned, "mark", self.model.mark, room, "read_seq", seq, via=via, read_seq=seq)

    @rule(actor=any_user, room=rooms, number=st.integers(0, 2))
    def is_mentioned_by_a_blocked_user(self, actor, room, number):
        other = self.another_member(room, actor, number)
        if other is not None:
            self.blocks(actor, other)
            self.posts_a_message(other, room, "listen", actor, "rest")

    @rule(room=rooms, number=st.integers(0, 2))
    def an_owner_bans_a_member(self, room, number):
        owner = next((name for name in NAMES if room.allows("ban", name)), None)
        other = self.another_member(room, owner, number) if owner else None
        if other is not None:
            self.bans(owner, other, room)

    @rule(name=any_device, message=posts, emoji=any_emoji, about=any_subject, via=any_api)
    def misses_changes_of_a_message_and_reconnects(self, name, message, emoji, about, via):
        """A device that was disconnected receives each change of a message once."""

        async def missing():
            device = self.simulation.devices[name]
            if device.is_connected:
                await self.simulation.disconnect(device)
            room, seq, actor = message
            react, edit = self.model.react, self.model.edit
            for other in (actor, self.another_member(room, actor, seq)):
                if other is not None:
                    await self.execute("reacts", other, "add_reaction", react, room, seq, emoji, True, via=via, seq=seq, emoji=emoji)
            await self.execute("edits", actor, "edit_message", edit, room, seq, about, via=via, learns=True, seq=seq, content=about)
            await self.simulation.reconnect(device)
            await self.simulation.check_all(room)

        self.step(missing())

    @rule(actor=any_user, room=rooms)
    def types(self, actor, room):
        self.step(self.typing(actor, room))

    async def typing(self, actor, room):
        for device in self.simulation.devices.values():
            if device.owner == actor and device.is_connected:
                await device.connection.command("typing", room_id=room.room_id)
        await self.simulation.check_all(None)

    @rule(actor=any_user, about=any_subject)
    def searches(self, actor, about):
        async def searching():
            result = await self.simulation.request(actor, "GET", f"/search/messages?q={about}&limit=200")
            found = {(hit["message"]["room_id"], hit["message"]["seq"]) for hit in result.body["items"]}
            check_equal(f"{actor} searches {about}", found, self.model.search(about, actor))

        self.step(searching())

    # Settings

    @rule(actor=any_user, room=rooms, level=st.sampled_from(("all", "mentions", "none")))
    def sets_the_notification_level(self, actor, room, level):
        path = f"/rooms/{room.room_id}/notify"
        self.request("sets the level", actor, "PUT", path, self.model.set_notify, room, level, body={"level": level}, room=room)

    @rule(actor=any_user, hides=st.booleans())
    def hides_read_receipts(self, actor, hides):
        self.request(
            "hides receipts", actor, "PATCH", "/users/me", self.model.hide_read_receipts, hides, body={"hide_read_receipts": hides}
        )

    @rule(actor=any_user, other=any_user)
    def blocks(self, actor, other):
        self.request("blocks", actor, "PUT", f"/users/{self.user_id(other)}/block", self.model.block, other)

    @rule(actor=any_user, other=any_user)
    def unblocks(self, actor, other):
        self.request("unblocks", actor, "DELETE", f"/users/{self.user_id(other)}/block", self.model.unblock, other)

    @rule(actor=any_user, name=st.sampled_from(("Sunny", "Rainy")))
    def sets_a_display_name(self, actor, name):
        self.request("renames themselves", actor, "PATCH", "/users/me", self.model.set_display_name, name, body={"display_name": name})

    # Devices

    @rule(name=any_device)
    def disconnects_or_reconnects(self, name):
        async def switching():
            device = self.simulation.devices[name]
            await (self.simulation.disconnect(device) if device.is_connected else self.simulation.reconnect(device))
            await self.simulation.check_all(None)

        self.step(switching())

    @rule(name=any_device)
    def signs_out_and_in(self, name):
        async def signing():
            await self.simulation.sign_out(self.simulation.devices[name])
            await self.simulation.check_all(None)

        self.step(signing())

    @rule(actor=any_user, ago=st.integers(1, 60))
    def replays_events_since(self, actor, ago):
        async def replaying():
            known = [index for index, event in enumerate(self.model.journal) if event.id is not None]
            await self.simulation.replay(actor, known[-min(ago, len(known))] + 1)
            await self.simulation.check_all(None)

        self.step(replaying())


# The time for shrinking a failing example before it is reported.
SHRINKING_SECONDS = 90
ONE_LOOP = {}
# Several event loops and no replay buffer: every resume reads the journal.
THREE_LOOPS = {"ECHOCHAT_LOOPS": "3", "ECHOCHAT_TAIL_BYTES": "0"}


@pytest.mark.timeout(0)  # every wait inside has its own timeout
@pytest.mark.parametrize("system", [ONE_LOOP, THREE_LOOPS], ids=["one loop", "three loops without replay buffer"])
def test_after_random_actions_events_reads_and_client_states_agree_with_the_model(own_server, request, capsys, monkeypatch, system):
    monkeypatch.setattr("hypothesis.internal.conjecture.engine.MAX_SHRINKING_SECONDS", SHRINKING_SECONDS)
    runs, number = request.config.getoption("--random-runs"), request.config.getoption("--random-seed")
    server = own_server(**system)
    RandomChat.counters = SimpleNamespace(steps=0)
    run_state_machine_as_test(
        seed(number)(lambda: RandomChat(server)),
        settings=settings(
            max_examples=runs,
            stateful_step_count=STEPS_PER_RUN,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )
    with capsys.disabled():
        print(f"\n{RandomChat.counters.steps} steps in {runs} runs, seed {number}")
    # Hypothesis makes the first run as short as possible, and a few of the others shorter.
    assert RandomChat.counters.steps > 0.75 * runs * STEPS_PER_RUN
