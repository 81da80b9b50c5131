"""What the timeline of a room counts as read in Chromium, and what it says of the user's own messages. Needs no server."""

import random

from playwright.async_api import expect

from support.room_page import open_room, page, reads, run, scroll, told  # noqa: F401
from support.static_fixtures import MARKS, browser, url  # noqa: F401

# ruff: noqa: F811
pytestmark = MARKS


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


# The messages whose last line is in the view.
IN_SIGHT = """
const view = page.timeline.parts.scroller.getBoundingClientRect();
return page.shownSeqs().filter((seq) => {
  const { top, bottom } = page.node(seq).getBoundingClientRect();
  return bottom > view.top && bottom <= view.bottom + 1 && top < view.bottom;
});
"""


async def test_what_is_only_scrolled_past_or_not_looked_at_stays_unread(page):
    """Of 6,000 new messages: in any order of looking, passing by and looking away, those are read that were looked at for a second."""
    await open_room(page, read=4_000)
    chance = random.Random(5)
    looked_at: dict[int, int] = {}  # for how long, in one go
    known: set[int] = set()
    steps: set[int] = set()
    through = 4_000
    for _ in range(40):
        has_attention, ms = chance.random() < 0.7, chance.choice([300, 600, 1_100])
        attention = "page.attention.hasAttention = argument; page.attention.dispatchEvent(new Event('change')); await page.drawn();"
        await run(page, attention, has_attention)
        await run(page, "await page.clock.advance(argument)", ms)
        in_sight = await run(page, IN_SIGHT)
        looked_at = {seq: looked_at.get(seq, 0) + ms for seq in in_sight if has_attention}
        known |= {seq for seq, time in looked_at.items() if time >= 1_000}
        steps.add(through)
        while through + 1 in known:
            through += 1
        assert max(await reads(page), default=4_000) == through
        assert await run(page, "return page.store.rooms.get('garden').me.read_seq") == through
        # What was passed by is looked for again.
        await scroll(page, -300 if in_sight[0] > through + 1 else chance.choice([0, 100, 300, 500]))
    assert len(steps) > 5
