"""The list of rooms in Chromium, by itself: sections, what is unread, signs, menus, keys. Needs no server."""

import re

import pytest_asyncio
from playwright.async_api import expect

from support.sidebar_page import ROWS, calls, open_page, row, rows, run
from support.static_fixtures import MARKS, browser, page, url  # noqa: F401
from support.static_page import static_page

# ruff: noqa: F811
pytestmark = MARKS


@pytest_asyncio.fixture(loop_scope="module")
async def phone(browser, url):
    async with static_page(browser, url, has_touch=True, is_mobile=True) as page:
        await page.set_viewport_size({"width": 390, "height": 844})
        yield page


ALL_ROWS = ["Unread", "Tea", "Bob", "Rooms", "Design crit", "News", "Lunch", "People", "Dan"]


async def test_unread_rooms_stand_first_with_their_counts(page):
    await open_page(page)
    assert await rows(page) == ALL_ROWS
    await expect(row(page, "Tea").get_by_test_id("unread")).to_have_text("3 unread")
    await expect(row(page, "News").get_by_test_id("unread")).to_have_class("badge quiet")
    await expect(row(page, "News").get_by_test_id("room-muted")).to_be_visible()
    await expect(row(page, "Bob").get_by_test_id("mentions")).to_be_visible()
    await expect(row(page, "Dan").get_by_test_id("unread")).to_have_count(0)
    await expect(page).to_have_title("(4) EchoChat")
    await expect(page.locator("link[rel=icon]")).to_have_attribute("href", re.compile(r"/icon-unread\.svg$"))


async def test_a_room_stays_in_its_place_while_it_is_read_and_keeps_the_focus_when_it_moves(page):
    await open_page(page)
    await run(page, "context.route.open('tea'); await drawn(); context.marks.readAll('tea'); await drawn();")
    assert await rows(page) == ALL_ROWS
    await expect(row(page, "Tea").get_by_test_id("unread")).to_have_count(0)
    await expect(row(page, "Tea")).to_have_attribute("aria-current", "page")
    await expect(page).to_have_title("(1) Tea – EchoChat")
    await row(page, "Tea").focus()
    await run(page, "context.route.open('dan'); await drawn();")
    assert await rows(page) == ["Unread", "Bob", "Rooms", "Tea", "Design crit", "News", "Lunch", "People", "Dan"]
    await expect(row(page, "Tea")).to_be_focused()


async def test_a_message_brings_its_room_up_and_touches_no_other_of_500(page):
    await open_page(page, "Array.from({ length: 500 }, (_, at) => room(`r${at}`, { name: `Room ${at}`, minute: 500 - at, messages: 1 }))")
    changed = await run(
        page,
        """
        const records = [];
        const observer = new MutationObserver((list) => records.push(...list));
        observer.observe(document.querySelector(".rooms"), { subtree: true, childList: true, attributes: true, characterData: true });
        context.post("r250", "alice", "Hello");
        await drawn();
        const rows = records.map(({ target }) => (target.nodeType === 1 ? target : target.parentElement).closest("echo-room-row"));
        return [...new Set(rows.map((row) => row?.roomId ?? null))];
        """,
    )
    assert sorted(changed, key=str) == ["None", "r250"] or set(changed) == {None, "r250"}
    assert (await rows(page))[:4] == ["Unread", "Room 250", "Rooms", "Room 0"]


async def test_drafts_failures_and_who_types_are_signs_of_the_row(page):
    await open_page(page)
    crit = row(page, "Design crit")
    await run(
        page,
        """
        context.drafts.set("crit", { content: "I was about to say", reply_to: null, edit: null });
        context.outbox.set("crit", [{ state: "failed" }]);
        context.store.setTyping({ room_id: "crit", user_id: "alice", expires_in_ms: 3_000 });
        await drawn();
        """,
    )
    for sign in ("room-draft", "room-unsent", "room-typing"):
        await expect(crit.get_by_test_id(sign)).to_be_visible()
    await expect(crit.get_by_test_id("room-item-preview")).to_have_text("Draft: I was about to say")
    await expect(crit.get_by_test_id("room-typing")).to_have_count(0)
    await run(page, 'context.outbox.set("crit", []); context.drafts.set("crit", { content: "", edit: null }); await drawn();')
    for sign in ("room-draft", "room-unsent"):
        await expect(crit.get_by_test_id(sign)).to_have_count(0)


async def test_who_is_here_has_a_dot(page):
    await open_page(page)
    await run(page, 'context.store.setPresence("bob", { state: "active" }); await drawn();')
    await expect(page.get_by_test_id("presence")).to_have_attribute("aria-label", "here now")
    await run(page, 'context.store.setPresence("bob", { state: "idle" }); await drawn();')
    await expect(page.get_by_test_id("presence")).to_have_attribute("data-state", "idle")
    await run(page, 'context.store.setPresence("bob", { state: "offline" }); await drawn();')
    await expect(page.get_by_test_id("presence")).to_have_count(0)


async def test_the_list_is_one_stop_of_the_tab_key_and_arrows_walk_it(page):
    await open_page(page)
    await page.get_by_test_id("saved-open").focus()
    await page.keyboard.press("Tab")
    await expect(page.locator(".section-head").first).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(row(page, "Tea")).to_be_focused()
    await page.keyboard.press("ArrowRight")
    await expect(page.locator(".room-more").first).to_be_focused()
    await page.keyboard.press("Escape")
    await page.keyboard.press("End")
    await expect(row(page, "Dan")).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(page.get_by_test_id("my-profile")).to_be_focused()


