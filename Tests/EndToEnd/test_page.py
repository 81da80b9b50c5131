"""Two people meet on the web page, in two real browsers: they chat live, and go on when the daemon is killed under them."""

import asyncio
import contextlib
import re
import secrets

import pytest
from playwright.async_api import Page, async_playwright, expect

from support.people import People

CHROMIUM = "/usr/bin/chromium"
LIVE_MS = 3_000
RECOVERED_MS = 10_000

pytestmark = [pytest.mark.page, pytest.mark.timeout(120)]


class Visitor:
    """Somebody at a browser of her own."""

    def __init__(self, page: Page, name: str, pictures):
        self.page = page
        self.name = f"{name}-{secrets.token_hex(4)}"
        self.display_name = name.capitalize()
        self.pictures = pictures
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.set_default_timeout(LIVE_MS * 2)

    def at(self, test_id: str):
        return self.page.get_by_test_id(test_id)

    @property
    def contents(self):
        return self.at("messages").get_by_test_id("content")

    async def picture(self, what: str) -> None:
        await self.page.screenshot(path=self.pictures / f"{what}.png")

    async def sign_up(self, url: str) -> None:
        await self.page.goto(url)
        await self.at("show-sign-up").click()
        await self.at("username").fill(self.name)
        await self.at("display-name").fill(self.display_name)
        await self.at("password").fill("a long walk on the beach")
        await self.at("sign-up").click()
        await expect(self.at("chat")).to_be_visible()
        await expect(self.at("my-name")).to_have_text(self.display_name)
        await self.is_online()

    async def sign_in(self, url: str, name: str) -> None:
        await self.page.goto(url)
        await self.at("username").fill(name)
        await self.at("password").fill("a long walk on the beach")
        await self.at("sign-in").click()
        await expect(self.at("chat")).to_be_visible()
        await self.is_online()

    async def is_online(self, within: int = LIVE_MS) -> None:
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

    async def say(self, content: str) -> None:
        await self.at("composer").fill(content)
        await self.at("send").click()

    async def sees(self, *contents: str, within: int = LIVE_MS) -> None:
        await expect(self.contents).to_have_text(list(contents), timeout=within)

    async def sees_nothing_waiting(self) -> None:
        states = await self.at("message").evaluate_all("all => all.map(one => one.dataset.state)")
        assert set(states) <= {"sent", "deleted"}, states


@contextlib.asynccontextmanager
async def browsers(pictures, *names: str):
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        visitors = [Visitor(await (await browser.new_context()).new_page(), name, pictures) for name in names]
        try:
            yield visitors
            for visitor in visitors:
                assert not visitor.complaints, visitor.complaints
        finally:
            await browser.close()


async def test_two_people_meet_on_the_page_and_go_on_when_the_daemon_is_killed(own_server, tmp_path):
    server = own_server()
    async with browsers(tmp_path, "alice", "bob") as (alice, bob):
        await alice.sign_up(server.url)
        await alice.create_room("The Lobby")
        await bob.sign_up(server.url)
        await bob.join_room("The Lobby")
        await alice.picture("1-alice-in-the-lobby")

        await alice.say("Hello, Bob!")
        await bob.sees("Hello, Bob!")
        await bob.say("Hello, Alice! <b>bold</b> & “quoted” 👋")
        both = ["Hello, Bob!", "Hello, Alice! <b>bold</b> & “quoted” 👋"]
        await alice.sees(*both)
        await bob.picture("2-bob-chats")
        typing = asyncio.create_task(alice.at("composer").press_sequentially("Are you still there, Bob, I wonder", delay=150))
        await expect(bob.at("typing")).to_contain_text(re.compile("alice", re.IGNORECASE), timeout=2 * LIVE_MS)
        await bob.picture("3-bob-sees-alice-typing")
        await typing
        await alice.at("composer").fill("")

        killed = server.kill("push")
        # She does not wait for the line: what she says while it is down arrives once it is back.
        await alice.say("Still there?")
        server.wait_replaced(killed)
        await bob.say("Still here.")
        await expect(alice.contents).to_have_count(4, timeout=RECOVERED_MS)
        await expect(bob.contents).to_have_count(4, timeout=RECOVERED_MS)
        await alice.is_online(RECOVERED_MS)
        await bob.is_online(RECOVERED_MS)
        said = await alice.contents.all_inner_texts()
        assert sorted(said[2:]) == ["Still here.", "Still there?"]
        assert await bob.contents.all_inner_texts() == said
        await alice.say("All well.")
        await bob.sees(*said, "All well.")
        await alice.sees(*said, "All well.")
        await alice.sees_nothing_waiting()
        await bob.sees_nothing_waiting()
        await bob.picture("4-bob-after-the-kill")


