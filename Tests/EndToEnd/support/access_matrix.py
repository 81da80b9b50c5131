"""Sets up the access matrix: users of every role and rooms of every kind, and a call that sends any request or command."""

import asyncio
import json
import re
import secrets
import urllib.parse
from dataclasses import dataclass

import httpx

from .access_table import ADDRESSES, ANSWERED, ERROR_LETTERS, Row
from .clients import PASSWORD, TestUser, TestUsers
from .pictures import plain_png
from .problems import check_problem
from .server import Server
from .uploads import upload
from .write_detector import WriteDetector
from .ws_client import Connection, ConnectionRejected, Frame

# Users that requests are about: a member, a non-member, a second moderator (colleague) and a second owner (partner).
OTHERS = ("bystander", "newcomer", "colleague", "partner")
WRITERS = ("ex_member", "banned", "member", "moderator", "owner", "bystander")
SECRET = "zebrafish"
PICTURE = plain_png()


@dataclass(frozen=True)
class Outcome:
    """`verdict` is its letter in the table; `text` is the whole response without what differs from one request to the next."""

    verdict: str
    text: str


@dataclass(eq=False)
class RoomFixture:
    """A room, the values for the placeholders of the table, and the seq of one message by each author. The bystander's has a file."""

    room_id: str
    placeholders: dict
    own: dict[str, int]

    def values(self, caller: str) -> dict:
        return {**self.placeholders, "room": self.room_id, "own": self.own.get(caller, self.placeholders["foreign"])}


