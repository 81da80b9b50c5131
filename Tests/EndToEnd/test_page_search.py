"""People, search, threads and lists of messages in the panel, in Chromium, with a real store and a server of the tests. Needs no server."""

from playwright.async_api import expect

from support.panel_page import calls, make_panel
from support.static_fixtures import MARKS, browser, page, url  # noqa: F401
from support.waiting import wait_for

# ruff: noqa: F811
pytestmark = MARKS


async def test_alice_blocks_and_unblocks_mallory(page):
    await make_panel(page, "person", "mallory", role="member")
    await page.get_by_test_id("block").click()
    await expect(page.locator("echo-panel")).to_be_hidden()
    await expect(page.get_by_test_id("toast")).to_have_text("Mallory is blocked.")
    await page.evaluate("echo.context.panel.open('person', 'mallory')")
    await expect(page.get_by_test_id("block")).to_be_hidden()
    await page.evaluate("echo.api.failing.set('unblock', { code: 'forbidden', status: 403 })")
    await page.get_by_test_id("unblock").click()
    await expect(page.get_by_test_id("user-error")).to_have_text("You may not do that.")
    await page.get_by_test_id("unblock").click()
    await expect(page.locator("echo-panel")).to_be_hidden()


async def test_a_message_found_is_marked_and_the_search_is_there_again(page):
    await make_panel(page, "search", {"q": "cake"})
    await expect(page.get_by_test_id("search-words")).to_be_focused()
    await expect(page.get_by_test_id("search-item")).to_have_count(2)
    await expect(page.locator("mark").first).to_have_text("cake")
    await page.get_by_test_id("search-words").fill("lunch")
    await expect(page.get_by_test_id("search-item")).to_have_count(1)
    await expect(page.get_by_test_id("search-item")).to_have_attribute("href", "#/room/club/4")
    await expect(page.get_by_test_id("search-state")).to_have_text("1 message found")
    await page.evaluate("echo.context.panel.open('details')")
    await expect(page.get_by_test_id("notify-level")).to_be_visible()
    await page.evaluate("echo.context.panel.open('search')")
    await expect(page.get_by_test_id("search-words")).to_have_value("lunch")
    await expect(page.get_by_test_id("search-item")).to_have_count(1)


async def test_a_search_is_narrowed_by_room_author_and_day(page):
    await make_panel(page, "search")
    await page.get_by_test_id("search-words").fill("cake")
    await page.get_by_test_id("search-here").check()
    await page.get_by_test_id("search-filters").click()
    await page.get_by_test_id("search-from-input").fill("dora")
    await page.get_by_test_id("search-from-found-open").click()
    await expect(page.get_by_test_id("search-from-chosen")).to_contain_text("From Dora")
    await page.get_by_test_id("search-after").fill("2026-02-01")
    await page.get_by_test_id("search-sort").select_option("best")
    await wait_for(page, "echo.api.calls.filter(([name]) => name === 'searchMessages').at(-1)[1].sort === 'best'")
    query = (await calls(page, "searchMessages"))[-1][1]
    assert (query["roomId"], query["from"], query["q"]) == ("club", "dora", "cake")
    assert query["after"] == await page.evaluate("new Date(2026, 1, 1).toISOString()")


async def test_a_thread_takes_the_reply_and_the_edit_that_come_while_it_is_read(page):
    await make_panel(page, "thread", {"room_id": "club", "seq": 1})
    await expect(page.get_by_test_id("thread-root")).to_contain_text("Who brings cake?")
    await expect(page.get_by_test_id("thread-message")).to_have_count(2)
    await expect(page.get_by_test_id("thread-message").last.locator(".markup a")).to_have_attribute(
        "href", "https://example.org/cake_(food)"
    )
    await page.get_by_test_id("thread-message").first.focus()
    await page.evaluate("echo.store.addMessage(echo.api.post('bob', 'Me, too', 1))")
    await expect(page.get_by_test_id("thread-message")).to_have_count(3)
    await expect(page.get_by_test_id("thread-message").first).to_be_focused()
    await page.evaluate("echo.store.editMessage({ ...echo.api.messages_[4], content: 'Not me', edited_at: '2026-02-03T10:00:00Z' })")
    await expect(page.get_by_test_id("thread-message").last).to_contain_text("Not me")
    await page.get_by_test_id("thread-reply").click()
    assert await page.evaluate("echo.done") == [["reply", 1]]


async def test_receipts_are_read_again_when_somebody_has_read(page):
    await make_panel(page, "receipts", {"room_id": "club", "seq": 4})
    await expect(page.get_by_test_id("receipt").first).to_contain_text("Read, ")
    await expect(page.get_by_test_id("receipt").last).to_contain_text("Not delivered yet")
    await page.evaluate("echo.changes.tell('timeline:club', { room: 'club', seq: null, what: 'seen' })")
    await wait_for(page, "echo.api.calls.filter(([name]) => name === 'receipts').length === 2")


async def test_a_server_without_pins_and_saved_messages_has_none(page):
    await make_panel(page, "saved")
    await expect(page.get_by_test_id("saved-message")).to_contain_text("The Club")
    await page.get_by_test_id("unsave").click()
    await expect(page.get_by_test_id("saved-state")).to_contain_text("Nothing saved yet.")
    await page.evaluate("echo.api.failing.set('pins', { code: 'not_found', status: 404 }); echo.context.panel.open('pins')")
    await expect(page.get_by_test_id("pins-state")).to_have_text("Nothing is pinned here yet.")


async def test_the_panel_follows_to_the_next_room_but_a_thread_ends(page):
    await make_panel(page, "details")
    await page.evaluate(
        """() => {
          const club = echo.store.rooms.get("club");
          echo.store.putRoom({ ...club, room_id: "next", name: "Next" });
          echo.context.route.roomId = "next";
          echo.changes.tell("route", {});
        }"""
    )
    await expect(page.get_by_test_id("panel-title")).to_have_text("Next")
    await page.evaluate("echo.context.panel.open('thread', { room_id: 'next', seq: 1 })")
    await expect(page.get_by_test_id("thread-root").first).to_be_visible()
    await page.evaluate("echo.context.route.roomId = 'club'; echo.changes.tell('route', {})")
    await expect(page.locator("echo-panel")).to_be_hidden()
