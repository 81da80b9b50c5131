"""What a client knows: made from one /sync, kept up by events, each applied once."""


class Picture:
    """Bob's rooms as his client shows them. Whatever happens, it must be what /sync would tell him now."""

    def __init__(self, me: str):
        self.me = me
        self.cursor = 0
        self.rooms: dict[str, dict] = {}
        self.names: dict[str, str] = {}

    def load(self, state: dict) -> None:
        self.cursor = state["cursor"]
        self.names = names(state)
        self.rooms = {room["room_id"]: summary(room) for room in state["rooms"]}

    def follow(self, line) -> set[str]:
        """Applies what a line has heard and was not applied yet."""
        entered = set()
        for frame in line.history:
            if frame.id is not None and frame.id > self.cursor:
                entered |= self.apply(frame)
        return entered

    def apply(self, frame) -> set[str]:
        """Gives the rooms of which more must be asked: those that are new to her."""
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
        about_me = frame.event.startswith("member_") and data["user"]["user_id"] == self.me
        if frame.event == "member_left" and about_me:
            self.rooms.pop(room_id, None)
            return set()
        if room_id not in self.rooms:
            return {room_id} if frame.event == "member_joined" and about_me else set()
        room = self.rooms[room_id]
        me, last = room["me"], room["last"]
        is_last = last and data.get("seq") == last["seq"]
        match frame.event:
            case "new_message":
                assert data["seq"] == room["last_seq"] + 1, "a gap"
                room["last_seq"] += 1
                room["last"] = said(data)
                if data["user_id"] == self.me:
                    # Whoever speaks has read what was said before.
                    me |= {"delivered_seq": data["seq"], "preview_seq": data["seq"], "read_seq": data["seq"], "mentions": 0}
                elif self.me in data["mentions"]:
                    me["mentions"] += 1
            case "message_edited" if is_last:
                room["last"] = said(data)
            case "message_deleted" if is_last:
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
            case "member_updated" if about_me:
                me["role"] = data["role"]
                me |= {name: value for name, value in data.get("me", {}).items() if name in me}
            case "member_left":
                room["member_count"] -= 1
        me["unread"] = room["last_seq"] - me["read_seq"]
        return set()


def names(state: dict) -> dict[str, str]:
    """How the people are called whom one shares a room with."""
    return {user["user_id"]: user["display_name"] for user in state["users"]}


def summary(room: dict) -> dict:
    return {
        "last_seq": room["last_seq"],
        "member_count": room["member_count"],
        "me": dict(room["me"]),
        "last": room["last_message"] and said(room["last_message"]),
    }


def said(message: dict) -> dict:
    return {
        "seq": message["seq"],
        "content": message["content"] or None,
        "deleted": message["deleted"],
        "mentions": message["mentions"],
        "reactions": {emoji: list(users) for emoji, users in message["reactions"].items()},
    }