async def test_the_page_is_as_it_was_after_a_reload(own_server, tmp_path):
    server = own_server()
    async with browsers(tmp_path, "alice") as (alice,):
        await alice.sign_up(server.url)
        await alice.create_room("Diary")
        await alice.say("Dear diary")
        await alice.sees("Dear diary")
        await alice.sees_nothing_waiting()
        await alice.page.reload()
        await alice.is_online(RECOVERED_MS)
        await expect(alice.at("room-name")).to_have_text("Diary")
        await alice.sees("Dear diary")
        await alice.picture("after-the-reload")
        await alice.at("sign-out").click()
        await expect(alice.at("account-form")).to_be_visible()
        await alice.page.reload()
        await expect(alice.at("account-form")).to_be_visible()


async def test_what_is_said_and_corrected_elsewhere_appears_on_the_page(server, tmp_path):
    async with People(server) as people, browsers(tmp_path, "alice") as (alice,):
        bob = await people.register("bob")
        name = f"Plaza {secrets.token_hex(4)}"
        room = (await bob.create_room("public", name))["room_id"]
        await alice.sign_up(server.url)
        await alice.join_room(name)
        await bob.write(room, "teh first")
        await alice.sees("teh first")
        await bob.patch(f"/rooms/{room}/messages/1", json={"content": "the first"})
        await expect(alice.contents.first).to_contain_text("the first")
        await bob.write(room, "regrettable")
        await bob.delete(f"/rooms/{room}/messages/2")
        await expect(alice.at("message").nth(1)).to_have_attribute("data-state", "deleted")
        await alice.picture("corrected-and-deleted")


async def test_alice_sees_how_her_words_fare_and_bobs_badge_is_the_same_on_both_his_devices(server, tmp_path):
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

        await alice.say("Anyone there?")
        await alice.say(f"You, @{bob.name}?")
        for device in (bob, tablet):
            await expect(device.at("unread")).to_have_text("2 unread")
            await expect(device.at("mentions")).to_be_visible()
            await expect(device.page).to_have_title(re.compile(r"^\(2\) "))
        await expect(alice.at("ticks").last).to_have_attribute("data-status", "delivered")
        await tablet.picture("badges")

        await tablet.at("room-item").click()
        await expect(tablet.contents).to_have_count(2)
        for device in (bob, tablet):
            await expect(device.at("unread")).to_have_count(0)
            await expect(device.at("mentions")).to_have_count(0)
            await expect(device.page).not_to_have_title(re.compile(r"^\("))
        await expect(alice.at("ticks").last).to_have_attribute("data-status", "read")
        await alice.say("Well then.")
        await expect(bob.at("room-item")).to_contain_text("Well then.")
        await expect(alice.at("ticks").last).to_have_attribute("data-status", "read")
        await expect(bob.at("unread")).to_have_count(0)
        await alice.page.reload()
        await expect(alice.at("ticks").first).to_have_attribute("data-status", "read")
        await alice.at("ticks").last.click()
        await expect(alice.at("receipt")).to_contain_text("Read")
        await alice.picture("who-has-it")


async def test_what_bob_does_not_look_at_he_has_not_read_and_after_a_minute_he_is_idle(server, tmp_path):
    async with browsers(tmp_path, "alice", "bob") as (alice, bob):
        await bob.page.clock.install()
        await bob.page.add_init_script("Object.defineProperty(document, 'visibilityState', { get: () => window.looking ?? 'visible' })")
        await alice.sign_up(server.url)
        await bob.sign_up(server.url)
        await alice.open_direct(bob.name)
        await alice.say("Hello")
        await bob.at("room-item").click()
        await expect(alice.at("ticks")).to_have_attribute("data-status", "read")
        await expect(alice.at("presence")).to_have_attribute("aria-label", "active")

        look = "how => { window.looking = how; document.dispatchEvent(new Event('visibilitychange')); }"
        await bob.page.evaluate(look, "hidden")
        await alice.say("Are you looking?")
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


