"""Runs users with several devices against the real chat and a model of it; after each action both must agree."""

import asyncio
from dataclasses import dataclass

from .client_state import display_names, room_summary
from .mismatch import Mismatch, check_equal
from .model import Room
from .simulation_actions import MARKER_AUTHOR, NAMES, Device, SimulationActions, durable
from .ws_client import Connection, Frame

# How each user pages through a room: direction and messages per page.
PAGING = {"alice": ("after", 200), "bob": ("before", 3), "carol": ("after", 4), "dave": ("around", 5)}


@dataclass(eq=False)
class Simulation(SimulationActions):
    """The actions, and the checks that events, /sync, badges, client states and histories are what the model expects."""

    marker_count: int = 0

    async def check_all(self, room: Room | None) -> None:
        """Compares events, /sync, badges and client states with the model, and the messages of one room."""
        await self.check_events()
        await asyncio.gather(*(self._check_sync(name) for name in NAMES))
        await asyncio.gather(*(self._check_client_state(device) for device in self.devices.values() if device.is_connected))
        if room is not None:
            await self._learn_joined_at(room)
            await asyncio.gather(*(self._check_room(name, room) for name in NAMES))

    async def check_events(self) -> None:
        """Every connected device has received exactly the new events for its user: once, in order, with the expected data."""
        connected = [device for device in self.devices.values() if device.is_connected]
        await self._wait_for_all_events([device.connection for device in connected])
        for device in connected:
            new_frames = device.new_frames()
            self._check_received(device.name, device.owner, durable(new_frames), device.journal_read)
            self._check_typing(device, new_frames)
            device.journal_read = len(self.model.journal)

    async def _wait_for_all_events(self, connections: list[Connection]) -> None:
        """Waits until these connections have received every event so far."""
        self.marker_count += 1
        content = f"marker {self.marker_count}"
        room = self.marker_room
        result = await self.execute(MARKER_AUTHOR, "send_message", via="rest", room_id=room.room_id, content=content)
        self.apply_to_model("the marker author posts", result, self.model.post, MARKER_AUTHOR, room, content, result.success_body)
        for connection in connections:
            await connection.expect("new_message", room_id=room.room_id, content=content)

    def _check_received(self, actor: str, owner: str, frames: list[Frame], since: int) -> None:
        expected = self.model.replayed(owner, since)
        for frame, (event, data) in zip(frames, expected, strict=False):
            if (frame.event, frame.data) != (event.kind, data):
                if frame.event != event.kind:
                    raise Mismatch(f"{actor} received {frame.text}, and should have received {event.kind} {data}")
                check_equal(f"{actor} received {event.kind}", frame.data, data)
            if event.id is None:
                event.id = frame.id
            check_equal(f"{actor} received {event.kind} {data}, its position", frame.id, event.id)
        if len(frames) > len(expected):
            raise Mismatch(f"{actor} received an unexpected event: {frames[len(expected)].text}")
        if len(frames) < len(expected):
            event, data = expected[len(frames)]
            raise Mismatch(f"{actor} did not receive {event.kind} {data}")

    def _check_typing(self, device: Device, frames: list[Frame]) -> None:
        rooms = {room.room_id for room in self.model.rooms_of(device.owner)}
        for frame in frames:
            if frame.event == "user_typing" and frame.data["room_id"] not in rooms:
                raise Mismatch(f"{device.name} received typing from a room of which its user is not a member: {frame.text}")

    async def replay(self, name: str, since: int) -> None:
        """A user connects a new device that resumes after an old event."""
        connection = await self.sessions[name].connect(since=self.model.journal[since - 1].id)
        check_equal(f"{name}, resumed after an old event", connection.welcome.data["resumed"], True)
        await self._wait_for_all_events([connection])
        self._check_received(f"{name}, resumed after an old event,", name, durable(connection.history), since)
        await connection.close()

    async def _check_sync(self, name: str) -> None:
        session = self.sessions[name]
        state = (await session.get("/sync")).json()
        check_equal(f"/sync of {name}, me", state["me"], self.model.users[name].profile)
        rooms = self.model.rooms_of(name)
        check_equal(f"/sync of {name}, the order of rooms", [room["room_id"] for room in state["rooms"]], [room.room_id for room in rooms])
        for found, room in zip(state["rooms"], rooms, strict=True):
            check_equal(f"/sync of {name}, {room.document['name']}", found, self.model.room_view(room, name))
        expected = {self.model.users[other].user_id: self.model.users[other].profile for other in self.model.newest_authors(name)}
        check_equal(f"/sync of {name}, users", {user["user_id"]: user for user in state["users"]}, expected)
        badges = (await session.get("/users/me/badges")).json()
        found = {badge["room_id"]: (badge["unread"], badge["mentions"]) for badge in badges["rooms"]}
        check_equal(f"the badges of {name}", found, self.model.badges(name))
        sums = [sum(counts) for counts in zip(*found.values(), strict=True)] or [0, 0]
        check_equal(f"the badge totals of {name}", [badges["unread"], badges["mentions"]], sums)

    async def _check_client_state(self, device: Device) -> None:
        """The state that a device loaded once and updated by events equals the state that it would load now."""
        client_state = device.client_state
        entered = client_state.apply_received(device.connection)
        for room_id in entered:
            # A room that is new to the user is loaded once.
            response = await device.session.get(f"/rooms/{room_id}")
            if response.status_code == 200 and response.json()["me"]:
                client_state.enter(response.json())
        expected = {room.room_id: room_summary(self.model.room_view(room, device.owner)) for room in self.model.rooms_of(device.owner)}
        check_equal(f"the client state of {device.name}", client_state.rooms, expected)
        known = display_names({"users": [self.model.users[name].profile for name in self.model.visible_users(device.owner)]})
        if entered:
            client_state.names |= known
        for name in self.model.visible_users(device.owner):
            if frozenset((device.owner, name)) in self.model.blocked_once:
                del known[self.model.users[name].user_id]
        # Of others the device has no name yet: it knew them by no message.
        named = known.keys() & client_state.names.keys()
        check_equal(
            f"the display names on {device.name}", {key: client_state.names[key] for key in named}, {key: known[key] for key in named}
        )

    async def _check_room(self, name: str, room: Room) -> None:
        """A user sees of a room what the model says, and nothing else."""
        url = f"/rooms/{room.room_id}"
        response = await self.request(name, "GET", url)
        self.apply_to_model(f"{name} reads the room", response, self.model.room_view, room, name)
        direction, limit = PAGING[name]
        await self._check_history(name, room, direction, limit)
        response = await self.request(name, "GET", f"{url}/members?limit=200")
        members = self.apply_to_model(f"{name} lists the members", response, self.model.members, room, name)
        if members is not None:
            check_equal(f"{name} lists the members", [(item["user"], item["role"]) for item in response.body["items"]], members)
        seq = max(1, room.last_seq)
        response = await self.request(name, "GET", f"{url}/messages/{seq}/receipts?limit=200")
        receipts = self.apply_to_model(f"{name} reads the receipts of {seq}", response, self.model.receipts, room, seq, name)
        if receipts is not None:
            check_equal(
                f"{name} reads the receipts of {seq}", [(item["user_id"], item["state"]) for item in response.body["items"]], receipts
            )

    async def _check_history(self, name: str, room: Room, direction: str, limit: int) -> None:
        """Page by page, as this user reads: every message is on exactly one page."""
        end = room.last_seq
        seq = {"before": end + 1, "after": 0, "around": max(1, end - limit // 2)}[direction]
        while True:
            response = await self.request(name, "GET", f"/rooms/{room.room_id}/messages?{direction}={seq}&limit={limit}")
            messages = self.apply_to_model(f"{name} reads", response, self.model.read, room, name)
            if messages is None:
                return
            first, last = {
                "before": (max(1, seq - limit), seq - 1),
                "after": (seq + 1, min(end, seq + limit)),
                "around": (max(1, seq - limit // 2), min(end, seq - limit // 2 + limit - 1)),
            }[direction]
            expected = {"messages": messages[first - 1 : max(0, last)], "has_before": first > 1, "has_after": last < end}
            check_equal(f"{name} reads {limit} {direction} {seq}", response.body, expected)
            if direction == "after":
                if last >= end:
                    return
                seq = last
            else:
                if first == 1:
                    return
                seq = first if direction == "before" else max(1, first - limit + limit // 2)

    async def _learn_joined_at(self, room: Room) -> None:
        if room.members and any(not member.joined_at for member in room.members.values()):
            response = await self.request(next(iter(room.members)), "GET", f"/rooms/{room.room_id}/members?limit=200")
            joined_at = {item["user"]["user_id"]: item["joined_at"] for item in response.body.get("items", [])}
            for name, member in room.members.items():
                member.joined_at = joined_at.get(self.model.users[name].user_id, "")
