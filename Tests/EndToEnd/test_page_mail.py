"""The web client in real browsers: the e-mail address, a forgotten password, and what a site without mail offers."""

import asyncio
import re
import secrets

import pytest
from playwright.async_api import expect

from support.browser import RECOVERED_MS, browsers
from support.clients import PASSWORD, TestUsers
from support.server import wait_until
from support.smtp_server import SMTPServer

pytestmark = [pytest.mark.page, pytest.mark.timeout(120)]

NEW_PASSWORD = "two walks along the river"
MAIL_SECONDS = 15


@pytest.fixture
def smtp():
    with SMTPServer() as server:
        yield server


@pytest.fixture
def mailing_server(own_server, smtp):
    """A system that sends mails whose links lead to it."""
    return own_server(ECHOCHAT_SMTP_URL=smtp.url, ECHOCHAT_PUBLIC_URL="http://127.0.0.1:{port}")


async def link_to(smtp: SMTPServer, address: str, kind: str, count: int = 1) -> str:
    """The newest link of a kind, `verify` or `reset`, in the mails to an address, once there are so many. Notices have none."""

    def found() -> str | None:
        texts = [mail.part("plain") for mail in smtp.mails if address in mail.recipients]
        links = [link for text in texts for link in re.findall(rf"http://\S+/#{kind}=[\w-]+", text)]
        return links[-1] if len(links) >= count else None

    return await asyncio.to_thread(wait_until, found, MAIL_SECONDS, f"{count} links of the kind {kind} for {address}")


async def test_alice_confirms_the_address_by_the_link_of_the_mail(mailing_server, smtp, tmp_path):
    url = mailing_server.url
    async with browsers(tmp_path, "alice", "phone") as (alice, phone):
        address = f"{alice.name}@example.org"
        await alice.page.goto(url)
        await alice.at("show-sign-up").click()
        await alice.at("username").fill(alice.name)
        await alice.at("email").fill(address)
        await alice.at("password").fill(PASSWORD)
        await alice.screenshot("sign-up")
        await alice.at("sign-up").click()
        await alice.skip_first_run()
        await expect(alice.at("email-banner")).to_contain_text(address)
        first = await link_to(smtp, address, "verify")
        await alice.screenshot("not-confirmed")
        await alice.at("banner-resend").click()
        await expect(alice.at("toast")).to_contain_text("on its way")
        again = await link_to(smtp, address, "verify", 2)
        assert again.startswith(f"{url.rstrip('/')}/#verify=") and again != first

        # On another device, where nobody is signed in.
        await phone.page.goto(again)
        await expect(phone.at("account-notice")).to_have_text("Your e-mail address is confirmed.")
        assert phone.page.url == url.rstrip("/") + "/#/"
        assert again.split("=")[1] not in str(await phone.page.evaluate("[location.href, history.length, JSON.stringify(history.state)]"))
        await phone.screenshot("confirmed-on-the-phone")
        # An event tells Alice's tab.
        await expect(alice.at("email-banner")).to_be_hidden()
        await alice.open_settings("account")
        await expect(alice.at("email-state")).to_have_text(f"{address} (confirmed).")
        # A link works once.
        await phone.page.goto("about:blank")
        await phone.page.goto(again)
        await expect(phone.at("account-notice")).to_contain_text("has been used or has expired")


async def test_alice_changes_the_address(mailing_server, smtp, tmp_path):
    async with TestUsers(mailing_server) as users, browsers(tmp_path, "alice") as (page,):
        alice = await users.register("alice")
        new = f"{alice.username}@new.example.org"
        await page.sign_in(mailing_server.url, alice.username)
        await expect(page.at("email-banner")).to_be_hidden()
        await page.open_settings("account")
        await expect(page.at("email-state")).to_contain_text("You have given no address.")
        await page.at("new-email").fill("no address")
        await page.at("email-save").click()
        await expect(page.at("email-error")).to_have_text("Enter the new address.")
        await page.at("new-email").fill(new)
        await page.at("email-password").fill("not my password")
        await page.at("email-save").click()
        await expect(page.at("email-error")).to_have_text("This is not your present password.")
        await page.page.set_viewport_size({"width": 390, "height": 300})  # a phone with its keyboard
        await page.at("email-password").fill(PASSWORD)
        await page.at("email-save").click()
        await expect(page.at("email-result")).to_contain_text("on its way")
        await expect(page.at("email-result")).to_be_in_viewport()
        await page.page.set_viewport_size({"width": 1280, "height": 720})
        await expect(page.at("email-state")).to_contain_text(f"{new} is not confirmed yet")
        await page.screenshot("address-not-confirmed")
        await page.at("close-settings").click()
        await expect(page.at("email-banner")).to_contain_text(new)
        await page.at("banner-close").click()
        await expect(page.at("email-banner")).to_be_hidden()
        await page.page.reload()
        await expect(page.at("email-banner")).to_contain_text(new)
        # The link is opened in the tab in which Alice is signed in.
        await page.page.goto(await link_to(smtp, new, "verify"))
        await expect(page.at("toast")).to_have_text(re.compile("Your e-mail address is confirmed."))
        await expect(page.at("email-banner")).to_be_hidden()
        await page.expect_online(RECOVERED_MS)
        await page.open_settings("account")
        await expect(page.at("email-state")).to_have_text(f"{new} (confirmed).")


