"""Visits of the web client: the first one, by an invitation, offline, in several tabs, and their end."""

import contextlib
import re
import secrets
import shutil

import pytest
from playwright.async_api import async_playwright, expect

from support.browser import CHROMIUM, LIVE_MS, RECOVERED_MS, BrowserUser, browsers
from support.page_visits import wait_for_shell
from support.server import REPOSITORY
from support.waiting import wait_for

# Where the modules of the page have come from.
TAKEN = """() => {
  const modules = performance.getEntriesByType("resource").filter(({ name }) => name.includes("/elements/"));
  return [...new Set(modules.map((entry) => entry.workerFinalRouterSource ?? entry.workerFinalSourceType))];
}"""

# Whether the page listens to the service worker, and has told it which version it has.
HEARS_THE_WORKER = """async () => (await navigator.locks.query()).held.some(({ name }) => name.startsWith("echochat-shell-"))"""

pytestmark = [pytest.mark.page, pytest.mark.timeout(120)]


@contextlib.asynccontextmanager
async def browser_context(**options):
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield await browser.new_context(**options)
        finally:
            await browser.close()


async def test_a_new_user_makes_a_room_in_three_steps_and_its_link_brings_a_friend(server, tmp_path):
    async with browsers(tmp_path, "alice", "bob") as (alice, bob):
        await alice.page.goto(server.url)
        await alice.at("show-sign-up").click()
        await alice.at("username").fill(alice.name)
        await alice.at("password").fill("a long walk on the beach")
        await alice.page.keyboard.press("Enter")
        await expect(alice.at("first-name")).to_be_focused()
        await alice.at("first-name").fill("Alice")
        await alice.page.keyboard.press("Enter")
        await expect(alice.at("first-room")).to_be_focused()
        await alice.page.keyboard.press("Enter")
        await expect(alice.page.get_by_role("alert")).to_have_text("Give the room a name.")
        await alice.at("first-room").fill("Garden club")
        await alice.screenshot("first-run")
        await alice.page.keyboard.press("Enter")
        await expect(alice.at("first-link")).to_have_value(re.compile(r"#/invite/.+"))
        link = await alice.at("first-link").input_value()
        await alice.page.keyboard.press("Enter")
        await expect(alice.at("room-name")).to_have_text("Garden club")
        await expect(alice.at("my-name")).to_have_text("Alice")

        await bob.page.goto(link)
        await expect(bob.at("invite-card")).to_contain_text("Alice invites you to Garden club")
        await expect(bob.at("invite-card")).to_contain_text("1 member")
        await bob.screenshot("invitation-seen-signed-out")
        await bob.at("show-sign-up").click()
        await bob.at("username").fill(bob.name)
        await bob.at("password").fill("a long walk on the beach")
        await bob.at("sign-up").click()
        await expect(bob.at("confirm")).to_contain_text("Alice invites you to Garden club")
        await bob.at("confirm-yes").click()
        await expect(bob.at("room-name")).to_have_text("Garden club")
        await alice.post("Welcome, Bob!")
        await bob.expect_messages("Welcome, Bob!")


async def test_an_error_stands_at_the_field_that_it_is_about(server, tmp_path):
    async with browsers(tmp_path, "alice") as (alice,):
        await alice.page.goto(server.url)
        await alice.at("show-sign-up").click()
        await alice.at("username").fill("x")
        await alice.at("password").fill("a long walk on the beach")
        await alice.at("sign-up").click()
        await expect(alice.at("username")).to_be_focused()
        await expect(alice.at("username")).to_have_attribute("aria-invalid", "true")
        field = alice.page.locator(".field", has=alice.at("username"))
        await expect(field.get_by_test_id("account-error")).not_to_be_empty()


async def test_words_written_offline_are_sent_by_the_next_tab(server, tmp_path):
    async with browser_context(service_workers="block") as context:
        alice = BrowserUser(await context.new_page(), "alice", tmp_path)
        await alice.sign_up(server.url)
        await alice.create_room(f"Diary {secrets.token_hex(4)}")
        await alice.post("At home")
        await alice.expect_all_sent()
        address = alice.page.url
        await context.set_offline(True)
        await alice.post("On the train")
        await expect(alice.at("waiting")).to_have_text("1 message is waiting to be sent.")
        await alice.expect_words_kept()
        await alice.page.close()
        await context.set_offline(False)

        later = BrowserUser(await context.new_page(), "alice", tmp_path)
        await later.page.goto(address)
        await later.expect_messages("At home", "On the train", within=RECOVERED_MS)
        await later.expect_all_sent()


async def test_signing_out_asks_about_words_that_nobody_else_has(own_server, tmp_path):
    server = own_server()
    async with browsers(tmp_path, "alice") as (alice,):
        await alice.sign_up(server.url)
        await alice.create_room("Diary")
        await alice.page.context.set_offline(True)
        await alice.post("Only here")
        await alice.at("my-profile").click()
        await alice.at("sign-out").click()
        await expect(alice.at("confirm")).to_contain_text("1 message is not sent yet")
        await alice.screenshot("sign-out-question")
        await alice.at("confirm-no").click()
        await alice.page.context.set_offline(False)
        await alice.expect_online(RECOVERED_MS)
        await alice.expect_all_sent()
        await alice.sign_out()
        await expect(alice.page).to_have_title("EchoChat")


