"""What the timeline of a room counts as read in Chromium, and what it says of the user's own messages. Needs no server."""

import pytest_asyncio
from playwright.async_api import expect

from support.room_page import open_room, reads, room_page, run, scroll, told
from support.static_fixtures import MARKS, browser, url  # noqa: F401

# ruff: noqa: F811
pytestmark = MARKS


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser, url):
    async with room_page(browser, url) as page:
        yield page


async def test_a_room_opens_at_the_first_unread_message_and_what_was_not_in_sight_stays_unread(page):
    await open_room(page, read=9_940)
    await expect(page.get_by_test_id("divider-new")).to_be_in_viewport()
    seen = await run(page, "return page.seqsInView()")
    assert 9_941 in seen and seen[-1] < 9_990
    assert await reads(page) == []
    await run(page, "await page.clock.advance(900)")
    assert await reads(page) == []
    await run(page, "await page.clock.advance(200)")
    assert await reads(page) == [seen[-1]]
    assert await run(page, "return page.store.unreadCount(page.store.rooms.get('garden'))") == 10_000 - seen[-1]


async def test_nothing_is_read_while_the_window_has_no_focus(page):
    await open_room(page, read=9_940, has_attention=False)
    await run(page, "await page.clock.advance(10_000)")
    assert await reads(page) == []


async def test_600_and_6000_unread_messages_begin_in_sight_and_only_what_was_read_is_read(page):
    for unread in (600, 6_000):
        await open_room(page, read=10_000 - unread)
        first = 10_001 - unread
        await expect(page.get_by_test_id("divider-new")).to_be_in_viewport()
        assert first in await run(page, "return page.seqsInView()")
        lowest = 0
        for _ in range(5):
            await run(page, "await page.clock.advance(1_000)")
            lowest = max(lowest, *(await run(page, "return page.seqsInView()")))
            await scroll(page, 300)
        marker = await run(page, "return page.store.rooms.get('garden').me.read_seq")
        assert marker == lowest
        await run(page, "await page.clock.advance(1)")


async def test_the_pill_leads_to_the_first_unread_message_and_says_that_it_is_read(page):
    await open_room(page, read=9_940)
    await expect(page.get_by_test_id("unread-pill")).to_be_hidden()
    await page.get_by_test_id("jump-to-end").click()
    await expect(page.locator('[data-seq="10000"]')).to_be_in_viewport()
    await run(page, "await page.drawn(); await page.clock.advance(1_100)")
    assert await reads(page) == []  # 10,000 was seen, and those before it were not
    await expect(page.get_by_test_id("unread-pill")).to_contain_text("60 new")
    await page.get_by_test_id("jump-to-unread").click()
    await expect(page.locator('[data-seq="9941"]')).to_be_in_viewport()
    await expect(page.get_by_test_id("unread-pill")).to_be_hidden()
    await page.get_by_test_id("jump-to-end").click()
    await page.get_by_test_id("mark-read").click()
    await expect(page.get_by_test_id("unread-pill")).to_be_hidden()
    assert await run(page, "return page.store.rooms.get('garden').me.read_seq") == 10_000


async def test_one_mark_says_who_has_seen_my_messages_and_older_ones_where_it_differs(page):
    await open_room(page, count=10)
    await run(
        page,
        """
        await page.clock.advance(1_000);
        for (const words of ["One", "Two", "Three"]) page.server.post("garden", "me", words);
        page.deliver(); await page.drawn(); await page.clock.advance(300); await page.drawn();
        """,
    )
    await expect(page.get_by_test_id("ticks")).to_have_count(1)
    await expect(page.locator('[data-seq="13"]').get_by_test_id("ticks")).to_have_attribute("data-status", "sent")
    await told(page, "page.server.mark('garden', 'bob', { read_seq: 12 })")
    await expect(page.get_by_test_id("ticks")).to_have_count(2)
    await expect(page.locator('[data-seq="12"]').get_by_test_id("ticks")).to_have_text("Seen by Bob")
    await told(page, "page.server.mark('garden', 'bob', { read_seq: 13 })")
    await expect(page.get_by_test_id("ticks")).to_have_count(1)
    await page.get_by_test_id("ticks").click()
    assert await run(page, "return page.log.pop()") == ["panel", "receipts", 13]