async def test_a_forgotten_password_is_replaced_by_the_link_of_the_mail(mailing_server, smtp, tmp_path):
    url = mailing_server.url
    async with TestUsers(mailing_server) as users, browsers(tmp_path, "alice", "thief") as (page, thief):
        alice = users.unregistered("alice")
        address = f"{alice.username}@example.org"
        await alice.register(email=address)
        verify = await link_to(smtp, address, "verify")
        assert (await alice.post("/auth/verify-email", token="", json={"token": verify.split("=")[1]})).is_success
        await thief.sign_in(url, alice.username)

        answers = []
        for name in (f"nobody-{secrets.token_hex(4)}@example.org", address):
            await page.page.goto(url)
            await page.at("username").fill(name)
            await page.at("forgot-password").click()
            await expect(page.at("forgot-email")).to_have_value(name)
            await page.at("forgot-submit").click()
            await expect(page.at("forgot-sent")).to_contain_text(name)
            answers.append((await page.at("forgot-sent").inner_text()).replace(name, "ADDRESS"))
            await page.page.goto("about:blank")
        assert answers[0] == answers[1]
        link = await link_to(smtp, address, "reset")

        await page.page.goto(link)
        await expect(page.at("reset-form")).to_be_visible()
        assert page.page.url == url.rstrip("/") + "/#/"
        await page.screenshot("reset")
        await page.at("reset-password").fill("short")
        await page.at("reset-submit").click()
        await expect(page.at("reset-error")).not_to_be_empty()
        await page.at("reset-password").fill(NEW_PASSWORD)
        await page.at("reset-submit").click()
        await expect(page.at("account-notice")).to_contain_text("Sign in with it")
        await thief.expect_signed_out()
        await page.try_to_sign_in(alice.username, NEW_PASSWORD)
        await page.expect_online(RECOVERED_MS)

        # The link works once; in the tab of somebody who is signed in it can be left again.
        await page.page.goto("about:blank")
        await page.page.goto(link)
        await page.at("reset-password").fill("a third password of mine")
        await page.at("reset-submit").click()
        await expect(page.at("reset-error")).to_contain_text("has been used or has expired")
        await page.at("reset-back").click()
        await page.expect_online(RECOVERED_MS)


async def test_who_is_not_verified_is_told_why_nothing_is_sent(own_server, smtp, tmp_path):
    server = own_server(ECHOCHAT_SMTP_URL=smtp.url, ECHOCHAT_PUBLIC_URL="http://127.0.0.1:{port}", ECHOCHAT_REQUIRE_VERIFIED="1")
    async with browsers(tmp_path, "alice") as (alice,):
        await alice.page.goto(server.url)
        await alice.at("show-sign-up").click()
        await alice.at("username").fill(alice.name)
        await alice.at("email").fill(f"{alice.name}@example.org")
        await alice.at("password").fill(PASSWORD)
        await alice.at("sign-up").click()
        await alice.skip_first_run()
        await alice.expect_online(RECOVERED_MS)
        await expect(alice.at("email-banner")).to_be_visible()
        await alice.at("new-room").click()
        await alice.at("room-name-input").fill("Mine")
        await alice.at("create-submit").click()
        await expect(alice.at("create-error")).to_contain_text(re.compile("e-mail", re.IGNORECASE))
        await alice.screenshot("read-only")
        await alice.page.keyboard.press("Escape")
        await alice.page.goto(await link_to(smtp, f"{alice.name}@example.org", "verify"))
        await expect(alice.at("toast")).to_contain_text("confirmed")
        await alice.expect_online(RECOVERED_MS)
        await alice.create_room("Mine")
        await alice.post("Now I may")
        await alice.expect_messages("Now I may")


async def test_where_no_mail_is_sent_the_page_offers_nothing_that_needs_it(server, mailing_server, tmp_path):
    async with browsers(tmp_path, "alice") as (alice,):
        await alice.page.goto(mailing_server.url)
        await expect(alice.at("forgot-password")).to_be_visible()
        await alice.page.goto(server.url)
        await expect(alice.at("forgot-no-mail")).to_contain_text("Ask who runs this site")
        await expect(alice.at("forgot-password")).to_be_hidden()
        await alice.at("show-sign-up").click()
        await expect(alice.at("forgot-no-mail")).to_be_hidden()
        await expect(alice.at("email")).to_be_visible()
        await expect(alice.page.locator("#email-hint")).to_contain_text("This site sends no mail.")
        await alice.at("username").fill(alice.name)
        await alice.at("email").fill(f"{alice.name}@example.org")
        await alice.at("password").fill(PASSWORD)
        await alice.at("sign-up").click()
        await alice.skip_first_run()
        await alice.expect_online(RECOVERED_MS)
        await alice.open_settings("account")
        await expect(alice.at("email-state")).to_have_text(f"{alice.name}@example.org.")
        await expect(alice.at("email-resend")).to_be_hidden()
