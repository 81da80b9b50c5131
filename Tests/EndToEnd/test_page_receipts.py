"""What the page says of reading is the server's truth: the ticks of messages, and what counts as previewed and as read."""

import random
import secrets

import pytest
from playwright.async_api import expect

from support.browser import RECOVERED_MS, BrowserUser, browsers
from support.clients import TestUser, TestUsers
from support.markers import put_markers, receipts
from support.ticks import TICKS, ticks_of_the_server
from support.waiting import wait_for

pytestmark = [pytest.mark.page, pytest.mark.timeout(120)]

# How many messages of the catch-up view end where they can be seen.
IN_SIGHT = """() => [...document.querySelectorAll('[data-testid="catch-up-message"]')].filter((row) =>
  row.getBoundingClientRect().bottom <= row.closest(".scroller").getBoundingClientRect().bottom).length"""

# The last message of the timeline that ends where it can be seen.
LOWEST_IN_SIGHT = """() => Math.max(...[...document.querySelectorAll('[data-testid="messages"] [data-testid="message"]')].filter((row) =>
  row.getBoundingClientRect().bottom <= row.closest(".scroller").getBoundingClientRect().bottom).map((row) => Number(row.dataset.seq)))"""


async def sign_in_as(page_user: BrowserUser, server, users: TestUsers) -> TestUser:
    """Signs the user of the page up, and also returns them as a user without a page."""
    await page_user.sign_up(server.url)
    return await TestUser(server, page_user.name).log_in()


async def test_ticks_equal_the_receipts_of_the_server_live_and_after_a_reload(server, tmp_path):
    """Of six messages, the first is read by two and the others by nobody; then anything in any order."""
    async with TestUsers(server) as users, browsers(tmp_path, "alice") as (alice,):
        author = await sign_in_as(alice, server, users)
        bob, carol = await users.register("bob", display_name="Bob"), await users.register("carol", display_name="Carol")
        names = {bob.user_id: "Bob", carol.user_id: "Carol"}
        room = (await author.create_room("group", f"Plaza {secrets.token_hex(4)}", members=(bob, carol)))["room_id"]
        await alice.at("room-item").click()

        async def compare() -> dict:
            seqs = [message["seq"] for message in await author.all_messages(room) if message["user_id"] == author.user_id]
            expected = await ticks_of_the_server(author, room, seqs, names)
            waiting = f"(expected) => JSON.stringify(({TICKS})()) === JSON.stringify(expected)"
            try:
                await wait_for(alice.page, waiting, arg=expected, timeout=RECOVERED_MS)
            except Exception:
                assert await alice.page.evaluate(TICKS) == expected
            return expected

        async def post(words: str) -> None:
            await alice.post(words)
            await expect(alice.contents.last).to_have_text(words)
            await alice.expect_all_sent()

        for number in range(1, 7):
            await post(f"Message {number}")
        for user in (bob, carol):
            await put_markers(user, room, read_seq=1)
        read = ["read", "Bob and Carol"]
        assert await compare() == {"1": read} | {str(seq): ["sent", ""] for seq in range(2, 7)}
        await alice.page.reload()
        assert (await compare())["1"] == read
        await alice.screenshot("one-of-six-is-read")

        chance = random.Random(7)
        for step in range(1, 25):
            user, last_seq = chance.choice([bob, carol]), (await author.get_room(room))["last_seq"]
            what = chance.choice(["delivered_seq", "preview_seq", "read_seq", "post", "answer"])
            if what == "post":
                await post(f"Step {step}")
            elif what == "answer":
                await user.post_message(room, f"Step {step}")
            else:
                await put_markers(user, room, **{what: chance.randint(1, last_seq)})
            await compare()
            if step % 6 == 0:
                await alice.page.reload()
                await compare()
        # Dave, who has not seen what was written before they came, and Carol, who hides what they read.
        dave = await users.register("dave", display_name="Dave")
        names[dave.user_id] = "Dave"
        await author.add(room, dave)
        await compare()
        await post("Welcome, Dave")
        await put_markers(dave, room, read_seq=(await author.get_room(room))["last_seq"])
        await compare()
        await carol.patch("/users/me", json={"hide_read_receipts": True})
        await alice.page.reload()
        await compare()