async def test_people_answer_react_and_call_each_other_with_the_keyboard_alone(server, tmp_path):
    async with browsers(tmp_path, "alice", "bob") as (alice, bob):
        name = f"Plaza {secrets.token_hex(4)}"
        await alice.sign_up(server.url)
        await alice.create_room(name)
        await bob.sign_up(server.url)
        await bob.join_room(name)
        await alice.say("Tea or coffee?")
        await bob.sees("Tea or coffee?")

        await bob.at("reply").focus()
        await bob.page.keyboard.press("Enter")
        await expect(bob.at("replying")).to_contain_text("Tea or coffee?")
        await bob.at("composer").press_sequentially(f"Tea, @{alice.name[:7]}")
        await expect(bob.at("completion-item")).to_have_count(1)
        await bob.picture("completion")
        await bob.page.keyboard.press("Tab")
        await expect(bob.at("composer")).to_have_value(f"Tea, @{alice.name} ")
        await bob.page.keyboard.press("Enter")
        answer = alice.at("message").last
        await expect(answer.get_by_test_id("quote")).to_have_text("Alice: Tea or coffee?")
        await expect(answer.locator(".mentioned-name")).to_have_text(f"@{alice.name}")
        await expect(answer).to_have_class(re.compile("mentions-me"))

        await alice.at("react").last.focus()
        await alice.page.keyboard.press("Enter")
        await alice.at("emoji").first.focus()
        await alice.page.keyboard.press("Enter")
        reaction = bob.at("message").last.get_by_test_id("reaction")
        await expect(reaction).to_have_text("👍 1")
        await reaction.click()
        await expect(alice.at("reaction")).to_have_text("👍 2")
        await alice.picture("reactions")
        await alice.at("reaction").click()
        await expect(reaction).to_have_text("👍 1")
        await expect(alice.at("reaction")).to_have_attribute("aria-pressed", "false")


async def test_alice_sees_whether_bob_is_here_and_when_he_was(server, tmp_path):
    async with People(server) as people, browsers(tmp_path, "alice") as (alice,):
        bob = await people.register("bob")
        line = await bob.connect()
        await alice.sign_up(server.url)
        await alice.open_direct(bob.username)
        await expect(alice.at("presence")).to_have_attribute("aria-label", "active")
        await expect(alice.at("room-topic")).to_contain_text("here now")
        await line.done("set_presence", state="idle")
        await expect(alice.at("presence")).to_have_attribute("aria-label", "idle")
        await bob.post("/auth/logout")
        await expect(alice.at("presence")).to_have_count(0, timeout=RECOVERED_MS)
        await expect(alice.at("room-topic")).to_contain_text("last seen just now")
        await alice.page.reload()
        await expect(alice.at("room-topic")).to_contain_text("last seen just now")
        await alice.picture("last-seen")


async def test_bob_searches_and_is_led_to_what_was_said_long_ago(server, tmp_path):
    async with People(server) as people, browsers(tmp_path, "bob") as (bob,):
        alice = await people.register("alice")
        name = f"Annals {secrets.token_hex(4)}"
        room = (await alice.create_room("public", name))["room_id"]
        await alice.write(room, "The <i>zebrafish</i> are asleep")
        for number in range(160):
            await alice.write(room, f"Day {number}")
        await bob.sign_up(server.url)
        await bob.join_room(name)
        await expect(bob.contents.last).to_have_text("Day 159")
        await bob.at("search-messages").click()
        await bob.at("search-words").fill("zebrafsh")
        await expect(bob.at("search-item")).to_have_count(1)
        await expect(bob.at("search-item").locator("mark")).to_have_text("zebrafish")
        await bob.picture("search")
        await bob.at("search-item").click()
        await expect(bob.contents.first).to_have_text("The <i>zebrafish</i> are asleep")
        await expect(bob.contents.first).to_be_in_viewport()
        await alice.write(room, "Meanwhile")
        await bob.picture("led-to")
        await bob.at("jump-to-end").click()
        await expect(bob.contents.last).to_have_text("Meanwhile")
        await expect(bob.contents.last).to_be_in_viewport()
        # And by foot: down through the pages to what is said now.
        await bob.page.goto(f"{server.url}#/room/{room}/1")
        await expect(bob.contents.first).to_be_in_viewport()
        for _ in range(8):
            await bob.at("history").evaluate("box => { box.scrollTop = box.scrollHeight; }")
            await bob.page.wait_for_timeout(150)
        await expect(bob.contents).to_have_count(162)
        await alice.write(room, "Now")
        await expect(bob.contents.last).to_have_text("Now")
        await expect(bob.contents.last).to_be_in_viewport()


async def test_alice_goes_through_lists_that_have_more_than_a_page(own_server, tmp_path):
    server = own_server()
    async with People(server) as people, browsers(tmp_path, "alice") as (page,):
        alice = await people.register("alice")
        room = (await alice.create_room("public", "The Crowd"))["room_id"]
        for number in range(204):
            account = {"username": f"guest-{number}", "password": "a long walk on the beach"}
            answer = await alice.post("/auth/register", token="", json=account)
            guest = answer.json()["user"]["user_id"]
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
        await page.picture("lists")


