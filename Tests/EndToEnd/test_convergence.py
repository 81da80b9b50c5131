"""Whatever happens in whatever order, what Bob read once plus the news he heard since is what he would read now."""

import random
import secrets

import pytest

from support.people import People, Person
from support.picture import Picture, names, summary

STEPS = 400
STEPS_BETWEEN_LOOKS = 8
# What happens, and how often.
LIFE = {
    "say": 40,
    "mark": 20,
    "react": 8,
    "unreact": 4,
    "edit": 8,
    "delete": 5,
    "join": 10,
    "leave": 6,
    "add": 8,
    "remove": 6,
    "promote": 4,
    "notify": 3,
    "hide": 2,
    "create": 3,
    "direct": 2,
    "ban": 3,
    "unban": 3,
    "block": 1,
    "unblock": 2,
    "profile": 2,
    "end": 2,
}


def words(chance: random.Random, whom: Person) -> str:
    return secrets.token_hex(4) + (f" @{whom.username}" if chance.random() < 0.5 else "")


async def something_happens(chance: random.Random, people: list[Person], rooms: list[str]) -> None:
    """One step by anybody, more often by or to Bob, whose picture is looked at; refusals are part of life."""
    bob = people[1]
    who, whom = chance.choice([*people, bob]), chance.choice([*people, bob, bob])
    room = chance.choice(rooms)
    last = max(1, chance.randint(1, 12))
    match chance.choices(list(LIFE), LIFE.values())[0]:
        case "say":
            answer = await who.post(f"/rooms/{room}/messages", json={"content": words(chance, whom)})
        case "edit":
            answer = await who.patch(f"/rooms/{room}/messages/{last}", json={"content": "edited " + words(chance, whom)})
        case "mark":
            mark = chance.choice(["delivered_seq", "preview_seq", "read_seq"])
            answer = await chance.choice([who, bob]).put(f"/rooms/{room}/markers", json={mark: chance.randint(0, 40)})
        case "react":
            answer = await who.put(f"/rooms/{room}/messages/{last}/reactions/{chance.choice('👍🎉')}")
        case "unreact":
            answer = await who.delete(f"/rooms/{room}/messages/{last}/reactions/{chance.choice('👍🎉')}")
        case "notify":
            answer = await who.put(f"/rooms/{room}/notify", json={"level": chance.choice(["all", "mentions", "none"])})
        case "hide":
            answer = await who.patch("/users/me", json={"hide_read_receipts": chance.random() < 0.5})
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
        case "ban":
            answer = await who.put(f"/rooms/{room}/bans/{whom.user_id}")
        case "unban":
            answer = await who.delete(f"/rooms/{room}/bans/{whom.user_id}")
        case "block":
            answer = await who.put(f"/users/{whom.user_id}/block")
        case "unblock":
            answer = await who.delete(f"/users/{whom.user_id}/block")
        case "profile":
            answer = await who.patch("/users/me", json={"display_name": secrets.token_hex(4)})
        case "end":
            answer = await who.delete(f"/rooms/{room}")
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
            entered = picture.follow(line)
            # Of a room she has come into she asks once; nothing happens meanwhile.
            for room_id in entered:
                answer = await bob.get(f"/rooms/{room_id}")
                # A public room that he left again is still there to be seen.
                if answer.status_code == 200 and answer.json()["me"]:
                    picture.rooms[room_id] = summary(answer.json())
            fresh = (await bob.get("/sync")).json()
            assert picture.rooms == {room["room_id"]: summary(room) for room in fresh["rooms"]}, f"after step {step}"
            assert picture.cursor <= fresh["cursor"]
            # Of those with whom he has shared no room since, he may remember an older name.
            assert names(fresh).items() <= picture.names.items() or entered, f"after step {step}"
            if entered:
                picture.names |= names(fresh)
        for room in fresh["rooms"]:
            messages = await bob.all_messages(room["room_id"])
            assert [message["seq"] for message in messages] == list(range(1, room["last_seq"] + 1))
            assert room["last_message"] == (messages[-1] if messages else None)
            members = await bob.walk(f"/rooms/{room['room_id']}/members", limit=200)
            assert room["member_count"] == len(members)
