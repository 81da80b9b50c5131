"""People at their devices, using the real chat as the model says it should be: after everything they do, both must agree."""

import asyncio
import json
from dataclasses import dataclass, field

from . import model
from .line import Frame, Line
from .model import Model, Refused, Room
from .people import People, Person
from .picture import Picture, names, summary
from .server import Server

DEVICES = ("alice's phone", "alice's laptop", "bob's phone", "bob's laptop", "carol's phone", "dave's phone")
NAMES = ("alice", "bob", "carol", "dave")
# In the Square everyone is from the first to the last, and only Erin speaks: who has heard her has heard all that came before.
CALLER = "erin"


# Everyone goes through a room in her own way: in pages of so many messages.
READING = {"alice": ("after", 200), "bob": ("before", 3), "carol": ("after", 4), "dave": ("around", 5)}


class Disagreement(AssertionError):
    """The chat is not as it should be."""


def agree(what: str, found, wanted) -> None:
    __tracebackhide__ = True
    if found != wanted:
        raise Disagreement(f"{what}: {difference(found, wanted)}")


def difference(found, wanted, where: str = "") -> str:
    """The first place at which two documents differ."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        for key in [*wanted, *(key for key in found if key not in wanted)]:
            if key not in found or key not in wanted or found[key] != wanted[key]:
                nothing = "nothing"
                return difference(found.get(key, nothing), wanted.get(key, nothing), f"{where}.{key}")
    if isinstance(found, list) and isinstance(wanted, list) and len(found) == len(wanted):
        for index, (one, other) in enumerate(zip(found, wanted, strict=True)):
            if one != other:
                return difference(one, other, f"{where}[{index}]")
    return f"{where or 'it'} is {found!r}, and should be {wanted!r}"


def durable(frames: list[Frame]) -> list[Frame]:
    return [frame for frame in frames if frame.id is not None]


@dataclass(eq=False)
class Answer:
    """What came of something that somebody did, through whichever door."""

    status: int
    body: dict

    @classmethod
    def of(cls, reply: Frame) -> "Answer":
        """What a command came to: of those that answer with a message, the message."""
        if reply.event == "ok":
            return cls(200, reply.data.get("message", reply.data))
        return cls(reply.data["status"], reply.data)

    @property
    def told(self) -> dict:
        return self.body if self.status < 300 else {}


@dataclass(eq=False)
class Device:
    """One of a person's devices, with a session of its own. `through` is how much of the model's journal it has heard."""

    name: str
    owner: str
    session: Person
    picture: Picture
    line: Line | None = None
    through: int = 0
    taken: int = 0

    @property
    def is_here(self) -> bool:
        return self.line is not None

    def news(self) -> list[Frame]:
        """What was heard since it was last asked for."""
        frames = self.line.history[self.taken :]
        self.taken = len(self.line.history)
        return frames


@dataclass(eq=False)
class Society:
    server: Server
    model: Model = field(default_factory=Model)
    devices: dict[str, Device] = field(default_factory=dict)
    calls: int = 0

    # Beginning and end

    async def begin(self) -> None:
        self._people = People(self.server)
        self.sessions: dict[str, Person] = {}
        for name in (*NAMES, CALLER):
            session = self.sessions[name] = await self._people.register(name)
            known = (await session.get(f"/users/{session.user_id}")).json()
            user = {key: known[key] for key in known if key not in ("presence", "last_seen_at")}
            self.model.people[name] = model.Person(name, user)
        told = await self.sessions[CALLER].create_room("group", "The Square", [self.sessions[name] for name in NAMES])
        self.square = self.model.create(CALLER, "group", "The Square", list(NAMES), told)
        for name in DEVICES:
            owner = name.partition("'")[0]
            is_first = not any(device.owner == owner for device in self.devices.values())
            session = self.sessions[owner] if is_first else await self.sessions[owner].on_another_device()
            device = self.devices[name] = Device(name, owner, session, Picture(session.user_id))
            device.picture.load((await session.get("/sync")).json())
            device.through = len(self.model.journal)
            await self.come_back(device)

    async def end(self) -> None:
        await self._people.__aexit__()

    # What people do

    async def do(self, who: str, command: str, *, by: str, **data) -> Answer:
        """The same thing through either door. By line only who is there, on one of her devices; otherwise she goes to the counter."""
        line = self.line_of(who)
        if by == "line" and line is not None:
            return Answer.of(await line.ask(command, **data))
        room = f"/rooms/{data.pop('room_id')}"
        message = f"{room}/messages/{data.pop('seq', 0)}"
        match command:
            case "send_message":
                return await self.request(who, "POST", f"{room}/messages", data)
            case "edit_message":
                return await self.request(who, "PATCH", message, data)
            case "delete_message":
                return await self.request(who, "DELETE", message)
            case "add_reaction":
                return await self.request(who, "PUT", f"{message}/reactions/{data['emoji']}")
            case "remove_reaction":
                return await self.request(who, "DELETE", f"{message}/reactions/{data['emoji']}")
            case "mark":
                return await self.request(who, "PUT", f"{room}/markers", data)
        raise ValueError(command)

    def line_of(self, who: str) -> Line | None:
        """The line of one of her devices; nothing if she is not there."""
        return next((device.line for device in self.devices.values() if device.owner == who and device.is_here), None)

    async def request(self, who: str, method: str, path: str, body: dict | None = None) -> Answer:
        answer = await self.sessions[who].request(method, path, **({} if body is None else {"json": body}))
        return Answer(answer.status_code, json.loads(answer.text) if answer.text else {})

    def settle(self, what: str, answer: Answer, verb, *facts, **more):
        """Lets the same thing happen in the model. Gives what the model's verb gives; nothing if it was refused."""
        try:
            wanted = verb(*facts, **more)
        except Refused as refusal:
            agree(f"{what}, refused", answer.status, refusal.status)
            return None
        if answer.status not in (200, 201, 204):
            raise Disagreement(f"{what}: refused with {answer.status}, and should not be: {answer.body}")
        if isinstance(wanted, dict):
            agree(f"{what}, answer", answer.body, wanted)
        return wanted

    # Devices

    async def go_away(self, device: Device) -> None:
        await device.line.vanish()
        device.line = None

    async def come_back(self, device: Device) -> None:
        device.line = await device.session.connect(since=device.picture.cursor)
        device.taken = 0
        agree(f"{device.name}, resumed", device.line.welcome.data["resumed"], True)

    async def sign_out(self, device: Device) -> None:
        """Ends the session; from here on its line hears nothing. Then its owner signs in anew, and is away."""
        answer = await device.session.post("/auth/logout")
        agree(f"{device.name} signs out", answer.status_code, 204)
        if device.line is not None:
            await device.line.expect_close(4001)
            agree(f"{device.name}, signed out, heard", [frame.text for frame in durable(device.news())], [])
            device.line = None
        await device.session.log_in()

    # What must agree

    async def compare(self, room: Room | None) -> None:
        """What is heard, what is read, what is kept up and what should be. Of the messages, those of one room."""
        await self.listen()
        await asyncio.gather(*(self._compare_state(name) for name in NAMES))
        await asyncio.gather(*(self._compare_picture(device) for device in self.devices.values() if device.is_here))
        if room is not None:
            await self._learn_joined_at(room)
            await asyncio.gather(*(self._compare_room(name, room) for name in NAMES))

    async def listen(self) -> None:
        """Every device hears exactly what happened since it heard last, as far as it is for it: once, in order, with these words."""
        here = [device for device in self.devices.values() if device.is_here]
        await self._call([device.line for device in here])
        for device in here:
            news = device.news()
            self._check_heard(device.name, device.owner, durable(news), device.through)
            self._check_typing(device, news)
            device.through = len(self.model.journal)

    async def _call(self, lines: list[Line]) -> None:
        """Returns when all that has happened until now has reached these lines."""
        self.calls += 1
        words = f"hear, hear {self.calls}"
        answer = await self.do(CALLER, "send_message", by="counter", room_id=self.square.room_id, content=words)
        self.settle("the caller calls", answer, self.model.say, CALLER, self.square, words, answer.told)
        for line in lines:
            await line.expect("new_message", room_id=self.square.room_id, content=words)

    def _check_heard(self, who: str, owner: str, frames: list[Frame], since: int) -> None:
        wanted = self.model.retold(owner, since)
        for frame, (event, data) in zip(frames, wanted, strict=False):
            if (frame.event, frame.data) != (event.word, data):
                if frame.event != event.word:
                    raise Disagreement(f"{who} heard {frame.text}, and should have heard {event.word} {data}")
                agree(f"{who} heard {event.word}", frame.data, data)
            if event.id is None:
                event.id = frame.id
            agree(f"{who} heard {event.word} {data}, its position", frame.id, event.id)
        if len(frames) > len(wanted):
            raise Disagreement(f"{who} heard what she should not: {frames[len(wanted)].text}")
        if len(frames) < len(wanted):
            event, data = wanted[len(frames)]
            raise Disagreement(f"{who} did not hear {event.word} {data}")

    def _check_typing(self, device: Device, frames: list[Frame]) -> None:
        rooms = {room.room_id for room in self.model.rooms_of(device.owner)}
        for frame in frames:
            if frame.event == "user_typing" and frame.data["room_id"] not in rooms:
                raise Disagreement(f"{device.name} heard who types in a room that is closed to her: {frame.text}")

    async def replay(self, name: str, since: int) -> None:
        """Somebody comes on a new device and asks for all that she has not heard since an event of long ago."""
        line = await self.sessions[name].connect(since=self.model.journal[since - 1].id)
        agree(f"{name}, back from long ago, resumed", line.welcome.data["resumed"], True)
        await self._call([line])
        self._check_heard(f"{name}, back from long ago,", name, durable(line.history), since)
        await line.hang_up()

    async def _compare_state(self, name: str) -> None:
        session = self.sessions[name]
        state = (await session.get("/sync")).json()
        agree(f"/sync of {name}, me", state["me"], self.model.people[name].user)
        rooms = self.model.rooms_of(name)
        agree(f"/sync of {name}, the order of rooms", [room["room_id"] for room in state["rooms"]], [room.room_id for room in rooms])
        for found, room in zip(state["rooms"], rooms, strict=True):
            agree(f"/sync of {name}, {room.document['name']}", found, self.model.seen(room, name))
        wanted = {self.model.people[other].user_id: self.model.people[other].user for other in self.model.acquaintances(name)}
        agree(f"/sync of {name}, users", {user["user_id"]: user for user in state["users"]}, wanted)
        badges = (await session.get("/users/me/badges")).json()
        found = {badge["room_id"]: (badge["unread"], badge["mentions"]) for badge in badges["rooms"]}
        agree(f"the bell of {name}", found, self.model.badges(name))
        sums = [sum(counts) for counts in zip(*found.values(), strict=True)] or [0, 0]
        agree(f"the bell of {name}, in all", [badges["unread"], badges["mentions"]], sums)

    async def _compare_picture(self, device: Device) -> None:
        """What a device read once, kept up by what it has heard since, is what it would read now."""
        picture = device.picture
        entered = picture.follow(device.line)
        for room_id in entered:
            # Of a room that is new to her she asks once.
            answer = await device.session.get(f"/rooms/{room_id}")
            if answer.status_code == 200 and answer.json()["me"]:
                picture.rooms[room_id] = summary(answer.json())
        wanted = {room.room_id: summary(self.model.seen(room, device.owner)) for room in self.model.rooms_of(device.owner)}
        agree(f"the picture on {device.name}", picture.rooms, wanted)
        known = names({"users": [self.model.people[name].user for name in self.model.acquaintances(device.owner)]})
        if entered:
            picture.names |= known
        agree(f"the names on {device.name}", {key: picture.names.get(key) for key in known}, known)

    async def _compare_room(self, name: str, room: Room) -> None:
        """What somebody may see of a room, and that she sees nothing else."""
        url = f"/rooms/{room.room_id}"
        answer = await self.request(name, "GET", url)
        self.settle(f"{name} looks at the room", answer, self.model.seen, room, name)
        way, limit = READING[name]
        await self._compare_history(name, room, way, limit)
        answer = await self.request(name, "GET", f"{url}/members?limit=200")
        members = self.settle(f"{name} sees who is there", answer, self.model.members, room, name)
        if members is not None:
            agree(f"{name} sees who is there", [(item["user"], item["role"]) for item in answer.body["items"]], members)
        seq = max(1, room.last_seq)
        answer = await self.request(name, "GET", f"{url}/messages/{seq}/receipts?limit=200")
        receipts = self.settle(f"{name} asks who has read {seq}", answer, self.model.receipts, room, seq, name)
        if receipts is not None:
            agree(f"{name} asks who has read {seq}", [(item["user_id"], item["state"]) for item in answer.body["items"]], receipts)

    async def _compare_history(self, name: str, room: Room, way: str, limit: int) -> None:
        """Page by page, as she goes: everything is on a page, and nothing on two."""
        end = room.last_seq
        seq = {"before": end + 1, "after": 0, "around": max(1, end - limit // 2)}[way]
        while True:
            answer = await self.request(name, "GET", f"/rooms/{room.room_id}/messages?{way}={seq}&limit={limit}")
            messages = self.settle(f"{name} reads", answer, self.model.read, room, name)
            if messages is None:
                return
            first, last = {
                "before": (max(1, seq - limit), seq - 1),
                "after": (seq + 1, min(end, seq + limit)),
                "around": (max(1, seq - limit // 2), min(end, seq - limit // 2 + limit - 1)),
            }[way]
            wanted = {"messages": messages[first - 1 : max(0, last)], "has_before": first > 1, "has_after": last < end}
            agree(f"{name} reads {limit} {way} {seq}", answer.body, wanted)
            if way == "after":
                if last >= end:
                    return
                seq = last
            else:
                if first == 1:
                    return
                seq = first if way == "before" else max(1, first - limit + limit // 2)

    async def _learn_joined_at(self, room: Room) -> None:
        if room.members and any(not member.joined_at for member in room.members.values()):
            answer = await self.request(next(iter(room.members)), "GET", f"/rooms/{room.room_id}/members?limit=200")
            joined_at = {item["user"]["user_id"]: item["joined_at"] for item in answer.body.get("items", [])}
            for name, member in room.members.items():
                member.joined_at = joined_at.get(self.model.people[name].user_id, "")