async def test_alice_keeps_her_room(own_server, tmp_path):
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
        # Signed out, the link is kept for after.
        await mallory.page.goto(link)
        await mallory.at("show-sign-up").click()
        await mallory.at("username").fill(mallory.name)
        await mallory.at("password").fill("a long walk on the beach")
        await mallory.at("sign-up").click()
        await expect(mallory.at("room-name")).to_have_text("The Club")

        await alice.page.keyboard.press("Escape")
        await alice.at("room-details").click()
        await expect(alice.at("member")).to_have_count(3)
        await alice.picture("details")
        await alice.at("change-room").click()
        await alice.at("new-name").fill("The Society")
        await alice.at("new-topic").fill("Of friends")
        await alice.at("save-room").click()
        await expect(bob.at("room-name")).to_have_text("The Society")
        await expect(bob.at("room-topic")).to_contain_text("Of friends")

        async def about(visitor: Visitor, action: str) -> None:
            await alice.at("member").filter(has_text=f"@{visitor.name}").get_by_test_id("member-open").click()
            await alice.at(action).click()

        await about(bob, "make-moderator")
        await expect(alice.at("role")).to_have_text(["owner", "moderator"])
        await mallory.say("I sell watches")
        await bob.sees("I sell watches")
        await bob.at("report-message").focus()
        await bob.at("report-message").click()
        await bob.at("confirm-input").fill("an advertisement")
        await bob.at("confirm-yes").click()
        await expect(bob.at("toast")).to_contain_text("report")
        await about(mallory, "ban-member")
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
        await bob.is_online(RECOVERED_MS)
        await bob.at("room-details").click()
        await expect(bob.at("notify-level")).to_have_value("mentions")
        await bob.at("mute").select_option("8")
        await expect(bob.page.get_by_text("Muted until")).to_be_visible()
        await bob.page.goto(f"{server.url}#/")

        await alice.at("delete-room").click()
        await alice.picture("question")
        await alice.at("confirm-yes").click()
        for visitor in (alice, bob):
            await expect(visitor.at("room-item")).to_have_count(0)


async def test_alice_changes_her_profile_and_blocks_mallory(server, tmp_path):
    async with People(server) as people, browsers(tmp_path, "alice", "bob") as (alice, bob):
        mallory = await people.register("mallory")
        name = f"Plaza {secrets.token_hex(4)}"
        await alice.sign_up(server.url)
        await alice.create_room(name)
        room = alice.page.url.rsplit("/", 1)[1]
        await bob.sign_up(server.url)
        await bob.join_room(name)
        await mallory.join(room)
        await mallory.write(room, "Psst")
        await bob.at("my-profile").click()
        await bob.at("profile-name").fill("Robert <b>")
        await bob.at("profile-status").fill("on the beach")
        await bob.picture("profile")
        await bob.at("profile-save").click()
        await expect(bob.at("my-name")).to_have_text("Robert <b>")
        await bob.at("my-profile").click()
        await bob.at("profile-name").fill("")
        await bob.at("profile-save").click()
        await expect(bob.at("profile-error")).to_contain_text("characters")

        await alice.at("room-details").click()
        await alice.at("member").filter(has_text=bob.name).get_by_test_id("member-open").click()
        await expect(alice.at("user-status")).to_have_text("on the beach")
        await alice.picture("person")
        await alice.page.keyboard.press("Escape")
        await alice.page.keyboard.press("Escape")
        await alice.at("author").first.click()
        await alice.at("block").click()
        await alice.at("confirm-yes").click()
        await expect(alice.at("toast")).to_contain_text("blocked")
        refused = await mallory.post("/rooms", json={"kind": "direct", "members": [(await people_id(mallory, alice.name))]})
        assert refused.status_code in (403, 404), refused.text
        await alice.at("author").first.click()
        await alice.at("unblock").click()
        await expect(alice.at("user")).to_be_hidden()


async def people_id(person, username: str) -> str:
    (user,) = (await person.get("/users", params={"q": username})).json()["items"]
    return user["user_id"]


async def test_the_page_says_what_is_wrong(server, tmp_path):
    async with browsers(tmp_path, "alice") as (alice,):
        await alice.page.goto(server.url)
        await alice.at("username").fill("nobody-at-all")
        await alice.at("password").fill("not a password of anyone")
        await alice.at("sign-in").click()
        await expect(alice.at("account-error")).not_to_be_empty()
        await alice.picture("wrong-password")
