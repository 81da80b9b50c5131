"""The web client in real browsers: users chat live, and continue after the daemon is killed."""

import asyncio
import contextlib
import re
import secrets

import pytest
from playwright.async_api import Page, async_playwright, expect

from support.clients import TestUsers

CHROMIUM = "/usr/bin/chromium"
LIVE_MS = 3_000
RECOVERED_MS = 10_000

pytestmark = [pytest.mark.page, pytest.mark.timeout(120)]


class BrowserUser:
    """A user in a browser of their own."""

    def __init__(self, page: Page, name: str, directory):
        self.page = page
        self.name = f"{name}-{secrets.token_hex(4)}"
        self.display_name = name.capitalize()
        self.directory = directory
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.set_default_timeout(LIVE_MS * 2)

    def at(self, test_id: str):
        return self.page.get_by_test_id(test_id)

    @property
    def contents(self):
        return self.at("messages").get_by_test_id("content")

    async def screenshot(self, what: str) -> None:
        await self.page.screenshot(path=self.directory / f"{what}.png")

    async def sign_up(self, url: str) -> None:
        await self.page.goto(url)
        await self.at("show-sign-up").click()
        await self.at("username").fill(self.name)
        await self.at("display-name").fill(self.display_name)
        await self.at("password").fill("a long walk on the beach")
        await self.at("sign-up").click()
        await expect(self.at("chat")).to_be_visible()
        await expect(self.at("my-name")).to_have_text(self.display_name)
        await self.expect_online()

    async def sign_in(self, url: str, name: str) -> None:
        await self.page.goto(url)
        await self.at("username").fill(name)
        await self.at("password").fill("a long walk on the beach")
        await self.at("sign-in").click()
        await expect(self.at("chat")).to_be_visible()
        await self.expect_online()

    async def expect_online(self, within: int = LIVE_MS) -> None:
        await expect(self.at("connection-status")).to_have_attribute("data-state", "online", timeout=within)

    async def create_room(self, name: str) -> None:
        await self.at("new-room").click()
        await self.at("kind-public").check()
        await self.at("room-name-input").fill(name)
        await self.at("create-submit").click()
        await expect(self.at("room-name")).to_have_text(name)

    async def open_direct(self, username: str) -> None:
        await self.at("new-room").click()
        await self.at("kind-direct").check()
        await self.at("room-people-input").fill(username)
        await self.at("create-submit").click()
        await expect(self.at("room-topic")).to_contain_text(f"@{username}")

    async def join_room(self, name: str) -> None:
        await self.at("browse-rooms").click()
        await self.at("directory-item").filter(has_text=name).get_by_test_id("join-room").click()
        await expect(self.at("room-name")).to_have_text(name)

    async def post(self, content: str) -> None:
        await self.at("composer").fill(content)
        await self.at("send").click()

    async def expect_messages(self, *contents: str, within: int = LIVE_MS) -> None:
        await expect(self.contents).to_have_text(list(contents), timeout=within)

    async def expect_all_sent(self) -> None:
        states = await self.at("message").evaluate_all("all => all.map(one => one.dataset.state)")
        assert set(states) <= {"sent", "deleted"}, states


@contextlib.asynccontextmanager
async def browsers(directory, *names: str):
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        browser_users = [BrowserUser(await (await browser.new_context()).new_page(), name, directory) for name in names]
        try:
            yield browser_users
            for user in browser_users:
                assert not user.errors, user.errors
        finally:
            await browser.close()


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
        typing = asyncio.create_task(alice.at("composer").press_sequentially("Are you still there, Bob, I wonder", delay=150))
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
        await alice.at("sign-out").click()
        await expect(alice.at("account-form")).to_be_visible()
        await alice.page.reload()
        await expect(alice.at("account-form")).to_be_visible()


