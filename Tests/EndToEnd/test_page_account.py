"""The web client in real browsers: password, devices, what changes elsewhere, and who may register."""

import asyncio
import re

import pytest
from playwright.async_api import expect

from support.browser import RECOVERED_MS, browsers
from support.clients import PASSWORD, TestUsers
from support.waiting import wait_for

pytestmark = [pytest.mark.page, pytest.mark.timeout(120)]

NEW_PASSWORD = "two walks along the river"


async def test_a_changed_password_signs_the_other_device_out(server, tmp_path):
    async with browsers(tmp_path, "alice", "tablet") as (alice, tablet):
        await alice.sign_up(server.url)
        await tablet.sign_in(server.url, alice.name)
        await alice.open_settings("account")
        await alice.at("old-password").fill("not my password")
        await alice.at("new-password").fill(NEW_PASSWORD)
        requests = []
        alice.page.on("request", lambda request: requests.append(request.url))
        await alice.at("password-save").click()
        await expect(alice.at("password-error")).to_have_text("This is not your present password.")
        await expect(alice.at("old-password")).to_be_focused()
        assert len([url for url in requests if url.endswith("/password/change")]) == 1
        await alice.at("old-password").fill(PASSWORD)
        await alice.at("new-password").fill("short")
        await alice.at("password-save").click()
        await expect(alice.at("password-error")).to_contain_text("8")
        await expect(alice.at("new-password")).to_be_focused()
        await alice.at("new-password").fill(NEW_PASSWORD)
        await alice.page.keyboard.press("Enter")
        await expect(alice.at("password-done")).to_contain_text("Your password is changed.")
        await expect(alice.at("new-password")).to_have_value("")
        await alice.screenshot("password-changed")
        await tablet.expect_signed_out()
        await tablet.try_to_sign_in(alice.name, PASSWORD)
        await expect(tablet.at("account-error")).to_have_text("This username and password do not match.")
        await tablet.try_to_sign_in(alice.name, NEW_PASSWORD)
        await tablet.expect_online()
        await alice.expect_online()


async def test_alice_signs_out_one_device_and_then_all_others(server, tmp_path):
    async with browsers(tmp_path, "alice", "tablet", "phone", "library") as (alice, tablet, phone, library):
        await alice.sign_up(server.url)
        await alice.open_settings("devices")
        await expect(alice.at("device")).to_have_count(1)
        await expect(alice.at("device")).to_contain_text("This device")
        await expect(alice.at("end-other-devices")).to_be_hidden()
        await alice.at("close-settings").click()
        for device in (tablet, phone, library):
            await device.sign_in(server.url, alice.name)
        await alice.open_settings("devices")
        await expect(alice.at("device")).to_have_count(4)
        newest = alice.page.locator('[data-testid="device"][data-current="false"]').first
        await expect(newest).to_contain_text(re.compile("Chrom.* on Linux.*Last used now"))
        await expect(newest).to_contain_text("127.0.0.1")
        await alice.at("end-other-devices").scroll_into_view_if_needed()
        await alice.screenshot("devices")
        await newest.get_by_test_id("end-device").click()
        await library.expect_signed_out()
        await expect(alice.at("devices-state")).to_have_text("The device is signed out.")
        await expect(alice.at("device")).to_have_count(3)
        await tablet.expect_online()
        await alice.at("end-other-devices").click()
        await alice.at("confirm-yes").click()
        await expect(alice.at("device")).to_have_count(1)
        for device in (tablet, phone):
            await device.expect_signed_out()
        await alice.expect_online()


async def test_what_another_device_changes_shows_at_once_in_what_is_open(own_server, tmp_path):
    server = own_server()
    async with TestUsers(server) as users, browsers(tmp_path, "alice") as (page,):
        alice = await users.register("alice")
        await page.sign_in(server.url, alice.username)
        await page.open_settings("profile")
        await page.at("profile-status").fill("at lunch")
        assert (await alice.patch("/users/me", json={"display_name": "Alicia", "status_text": "in the garden"})).is_success
        await expect(page.at("my-name")).to_have_text("Alicia")
        await expect(page.at("profile-name")).to_have_value("Alicia")
        await expect(page.at("profile-status")).to_have_value("at lunch")  # which is being changed
        await page.at("settings-privacy").click()
        await expect(page.at("profile-receipts")).to_be_checked()
        assert (await alice.patch("/users/me", json={"hide_read_receipts": True})).is_success
        await expect(page.at("profile-receipts")).not_to_be_checked()
        is_operator = "document.querySelector('echo-app').context.store.me.operator === {}"
        await wait_for(page.page, is_operator.format("false"))
        await asyncio.to_thread(server.run_ctl, "user", "operator", alice.username)
        await wait_for(page.page, is_operator.format("true"))


async def test_a_link_brings_the_registration_code_along(own_server, tmp_path):
    server = own_server(ECHOCHAT_REGISTRATION="invite")
    code = server.run_ctl("user", "code").strip()
    async with browsers(tmp_path, "bob") as (bob,):
        await bob.page.goto(f"{server.url.rstrip('/')}/#register={code}")
        await expect(bob.at("registration-code")).to_have_value(code)
        assert code not in bob.page.url
        await bob.screenshot("code-of-the-link")
        await bob.at("username").fill(bob.name)
        await bob.at("password").fill(PASSWORD)
        await bob.at("sign-up").click()
        await bob.skip_first_run()
        await bob.expect_online(RECOVERED_MS)
