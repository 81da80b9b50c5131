"""The state machine of the model-based test: random values, and helpers that act in the chat and in the model."""

import asyncio
import itertools
from types import SimpleNamespace

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine

from .simulation import Simulation
from .simulation_actions import DEVICES, NAMES

SUBJECTS = ("apples", "bicycle", "thunder", "quartz")

any_user = st.sampled_from(NAMES)
any_subject = st.sampled_from(SUBJECTS)
any_mention = st.none() | any_user
any_api = st.sampled_from(("rest", "websocket"))
any_device = st.sampled_from(DEVICES)
any_emoji = st.sampled_from(["👍", "👍\ufe0f", "🎉", "❤", "❤\ufe0f"])

rooms = Bundle("rooms")
posts = Bundle("posts")
invites = Bundle("invites")


class ChatMachine(RuleBasedStateMachine):
    """A simulation that random rules act on. The model decides which actions must be refused."""

    counters: SimpleNamespace

    def __init__(self, server):
        super().__init__()
        self.runner = asyncio.Runner()
        self.simulation = Simulation(server)
        self.model = self.simulation.model
        self.count = itertools.count(1)
        self.runner.run(self.simulation.start())

    def teardown(self):
        try:
            self.runner.run(self.simulation.stop())
        finally:
            self.runner.close()

    # Helpers

    def act(self, what, actor, command, action, room, *args, via="rest", learns=False, **data):
        """Executes a command in a room, in the chat and in the model, then compares everything."""

        async def doing():
            expected = await self.execute(what, actor, command, action, room, *args, via=via, learns=learns, **data)
            await self.simulation.check_all(room)
            return expected

        return self.step(doing())

    async def execute(self, what, actor, command, action, room, *args, via="rest", learns=False, **data):
        """The same without the comparison, for rules of several commands."""
        result = await self.simulation.execute(actor, command, via=via, room_id=room.room_id, **data)
        learned = {"response": result.success_body} if learns else {}
        return self.simulation.apply_to_model(f"{actor} {what}", result, action, actor, room, *args, **learned)

    def request(self, what, actor, method, path, action, *args, body=None, room=None, learns=False):
        """Sends a REST request, does the same in the model, then compares everything."""

        async def asking():
            result = await self.simulation.request(actor, method, path, body)
            learned = {"response": result.success_body} if learns else {}
            expected = self.simulation.apply_to_model(f"{actor} {what}", result, action, actor, *args, **learned)
            await self.simulation.check_all(expected if room == "created" else room)
            return expected, result

        return self.step(asking())

    def step(self, doing):
        self.counters.steps += 1
        return self.runner.run(doing)

    def content(self, about, mention):
        return about if mention is None else f"{about} @{self.model.users[mention].profile['username']}"

    def user_id(self, name):
        return self.model.users[name].user_id
