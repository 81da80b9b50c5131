"""The web client in real browsers: users chat live, and continue after the daemon is killed."""

import asyncio
import json
import re
import secrets

import pytest
from playwright.async_api import expect

from support.browser import LIVE_MS, RECOVERED_MS, browsers
from support.clients import TestUsers
from support.server import REPOSITORY

pytestmark = [pytest.mark.page, pytest.mark.timeout(120)]


async def test_two_users_chat_on_the_page_and_continue_after_the_daemon_is_killed(own_server, tmp_path):
    server = own_server()
    async with browsers(tmp_path, "alice", "bob") as (alice, bob):
        await alice.sign_up(server.url)
        await alice.create_room("The Lobby")
        await bob.sign_up(server.url)
        await bob.join_room("The Lobby")
        await alice.screenshot("1-alice-in-the-lobby")

        await alice.post("Hello, Bob!")
        await bob.expect_messages("Hello, Bob!")
        await bob.post("Hello, Alice! <b>bold</b> & “quoted” 👋")
        both = ["Hello, Bob!", "Hello, Alice! <b>bold</b> & “quoted” 👋"]
        await alice.expect_messages(*both)
        await bob.screenshot("2-bob-chats")
        keys = alice.at("composer").press_sequentially("Are you still there, Bob, I wonder", delay=150, timeout=RECOVERED_MS)
        typing = asyncio.create_task(keys)
        await expect(bob.at("typing")).to_contain_text(re.compile("alice", re.IGNORECASE), timeout=2 * LIVE_MS)
        await bob.screenshot("3-bob-sees-alice-typing")
        await typing
        await alice.at("composer").fill("")

        killed = server.kill("push")
        # A message posted without a connection is sent after the reconnect.
        await alice.post("Still there?")
        server.wait_replaced(killed)
        await bob.post("Still here.")
        await expect(alice.contents).to_have_count(4, timeout=RECOVERED_MS)
        await expect(bob.contents).to_have_count(4, timeout=RECOVERED_MS)
        await alice.expect_online(RECOVERED_MS)
        await bob.expect_online(RECOVERED_MS)
        contents = await alice.contents.all_inner_texts()
        assert sorted(contents[2:]) == ["Still here.", "Still there?"]
        assert await bob.contents.all_inner_texts() == contents
        await alice.post("All well.")
        await bob.expect_messages(*contents, "All well.")
        await alice.expect_messages(*contents, "All well.")
        await alice.expect_all_sent()
        await bob.expect_all_sent()
        await bob.screenshot("4-bob-after-the-kill")


async def test_the_page_is_unchanged_after_a_reload(own_server, tmp_path):
    server = own_server()
    async with browsers(tmp_path, "alice") as (alice,):
        await alice.sign_up(server.url)
        await alice.create_room("Diary")
        await alice.post("Dear diary")
        await alice.expect_messages("Dear diary")
        await alice.expect_all_sent()
        await alice.page.reload()
        await alice.expect_online(RECOVERED_MS)
        await expect(alice.at("room-name")).to_have_text("Diary")
        await alice.expect_messages("Dear diary")
        await alice.screenshot("after-the-reload")
        await alice.sign_out()
        await alice.page.reload()
        await expect(alice.at("account-form")).to_be_visible()


async def join_a_room_of_bob(server, users, alice):
    """Signs Alice up on her page and has her join a public room; returns Bob, who is not on a page, and the room's id."""
    bob = await users.register("bob")
    name = f"Plaza {secrets.token_hex(4)}"
    room = (await bob.create_room("public", name))["room_id"]
    await alice.sign_up(server.url)
    await alice.join_room(name)
    return bob, room


async def test_messages_and_edits_from_elsewhere_appear_on_the_page(server, tmp_path):
    async with TestUsers(server) as users, browsers(tmp_path, "alice") as (alice,):
        bob, room = await join_a_room_of_bob(server, users, alice)
        await bob.post_message(room, "teh first")
        await alice.expect_messages("teh first")
        await bob.patch(f"/rooms/{room}/messages/1", json={"content": "the first"})
        await expect(alice.contents.first).to_contain_text("the first")
        await bob.post_message(room, "regrettable")
        await bob.delete(f"/rooms/{room}/messages/2")
        await expect(alice.at("message").nth(1)).to_have_attribute("data-state", "deleted")
        await alice.screenshot("corrected-and-deleted")