async def test_messages_and_edits_from_elsewhere_appear_on_the_page(server, tmp_path):
    async with TestUsers(server) as users, browsers(tmp_path, "alice") as (alice,):
        bob = await users.register("bob")
        name = f"Plaza {secrets.token_hex(4)}"
        room = (await bob.create_room("public", name))["room_id"]
        await alice.sign_up(server.url)
        await alice.join_room(name)
        await bob.post_message(room, "teh first")
        await alice.expect_messages("teh first")
        await bob.patch(f"/rooms/{room}/messages/1", json={"content": "the first"})
        await expect(alice.contents.first).to_contain_text("the first")
        await bob.post_message(room, "regrettable")
        await bob.delete(f"/rooms/{room}/messages/2")
        await expect(alice.at("message").nth(1)).to_have_attribute("data-state", "deleted")
        await alice.screenshot("corrected-and-deleted")


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
        await expect(alice.at("presence")).to_have_attribute("aria-label", "active")

        look = "how => { window.looking = how; document.dispatchEvent(new Event('visibilitychange')); }"
        await bob.page.evaluate(look, "hidden")
        await alice.post("Are you looking?")
        await expect(alice.at("ticks").last).to_have_attribute("data-status", "delivered")
        await expect(bob.page).to_have_title(re.compile(r"^\(1\) "))
        await asyncio.sleep(1)
        await expect(alice.at("ticks").last).to_have_attribute("data-status", "delivered")
        await expect(alice.at("presence")).to_have_attribute("aria-label", "active")
        await bob.page.clock.fast_forward(61_000)
        await expect(alice.at("presence")).to_have_attribute("aria-label", "idle")
        await bob.page.evaluate(look, "visible")
        await expect(alice.at("ticks").last).to_have_attribute("data-status", "read")
        await expect(alice.at("presence")).to_have_attribute("aria-label", "active")


async def test_users_reply_react_and_mention_with_the_keyboard_alone(server, tmp_path):
    async with browsers(tmp_path, "alice", "bob") as (alice, bob):
        name = f"Plaza {secrets.token_hex(4)}"
        await alice.sign_up(server.url)
        await alice.create_room(name)
        await bob.sign_up(server.url)
        await bob.join_room(name)
        await alice.post("Tea or coffee?")
        await bob.expect_messages("Tea or coffee?")

        await bob.at("reply").focus()
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

        await alice.at("react").last.focus()
        await alice.page.keyboard.press("Enter")
        await alice.at("emoji").first.focus()
        await alice.page.keyboard.press("Enter")
        reaction = bob.at("message").last.get_by_test_id("reaction")
        await expect(reaction).to_have_text("👍 1")
        await reaction.click()
        await expect(alice.at("reaction")).to_have_text("👍 2")
        await alice.screenshot("reactions")
        await alice.at("reaction").click()
        await expect(reaction).to_have_text("👍 1")
        await expect(alice.at("reaction")).to_have_attribute("aria-pressed", "false")


async def test_alice_sees_whether_bob_is_online_and_when_bob_was_last_seen(server, tmp_path):
    async with TestUsers(server) as users, browsers(tmp_path, "alice") as (alice,):
        bob = await users.register("bob")
        connection = await bob.connect()
        await alice.sign_up(server.url)
        await alice.open_direct(bob.username)
        await expect(alice.at("presence")).to_have_attribute("aria-label", "active")
        await expect(alice.at("room-topic")).to_contain_text("here now")
        await connection.command_ok("set_presence", state="idle")
        await expect(alice.at("presence")).to_have_attribute("aria-label", "idle")
        await bob.post("/auth/logout")
        await expect(alice.at("presence")).to_have_count(0, timeout=RECOVERED_MS)
        await expect(alice.at("room-topic")).to_contain_text("last seen just now")
        await alice.page.reload()
        await expect(alice.at("room-topic")).to_contain_text("last seen just now")
        await alice.screenshot("last-seen")