async def test_words_seen_while_catching_up_are_previewed_and_stay_unread(server, tmp_path):
    async with TestUsers(server) as users, browsers(tmp_path, "bob") as (bob,):
        reader = await sign_in_as(bob, server, users)
        alice = await users.register("alice", display_name="Alice")
        name = f"Plaza {secrets.token_hex(4)}"
        room = (await alice.create_room("group", name, members=(reader,)))["room_id"]
        for number in range(1, 11):
            await alice.post_message(room, f"Message {number}" + "\n\nand more" * 3)
        await expect(bob.at("unread")).to_have_text("10 unread")

        connection = await alice.connect()
        await bob.at("catch-up-open").click()
        await expect(bob.at("catch-up-message")).to_have_count(10)
        in_sight = await bob.page.evaluate(IN_SIGHT)
        assert 2 <= in_sight <= 5
        seen = (await connection.expect("receipt", user_id=reader.user_id, delivered_seq=10)).data
        if seen["preview_seq"] == 0:  # that they are there was told before
            seen = (await connection.expect("receipt", user_id=reader.user_id)).data
        assert (seen["preview_seq"], seen["read_seq"]) == (in_sight, 0)
        await bob.screenshot("catching-up")
        for seq in (in_sight + 2, in_sight + 4, 10):
            await bob.at("catch-up-message").nth(seq - 1).evaluate("row => row.scrollIntoView({ block: 'end' })")
            await connection.expect("receipt", user_id=reader.user_id, preview_seq=seq, read_seq=0)
        assert (await receipts(alice, room, 10))[reader.user_id] == "preview_read"
        await expect(bob.at("unread")).to_have_text("10 unread")
        await bob.page.keyboard.press("j")
        await bob.page.keyboard.press("e")
        await connection.expect("receipt", user_id=reader.user_id, read_seq=10)
        await expect(bob.at("unread")).to_have_count(0)


async def test_the_words_of_the_list_are_previewed_by_those_who_see_them(server, tmp_path):
    """On a phone, each row of the list has the room's last words."""
    async with TestUsers(server) as users, browsers(tmp_path, "bob") as (bob,):
        await bob.page.set_viewport_size({"width": 390, "height": 844})
        reader = await sign_in_as(bob, server, users)
        alice = await users.register("alice", display_name="Alice")
        room = (await alice.create_room("group", f"Plaza {secrets.token_hex(4)}", members=(reader,)))["room_id"]
        connection = await alice.connect()
        await alice.post_message(room, "Who brings the cake?")
        await expect(bob.at("room-item-preview")).to_have_text("Alice: Who brings the cake?")
        await connection.expect("receipt", user_id=reader.user_id, preview_seq=1, read_seq=0)
        await expect(bob.at("unread")).to_have_text("1 unread")
        await bob.screenshot("list-with-words")
        await alice.post_message(room, "long " * 60)
        await connection.expect("receipt", user_id=reader.user_id, delivered_seq=2)
        await alice.post_message(room, "Short again")
        await expect(bob.at("room-item-preview")).to_have_text("Alice: Short again")
        await connection.expect("receipt", user_id=reader.user_id, delivered_seq=3)
        assert (await receipts(alice, room, 3))[reader.user_id] == "delivered", "the marker does not jump over words that were not shown"
        await bob.at("room-item").click()
        await connection.expect("receipt", user_id=reader.user_id, preview_seq=3, read_seq=3)


async def test_of_sixty_new_messages_those_that_were_in_sight_are_read(server, tmp_path):
    async with TestUsers(server) as users, browsers(tmp_path, "bob") as (bob,):
        reader = await sign_in_as(bob, server, users)
        alice = await users.register("alice", display_name="Alice")
        room = (await alice.create_room("group", f"Plaza {secrets.token_hex(4)}", members=(reader,)))["room_id"]
        await put_markers(reader, room, read_seq=(await alice.post_message(room, "The first"))["seq"])
        for number in range(2, 62):
            await alice.post_message(room, f"Message {number}")
        await expect(bob.at("unread")).to_have_text("60 unread")
        connection = await alice.connect()
        await bob.at("room-item").click()
        await expect(bob.at("divider-new")).to_be_in_viewport()
        lowest = await bob.page.evaluate(LOWEST_IN_SIGHT)
        assert 10 < lowest < 40
        await connection.expect("receipt", user_id=reader.user_id, read_seq=lowest)
        await expect(bob.at("unread")).to_have_text(f"{61 - lowest} unread")
        await bob.at("jump-to-end").click()
        await expect(bob.at("message").last).to_be_in_viewport()
        await expect(bob.at("unread-pill")).to_contain_text(f"{61 - lowest} new")
        await bob.screenshot("sixty-new")
        await bob.at("mark-read").click()
        await connection.expect("receipt", user_id=reader.user_id, read_seq=61)
        await expect(bob.at("unread")).to_have_count(0)
