"""The users of the simulation: their devices, and actions that are done in the chat and in the model."""

import json
from dataclasses import dataclass, field

from .client_state import ClientState
from .clients import TestUser, TestUsers
from .mismatch import Mismatch, check_equal
from .model import ExpectedError, Model, User
from .server import Server
from .ws_client import Connection, Frame

DEVICES = ("alice's phone", "alice's laptop", "bob's phone", "bob's laptop", "carol's phone", "dave's phone")
NAMES = ("alice", "bob", "carol", "dave")
# Erin posts markers in a room with everyone: a device that has received one has received all earlier events.
MARKER_AUTHOR = "erin"


def durable(frames: list[Frame]) -> list[Frame]:
    return [frame for frame in frames if frame.id is not None]


@dataclass(eq=False)
class ActionResult:
    """The result of an action, over REST or WebSocket."""

    status: int
    body: dict

    @classmethod
    def of(cls, reply: Frame) -> "ActionResult":
        """The result of a command; of commands that return a message, the message."""
        if reply.event == "ok":
            return cls(200, reply.data.get("message", reply.data))
        return cls(reply.data["status"], reply.data)

    @property
    def success_body(self) -> dict:
        return self.body if self.status < 300 else {}


@dataclass(eq=False)
class Device:
    """A device of a user, with its own session. `journal_read` is how much of the model's journal it has received."""

    name: str
    owner: str
    session: TestUser
    client_state: ClientState
    connection: Connection | None = None
    journal_read: int = 0
    frames_read: int = 0

    @property
    def is_connected(self) -> bool:
        return self.connection is not None

    def new_frames(self) -> list[Frame]:
        """The frames received since the last call."""
        frames = self.connection.history[self.frames_read :]
        self.frames_read = len(self.connection.history)
        return frames


@dataclass(eq=False)
class SimulationActions:
    """The users, their devices and the model, and what they do."""

    server: Server
    model: Model = field(default_factory=Model)
    devices: dict[str, Device] = field(default_factory=dict)

    # Start and stop

    async def start(self) -> None:
        self._users = TestUsers(self.server)
        self.sessions: dict[str, TestUser] = {}
        for name in (*NAMES, MARKER_AUTHOR):
            session = self.sessions[name] = await self._users.register(name)
            known = (await session.get(f"/users/{session.user_id}")).json()
            profile = {key: known[key] for key in known if key not in ("presence", "last_seen_at")}
            self.model.users[name] = User(name, profile)
        result = await self.sessions[MARKER_AUTHOR].create_room("group", "Everyone", [self.sessions[name] for name in NAMES])
        self.marker_room = self.model.create_room(MARKER_AUTHOR, "group", "Everyone", list(NAMES), result)
        for name in DEVICES:
            owner = name.partition("'")[0]
            is_first = not any(device.owner == owner for device in self.devices.values())
            session = self.sessions[owner] if is_first else await self.sessions[owner].another_session()
            device = self.devices[name] = Device(name, owner, session, ClientState(session.user_id))
            device.client_state.load((await session.get("/sync")).json())
            device.journal_read = len(self.model.journal)
            await self.reconnect(device)

    async def stop(self) -> None:
        await self._users.__aexit__()

    # Actions

    async def execute(self, actor: str, command: str, *, via: str, **data) -> ActionResult:
        """Executes a command over WebSocket if asked to and a device of the actor is connected, otherwise over REST."""
        connection = self.connection_of(actor)
        if via == "websocket" and connection is not None:
            return ActionResult.of(await connection.command(command, **data))
        room = f"/rooms/{data.pop('room_id')}"
        message = f"{room}/messages/{data.pop('seq', 0)}"
        match command:
            case "send_message":
                return await self.request(actor, "POST", f"{room}/messages", data)
            case "edit_message":
                return await self.request(actor, "PATCH", message, data)
            case "delete_message":
                return await self.request(actor, "DELETE", message)
            case "add_reaction":
                return await self.request(actor, "PUT", f"{message}/reactions/{data['emoji']}")
            case "remove_reaction":
                return await self.request(actor, "DELETE", f"{message}/reactions/{data['emoji']}")
            case "mark":
                return await self.request(actor, "PUT", f"{room}/markers", data)
        raise ValueError(command)

    def connection_of(self, actor: str) -> Connection | None:
        """The connection of one of the user's devices; None if none is connected."""
        return next((device.connection for device in self.devices.values() if device.owner == actor and device.is_connected), None)

    async def request(self, actor: str, method: str, path: str, body: dict | None = None) -> ActionResult:
        response = await self.sessions[actor].request(method, path, **({} if body is None else {"json": body}))
        return ActionResult(response.status_code, json.loads(response.text) if response.text else {})

    def apply_to_model(self, what: str, result: ActionResult, action, *args, **more):
        """Does the same in the model and compares the outcome. Returns the model's result; None if it was refused."""
        try:
            expected = action(*args, **more)
        except ExpectedError as error:
            check_equal(f"{what}, refused", result.status, error.status)
            return None
        if result.status not in (200, 201, 204):
            raise Mismatch(f"{what}: refused with {result.status}, and should not be: {result.body}")
        if isinstance(expected, dict):
            check_equal(f"{what}, response", result.body, expected)
        return expected

    # Devices

    async def disconnect(self, device: Device) -> None:
        await device.connection.abort()
        device.connection = None

    async def reconnect(self, device: Device) -> None:
        device.connection = await device.session.connect(since=device.client_state.cursor)
        device.frames_read = 0
        check_equal(f"{device.name}, resumed", device.connection.welcome.data["resumed"], True)

    async def sign_out(self, device: Device) -> None:
        """Ends the session: its connection must receive nothing more. Then the user signs in again, not connected."""
        response = await device.session.post("/auth/logout")
        check_equal(f"{device.name} signs out", response.status_code, 204)
        if device.connection is not None:
            await device.connection.expect_close(4001)
            check_equal(f"{device.name}, events after sign-out", [frame.text for frame in durable(device.new_frames())], [])
            device.connection = None
        await device.session.log_in()