async def test_all_tabs_are_signed_out_and_in_together(server, tmp_path):
    async with browser_context(service_workers="block") as context:
        one = BrowserUser(await context.new_page(), "alice", tmp_path)
        await one.sign_up(server.url)
        other = BrowserUser(await context.new_page(), "alice", tmp_path)
        await other.page.goto(server.url)
        await other.expect_online(RECOVERED_MS)
        await one.sign_out()
        await expect(other.at("account-form")).to_be_visible()
        await expect(other.at("account-notice")).to_be_visible()
        await one.sign_in(server.url, one.name)
        await other.expect_online(RECOVERED_MS)


async def test_the_page_opens_offline_with_the_last_messages(server, tmp_path):
    async with browser_context() as context:
        alice = BrowserUser(await context.new_page(), "alice", tmp_path)
        await alice.sign_up(server.url)
        await alice.create_room(f"Diary {secrets.token_hex(4)}")
        await alice.post("Dear diary")
        await alice.expect_all_sent()
        await alice.page.reload()
        await alice.expect_messages("Dear diary")
        await wait_for_shell(alice.page)
        await context.set_offline(True)
        await alice.page.reload()
        await alice.expect_messages("Dear diary", within=RECOVERED_MS)
        await expect(alice.at("connection-status")).to_contain_text("You are offline.", timeout=RECOVERED_MS)
        await alice.screenshot("offline")
        await alice.post("Nobody hears me")
        await context.set_offline(False)
        await alice.expect_online(4 * LIVE_MS)
        await alice.expect_all_sent()


async def test_the_next_load_has_a_new_version_and_an_open_page_keeps_its_own(own_server, tmp_path):
    nginx = tmp_path / "nginx"
    shutil.copytree(REPOSITORY / "nginx", nginx)
    server = own_server(nginx=nginx)
    async with browser_context() as context:
        alice = BrowserUser(await context.new_page(), "alice", tmp_path)
        await alice.sign_up(server.url)
        await wait_for_shell(alice.page)
        await alice.page.reload()
        await alice.expect_online(RECOVERED_MS)
        assert await alice.page.evaluate(TAKEN) == ["cache"], "the browser takes the files by itself"
        await wait_for(alice.page, HEARS_THE_WORKER, timeout=RECOVERED_MS)
        for name in ("elements/settings.js", "app.js"):
            file = nginx / "html" / name
            file.write_text(file.read_text() + f"\ndocument.documentElement.dataset.version = '{name}';\n")
        await alice.page.evaluate("navigator.serviceWorker.controller.postMessage({ check: true })")
        await expect(alice.page.locator(".toasts")).to_contain_text("A new version", timeout=RECOVERED_MS)
        await alice.open_settings("profile")
        assert await alice.page.evaluate("document.documentElement.dataset.version ?? null") is None
        await alice.page.reload()
        await alice.expect_online(RECOVERED_MS)
        assert await alice.page.evaluate("document.documentElement.dataset.version") == "app.js"
        await alice.open_settings("profile")
        await wait_for(alice.page, "document.documentElement.dataset.version === 'elements/settings.js'")


async def write_offline(context, server, tmp_path) -> BrowserUser:
    """A user with a new room, whose first words wait to be sent."""
    alice = BrowserUser(await context.new_page(), "alice", tmp_path)
    await alice.sign_up(server.url)
    await alice.create_room(f"Diary {secrets.token_hex(4)}")
    await wait_for_shell(alice.page)
    await context.set_offline(True)
    await alice.post("The first words")
    await expect(alice.at("waiting")).to_have_text("1 message is waiting to be sent.")
    await alice.expect_words_kept()
    return alice


async def test_a_new_room_opens_offline_with_the_words_that_wait(server, tmp_path):
    async with browser_context() as context:
        alice = await write_offline(context, server, tmp_path)
        await alice.page.reload()
        await alice.expect_messages("The first words", within=RECOVERED_MS)
        await alice.screenshot("offline")
        await context.set_offline(False)
        await alice.expect_online(4 * LIVE_MS)
        await alice.expect_all_sent()
        await alice.expect_messages("The first words")


async def test_storage_that_does_not_open_is_tried_again_offline(server, tmp_path):
    closed = """
      const { open } = IDBFactory.prototype;
      window.isClosed = true;
      IDBFactory.prototype.open = function (...of) {
        if (window.isClosed) throw new DOMException("The storage is busy.", "UnknownError");
        return open.apply(this, of);
      };
    """
    async with browser_context() as context:
        alice = await write_offline(context, server, tmp_path)
        await alice.page.add_init_script(closed)
        await alice.page.reload()
        await expect(alice.at("splash")).to_contain_text("What is kept on this device does not open yet.", timeout=RECOVERED_MS)
        await alice.page.evaluate("window.isClosed = false")
        await alice.expect_messages("The first words", within=3 * RECOVERED_MS)  # tried each second, and when not connecting
        await context.set_offline(False)
        await alice.expect_online(4 * LIVE_MS)
        await alice.expect_all_sent()