class AccessMatrix:
    """A server with users of every role. Reading tests share one room of each kind; writing tests get `fresh` rooms."""

    def __init__(self, server: Server):
        self.server = server
        self.write_detector = WriteDetector(server)
        self.users = TestUsers(server)
        self.actors: dict[str, TestUser] = {}
        self._registration_code = ""
        self._rooms: dict[tuple, RoomFixture] = {}
        # The newest file of each room.
        self._files: dict[str, str] = {}
        self._connections: dict[str, Connection] = {}
        self._caught_up: set[tuple[str, RoomFixture]] = set()

    async def __aenter__(self) -> "AccessMatrix":
        names = ("suspended", "non_member", "ex_member", "banned", "member", "moderator", "owner", "operator", *OTHERS)
        self.actors = dict(zip(names, await asyncio.gather(*(self.users.register(name) for name in names)), strict=True))
        self.actors["anonymous"] = self.users.unregistered("anonymous")
        self.server.run_ctl("user", "operator", self.actors["operator"].username)
        avatar = await self.actors["bystander"].put("/users/me/avatar", content=PICTURE, headers={"Content-Type": "image/png"})
        assert avatar.status_code == 200, avatar.text
        assert "suspended" in self.server.run_ctl("user", "suspend", self.actors["suspended"].username)
        return self

    async def __aexit__(self, *nothing) -> None:
        await self.users.__aexit__(*nothing)
        self.write_detector.close()

    # Set-up

    async def account(self, caller: str, fresh: bool) -> tuple[TestUser, dict]:
        """The caller of an operation outside rooms, and the values for its placeholders."""
        user = await self.users.register("somebody") if fresh else self.actors[caller]
        if fresh:
            # A second session, which the first one may end.
            again = await user.post("/auth/login", json={"username": user.username, "password": PASSWORD})
            assert again.status_code == 200, again.text
        if fresh and caller == "operator":
            self.server.run_ctl("user", "operator", user.username)
        # Whom operators do something to.
        target = await self.users.register("target") if fresh or "target" not in self.actors else self.actors["target"]
        self.actors.setdefault("target", target)
        if fresh or not self._registration_code:
            self._registration_code = self.server.run_ctl("user", "code").strip()
        others_sessions = await self._sessions(self.actors["bystander"])
        own_sessions = others_sessions if caller in ("anonymous", "suspended") else await self._sessions(user)
        return user, {
            "username": user.username,
            "password": PASSWORD,
            "refresh_token": user.refresh_token or "x",
            "token": user.access_token or "x",
            "unused_name": f"new-{secrets.token_hex(4)}",
            "bystander": self.actors["bystander"].user_id,
            "session": own_sessions[0],
            "others_session": others_sessions[0],
            "target": target.user_id,
            "targets_session": (await self._sessions(target))[0],
            "registration_code": self._registration_code,
            "invitation": await self._invitation(user) if fresh else "nosuchroom",
            "loose_file": (await upload(user if fresh else self.actors["bystander"]))["file_id"],
        }

    async def _invitation(self, user: TestUser) -> str:
        """A room that the user, who lets only people they know add them, is invited to."""
        protect = await user.patch("/users/me/preferences", json={"added_by": "contacts"})
        assert protect.status_code == 200, protect.text
        created = await self.actors["bystander"].create_room("group", members=[user])
        assert created["invited"] == [user.user_id], created
        return created["room_id"]

    async def room_fixture(self, kind: str, caller: str, fresh: bool) -> RoomFixture:
        """A room of this kind. Two users have only one direct room: a fresh one is the same room with new messages."""
        key = (kind, caller if kind == "direct" and caller in ("ex_member", "suspended") else "member")
        if fresh and kind == "direct":
            # The caller is about to change the shared room.
            self._rooms.pop(key, None)
        if not fresh and key in self._rooms:
            return self._rooms[key]
        room_fixture = await self._create_direct(key[1]) if kind == "direct" else await self._create_group(kind)
        if not fresh:
            self._rooms[key] = room_fixture
        return room_fixture

    def forget_rooms(self) -> None:
        """After a failure: the next requests get new rooms."""
        self._rooms.clear()

    async def _create_group(self, kind: str) -> RoomFixture:
        actors, owner = self.actors, self.actors["owner"]
        inside = ("suspended", "ex_member", "banned", "member", "moderator", "bystander", "colleague", "partner")
        room = (await owner.create_room(kind, members=[actors[name] for name in inside]))["room_id"]
        roles = {"moderator": "moderator", "colleague": "moderator", "partner": "owner"}
        await asyncio.gather(*(owner.add(room, actors[name], role) for name, role in roles.items()))
        own = await self._post_and_react(room, WRITERS)
        report = await actors["member"].post(f"/rooms/{room}/messages/{own['bystander']}/report")
        assert report.status_code == 201, report.text
        invite = await owner.post(f"/rooms/{room}/invites")
        assert invite.status_code == 201, invite.text
        await actors["ex_member"].leave(room)
        ban = await owner.put(f"/rooms/{room}/bans/{actors['banned'].user_id}")
        assert ban.status_code == 201, ban.text
        return self._room_fixture(room, own, invite.json()["code"])

    async def _create_direct(self, one: str) -> RoomFixture:
        room = (await self.actors["bystander"].create_room("direct", members=[self.actors[one]]))["room_id"]
        own = await self._post_and_react(room, ["bystander"] if one == "suspended" else [one, "bystander"])
        if one == "ex_member":
            await self.actors[one].leave(room)
        return self._room_fixture(room, own, "nosuchcode")

    async def _post_and_react(self, room: str, names) -> dict[str, int]:
        """Each posts a message, the bystander last, and reacts to the bystander's; returns the seq by author."""
        file = await upload(self.actors["bystander"], PICTURE, "dot.png", "image/png")
        self._files[room] = file["file_id"]
        seqs = {}
        for name in names:
            attached = {"attachments": [file["file_id"]]} if name == "bystander" else {}
            seqs[name] = (await self.actors[name].post_message(room, f"{SECRET} of {name}", **attached))["seq"]
        path = f"/rooms/{room}/messages/{seqs['bystander']}/reactions/{urllib.parse.quote('🎉')}"
        for response in await asyncio.gather(*(self.actors[name].put(path) for name in names)):
            assert response.status_code == 200, response.text
        return seqs

    def _room_fixture(self, room: str, own: dict[str, int], code: str) -> RoomFixture:
        seq = own.pop("bystander")
        users = {name: self.actors[name].user_id for name in OTHERS} | {"outcast": self.actors["banned"].user_id}
        return RoomFixture(
            room, {**users, "foreign": seq, "reported": seq, "file": self._files[room], "code": code, "new": "👍", "used": "🎉"}, own
        )

    @staticmethod
    async def _sessions(user: TestUser) -> list[str]:
        return [session["session_id"] for session in (await user.get("/auth/sessions")).json()["items"]]

    # Requests

    async def wait_for_setup(self, caller: str, room_fixture: RoomFixture) -> None:
        """Waits until the caller's connection, if they can have one, has received the events of the set-up."""
        if caller in ("anonymous", "suspended") or (caller, room_fixture) in self._caught_up:
            return
        await self.actors[caller].catch_up(await self._connection(caller))
        self._caught_up.add((caller, room_fixture))

    async def request(self, caller: str, row: Row, values: dict, user: TestUser | None = None) -> Outcome:
        user = user or self.actors[caller]
        values = {**values, "self": user.profile.get("user_id", "nosuchuser")}
        body = json.loads(json.dumps(row.body), object_hook=lambda object: {key: _filled(value, values) for key, value in object.items()})
        path = re.sub(r"\{(\w+)\}", lambda found: urllib.parse.quote(str(values[found[1]])), row.path)
        match row.method:
            case "SEND":
                return await self._send(caller, user, path, body)
            case "OPEN" if path.startswith("/ws"):
                return await self._open(user, path)
        headers = {"Authorization": f"Bearer {user.access_token}"} if user.access_token else {}
        if row.method == "OPEN":
            return await self._open_stream(user, path, headers)
        if (row.method, row.path) == ("PUT", "/api/v1/users/me/avatar"):
            return self._outcome(await user.http.put(path, headers=headers, content=PICTURE))
        return self._outcome(await user.http.request(row.method, path, headers=headers, json=body))

    def _outcome(self, response: httpx.Response) -> Outcome:
        if response.is_success:
            return Outcome(ANSWERED, response.text if "json" in response.headers.get("Content-Type", "") else "")
        problem = check_problem(response.json(), response.status_code)
        heads = [f"{name}: {value}" for name, value in response.headers.items() if name not in ("date", "x-request-id")]
        return Outcome(_letter(problem), "\n".join([str(response.status_code), *heads, _normalized(response.text)]))

    async def _send(self, caller: str, user: TestUser, command: str, data: dict | None) -> Outcome:
        try:
            connection = await self._connection(caller, user)
        except ConnectionRejected as rejected:
            return _rejected(rejected)
        frame = await connection.command(command, **(data or {}))
        return Outcome(_letter(frame.data) if frame.event == "error" else ANSWERED, _normalized(frame.text))

    async def _open(self, user: TestUser, path: str) -> Outcome:
        headers = {"Authorization": f"Bearer {user.access_token or 'x'}"}
        try:
            connection = await Connection.open(f"ws://127.0.0.1:{self.server.port}{path}", headers=headers)
            user.connections.append(connection)
            await connection.wait_for_welcome()
        except ConnectionRejected as rejected:
            return _rejected(rejected)
        return Outcome(ANSWERED, "")

    async def _open_stream(self, user: TestUser, path: str, headers: dict) -> Outcome:
        async with user.http.stream("GET", path, headers=headers) as response:
            if response.is_success:
                return Outcome(ANSWERED, "")
            await response.aread()
        return self._outcome(response)

    async def _connection(self, caller: str, user: TestUser | None = None) -> Connection:
        """The caller's open connection, or a new one; without a token it is not authenticated."""
        user = user or self.actors[caller]
        if not user.access_token:
            user.connections.append(await Connection.open(self.server.websocket_url, origin=self.server.origin))
            return user.connections[-1]
        if user is not self.actors[caller]:
            return await user.connect()
        if caller not in self._connections or self._connections[caller].is_closed:
            self._connections[caller] = await user.connect()
        return self._connections[caller]


def with_unknown(values: dict, name: str) -> dict:
    """The same values, but `name` refers to something that does not exist."""
    value = values[name]
    return {**values, name: 999_999 if ADDRESSES[name] == "seq" else value[::-1]}


def _filled(value, values: dict):
    """A value of a body with its placeholder filled in."""
    if isinstance(value, list):
        return [_filled(item, values) for item in value]
    name = re.fullmatch(r"\{(\w+)\}", value) if isinstance(value, str) else None
    return values[name[1]] if name else value


def _letter(problem: dict) -> str:
    return ERROR_LETTERS.get(check_problem(problem)["code"], problem["code"])


def _normalized(text: str) -> str:
    return re.sub(r'"(request_id|ref)":"[^"]*"', r'"\1":"…"', text)


def _rejected(rejected: ConnectionRejected) -> Outcome:
    frames: list[Frame] = rejected.frames
    text = "\n".join([f"{rejected.status} {rejected.code}", *(_normalized(frame.text) for frame in frames)])
    if frames:
        return Outcome(_letter(frames[-1].data), text)
    return Outcome({401: "u", 4001: "u", 403: "s", 4003: "s"}.get(rejected.reason, str(rejected.reason)), text)
