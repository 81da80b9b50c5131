"""A chat to look at: people with names of all kinds, rooms, and a room with every kind of message."""

import asyncio
import io
import math
import struct
import wave
from dataclasses import dataclass, field

from .clients import TestUser, TestUsers
from .page_files import png
from .server import Server
from .uploads import upload

# With what a server offers that sends mails, though nobody listens there.
SETTINGS = {"ECHOCHAT_SMTP_URL": "smtp://127.0.0.1:9?tls=none", "ECHOCHAT_PUBLIC_URL": "http://127.0.0.1:{port}"}
NAMES = {"alice": "Alice Liddell", "bob": "Bob Өркен", "carol": "كارول الطويلة", "dora": "D" * 60, "eve": "Eve"}
CROWD_STEP = 4  # more at once are too much for the server
CODE = '```swift\nfunc hello() {\n  print("A line of code that does not fit into the column of a phone, nor the panel")\n}\n```'
MARKUP = (
    "**Bold**, *italic*, ~~gone~~, `code` and https://en.wikipedia.org/wiki/Swift_(programming_language)\n> a quote\n\n- one\n- two\n\n"
    "[The plan](https://example.org/plan), by mail to bob@example.org"
)
LINES = "\n".join(f"Line {number} of a long list" for number in range(1, 41))


@dataclass
class Chat:
    """`rooms`: ids by name. Alice looks at it; nobody else is on a page."""

    server: Server
    people: dict[str, TestUser]
    rooms: dict[str, str] = field(default_factory=dict)
    invite: str = ""

    @property
    def alice(self) -> TestUser:
        return self.people["alice"]


def tone() -> bytes:
    """A second of sound."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setparams((1, 2, 8_000, 8_000, "NONE", ""))
        sound.writeframes(b"".join(struct.pack("<h", int(9_000 * math.sin(at / 3))) for at in range(8_000)))
    return out.getvalue()


async def make_chat(server: Server, users: TestUsers, crowd: int = 0) -> Chat:
    """`crowd`: how many members the room Everybody has beside Alice; without any there is no such room."""
    people = dict(zip(NAMES, await users.register_all(*NAMES), strict=True))
    for name, display_name in NAMES.items():
        await people[name].patch("/users/me", json={"display_name": display_name, "status_text": "at the lake until Monday, then back"})
    chat = Chat(server, people)
    alice, bob, carol, dora, eve = people.values()
    topic = "Plums, bees and https://example.org/garden, and what else there is to say"
    chat.rooms["garden"] = (await alice.create_room("group", "Garden club", members=[bob, carol, dora], topic=topic))["room_id"]
    long_name = "News of the whole company and of everybody in it"
    chat.rooms["news"] = (await bob.create_room("public", long_name, members=[alice, dora]))["room_id"]
    chat.rooms["lunch"] = (await alice.create_room("group", "Lunch", members=[bob]))["room_id"]
    chat.rooms["bob"] = (await bob.create_room("direct", members=[alice]))["room_id"]
    chat.rooms["plaza"] = (await bob.create_room("public", "Plaza"))["room_id"]
    await bob.post_message(chat.rooms["plaza"], "Hello to all who come by")
    await bob.post_message(chat.rooms["bob"], "Are you there?")
    await bob.post_message(chat.rooms["lunch"], f"@{alice.username} soup?")
    for number in range(60):
        author = (bob, dora)[number // 4 % 2]
        await author.post_message(chat.rooms["news"], f"News {number + 1} of today, and what they mean for the garden")
    await fill_garden(chat)
    assert (await alice.patch("/users/me/preferences", json={"added_by": "contacts"})).is_success
    assert (await alice.put(f"/users/{eve.user_id}/block")).is_success
    mallory = await users.register("mallory")
    await mallory.create_room("group", "A party", members=[alice])
    if crowd:
        await make_crowd(chat, users, crowd)
    return chat


async def fill_garden(chat: Chat) -> None:
    """Every kind of message, some with reactions, pins and marks, all read by Alice."""
    alice, bob, carol, dora, eve = chat.people.values()
    garden = chat.rooms["garden"]
    for number in range(20):
        await (alice, bob, carol, dora)[number * 7 % 4].post_message(garden, f"We meet at the old bridge, at {number % 12 + 1}")
    await bob.post_message(garden, MARKUP)
    await carol.post_message(garden, LINES)
    await bob.post_message(garden, CODE)
    await carol.post_message(garden, "مرحبا بالجميع في الحديقة")
    asked = (await bob.post_message(garden, f"Who brings the ladder, @{alice.username}?"))["seq"]
    await alice.post_message(garden, "I do.", reply_to=asked)
    for user, emoji in ((alice, "👍"), (carol, "👍"), (dora, "🪜")):
        await user.put(f"/rooms/{garden}/messages/{asked}/reactions/{emoji}")
    await dora.post_message(garden, "🎉🥳")
    await dora.post_message(garden, "x" * 400)
    files = [
        await upload(bob, png(640, 400), "holiday.png", "image/png"),
        await upload(bob, png(300, 600), "lake.png", "image/png"),
        await upload(bob, b"Bring the tea.\n" * 100, "notes for everybody who comes on Sunday.txt", "text/plain"),
        await upload(bob, tone(), "bees.wav", "audio/wav"),
    ]
    await bob.post_message(garden, "From the lake", attachments=[file["file_id"] for file in files])
    regretted = (await bob.post_message(garden, "Oh no"))["seq"]
    await bob.delete(f"/rooms/{garden}/messages/{regretted}")
    edited = (await alice.post_message(garden, "We meet at fife"))["seq"]
    await alice.patch(f"/rooms/{garden}/messages/{edited}", json={"content": "We meet at five"})
    last = (await alice.post_message(garden, "At the bridge"))["seq"]
    for seq in (1, asked, last):
        assert (await alice.put(f"/rooms/{garden}/pins/{seq}")).is_success
        assert (await alice.put(f"/users/me/saved/{garden}/{seq}")).is_success
    await alice.put(f"/rooms/{garden}/bans/{eve.user_id}")
    await bob.post(f"/rooms/{garden}/messages/3/report", json={"reason": "an advertisement"})
    chat.invite = (await alice.post(f"/rooms/{garden}/invites", json={})).json()["code"]
    for user, seq in ((alice, last), (bob, last), (carol, edited)):
        await user.put(f"/rooms/{garden}/markers", json={"read_seq": seq})


async def make_crowd(chat: Chat, users: TestUsers, count: int) -> None:
    room = (await chat.alice.create_room("public", "Everybody"))["room_id"]
    chat.rooms["everybody"] = room

    async def join(number: int) -> None:
        await (await users.register(f"person{number}", display_name=f"Person {number}")).join(room)

    for start in range(0, count, CROWD_STEP):
        await asyncio.gather(*map(join, range(start, min(start + CROWD_STEP, count))))
