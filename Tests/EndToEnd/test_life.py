"""A random life of four people on six devices, beside a model of what the chat should be: after every step both must agree."""

import asyncio
import itertools
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, multiple, precondition, rule, run_state_machine_as_test

from support.model import MARKS
from support.society import DEVICES, NAMES, Answer, Society, agree

STEPS_A_LIFE = 50
SUBJECTS = ("apples", "bicycle", "thunder", "quartz")

somebody = st.sampled_from(NAMES)
subject = st.sampled_from(SUBJECTS)
calling = st.none() | somebody
door = st.sampled_from(("counter", "line"))
device = st.sampled_from(DEVICES)
emoji = st.sampled_from("👍🎉")


class Life(RuleBasedStateMachine):
    """Rules are what people do, so that a failure reads like a story. Refusals are part of life: the model says which are due."""

    rooms = Bundle("room")
    words = Bundle("words")
    invitations = Bundle("invitation")
    tally: SimpleNamespace

    def __init__(self, server):
        super().__init__()
        self.runner = asyncio.Runner()
        self.society = Society(server)
        self.model = self.society.model
        self.count = itertools.count(1)
        self.runner.run(self.society.begin())

    def teardown(self):
        try:
            self.runner.run(self.society.end())
        finally:
            self.runner.close()

    # Within

    def act(self, what, who, command, verb, room, *facts, by="counter", learns=False, **data):
        """Somebody does something in a room, through a door; the model does the same, and then all must agree."""

        async def doing():
            wanted = await self.acting(what, who, command, verb, room, *facts, by=by, learns=learns, **data)
            await self.society.compare(room)
            return wanted

        return self.step(doing())

    async def acting(self, what, who, command, verb, room, *facts, by="counter", learns=False, **data):
        """The same, when more is to happen before they are compared."""
        answer = await self.society.do(who, command, by=by, room_id=room.room_id, **data)
        told = {"told": answer.told} if learns else {}
        return self.society.settle(f"{who} {what}", answer, verb, who, room, *facts, **told)

    def ask(self, what, who, method, path, verb, *facts, body=None, room=None, learns=False):
        """Somebody asks at the counter for something."""

        async def asking():
            answer = await self.society.request(who, method, path, body)
            told = {"told": answer.told} if learns else {}
            wanted = self.society.settle(f"{who} {what}", answer, verb, who, *facts, **told)
            await self.society.compare(wanted if room == "answer" else room)
            return wanted, answer

        return self.step(asking())

    def step(self, doing):
        self.tally.steps += 1
        return self.runner.run(doing)

    def content(self, about, calls):
        return about if calls is None else f"{about} @{self.model.people[calls].user['username']}"

    def user(self, name):
        return self.model.people[name].user_id

    # Rooms

    @initialize(target=rooms)
    def it_begins_with_a_group_a_public_room_and_a_talk_of_two(self):
        made = []
        for who, kind, others in (
            ("alice", "group", ["bob", "carol", "dave"]),
            ("bob", "public", ["alice", "carol"]),
            ("alice", "direct", ["bob"]),
        ):
            made.append(self.create(who, kind, others))
        return multiple(*made)

    def create(self, who, kind, others):
        if kind == "direct":
            body = {"kind": kind, "members": [self.user(others[0])]}
            facts = (self.model.open_direct, others[0])
        else:
            name = f"{kind} {next(self.count)}"
            body = {"kind": kind, "name": name, "members": [self.user(other) for other in others]}
            facts = (self.model.create, kind, name, others)
        room, _ = self.ask(f"makes a {kind} room", who, "POST", "/rooms", *facts, body=body, room="answer", learns=True)
        return room or multiple()

    @rule(target=rooms, who=somebody, kind=st.sampled_from(("group", "public")), others=st.sets(somebody, max_size=2))
    def makes_a_room(self, who, kind, others):
        return self.create(who, kind, [name for name in NAMES if name in others and name != who])

    @rule(target=rooms, who=somebody, other=somebody)
    def opens_a_talk_of_two(self, who, other):
        known = len(self.model.rooms)
        room = self.create(who, "direct", [other])
        return room if len(self.model.rooms) > known else multiple()

    @rule(who=somebody, room=rooms)
    def renames(self, who, room):
        name = f"renamed {next(self.count)}"
        path = f"/rooms/{room.room_id}"
        self.ask("renames", who, "PATCH", path, self.model.rename, room, name, body={"name": name}, room=room)

    @rule(who=somebody, room=rooms)
    @precondition(lambda self: len(self.model.rooms) > 5)
    def does_away_with(self, who, room):
        self.ask("does away with a room", who, "DELETE", f"/rooms/{room.room_id}", self.model.end, room, room=room)

    # Comings and goings

    @rule(who=somebody, room=rooms)
    def joins(self, who, room):
        self.ask("joins", who, "POST", f"/rooms/{room.room_id}/join", self.model.join, room, room=room)

    @rule(who=somebody, room=rooms)
    def leaves(self, who, room):
        self.ask("leaves", who, "POST", f"/rooms/{room.room_id}/leave", self.model.leave, room, room=room)

    @rule(who=somebody, other=somebody, room=rooms, role=st.sampled_from(("member", "member", "moderator", "owner")))
    def lets_in_or_gives_a_role(self, who, other, room, role):
        path = f"/rooms/{room.room_id}/members/{self.user(other)}"
        self.ask("lets in", who, "PUT", path, self.model.put_member, room, other, role, body={"role": role}, room=room)

    @rule(who=somebody, other=somebody, room=rooms)
    def puts_out(self, who, other, room):
        path = f"/rooms/{room.room_id}/members/{self.user(other)}"
        self.ask("puts out", who, "DELETE", path, self.model.remove, room, other, room=room)

    @rule(who=somebody, other=somebody, room=rooms)
    def bans(self, who, other, room):
        self.ask("bans", who, "PUT", f"/rooms/{room.room_id}/bans/{self.user(other)}", self.model.ban, room, other, room=room)

    @rule(who=somebody, other=somebody, room=rooms)
    def lifts_a_ban(self, who, other, room):
        self.ask("lifts a ban", who, "DELETE", f"/rooms/{room.room_id}/bans/{self.user(other)}", self.model.unban, room, other, room=room)

    @rule(target=invitations, who=somebody, room=rooms)
    def invites(self, who, room):
        _, answer = self.ask("invites", who, "POST", f"/rooms/{room.room_id}/invites", self.model.invite, room, room=room)
        return (answer.body["code"], who, room) if answer.told else multiple()

    @rule(who=somebody, invitation=invitations)
    def comes_by_invitation(self, who, invitation):
        code, inviter, room = invitation
        self.ask("comes by invitation", who, "POST", f"/invites/{code}/accept", self.model.accept, inviter, room, room=room)

    # Words

    @rule(target=words, who=somebody, room=rooms, about=subject, calls=calling, by=door)
    def says(self, who, room, about, calls, by):
        return self.speak("says", who, room, about, calls, by)

    @rule(target=words, who=somebody, message=words, about=subject, calls=calling, by=door)
    def answers(self, who, message, about, calls, by):
        room, seq, _ = message
        return self.speak("answers", who, room, about, calls, by, reply_to=seq)

    def speak(self, what, who, room, about, calls, by, **more):
        content, client_id = self.content(about, calls), f"c{next(self.count)}"

        def say(who, room, told):
            return self.model.say(who, room, content, told, client_id=client_id, **more)

        said = self.act(what, who, "send_message", say, room, by=by, learns=True, content=content, client_id=client_id, **more)
        return (room, said["seq"], who) if said else multiple()

    @rule(who=somebody, first=rooms, second=rooms, about=subject, calls=calling)
    def says_four_things_in_one_breath(self, who, first, second, about, calls):
        """What comes together is committed and told together, also to those who are in several of the rooms."""
        self.step(self.in_one_breath(who, (first, second, first, second), self.content(about, calls)))

    async def in_one_breath(self, who, where, content):
        line = self.society.line_of(who)
        if line is None:
            return
        refs = [f"breath {next(self.count)}" for _ in where]
        for ref, room in zip(refs, where, strict=True):
            await line.say("send_message", {"room_id": room.room_id, "content": content}, ref)
        for ref, room in zip(refs, where, strict=True):
            answer = Answer.of(await line.reply(ref))
            self.society.settle(f"{who} says in one breath", answer, self.model.say, who, room, content, answer.told)
        await self.society.compare(where[0])

    @rule(message=words, is_same=st.booleans(), by=door)
    def says_again_under_the_same_client_id(self, message, is_same, by):
        room, seq, who = message
        first = room.messages[seq - 1]
        content = first.first_content if is_same else "something else"
        data = {"content": content, "client_id": first.document["client_id"]}
        if first.document["reply_to"]:
            data["reply_to"] = first.document["reply_to"]
        self.act("says again", who, "send_message", self.model.say_again, room, seq, is_same, by=by, **data)

    @rule(who=somebody, message=words, about=subject, calls=calling, by=door)
    def edits(self, who, message, about, calls, by):
        room, seq, _ = message
        content = self.content(about, calls)
        self.act("edits", who, "edit_message", self.model.edit, room, seq, content, by=by, learns=True, seq=seq, content=content)

    @rule(message=words, about=subject, calls=calling, by=door)
    def corrects_herself(self, message, about, calls, by):
        self.edits(message[2], message, about, calls, by)

    @rule(message=words, about=subject, by=door)
    def corrects_herself_and_takes_it_back(self, message, about, by):
        """Neither the first words nor the later ones are left anywhere."""

        async def thinking_twice():
            room, seq, who = message
            edit, take_back, content = self.model.edit, self.model.take_back, f"{about} after all"
            await self.acting("edits", who, "edit_message", edit, room, seq, content, by=by, learns=True, seq=seq, content=content)
            # Whoever is there has heard what she wrote.
            await self.society.listen()
            await self.acting("takes back", who, "delete_message", take_back, room, seq, by=by, seq=seq)
            await self.society.compare(room)

        self.step(thinking_twice())

    @rule(who=somebody, message=words, by=door)
    def takes_back(self, who, message, by):
        room, seq, _ = message
        self.act("takes back", who, "delete_message", self.model.take_back, room, seq, by=by, seq=seq)

    @rule(who=somebody, message=words, sign=emoji, is_added=st.booleans(), by=door)
    def reacts(self, who, message, sign, is_added, by):
        room, seq, _ = message
        command = "add_reaction" if is_added else "remove_reaction"
        self.act("reacts", who, command, self.model.react, room, seq, sign, is_added, by=by, seq=seq, emoji=sign)

    @rule(who=somebody, room=rooms, mark=st.sampled_from(MARKS), behind=st.integers(-1, 4), by=door)
    def marks(self, who, room, mark, behind, by):
        seq = max(0, room.last_seq - behind)
        self.act("marks", who, "mark", self.model.mark, room, mark, seq, by=by, **{mark: seq})

    @rule(who=somebody, room=rooms, by=door)
    def reads_on_message_by_message(self, who, room, by):
        for seq in range(max(1, room.last_seq - 2), room.last_seq + 1):
            self.act("reads on", who, "mark", self.model.mark, room, "read_seq", seq, by=by, read_seq=seq)

    # What must come together to be a trial: chance alone brings it about too seldom.

    def another(self, room, who, number):
        """One of the others who are in a room; nobody, if there are none."""
        others = [name for name in NAMES if name in room.members and name != who]
        return others[number % len(others)] if others else None

    @rule(who=somebody, room=rooms, number=st.integers(0, 2), times=st.integers(2, 4), behind=st.integers(0, 3), by=door)
    def is_called_often_and_reads_in_part(self, who, room, number, times, behind, by):
        """Of the calls that wait for somebody, those are done with that she has read, and each counts once."""
        called = self.another(room, who, number)
        if called is not None:
            self.step(self.in_one_breath(who, (room,) * times, self.content("hey", called)))
            seq = max(0, room.last_seq - behind)
            self.act("reads in part", called, "mark", self.model.mark, room, "read_seq", seq, by=by, read_seq=seq)

    @rule(who=somebody, room=rooms, number=st.integers(0, 2))
    def is_called_by_one_whom_she_has_blocked(self, who, room, number):
        other = self.another(room, who, number)
        if other is not None:
            self.blocks(who, other)
            self.says(other, room, "listen", who, "counter")

    @rule(room=rooms, number=st.integers(0, 2))
    def an_owner_bans_somebody_who_is_there(self, room, number):
        owner = next((name for name in NAMES if room.allows("ban", name)), None)
        other = self.another(room, owner, number) if owner else None
        if other is not None:
            self.bans(owner, other, room)

    @rule(name=device, message=words, sign=emoji, about=subject, by=door)
    def misses_something_and_comes_back(self, name, message, sign, about, by):
        """What happened to a message while a device was away is told it once."""

        async def missing():
            device = self.society.devices[name]
            if device.is_here:
                await self.society.go_away(device)
            room, seq, who = message
            react, edit = self.model.react, self.model.edit
            for other in (who, self.another(room, who, seq)):
                if other is not None:
                    await self.acting("reacts", other, "add_reaction", react, room, seq, sign, True, by=by, seq=seq, emoji=sign)
            await self.acting("edits", who, "edit_message", edit, room, seq, about, by=by, learns=True, seq=seq, content=about)
            await self.society.come_back(device)
            await self.society.compare(room)

        self.step(missing())

    @rule(who=somebody, room=rooms)
    def types(self, who, room):
        self.step(self.typing(who, room))

    async def typing(self, who, room):
        for here in self.society.devices.values():
            if here.owner == who and here.is_here:
                await here.line.ask("typing", room_id=room.room_id)
        await self.society.compare(None)

    @rule(who=somebody, about=subject)
    def searches(self, who, about):
        async def searching():
            answer = await self.society.request(who, "GET", f"/search/messages?q={about}&limit=200")
            found = {(hit["message"]["room_id"], hit["message"]["seq"]) for hit in answer.body["items"]}
            agree(f"{who} searches {about}", found, self.model.search(about, who))

        self.step(searching())

    # What people set for themselves

    @rule(who=somebody, room=rooms, level=st.sampled_from(("all", "mentions", "none")))
    def sets_how_loud_a_room_is(self, who, room, level):
        path = f"/rooms/{room.room_id}/notify"
        self.ask("sets loudness", who, "PUT", path, self.model.set_notify, room, level, body={"level": level}, room=room)

    @rule(who=somebody, hides=st.booleans())
    def hides_her_reading(self, who, hides):
        self.ask("hides", who, "PATCH", "/users/me", self.model.hide_reading, hides, body={"hide_read_receipts": hides})

    @rule(who=somebody, other=somebody)
    def blocks(self, who, other):
        self.ask("blocks", who, "PUT", f"/users/{self.user(other)}/block", self.model.block, other)

    @rule(who=somebody, other=somebody)
    def unblocks(self, who, other):
        self.ask("unblocks", who, "DELETE", f"/users/{self.user(other)}/block", self.model.unblock, other)

    @rule(who=somebody, name=st.sampled_from(("Sunny", "Rainy")))
    def calls_herself(self, who, name):
        self.ask("calls herself", who, "PATCH", "/users/me", self.model.call_oneself, name, body={"display_name": name})

    # Devices

    @rule(name=device)
    def goes_away_or_comes_back(self, name):
        async def moving():
            device = self.society.devices[name]
            await (self.society.go_away(device) if device.is_here else self.society.come_back(device))
            await self.society.compare(None)

        self.step(moving())

    @rule(name=device)
    def signs_out_and_in(self, name):
        async def signing():
            await self.society.sign_out(self.society.devices[name])
            await self.society.compare(None)

        self.step(signing())

    @rule(who=somebody, ago=st.integers(1, 60))
    def hears_again_what_happened_since(self, who, ago):
        async def hearing():
            known = [place for place, event in enumerate(self.model.journal) if event.id is not None]
            await self.society.replay(who, known[-min(ago, len(known))] + 1)
            await self.society.compare(None)

        self.step(hearing())


