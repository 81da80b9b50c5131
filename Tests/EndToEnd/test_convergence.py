"""Whatever happens in whatever order, what Bob read once plus the news he heard since is what he would read now."""

import random
import secrets

import pytest

from support.people import People, Person

STEPS = 400
STEPS_BETWEEN_LOOKS = 8


class Picture:
    """What a client knows: made from one /sync, kept up by events, each applied once."""

    def __init__(self, me: str):
        self.me = me
        self.cursor = 0
        self.rooms: dict[str, dict] = {}

    def load(self, state: dict) -> None:
        self.cursor = state["cursor"]
        self.rooms = {room["room_id"]: summary(room) for room in state["rooms"]}

    def apply(self, frame) -> set[str]:
        """Gives the rooms of which more must be asked: those that are new to her."""
        assert frame.id > self.cursor, f"{frame.id} came after {self.cursor}"
        self.cursor = frame.id
        room_id = frame.data["room_id"]
        about_me = frame.event.startswith("member_") and frame.data["user"]["user_id"] == self.me
        if frame.event == "member_left" and about_me:
            self.rooms.pop(room_id, None)
            return set()
        if room_id not in self.rooms:
            return {room_id} if frame.event == "member_joined" and about_me else set()
        room = self.rooms[room_id]
        match frame.event:
            case "new_message":
                assert frame.data["seq"] == room["last_seq"] + 1, "a gap"
                room["last_seq"] += 1
                room["last"] = (frame.data["seq"], frame.data["content"], False)
            case "message_edited":
                if frame.data["seq"] == room["last_seq"]:
                    room["last"] = (frame.data["seq"], frame.data["content"], False)
            case "message_deleted":
                if frame.data["seq"] == room["last_seq"]:
                    room["last"] = (frame.data["seq"], None, True)
            case "member_joined":
                room["member_count"] += 1
            case "member_updated" if about_me:
                room["role"] = frame.data["role"]
            case "member_left":
                room["member_count"] -= 1
        return set()


def summary(room: dict) -> dict:
    last = room["last_message"]
    return {
        "last_seq": room["last_seq"],
        "member_count": room["member_count"],
        "role": room["me"]["role"],
        "last": last and (last["seq"], last["content"] or None, last["deleted"]),
    }


async def something_happens(chance: random.Random, people: list[Person], rooms: list[str]) -> None:
    """One step by anybody; refusals are part of life."""
    who, whom = chance.choice(people), chance.choice(people)
    room = chance.choice(rooms)
    last = max(1, chance.randint(1, 12))
    match chance.choices(
        ["say", "edit", "delete", "join", "leave", "add", "remove", "promote", "create", "direct"], [40, 8, 5, 10, 6, 8, 6, 4, 3, 2]
    )[0]:
        case "say":
            answer = await who.post(f"/rooms/{room}/messages", json={"content": secrets.token_hex(4)})
        case "edit":
            answer = await who.patch(f"/rooms/{room}/messages/{last}", json={"content": "edited " + secrets.token_hex(4)})
        case "delete":
            answer = await who.delete(f"/rooms/{room}/messages/{last}")
        case "join":
            answer = await who.post(f"/rooms/{room}/join")
        case "leave":
            answer = await who.post(f"/rooms/{room}/leave")
        case "add":
            answer = await who.put(f"/rooms/{room}/members/{whom.user_id}", json={"role": "member"})
        case "remove":
            answer = await who.delete(f"/rooms/{room}/members/{whom.user_id}")
        case "promote":
            answer = await who.put(f"/rooms/{room}/members/{whom.user_id}", json={"role": chance.choice(["moderator", "member"])})
        case "create":
            kind = chance.choice(["public", "group"])
            answer = await who.post("/rooms", json={"kind": kind, "name": secrets.token_hex(4), "members": [whom.user_id]})
        case _:
            answer = await who.post("/rooms", json={"kind": "direct", "members": [whom.user_id]})
    assert answer.status_code < 500, answer.text
    if answer.is_success and answer.content and "kind" in (made := answer.json()) and made["room_id"] not in rooms:
        rooms.append(made["room_id"])


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_picture_kept_up_by_news_is_the_picture_read_anew(server, seed):
    chance = random.Random(seed)
    async with People(server) as people:
        crowd = await people.registered("alice", "bob", "carol", "dave")
        bob = crowd[1]
        rooms = [(await crowd[i].create_room("public" if i % 2 else "group"))["room_id"] for i in range(4)]
        picture = Picture(bob.user_id)
        picture.load((await bob.get("/sync")).json())
        line = await bob.connect(since=picture.cursor)
        for step in range(0, STEPS, STEPS_BETWEEN_LOOKS):
            away = chance.random() < 0.3
            if away:
                await line.vanish()
            for _ in range(STEPS_BETWEEN_LOOKS):
                await something_happens(chance, crowd, rooms)
            if away:
                line = await bob.connect(since=picture.cursor)
                assert line.welcome.data["resumed"] is True
            await bob.catch_up(line)
            entered = set()
            for frame in line.history:
                if frame.id is not None and frame.id > picture.cursor:
                    entered |= picture.apply(frame)
            # Of a room she has come into she asks once; nothing happens meanwhile.
            for room_id in entered:
                answer = await bob.get(f"/rooms/{room_id}")
                if answer.status_code == 200:
                    picture.rooms[room_id] = summary(answer.json())
            fresh = (await bob.get("/sync")).json()
            assert picture.rooms == {room["room_id"]: summary(room) for room in fresh["rooms"]}, f"after step {step}"
            assert picture.cursor <= fresh["cursor"]
        for room in fresh["rooms"]:
            messages = await bob.all_messages(room["room_id"])
            assert [message["seq"] for message in messages] == list(range(1, room["last_seq"] + 1))
            assert room["last_message"] == (messages[-1] if messages else None)
            members = await bob.walk(f"/rooms/{room['room_id']}/members", limit=200)
            assert room["member_count"] == len(members)