async def test_the_badge_leaves_out_deleted_messages_live_and_after_a_reload(server, tmp_path):
    async with TestUsers(server) as users, browsers(tmp_path, "alice") as (alice,):
        bob, room = await join_a_room_of_bob(server, users, alice)
        await alice.page.goto(server.url + "#/")
        for content in ("one", "two", "three", "four"):
            await bob.post_message(room, content)
        await expect(alice.at("unread")).to_have_text("4 unread")
        for seq in (1, 3):
            assert (await bob.delete(f"/rooms/{room}/messages/{seq}")).is_success
        await expect(alice.at("unread")).to_have_text("2 unread")
        await alice.page.reload()
        await expect(alice.at("unread")).to_have_text("2 unread")
        assert (await bob.delete(f"/rooms/{room}/messages/2")).is_success
        await expect(alice.at("unread")).to_have_text("1 unread")
        await alice.at("room-item").click()
        await expect(alice.at("unread")).to_have_count(0)


async def test_alice_sees_the_delivery_status_and_bob_the_same_badge_on_both_devices(server, tmp_path):
    async with browsers(tmp_path, "alice", "bob", "bob") as (alice, bob, tablet):
        name = f"Plaza {secrets.token_hex(4)}"
        await alice.sign_up(server.url)
        await alice.create_room(name)
        await bob.sign_up(server.url)
        await bob.join_room(name)
        await tablet.sign_in(server.url, bob.name)
        await bob.page.goto(server.url + "#/")
        for device in (bob, tablet):
            await expect(device.at("unread")).to_have_count(0)

        await alice.post("Anyone there?")
        await alice.post(f"You, @{bob.name}?")
        for device in (bob, tablet):
            await expect(device.at("unread")).to_have_text("2 unread")
            await expect(device.at("mentions")).to_be_visible()
            await expect(device.page).to_have_title(re.compile(r"^\(2\) "))
        await expect(alice.at("ticks").last).to_have_attribute("data-status", "delivered")
        await tablet.screenshot("badges")

        await tablet.at("room-item").click()
        await expect(tablet.contents).to_have_count(2)
        for device in (bob, tablet):
            await expect(device.at("unread")).to_have_count(0)
            await expect(device.at("mentions")).to_have_count(0)
            await expect(device.page).not_to_have_title(re.compile(r"^\("))
        await expect(alice.at("ticks").last).to_have_attribute("data-status", "read")
        await alice.post("Well then.")
        await expect(bob.at("room-item")).to_contain_text("Well then.")
        await expect(alice.at("ticks").last).to_have_attribute("data-status", "read")
        await expect(bob.at("unread")).to_have_count(0)
        await alice.page.reload()
        await expect(alice.at("ticks").first).to_have_attribute("data-status", "read")
        await expect(alice.at("room-topic")).to_have_text("2 members")
        await alice.at("ticks").last.click()
        await expect(alice.at("receipt")).to_contain_text("Read")
        await alice.screenshot("who-has-it")


async def test_a_hidden_page_reads_nothing_and_bob_is_idle_after_a_minute(server, tmp_path):
    async with browsers(tmp_path, "alice", "bob") as (alice, bob):
        await bob.page.clock.install()
        await bob.page.add_init_script("Object.defineProperty(document, 'visibilityState', { get: () => window.looking ?? 'visible' })")
        await alice.sign_up(server.url)
        await bob.sign_up(server.url)
        await alice.open_direct(bob.name)
        await alice.post("Hello")
        await bob.at("room-item").click()
        await expect(alice.at("ticks")).to_have_attribute("data-status", "read")
        await expect(alice.at("presence")).to_have_attribute("data-state", "active")

        look = "how => { window.looking = how; document.dispatchEvent(new Event('visibilitychange')); }"
        await bob.page.evaluate(look, "hidden")
        await alice.post("Are you looking?")
        await expect(alice.at("ticks").last).to_have_attribute("data-status", "delivered")
        await expect(bob.page).to_have_title(re.compile(r"^\(1\) "))
        await asyncio.sleep(1)
        await expect(alice.at("ticks").last).to_have_attribute("data-status", "delivered")
        await expect(alice.at("presence")).to_have_attribute("data-state", "active")
        await bob.page.clock.fast_forward(61_000)
        await expect(alice.at("presence")).to_have_attribute("data-state", "idle")
        await bob.page.evaluate(look, "visible")
        await expect(alice.at("ticks").last).to_have_attribute("data-status", "read")
        await expect(alice.at("presence")).to_have_attribute("data-state", "active")


async def press_until_focused(user, key, target, presses):
    for _ in range(presses):
        await user.page.keyboard.press(key)
        if await target.evaluate("node => node === document.activeElement"):
            return
    await expect(target).to_be_focused()


async def walk_to_tool(user, tool):
    """From the composer to one of the tools of the newest message, by keys."""
    await user.at("composer").focus()
    await expect(user.at("message").last).to_have_attribute("tabindex", "0")  # a moment after it is seen
    await press_until_focused(user, "Shift+Tab", user.at("message").last, presses=4)
    await press_until_focused(user, "ArrowRight", user.at("message").last.get_by_test_id(tool), presses=5)


