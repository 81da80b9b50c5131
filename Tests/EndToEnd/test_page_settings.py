"""The settings, in Chromium, with a real store and a server of the tests. Needs no server."""

from playwright.async_api import expect

from support.panel_page import make_settings
from support.static_fixtures import MARKS, browser, page, url  # noqa: F401
from support.waiting import wait_for

# ruff: noqa: F811
pytestmark = MARKS


async def test_an_error_stands_below_the_field_that_is_wrong(page):
    await make_settings(page, "account")
    await page.get_by_test_id("old-password").fill("wrong")
    await page.get_by_test_id("new-password").fill("two walks along the river")
    await page.get_by_test_id("password-save").click()
    await expect(page.get_by_test_id("password-error")).to_have_text("This is not your present password.")
    await expect(page.get_by_test_id("old-password")).to_be_focused()
    await expect(page.get_by_test_id("old-password")).to_have_attribute("aria-describedby", "settings-password-error")
    assert await page.evaluate(
        "document.querySelector('[data-testid=old-password]').closest('.field').lastElementChild.dataset.testid === 'password-error'"
    )
    await page.get_by_test_id("old-password").fill("right")
    await page.get_by_test_id("password-save").click()
    await expect(page.get_by_test_id("password-done")).to_contain_text("Your password is changed.")
    await expect(page.get_by_test_id("old-password")).to_have_value("")


async def test_no_password_stays_in_a_section_that_is_left(page):
    await make_settings(page, "account")
    await page.get_by_test_id("old-password").fill("right")
    await page.get_by_test_id("settings-profile").click()
    await page.get_by_test_id("profile-name").fill("Alice L.")
    await page.get_by_test_id("profile-save").click()
    await expect(page.get_by_test_id("profile-done")).to_have_text("Saved.")
    assert await page.evaluate("echo.store.me.display_name") == "Alice L."
    await page.get_by_test_id("settings-account").click()
    await expect(page.get_by_test_id("old-password")).to_have_value("")


async def test_a_choice_of_looks_is_kept_on_this_device(page):
    await make_settings(page, "appearance")
    await page.get_by_test_id("theme-dark").check()
    await page.get_by_test_id("accent-teal").check()
    await page.get_by_test_id("room-previews").check()
    chosen = await page.evaluate("['theme', 'accent', 'roomRows'].map((name) => echo.context.settings.get(name))")
    assert chosen == ["dark", "teal", "two lines"]


async def test_privacy_is_as_the_server_says_after_a_refusal(page):
    await make_settings(page, "privacy")
    await expect(page.get_by_test_id("profile-receipts")).to_be_checked()
    await page.evaluate("echo.api.failing.set('updateMe', { code: 'busy', status: 503 })")
    await page.get_by_test_id("profile-receipts").click()
    await expect(page.get_by_test_id("privacy-error")).to_contain_text("busy")
    await expect(page.get_by_test_id("profile-receipts")).to_be_checked()
    await page.get_by_test_id("profile-contacts").check()
    await wait_for(page, "echo.context.preferences.get('added_by') === 'contacts'")


async def test_a_server_that_sends_nothing_offers_no_such_choice(page):
    await make_settings(page, "notifications")
    await expect(page.get_by_test_id("sound")).to_be_checked()
    await expect(page.get_by_test_id("notify-email")).to_be_hidden()
    await page.evaluate("echo.context.preferences.load({ quiet_hours: null, email: 'mentions', email_after_minutes: 30 })")
    await expect(page.get_by_test_id("notify-email")).to_have_value("mentions")
    await expect(page.get_by_test_id("notify-push")).to_be_hidden()
    await page.get_by_test_id("quiet-hours-from").fill("22:00")
    await page.get_by_test_id("quiet-hours-to").fill("07:00")
    await wait_for(page, "echo.api.preferences_.quiet_hours?.to === '07:00'")


async def test_other_devices_are_signed_out_and_the_account_ends(page):
    await make_settings(page, "devices")
    await expect(page.get_by_test_id("device")).to_have_count(2)
    await expect(page.get_by_test_id("device").first).to_contain_text("This device")
    await page.get_by_test_id("end-other-devices").click()
    await expect(page.get_by_test_id("device")).to_have_count(1)
    await expect(page.get_by_test_id("end-other-devices")).to_be_hidden()
    await page.get_by_test_id("settings-data").click()
    async with page.expect_download() as download:
        await page.get_by_test_id("export").click()
    assert (await download.value).suggested_filename == "echochat-alice.json"
    await page.get_by_test_id("delete-password").fill("wrong")
    await page.get_by_test_id("delete-account").click()
    await expect(page.get_by_test_id("delete-error")).to_have_text("This is not your present password.")
    await page.get_by_test_id("delete-password").fill("right")
    await page.get_by_test_id("delete-account").click()
    await wait_for(page, "echo.done.length === 1")
    assert await page.evaluate("echo.done") == [["forgetAccount", "Your account is deleted."]]
