"""Where the access matrix is tried: people of every standing, rooms of every kind, and one way to ask for anything."""

import asyncio
import json
import re
import secrets
import urllib.parse
from dataclasses import dataclass

from .access_table import ADDRESSES, ANSWERED, REFUSALS, Row
from .ledger import Ledger
from .line import Frame, Line, NotAdmitted
from .people import PASSWORD, People, Person
from .problems import check_problem
from .server import Server

# Those who are asked about, or stand by. A partner is a second owner, a colleague a second moderator.
OTHERS = ("bystander", "newcomer", "colleague", "partner")
WRITERS = ("ex_member", "banned", "member", "moderator", "owner", "bystander")
SECRET = "zebrafish"


@dataclass(frozen=True)
class Answer:
    """`verdict` is its letter in the table; `said` everything that came, without that by which any two answers differ."""

    verdict: str
    said: str


@dataclass(eq=False)
class Scene:
    """A room, what is in it by the names of the table, and the place of a message of each who said something."""

    room_id: str
    things: dict
    own: dict[str, int]

    def values(self, caller: str) -> dict:
        return {**self.things, "room": self.room_id, "own": self.own.get(caller, self.things["foreign"])}


class Stage:
    """One system with its cast. What is only looked at happens in one room of each kind; `fresh` ones are for what is changed."""

    def __init__(self, server: Server):
        self.server = server
        self.ledger = Ledger(server)
        self.people = People(server)
        self.cast: dict[str, Person] = {}
        self._scenes: dict[tuple, Scene] = {}
        self._lines: dict[str, Line] = {}
        self._shown: set[tuple[str, Scene]] = set()

    async def __aenter__(self) -> "Stage":
        names = ("suspended", "stranger", "ex_member", "banned", "member", "moderator", "owner", *OTHERS)
        self.cast = dict(zip(names, await asyncio.gather(*(self.people.register(name) for name in names)), strict=True))
        self.cast["nobody"] = self.people.somebody("nobody")
        assert "suspended" in self.server.operate("user", "suspend", self.cast["suspended"].username)
        return self

    async def __aexit__(self, *nothing) -> None:
        await self.people.__aexit__(*nothing)
        self.ledger.close()

    # What is there

    async def account(self, caller: str, fresh: bool) -> tuple[Person, dict]:
        """Who asks for what belongs to no room, and what she can name."""
        person = await self.people.register("somebody") if fresh else self.cast[caller]
        others = await self._devices(self.cast["bystander"])
        mine = others if caller in ("nobody", "suspended") else await self._devices(person)
        return person, {
            "username": person.username,
            "password": PASSWORD,
            "refresh_token": person.refresh_token or "x",
            "token": person.access_token or "x",
            "nobodys_name": f"new-{secrets.token_hex(4)}",
            "bystander": self.cast["bystander"].user_id,
            "device": mine[0],
            "others_device": others[0],
        }

    async def scene(self, kind: str, caller: str, fresh: bool) -> Scene:
        """A direct room is always the one of its two people: fresh, it is opened again and has new messages."""
        key = (kind, caller if kind == "direct" and caller in ("ex_member", "suspended") else "member")
        if fresh and kind == "direct":
            # What is about to be done is done to the room that the others look at.
            self._scenes.pop(key, None)
        if not fresh and key in self._scenes:
            return self._scenes[key]
        scene = await self._talk_of_two(key[1]) if kind == "direct" else await self._company(kind)
        if not fresh:
            self._scenes[key] = scene
        return scene

    def tear_down(self) -> None:
        """After an accident: what comes next is tried in rooms that are as they should be."""
        self._scenes.clear()

    async def _company(self, kind: str) -> Scene:
        cast, owner = self.cast, self.cast["owner"]
        inside = ("suspended", "ex_member", "banned", "member", "moderator", "bystander", "colleague", "partner")
        room = (await owner.create_room(kind, members=[cast[name] for name in inside]))["room_id"]
        roles = {"moderator": "moderator", "colleague": "moderator", "partner": "owner"}
        await asyncio.gather(*(owner.add(room, cast[name], role) for name, role in roles.items()))
        own = await self._words(room, WRITERS)
        report = await cast["member"].post(f"/rooms/{room}/messages/{own['bystander']}/report")
        assert report.status_code == 201, report.text
        invite = await owner.post(f"/rooms/{room}/invites")
        assert invite.status_code == 201, invite.text
        await cast["ex_member"].leave(room)
        ban = await owner.put(f"/rooms/{room}/bans/{cast['banned'].user_id}")
        assert ban.status_code == 201, ban.text
        return self._scene(room, own, invite.json()["code"])

    async def _talk_of_two(self, one: str) -> Scene:
        room = (await self.cast["bystander"].create_room("direct", members=[self.cast[one]]))["room_id"]
        own = await self._words(room, ["bystander"] if one == "suspended" else [one, "bystander"])
        if one == "ex_member":
            await self.cast[one].leave(room)
        return self._scene(room, own, "nosuchcode")

    async def _words(self, room: str, names) -> dict[str, int]:
        """Everybody says something, the bystander last, and reacts to that."""
        said = {name: (await self.cast[name].write(room, f"{SECRET} of {name}"))["seq"] for name in names}
        path = f"/rooms/{room}/messages/{said['bystander']}/reactions/{urllib.parse.quote('🎉')}"
        for answer in await asyncio.gather(*(self.cast[name].put(path) for name in names)):
            assert answer.status_code == 200, answer.text
        return said

    def _scene(self, room: str, own: dict[str, int], code: str) -> Scene:
        seq = own.pop("bystander")
        people = {name: self.cast[name].user_id for name in OTHERS} | {"outcast": self.cast["banned"].user_id}
        return Scene(room, {**people, "foreign": seq, "reported": seq, "code": code, "new": "👍", "used": "🎉"}, own)

    @staticmethod
    async def _devices(person: Person) -> list[str]:
        return [device["session_id"] for device in (await person.get("/auth/sessions")).json()["items"]]

    # Asking

    async def be_heard(self, caller: str, scene: Scene) -> None:
        """Returns when the caller's line, if she can have one, has heard of all that was done to set the scene."""
        if caller in ("nobody", "suspended") or (caller, scene) in self._shown:
            return
        await self.cast[caller].catch_up(await self._line(caller))
        self._shown.add((caller, scene))

    async def ask(self, caller: str, row: Row, values: dict, person: Person | None = None) -> Answer:
        person = person or self.cast[caller]
        values = {**values, "self": person.user.get("user_id", "nosuchuser")}
        body = json.loads(json.dumps(row.body), object_hook=lambda object: {key: _filled(value, values) for key, value in object.items()})
        path = re.sub(r"\{(\w+)\}", lambda found: urllib.parse.quote(str(values[found[1]])), row.path)
        match row.method:
            case "SAY":
                return await self._say(caller, person, path, body)
            case "OPEN":
                return await self._open(person, path)
        headers = {"Authorization": f"Bearer {person.access_token}"} if person.access_token else {}
        answer = await person.http.request(row.method, path, headers=headers, json=body)
        if answer.is_success:
            return Answer(ANSWERED, answer.text)
        problem = check_problem(answer.json(), answer.status_code)
        heads = [f"{name}: {value}" for name, value in answer.headers.items() if name not in ("date", "x-request-id")]
        return Answer(_letter(problem), "\n".join([str(answer.status_code), *heads, _alike(answer.text)]))

    async def _say(self, caller: str, person: Person, command: str, data: dict | None) -> Answer:
        try:
            line = await self._line(caller, person)
        except NotAdmitted as shut:
            return _turned_away(shut)
        frame = await line.ask(command, **(data or {}))
        return Answer(_letter(frame.data) if frame.event == "error" else ANSWERED, _alike(frame.text))

    async def _open(self, person: Person, path: str) -> Answer:
        headers = {"Authorization": f"Bearer {person.access_token or 'x'}"}
        try:
            line = await Line.open(f"ws://127.0.0.1:{self.server.port}{path}", headers=headers)
            person.lines.append(line)
            await line.be_welcomed()
        except NotAdmitted as shut:
            return _turned_away(shut)
        return Answer(ANSWERED, "")

    async def _line(self, caller: str, person: Person | None = None) -> Line:
        """One that she has already, or a new one; nobody's has not signed in."""
        person = person or self.cast[caller]
        if not person.access_token:
            person.lines.append(await Line.open(self.server.websocket_url, origin=self.server.origin))
            return person.lines[-1]
        if person is not self.cast[caller]:
            return await person.connect()
        if caller not in self._lines or self._lines[caller].is_closed:
            self._lines[caller] = await person.connect()
        return self._lines[caller]


def elsewhere(values: dict, name: str) -> dict:
    """The same, with one thing named that does not exist."""
    value = values[name]
    return {**values, name: 999_999 if ADDRESSES[name] == "seq" else value[::-1]}


def _filled(value, values: dict):
    """What stands for a name in braces in a body."""
    if isinstance(value, list):
        return [_filled(item, values) for item in value]
    name = re.fullmatch(r"\{(\w+)\}", value) if isinstance(value, str) else None
    return values[name[1]] if name else value


def _letter(problem: dict) -> str:
    return REFUSALS.get(check_problem(problem)["code"], problem["code"])


def _alike(text: str) -> str:
    return re.sub(r'"(request_id|ref)":"[^"]*"', r'"\1":"…"', text)


def _turned_away(shut: NotAdmitted) -> Answer:
    heard: list[Frame] = shut.heard
    said = "\n".join([f"{shut.status} {shut.code}", *(_alike(frame.text) for frame in heard)])
    if heard:
        return Answer(_letter(heard[-1].data), said)
    return Answer({401: "u", 4001: "u", 403: "s", 4003: "s"}.get(shut.reason, str(shut.reason)), said)


__all__ = ["SECRET", "Answer", "Stage", "elsewhere"]
