"""Messages that were kept long enough are gone: from pages, searches, files, exports, the journal and every file on the disk."""

import json
import stat

import pytest
from playwright.async_api import expect

from support.browser import browsers
from support.clients import TestUsers
from support.files import entries, read
from support.problems import check_error
from support.server import wait_until
from support.uploads import download, rows, stored, upload

# Long enough for what a test does before the first message is too old.
KEPT_SECONDS = 8
GONE_WITHIN_SECONDS = 40


def files_with(server, *words: str) -> set[str]:
    """The names of the files of the data directory that have one of the words."""
    paths = [path for path, entry in entries(server.data).items() if stat.S_ISREG(entry.st_mode)]
    return {path.name for path in paths if any(word.encode() in read(path) for word in words)}


@pytest.fixture
def keeping_server(own_server):
    return own_server(ECHOCHAT_RETENTION=f"{KEPT_SECONDS}s", ECHOCHAT_ERASE_WITHIN="4s")


async def test_messages_and_all_that_hangs_on_them_are_gone_from_everywhere(keeping_server):
    server = keeping_server
    async with TestUsers(server) as users:
        alice, bob = await users.register_all("alice", "bob")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        assert server.run_ctl("room", "retention", room, "off").endswith("keeps messages for ever\n")
        kept = (await alice.post_message(room, "keptforever stays"))["seq"]
        file = await upload(alice, b"the words of a file", "report.txt")
        doomed = (await alice.create_room("group", members=[bob]))["room_id"]
        hears = await bob.connect()
        for number in range(30):
            await alice.post_message(doomed, f"expiringword{number:02} @{bob.username}")
        with_file = await alice.post_message(doomed, "expiringword with a file", attachments=[file["file_id"]])
        assert (await alice.patch(f"/rooms/{doomed}/messages/3", json={"content": "expiringword edited"})).is_success
        assert (await alice.put(f"/rooms/{doomed}/pins/4")).is_success
        assert (await bob.put(f"/users/me/saved/{doomed}/5")).is_success
        assert (await bob.get_room(doomed))["me"]["unread"] == 31
        wait_until(lambda: "search.db" in {name.removesuffix("-wal") for name in files_with(server, "expiringword00")}, 10, "it is indexed")

        await hears.expect("messages_expired", within=GONE_WITHIN_SECONDS, room_id=doomed, first_seq=with_file["seq"] + 1)
        wait_until(lambda: not files_with(server, "expiringword", "the words of a file"), GONE_WITHIN_SECONDS, "no trace", every=0.5)
        assert (await bob.page(doomed))["messages"] == []
        state = await bob.get_room(doomed)
        assert (state["first_seq"], state["last_seq"], state["last_message"], state["retention_seconds"]) == (32, 31, None, None)
        assert (state["me"]["unread"], state["me"]["mentions"]) == (0, 0)
        check_error(await bob.get(f"/rooms/{doomed}/messages/31"), 404)
        check_error(await download(bob, file["url"]), 404)
        assert stored(server) == [] and rows(server) == []
        assert (await bob.get("/search/messages", params={"q": "expiringword"})).json()["items"] == []
        assert (await bob.get("/users/me/saved")).json()["items"] == []
        export = (await alice.get("/users/me/export")).text
        assert "expiringword" not in export and "keptforever" in export
        # What was said in a room that keeps for ever is there, and the room goes on.
        assert (await bob.page(room))["messages"][0]["seq"] == kept
        assert (await bob.get("/search/messages", params={"q": "keptforever"})).json()["items"]
        assert (await alice.post_message(doomed, "new"))["seq"] == 32
        # Who was away hears of messages that were there, without their words, and that they are gone.
        late = await bob.connect(since=hears.received("welcome")[0].data["cursor"])
        await bob.catch_up(late)
        told = [frame.data for frame in late.received("new_message", room_id=doomed)]
        assert [message["deleted"] for message in told if message["seq"] < 32] == [True] * 31
        assert late.received("messages_expired", room_id=doomed)


async def test_an_open_page_drops_what_is_gone_and_says_so(keeping_server, tmp_path):
    server = keeping_server
    async with TestUsers(server) as users, browsers(tmp_path, "bob") as (bob,):
        alice, account = await users.register_all("alice", "bob")
        room = (await alice.create_room("group", "Tea", members=[account]))["room_id"]
        for number in range(3):
            await alice.post_message(room, f"old {number}")
        assert (await alice.put(f"/rooms/{room}/pins/1")).is_success
        await bob.sign_in(server.url, account.username)
        await bob.page.goto(f"{server.url}#/room/{room}")
        await expect(bob.contents).to_have_count(3)
        await bob.at("room-details").click()
        await bob.at("panel-pins").click()
        await expect(bob.at("pin")).to_have_count(1)
        await expect(bob.contents).to_have_count(0, timeout=GONE_WITHIN_SECONDS * 1000)
        await expect(bob.at("pins-state")).to_have_text("Nothing is pinned here yet.")
        await expect(bob.page.get_by_text("Older messages of this conversation have been deleted automatically.")).to_be_visible()
        await alice.post_message(room, "fresh")
        await expect(bob.contents).to_have_text(["fresh"])
        await bob.page.reload()
        await expect(bob.contents.last).to_have_text("fresh")


async def test_the_operator_sets_how_long_a_room_keeps(own_server):
    server = own_server()
    async with TestUsers(server) as users:
        alice = await users.register("alice")
        room = (await alice.create_room("group", "Tea"))["room_id"]
        hears = await alice.connect()
        assert "keeps messages for 90d" in server.run_ctl("room", "retention", room, "90d")
        updated = await hears.expect("room_updated", within=1, room_id=room)
        assert updated.data["retention_seconds"] == 90 * 86_400
        assert "kept for" in server.run_ctl("room", "show", room)
        assert json.loads(server.run_ctl("room", "show", room, "--json"))["retention_seconds"] == 90 * 86_400
        assert "as ECHOCHAT_RETENTION says" in server.run_ctl("room", "retention", room, "default")
        assert (await alice.get_room(room))["retention_seconds"] is None
        for wrong in ("0", "-1", "x", "3651d", "99999999999999999999d", ""):
            server.run_ctl("room", "retention", room, wrong, status=64)
        server.run_ctl("room", "retention", "no-such-room", "1d", status=1)
        server.run_ctl("room", "retention", room, status=64)
        assert "room_retention_set" in server.run_ctl("audit")
