"""Deleted and replaced words are gone from every file of the data directory, at most `ECHOCHAT_ERASE_WITHIN` later; all others stay."""

import asyncio
import random
import re
import stat

from support.clients import TestUsers
from support.files import entries, read
from support.server import wait_until

# Georgian letters take three bytes each, and two in a row are found nowhere by chance: so trigrams of the index are found as well.
GEORGIAN = "".join(chr(code) for code in range(0x10D0, 0x10F1))
LETTERS = re.compile(rb"(?:\xe1\x83[\x90-\xb0]){2,}")
ERASE_WITHIN = "4s"
ERASED_WITHIN_SECONDS = 30


def georgian(numbers: random.Random, letters: int = 9) -> str:
    return "".join(numbers.choices(GEORGIAN, k=letters))


def traces(server, *words: str) -> dict[str, list[str]]:
    """The files of the data directory that have Georgian or one of the words, each with the first places."""
    pattern = re.compile(b"|".join([LETTERS.pattern, *(re.escape(word.encode()) for word in words)]))
    found = {}
    for path in sorted(path for path, entry in entries(server.data).items() if stat.S_ISREG(entry.st_mode)):
        content = read(path)
        places = [content[max(0, match.start() - 60) : match.end() + 20] for match in pattern.finditer(content)]
        if places:
            found[path.name] = [repr(place) for place in places[:2]] + [f"{len(places)} in all"]
    return found


async def test_words_that_were_deleted_or_replaced_are_in_no_file_and_all_others_are(own_server):
    server = own_server(ECHOCHAT_ERASE_WITHIN=ERASE_WITHIN)
    numbers = random.Random(1)
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        carol = users.unregistered("carol")
        carol.username = "carolgoneforever"
        await carol.register(email="gone-forever@example.org", display_name=georgian(numbers))
        assert (await carol.patch("/users/me", json={"status_text": georgian(numbers)})).status_code == 200
        rooms = [(await alice.create_room("group", members=[carol]))["room_id"] for _ in range(12)]
        ended = (await alice.create_room("public", georgian(numbers), topic=georgian(numbers)))["room_id"]
        doomed, kept = [], []

        async def post(room: str, number: int) -> None:
            author = carol if room != ended and number % 11 == 0 else alice
            gone = number % 3 == 0 and author is alice
            word = georgian(numbers) if gone else f"kept{numbers.getrandbits(60):015x}"
            message = await author.post_message(room, f"{word} {'filler ' * numbers.randrange(100)}")
            if gone:
                doomed.append((room, message["seq"]))
            elif room != ended:
                kept.append(word)

        # Messages of many rooms in turn: pages of the database are split, and rows move from page to page.
        for number in range(40):
            await asyncio.gather(*(post(room, number) for room in (*rooms, ended)))
        both = {"echochat.db", "search.db"}
        wait_until(lambda: both <= {name.removesuffix("-wal") for name in traces(server)}, 20, "both databases have the words")

        for number, (room, seq) in enumerate(doomed):
            if room == ended:
                continue
            place = f"/rooms/{room}/messages/{seq}"
            if number % 2:
                assert (await alice.delete(place)).is_success
            else:
                for text in (georgian(numbers), "replaced by other words"):
                    assert (await alice.patch(place, json={"content": text})).is_success
        assert (await alice.delete(f"/rooms/{ended}")).is_success
        assert (await carol.request("DELETE", "/users/me", json={"password": carol.password})).is_success

        secret = (carol.username, "gone-forever")
        wait_until(lambda: not traces(server, *secret), ERASED_WITHIN_SECONDS, "no trace", every=0.5)
    server.stop()
    assert traces(server, *secret) == {}
    content = b"".join(path.read_bytes() for path in server.data.glob("echochat.db*"))
    index = b"".join(path.read_bytes() for path in server.data.glob("search.db*"))
    assert [word for word in kept if word.encode() not in content] == []
    assert [word for word in kept if word.encode() not in index] == []
    with server.database() as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