async def test_a_section_is_collapsed_and_stays_so(page):
    await open_page(page)
    await page.locator('[data-section="rooms"]').click()
    await expect(page.locator(ROWS)).to_have_text(["Unread", "Tea", "Bob", "Rooms", "People", "Dan"])
    await expect(page.locator('[data-section="rooms"]')).to_have_attribute("aria-expanded", "false")
    await expect(page.locator('[data-section="rooms"] .section-count')).to_have_text("3")
    await run(page, "context.route.open('crit'); await drawn();")
    assert "Design crit" in await rows(page), "the open room is always there"
    await open_page(page)
    await expect(page.locator('[data-section="rooms"]')).to_have_attribute("aria-expanded", "false")
    await page.locator('[data-section="rooms"]').click()
    await expect(page.locator(ROWS)).to_have_text(ALL_ROWS)


async def test_the_menu_of_a_room_marks_it_as_read_and_unread_and_mutes_it(page):
    await open_page(page)
    await row(page, "Tea").click(button="right")
    await page.get_by_test_id("room-mark-read").click()
    assert await calls(page) == [["readAll", "tea"]]
    await row(page, "Tea").hover()
    more = page.locator("echo-room-row").filter(has_text="Tea").get_by_test_id("room-more")
    await more.click()
    await expect(more).to_have_attribute("aria-expanded", "true")
    await page.keyboard.press("Escape")
    await expect(page.locator(".menu")).to_have_count(0)
    await expect(more).to_be_focused()
    await more.press("Enter")
    await page.keyboard.press("Enter")
    assert await calls(page) == [["hold", "tea"], ["markUnread", "tea", 5]]
    await expect(row(page, "Tea").get_by_test_id("marked-unread")).to_be_visible()
    assert await rows(page) == ALL_ROWS
    await row(page, "Design crit").click(button="right")
    await page.get_by_test_id("room-mute").click()
    await expect(row(page, "Design crit").get_by_test_id("room-muted")).to_be_visible()
    await row(page, "Design crit").click(button="right")
    await page.get_by_test_id("room-unmute").click()
    await expect(row(page, "Design crit").get_by_test_id("room-muted")).to_have_count(0)


async def test_alt_shift_arrows_go_to_the_next_unread_room(page):
    await open_page(page)
    for key, opened in (("ArrowDown", "tea"), ("ArrowDown", "bob"), ("ArrowDown", "tea"), ("ArrowUp", "bob")):
        await page.keyboard.press(f"Alt+Shift+{key}")
        assert await calls(page) == [["open", opened]]
        await run(page, "await drawn();")


async def test_what_is_under_the_pointer_keeps_its_height(page):
    await open_page(page)
    for test_id in ("catch-up-open", "saved-open", "my-profile"):
        control = page.get_by_test_id(test_id)
        before = await control.bounding_box()
        await control.hover()
        assert await control.bounding_box() == before, test_id


async def test_previews_are_told_only_where_their_words_are_shown_and_in_sight(page):
    many = "Array.from({ length: 60 }, (_, at) => room(`r${at}`, { minute: 60 - at, messages: 2, read: 0, content: `Words ${at}` }))"
    await open_page(page, many)
    assert await run(page, "await drawn(); return context.previews;") == []
    await run(page, 'context.settings.set("roomRows", "two lines"); await drawn(); await drawn();')
    await expect(page.get_by_test_id("room-item-preview").first).to_be_visible()
    told = await run(page, "await drawn(); return context.previews;")
    assert ["r0", 2] in told and ["r59", 2] not in told and 3 < len(told) < 20
    await run(page, 'context.settings.set("roomRows", "one line"); await drawn();')


async def test_nothing_is_wider_than_the_phone_and_a_long_press_opens_the_menu(phone):
    long = "W" * 64
    rooms = f'''[
      room("a", {{ name: "{long}", messages: 2, read: 1, content: "{long}" }}),
      room("b", {{ name: "مرحبا \\u202e reversed", messages: 1 }}),
    ]'''
    for width in (390, 320):
        await phone.set_viewport_size({"width": width, "height": 700})
        await open_page(phone, rooms)
        wide = await run(phone, "return [document.documentElement.scrollWidth, document.querySelector('.side-scroll').scrollWidth];")
        assert max(wide) <= width
        heights = await phone.locator(".room-link, .side-view, .icon-button:visible, .me-button").evaluate_all(
            "all => all.map((one) => one.getBoundingClientRect().height)"
        )
        assert min(heights) >= 44
    await expect(phone.locator("echo-sidebar")).to_have_attribute("role", "main")  # there is nothing else
    await expect(phone.get_by_test_id("room-item-preview").first).to_be_visible()
    assert await run(phone, "await drawn(); return context.previews;") == [["a", 2], ["b", 1]]
    box = await phone.get_by_test_id("room-item").first.bounding_box()
    at = {"x": box["x"] + 40, "y": box["y"] + 20}
    session = await phone.context.new_cdp_session(phone)
    await session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
    await expect(phone.get_by_test_id("room-mark-read")).to_be_visible()
    await session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await expect(phone.locator("dialog.sheet")).to_be_visible()
    await phone.get_by_test_id("room-mark-read").tap()
    assert await calls(phone) == [["readAll", "a"]]
