"""What completes words in the composer, and what writes emoji and formats, in Chromium, without the programs."""

import re

from playwright.async_api import expect

from support.composer_page import compose, expect_sent
from support.static_fixtures import MARKS, browser, page, url  # noqa: F401

# ruff: noqa: F811

pytestmark = MARKS


async def test_people_are_completed_who_spoke_first_and_members_by_the_server(page):
    field = await compose(page, "{ members: { members: [{ user_id: 'p45', username: 'person45', display_name: 'Perry' }] } }")
    items = page.get_by_test_id("completion-item")
    await field.press_sequentially("Tea, @")
    await expect(items).to_have_text([re.compile("Bob"), re.compile("Alice"), re.compile("Perry")])
    await field.press("ArrowDown")
    await expect(items.nth(1)).to_have_attribute("aria-selected", "true")
    await expect(field).to_have_attribute("aria-activedescendant", await items.nth(1).get_attribute("id"))
    await field.press("Tab")
    await expect(field).to_have_value("Tea, @alice ")
    await field.press_sequentially("@person4")
    await expect(items).to_have_text([re.compile("@person45")])
    await items.click()
    await expect(field).to_have_value("Tea, @alice @person45 ")
    await expect(field).to_be_focused()
    await field.press_sequentially("@b")
    await expect(items).to_have_count(1)
    await field.press("Escape")
    await expect(items).to_have_count(0)
    await field.press_sequentially("o")
    await expect(items).to_have_count(0)  # closed for this word
    await field.press("Enter")
    await expect_sent(page, "Tea, @alice @person45 @bo")


async def test_rooms_and_emoji_are_completed(page, url):
    field = await compose(page)
    await field.press_sequentially("see #de")
    await expect(page.get_by_test_id("completion-item")).to_have_text([re.compile("den")])
    await field.press("Enter")
    await expect(field).to_have_value(f"see [#den]({url}#/room/den) ")
    await field.fill("")
    await field.press_sequentially("well :thumbs")
    await expect(page.get_by_test_id("completion-item").first).to_contain_text("thumbs up")
    await field.press("Enter")
    await expect(field).to_have_value("well 👍 ")
    await field.press("Control+z")
    await expect(field).to_have_value("well :thumbs")


async def test_the_emoji_picker_is_walked_by_keys_searched_and_closed(page):
    field = await compose(page)
    await field.fill("ab")
    await field.evaluate("field => field.setSelectionRange(1, 1)")
    await page.get_by_test_id("composer-emoji").click()
    await expect(page.get_by_test_id("emoji").first).to_have_text("👍")
    await expect(page.get_by_test_id("emoji-search")).to_be_focused()
    await page.keyboard.type("rocket")
    await expect(page.get_by_test_id("emoji").first).to_have_text("🚀")
    await page.keyboard.press("Enter")
    await expect(field).to_have_value("a🚀b")
    await expect(field).to_be_focused()
    await page.get_by_test_id("composer-emoji").click()
    await expect(page.get_by_test_id("emoji").first).to_have_text("🚀")
    await page.get_by_role("tab", name="Flags").click()
    await expect(page.get_by_test_id("emoji").nth(200)).to_be_attached()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("emoji-picker")).to_have_count(0)
    await expect(field).to_have_value("a🚀b")


async def test_formats_by_keys_and_buttons_and_undo(page):
    field = await compose(page)
    await field.fill("so good")
    await field.evaluate("field => field.setSelectionRange(3, 7)")
    await field.press("Control+b")
    await expect(field).to_have_value("so **good**")
    await page.get_by_test_id("composer-format").click()
    await page.get_by_role("button", name="Strikethrough").click()
    await expect(field).to_have_value("so **~~good~~**")
    await expect(field).to_be_focused()
    await field.press("Control+z")
    await expect(field).to_have_value("so **good**")
    await page.get_by_role("button", name="List").click()
    await expect(field).to_have_value("- so **good**")
