"""The state of a client: loaded from one /sync, then updated by events, each applied once."""


class ClientState:
    """The rooms of one user as a client shows them. It must always equal what /sync returns at that moment."""

    def __init__(self, me: str):
        self.me = me
        self.cursor = 0
        self.rooms: dict[str, dict] = {}
        self.names: dict[str, str] = {}
        self.deleted: dict[str, DeletedMessages] = {}

    def load(self, state: dict) -> None:
        self.cursor = state["cursor"]
        self.names = display_names(state)
        self.rooms, self.deleted = {}, {}
        for room in state["rooms"]:
            self.enter(room)

    def enter(self, room: dict) -> None:
        """Takes a room as it was read."""
        summary = self.rooms[room["room_id"]] = room_summary(room)
        self.deleted[room["room_id"]] = DeletedMessages(summary)

    def apply_received(self, connection) -> set[str]:
        """Applies the received events that were not applied before; returns the new rooms."""
        entered = set()
        for frame in connection.history:
            if frame.id is not None and frame.id > self.cursor:
                entered |= self.apply(frame)
        return entered

    def apply(self, frame) -> set[str]:
        """Applies one event; returns the rooms that are new to the user and must be loaded."""
        assert frame.id > self.cursor, f"{frame.id} came after {self.cursor}"
        self.cursor = frame.id
        data = frame.data
        if frame.event == "user_updated":
            self.names[data["user_id"]] = data["display_name"]
            return set()
        room_id = data["room_id"]
        if frame.event.startswith("member_"):
            self.names[data["user"]["user_id"]] = data["user"]["display_name"]
        if frame.event == "room_deleted":
            self.rooms.pop(room_id, None)
            return set()
        is_own = frame.event.startswith("member_") and data["user"]["user_id"] == self.me
        if frame.event == "member_left" and is_own:
            self.rooms.pop(room_id, None)
            return set()
        if room_id not in self.rooms:
            return {room_id} if frame.event == "member_joined" and is_own else set()
        room = self.rooms[room_id]
        me, last = room["me"], room["last"]
        is_last = last and data.get("seq") == last["seq"]
        match frame.event:
            case "new_message":
                assert data["seq"] == room["last_seq"] + 1, "a gap"
                room["last_seq"] += 1
                room["last"] = message_summary(data)
                if data["user_id"] == self.me:
                    # Posting marks everything before as read.
                    me |= {"delivered_seq": data["seq"], "preview_seq": data["seq"], "read_seq": data["seq"], "mentions": 0}
                elif self.me in data["mentions"]:
                    me["mentions"] += 1
            case "message_edited" if is_last:
                room["last"] = message_summary(data)
            case "message_deleted":
                self.deleted[room_id].seqs.add(data["seq"])
                if is_last:
                    room["last"] = {"seq": data["seq"], "content": None, "deleted": True, "mentions": [], "reactions": {}}
            case "reaction_added" if is_last:
                last["reactions"].setdefault(data["emoji"], []).append(data["user_id"])
            case "reaction_removed" if is_last:
                last["reactions"][data["emoji"]].remove(data["user_id"])
                if not last["reactions"][data["emoji"]]:
                    del last["reactions"][data["emoji"]]
            case "receipt" if data["user_id"] == self.me:
                for mark in ("delivered_seq", "preview_seq", "read_seq"):
                    assert data[mark] >= me[mark], f"{mark} moved back"
                    me[mark] = data[mark]
            case "member_joined":
                room["member_count"] += 1
            case "member_updated" if is_own:
                me["role"] = data["role"]
                if "me" in data:
                    me |= {name: value for name, value in data["me"].items() if name in me}
                    self.deleted[room_id].recount(room)
            case "member_left":
                room["member_count"] -= 1
        me["unread"] = room["last_seq"] - me["read_seq"] - self.deleted[room_id].after(me["read_seq"])
        return set()


class DeletedMessages:
    """The deleted messages after the read marker of a room: those that events told of, and the number of the others.

    A room that is read says how many messages are unread, not which of them are deleted. Whenever a marker stops among these, the server
    tells the new count.
    """

    def __init__(self, room: dict):
        self.seqs: set[int] = set()
        self.recount(room)

    def recount(self, room: dict) -> None:
        """The server has said how many messages are unread."""
        me = room["me"]
        self.others, self.others_through = 0, room["last_seq"]
        self.others = room["last_seq"] - me["read_seq"] - me["unread"] - self.after(me["read_seq"])

    def after(self, read_seq: int) -> int:
        return sum(seq > read_seq for seq in self.seqs) + (self.others if read_seq < self.others_through else 0)


def display_names(state: dict) -> dict[str, str]:
    """The display name of every user in a /sync response."""
    return {user["user_id"]: user["display_name"] for user in state["users"]}


def room_summary(room: dict) -> dict:
    return {
        "last_seq": room["last_seq"],
        "member_count": room["member_count"],
        "me": dict(room["me"]),
        "last": room["last_message"] and message_summary(room["last_message"]),
    }


def message_summary(message: dict) -> dict:
    return {
        "seq": message["seq"],
        "content": message["content"] or None,
        "deleted": message["deleted"],
        "mentions": message["mentions"],
        "reactions": {emoji: list(users) for emoji, users in message["reactions"].items()},
    }