async def test_users_reply_react_and_mention_with_the_keyboard_alone(server, tmp_path):
    async with browsers(tmp_path, "alice", "bob") as (alice, bob):
        name = f"Plaza {secrets.token_hex(4)}"
        await alice.sign_up(server.url)
        await alice.create_room(name)
        await bob.sign_up(server.url)
        await bob.join_room(name)
        await alice.post("Tea or coffee?")
        await bob.expect_messages("Tea or coffee?")

        await walk_to_tool(bob, "reply")
        await bob.page.keyboard.press("Enter")
        await expect(bob.at("replying")).to_contain_text("Tea or coffee?")
        await bob.at("composer").press_sequentially(f"Tea, @{alice.name[:7]}")
        await expect(bob.at("completion-item")).to_have_count(1)
        await bob.screenshot("completion")
        await bob.page.keyboard.press("Tab")
        await expect(bob.at("composer")).to_have_value(f"Tea, @{alice.name} ")
        await bob.page.keyboard.press("Enter")
        reply = alice.at("message").last
        await expect(reply.get_by_test_id("quote")).to_have_text("Alice: Tea or coffee?")
        await expect(reply.locator(".mentioned-name")).to_have_text(f"@{alice.name}")
        await expect(reply).to_have_class(re.compile("mentions-me"))

        await walk_to_tool(alice, "react")
        await alice.page.keyboard.press("Enter")
        await expect(alice.at("emoji-search")).to_be_focused()
        await alice.page.keyboard.press("ArrowDown")
        await expect(alice.at("emoji").first).to_be_focused()
        await alice.page.keyboard.press("Enter")
        reaction = bob.at("message").last.get_by_test_id("reaction")
        await expect(reaction).to_have_text("👍 1")
        await reaction.click()
        await expect(alice.at("reaction")).to_have_text("👍 2")
        await alice.screenshot("reactions")
        await alice.at("reaction").click()
        await expect(reaction).to_have_text("👍 1")
        await expect(alice.at("reaction")).to_have_attribute("aria-pressed", "false")
        await expect(alice.at("unread")).to_have_count(0)


async def test_the_page_shows_the_mentions_that_the_server_finds(server, tmp_path):
    """The table of cases that the server is tested with, and a message in the page."""
    table = json.loads((REPOSITORY / "Tests" / "mention_cases.json").read_text())
    find = """async ({members, cases}) => {
        const { findMentions } = await import("/parts/mentions.js");
        return cases.map(({text}) => findMentions(text, members).map(({start, end}) => text.slice(start, end)));
    }"""
    async with browsers(tmp_path, "alice", "bob") as (alice, bob):
        await alice.sign_up(server.url)
        found = await alice.page.evaluate(find, table)
        for case, mentions in zip(table["cases"], found, strict=True):
            assert list(dict.fromkeys(mention[1:].lower() for mention in mentions)) == case["mentions"], case

        name = f"Plaza {secrets.token_hex(4)}"
        await alice.create_room(name)
        await bob.sign_up(server.url)
        await bob.join_room(name)
        await bob.post(f"`@{alice.name}` https://m.example/@{alice.name} _@{alice.name}_ @{alice.name}...what")
        message = alice.at("message").last
        await expect(message.locator(".mentioned-name")).to_have_text([f"@{alice.name}"] * 2)
        await expect(message.locator("a[rel]")).to_have_text(f"https://m.example/@{alice.name}")


async def test_alice_sees_whether_bob_is_online_and_when_bob_was_last_seen(server, tmp_path):
    async with TestUsers(server) as users, browsers(tmp_path, "alice") as (alice,):
        bob = await users.register("bob")
        connection = await bob.connect()
        await alice.sign_up(server.url)
        await alice.open_direct(bob.username)
        await expect(alice.at("presence")).to_have_attribute("data-state", "active")
        await expect(alice.at("room-topic")).to_contain_text("here now")
        await connection.command_ok("set_presence", state="idle")
        await expect(alice.at("presence")).to_have_attribute("data-state", "idle")
        await bob.post("/auth/logout")
        await expect(alice.at("presence")).to_have_count(0, timeout=RECOVERED_MS)
        await expect(alice.at("room-topic")).to_contain_text("last seen just now")
        await alice.page.reload()
        await expect(alice.at("room-topic")).to_contain_text("last seen just now")
        await alice.screenshot("last-seen")


async def test_the_page_shows_errors(server, tmp_path):
    async with browsers(tmp_path, "alice") as (alice,):
        await alice.page.goto(server.url)
        await alice.at("username").fill("nobody-at-all")
        await alice.at("password").fill("not a password of anyone")
        await alice.at("sign-in").click()
        await expect(alice.at("account-error")).not_to_be_empty()
        await alice.screenshot("wrong-password")