# How long a failure is made shorter, before it is told.
SHRINKING_SECONDS = 90
ONE_LOOP = {}
# Several event loops, and a daemon that remembers nothing: whoever comes back is told from the journal.
THREE_LOOPS = {"ECHOCHAT_LOOPS": "3", "ECHOCHAT_TAIL_BYTES": "0"}


@pytest.mark.timeout(0)  # Every wait within has its own end.
@pytest.mark.parametrize("system", [ONE_LOOP, THREE_LOOPS], ids=["one loop", "three loops without memory"])
def test_whatever_happens_all_that_is_heard_read_and_kept_up_agrees(own_server, request, capsys, monkeypatch, system):
    monkeypatch.setattr("hypothesis.internal.conjecture.engine.MAX_SHRINKING_SECONDS", SHRINKING_SECONDS)
    lives, number = request.config.getoption("--lives"), request.config.getoption("--life-seed")
    server = own_server(**system)
    Life.tally = SimpleNamespace(steps=0)
    run_state_machine_as_test(
        seed(number)(lambda: Life(server)),
        settings=settings(
            max_examples=lives,
            stateful_step_count=STEPS_A_LIFE,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )
    with capsys.disabled():
        print(f"\n{Life.tally.steps} steps in {lives} lives, seed {number}")
    # The first life is the shortest there is.
    assert Life.tally.steps > (lives - 1) * STEPS_A_LIFE