async def test_bob_searches_and_jumps_to_an_old_message(server, tmp_path):
    async with TestUsers(server) as users, browsers(tmp_path, "bob") as (bob,):
        alice = await users.register("alice")
        name = f"Annals {secrets.token_hex(4)}"
        room = (await alice.create_room("public", name))["room_id"]
        await alice.post_message(room, "The <i>zebrafish</i> are asleep")
        for number in range(160):
            await alice.post_message(room, f"Day {number}")
        await bob.sign_up(server.url)
        await bob.join_room(name)
        await expect(bob.contents.last).to_have_text("Day 159")
        await bob.at("search-messages").click()
        await bob.at("search-words").fill("zebrafsh")
        await expect(bob.at("search-item")).to_have_count(1)
        await expect(bob.at("search-item").locator("mark")).to_have_text("zebrafish")
        await bob.screenshot("search")
        await bob.at("search-item").click()
        await expect(bob.contents.first).to_have_text("The <i>zebrafish</i> are asleep")
        await expect(bob.contents.first).to_be_in_viewport()
        await alice.post_message(room, "Meanwhile")
        await bob.screenshot("led-to")
        await bob.at("jump-to-end").click()
        await expect(bob.contents.last).to_have_text("Meanwhile")
        await expect(bob.contents.last).to_be_in_viewport()
        # Scrolling down page by page reaches the newest message, too.
        await bob.page.goto(f"{server.url}#/room/{room}/1")
        await expect(bob.contents.first).to_be_in_viewport()
        for _ in range(8):
            await bob.at("history").evaluate("box => { box.scrollTop = box.scrollHeight; }")
            await bob.page.wait_for_timeout(150)
        await expect(bob.contents).to_have_count(162)
        await alice.post_message(room, "Now")
        await expect(bob.contents.last).to_have_text("Now")
        await expect(bob.contents.last).to_be_in_viewport()


async def test_alice_loads_more_of_lists_longer_than_a_page(own_server, tmp_path):
    server = own_server()
    async with TestUsers(server) as users, browsers(tmp_path, "alice") as (page,):
        alice = await users.register("alice")
        room = (await alice.create_room("public", "The Crowd"))["room_id"]
        for number in range(204):
            account = {"username": f"guest-{number}", "password": "a long walk on the beach"}
            response = await alice.post("/auth/register", token="", json=account)
            guest = response.json()["user"]["user_id"]
            assert (await alice.put(f"/rooms/{room}/members/{guest}", json={"role": "member"})).is_success
        for _ in range(55):
            assert (await alice.post(f"/rooms/{room}/invites", json={})).status_code == 201
        await page.sign_in(server.url, alice.username)
        await page.page.goto(f"{server.url}#/room/{room}")
        await expect(page.at("room-name")).to_have_text("The Crowd")
        await page.at("room-details").click()
        members, invites = page.at("members"), page.page.locator("#invites-list")
        for shown, kind, first, total in ((members, "member", 200, 205), (invites, "invite-link", 50, 55)):
            entries = shown.get_by_test_id(kind)
            await expect(entries).to_have_count(first)
            await shown.get_by_test_id("list-more").click()
            await expect(entries).to_have_count(total)
            await expect(shown.get_by_test_id("list-more")).to_have_count(0)
        assert len(set(await members.locator("[data-user-id]").evaluate_all("all => all.map((one) => one.dataset.userId)"))) == 205
        await page.screenshot("lists")


