"""Drafts, replies and edits in the composer in Chromium, without the programs: every room keeps its own."""

from playwright.async_api import expect

from support.composer_page import compose, expect_sent, sent
from support.static_fixtures import MARKS, browser, page, url  # noqa: F401

# ruff: noqa: F811

pytestmark = MARKS


async def test_each_room_keeps_its_words_its_caret_its_reply_and_its_edit(page):
    field = await compose(page)
    await field.fill("half a sentence")
    await field.evaluate("field => field.setSelectionRange(4, 4)")
    await page.evaluate("it.context.changes.tell('compose', { what: 'reply', message: it.context.store.timeline('lobby').get(1) })")
    await expect(page.get_by_test_id("replying")).to_contain_text("Tea or coffee?")
    await page.evaluate("it.go('den')")
    await expect(field).to_have_value("")
    await expect(page.get_by_test_id("replying")).to_have_count(0)
    await field.fill("in the den")
    await page.evaluate("it.go('lobby')")
    await expect(field).to_have_value("half a sentence")
    assert await field.evaluate("field => field.selectionStart") == 4
    await expect(page.get_by_test_id("replying")).to_contain_text("Replying to Alice")

    await page.evaluate("it.context.changes.tell('compose', { what: 'edit', message: it.context.store.timeline('lobby').get(3) })")
    await expect(field).to_have_value("Coffee")
    await field.fill("Coffee, black")
    await page.evaluate("it.go('den')")
    await expect(field).to_have_value("in the den")
    await page.evaluate("it.go('lobby')")
    await expect(field).to_have_value("Coffee, black")
    await field.press("Enter")
    await expect(page.get_by_test_id("editing")).to_have_count(0)
    assert await page.evaluate("it.server.edits") == [[3, "Coffee, black"]]
    await expect(field).to_have_value("half a sentence")
    await field.press("Enter")
    await expect_sent(page, "half a sentence")
    assert (await sent(page))[0]["reply_to"] == 1


async def test_what_is_written_is_there_after_a_reload(page):
    """Another composer on the same database stands for the page after it."""
    field = await compose(page)
    await field.fill("never lost")
    kept = await page.evaluate(
        """async () => {
          const { Drafts } = await import("/state/drafts.js");
          const { api, connection, store, changes, environment, database } = it.context;
          await it.context.drafts.flush();
          const drafts = new Drafts({ database, api, connection, store, changes, environment });
          await drafts.restore();
          return drafts.get("lobby").content;
        }"""
    )
    assert kept == "never lost"


async def test_arrow_up_edits_the_last_own_message_and_escape_gives_the_words_back(page):
    field = await compose(page)
    await field.focus()
    await field.press("ArrowUp")
    await expect(field).to_have_value("Coffee")
    await expect(page.get_by_test_id("editing")).to_contain_text("Coffee")
    await expect(page.get_by_test_id("send")).to_have_attribute("aria-label", "Save")
    await field.press("Escape")
    await expect(field).to_have_value("")
    await expect(page.get_by_test_id("editing")).to_have_count(0)
    await field.fill("words")
    await field.press("ArrowUp")  # moves the caret only
    await expect(field).to_have_value("words")


async def test_an_edit_that_is_not_stored_is_said_and_stays(page):
    field = await compose(page)
    await field.focus()
    await field.press("ArrowUp")
    await field.fill("Coffee, with milk")
    await page.evaluate("it.server.editProblem = { code: 'network', status: 0, message: '' }")
    await field.press("Enter")
    await expect(page.get_by_test_id("draft-error")).to_have_text("Not saved: The server cannot be reached.")
    await expect(field).to_have_value("Coffee, with milk")
    await page.evaluate("it.server.editProblem = null")
    await field.press("Enter")
    await expect(page.get_by_test_id("editing")).to_have_count(0)
    await expect(page.get_by_test_id("draft-error")).to_be_empty()


async def test_the_words_of_another_device_are_offered_and_never_put_over_those_here(page):
    field = await compose(page)
    await field.fill("mine")
    await page.evaluate("it.context.drafts.arrived('lobby', { content: 'theirs' })")
    offer = page.get_by_test_id("draft-elsewhere")
    await expect(offer).to_contain_text("theirs")
    await expect(field).to_have_value("mine")
    await page.get_by_test_id("draft-elsewhere-take").click()
    await expect(field).to_have_value("theirs")
    await expect(offer).to_have_count(0)
    await page.evaluate("it.context.drafts.arrived('lobby', { content: 'more of theirs' })")
    await page.get_by_test_id("draft-elsewhere-cancel").click()
    await expect(field).to_have_value("theirs")