async def test_alice_manages_a_room(own_server, tmp_path):
    server = own_server()
    async with browsers(tmp_path, "alice", "bob", "mallory") as (alice, bob, mallory):
        await alice.sign_up(server.url)
        await alice.create_room("The Club")
        await alice.at("room-details").click()
        await alice.at("invite-make").click()
        link = await alice.at("invite-link").input_value()
        await bob.sign_up(server.url)
        await bob.page.goto(link)
        await expect(bob.at("room-name")).to_have_text("The Club")
        # Without a session, the page keeps the link until after the sign-up.
        await mallory.page.goto(link)
        await mallory.at("show-sign-up").click()
        await mallory.at("username").fill(mallory.name)
        await mallory.at("password").fill("a long walk on the beach")
        await mallory.at("sign-up").click()
        await expect(mallory.at("room-name")).to_have_text("The Club")

        await alice.page.keyboard.press("Escape")
        await alice.at("room-details").click()
        await expect(alice.at("member")).to_have_count(3)
        await alice.screenshot("details")
        await alice.at("change-room").click()
        await alice.at("new-name").fill("The Society")
        await alice.at("new-topic").fill("Of friends")
        await alice.at("save-room").click()
        await expect(bob.at("room-name")).to_have_text("The Society")
        await expect(bob.at("room-topic")).to_contain_text("Of friends")

        async def open_member(user: BrowserUser, action: str) -> None:
            await alice.at("member").filter(has_text=f"@{user.name}").get_by_test_id("member-open").click()
            await alice.at(action).click()

        await open_member(bob, "make-moderator")
        await expect(alice.at("role")).to_have_text(["owner", "moderator"])
        await mallory.post("I sell watches")
        await bob.expect_messages("I sell watches")
        await bob.at("report-message").focus()
        await bob.at("report-message").click()
        await bob.at("confirm-input").fill("an advertisement")
        await bob.at("confirm-yes").click()
        await expect(bob.at("toast")).to_contain_text("report")
        await open_member(mallory, "ban-member")
        await alice.at("confirm-yes").click()
        await expect(mallory.at("room")).to_be_hidden()
        await expect(mallory.at("toast").first).to_contain_text("no longer in")
        await expect(alice.at("report")).to_contain_text("an advertisement")
        await expect(alice.at("banned")).to_contain_text(mallory.name)
        await alice.at("resolve-report").click()
        await expect(alice.at("report")).to_have_count(0)
        await mallory.page.goto(link)
        await expect(mallory.at("toast").last).to_contain_text("not accepted")
        await alice.at("unban").click()
        await expect(alice.at("banned")).to_have_count(0)

        await bob.at("room-details").click()
        await bob.at("notify-level").select_option("mentions")
        await expect(bob.at("delete-room")).to_be_hidden()
        await bob.page.reload()
        await bob.expect_online(RECOVERED_MS)
        await bob.at("room-details").click()
        await expect(bob.at("notify-level")).to_have_value("mentions")
        await bob.at("mute").select_option("8")
        await expect(bob.page.get_by_text("Muted until")).to_be_visible()
        await bob.page.goto(f"{server.url}#/")

        await alice.at("delete-room").click()
        await alice.screenshot("question")
        await alice.at("confirm-yes").click()
        for user in (alice, bob):
            await expect(user.at("room-item")).to_have_count(0)


async def test_alice_changes_the_profile_and_blocks_mallory(server, tmp_path):
    async with TestUsers(server) as users, browsers(tmp_path, "alice", "bob") as (alice, bob):
        mallory = await users.register("mallory")
        name = f"Plaza {secrets.token_hex(4)}"
        await alice.sign_up(server.url)
        await alice.create_room(name)
        room = alice.page.url.rsplit("/", 1)[1]
        await bob.sign_up(server.url)
        await bob.join_room(name)
        await mallory.join(room)
        await mallory.post_message(room, "Psst")
        await bob.at("my-profile").click()
        await bob.at("profile-name").fill("Robert <b>")
        await bob.at("profile-status").fill("on the beach")
        await bob.screenshot("profile")
        await bob.at("profile-save").click()
        await expect(bob.at("my-name")).to_have_text("Robert <b>")
        await bob.at("my-profile").click()
        await bob.at("profile-name").fill("")
        await bob.at("profile-save").click()
        await expect(bob.at("profile-error")).to_contain_text("characters")

        await alice.at("room-details").click()
        await alice.at("member").filter(has_text=bob.name).get_by_test_id("member-open").click()
        await expect(alice.at("user-status")).to_have_text("on the beach")
        await alice.screenshot("person")
        await alice.page.keyboard.press("Escape")
        await alice.page.keyboard.press("Escape")
        await alice.at("author").first.click()
        await alice.at("block").click()
        await alice.at("confirm-yes").click()
        await expect(alice.at("toast")).to_contain_text("blocked")
        refused = await mallory.post("/rooms", json={"kind": "direct", "members": [(await user_id_of(mallory, alice.name))]})
        assert refused.status_code in (403, 404), refused.text
        await alice.at("author").first.click()
        await alice.at("unblock").click()
        await expect(alice.at("user")).to_be_hidden()


async def user_id_of(user, username: str) -> str:
    (user,) = (await user.get("/users", params={"q": username})).json()["items"]
    return user["user_id"]


async def test_the_page_shows_errors(server, tmp_path):
    async with browsers(tmp_path, "alice") as (alice,):
        await alice.page.goto(server.url)
        await alice.at("username").fill("nobody-at-all")
        await alice.at("password").fill("not a password of anyone")
        await alice.at("sign-in").click()
        await expect(alice.at("account-error")).not_to_be_empty()
        await alice.screenshot("wrong-password")
