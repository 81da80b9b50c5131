"""One message of the timeline in Chromium: its tools and menu, files, long and large words, what a finger does."""

import pytest_asyncio
from playwright.async_api import expect

from support.room_page import page, room_page, run  # noqa: F401
from support.static_fixtures import MARKS, browser, url  # noqa: F401

# ruff: noqa: F811
pytestmark = MARKS


@pytest_asyncio.fixture(loop_scope="module")
async def phone(browser, url):
    async with room_page(browser, url, has_touch=True, is_mobile=True) as page:
        await page.set_viewport_size({"width": 390, "height": 844})
        yield page


async def open_demo(page):
    """The room of support/room-demo.js, at its end, all read."""
    await run(
        page,
        """
        const { demo } = await import("/support/room-demo.js");
        const prepare = (server, clock) => {
          demo(server, clock);
          const { messages, members } = server.rooms.get("garden");
          members.get("me").marks.read_seq = messages.length;
        };
        await page.show({ prepare });
        page.route.open("garden");
        await page.drawn(6);
        """,
    )


def message(page, words):
    return page.get_by_test_id("message").filter(has_text=words).last


async def test_the_tools_follow_the_pointer_and_the_menu_does_what_it_says(page):
    await open_demo(page)
    row = message(page, "At the bridge")
    await row.hover()
    await expect(page.get_by_test_id("reply")).to_have_count(1)
    await row.get_by_test_id("edit").click()
    assert (await run(page, "return page.log.pop()"))[0] == "edit"
    await row.get_by_test_id("message-more").click()
    await expect(page.get_by_test_id("message-menu")).to_be_visible()
    await page.mouse.move(5, 5)
    await expect(row.get_by_test_id("message-more")).to_have_count(1)  # it stays while its menu is open
    await page.get_by_test_id("save-message").click()
    await expect(page.get_by_test_id("message-menu")).to_have_count(0)
    heading = message(page, "We meet at five")
    await heading.hover()
    await heading.get_by_test_id("message-more").click()
    await page.get_by_test_id("save-message").click()
    await expect(heading.locator('[data-flag="saved"]')).to_be_visible()
    await row.hover()
    await row.get_by_test_id("message-more").click()
    await page.get_by_test_id("delete").click()
    await expect(page.get_by_test_id("message").last).to_have_attribute("data-state", "deleted")
    await expect(page.get_by_test_id("message").last.get_by_test_id("reply")).to_have_count(0)


async def test_marking_as_unread_shows_where_and_what_is_in_sight_does_not_take_it_back(page):
    await open_demo(page)
    row = message(page, "We meet at five")
    await row.focus()
    await page.keyboard.press("Enter")
    await page.get_by_test_id("mark-unread").click()
    divider = page.get_by_test_id("divider-new")
    await expect(divider).to_be_visible()
    assert await divider.evaluate("node => node.nextElementSibling.textContent.includes('We meet at five')")
    await run(page, "await page.clock.advance(5_000); await page.drawn();")
    assert await run(page, "return page.store.rooms.get('garden').me.marked_unread_seq") is not None


async def test_a_reaction_is_given_and_taken_by_its_button(page):
    await open_demo(page)
    row = page.get_by_test_id("message").filter(has_text="Who brings the ladder").first  # the next one quotes it
    await row.scroll_into_view_if_needed()
    thumb = row.get_by_test_id("reaction").first
    await expect(thumb).to_have_text("👍 2")
    await thumb.click()
    await expect(thumb).to_have_text("👍 1")
    await expect(thumb).to_have_attribute("aria-pressed", "false")
    await expect(thumb).to_be_focused()
    await row.hover()
    await row.get_by_test_id("react-quick").click()
    await expect(thumb).to_have_attribute("aria-pressed", "true")


async def test_code_is_copied_by_its_button_while_the_tools_are_there(page):
    await open_demo(page)
    row = page.get_by_test_id("message").filter(has_text='print("Hello")').last
    await row.scroll_into_view_if_needed()
    await row.hover()
    await expect(row.get_by_test_id("message-more")).to_be_visible()
    await row.get_by_test_id("copy-code").click()
    assert await run(page, "return page.log.pop()") == ["copy", 'func hello() {\n  print("Hello")\n}']


async def test_pictures_open_in_the_lightbox_and_arrows_go_on(page):
    await open_demo(page)
    row = message(page, "From the lake")
    picture = row.get_by_test_id("picture").first
    await picture.scroll_into_view_if_needed()
    await expect(picture.locator("echo-picture")).to_have_attribute("data-state", "shown")
    boxes = [await row.get_by_test_id("picture").nth(place).bounding_box() for place in (0, 1)]
    assert [(box["width"], box["height"]) for box in boxes] == [(288, 180), (90, 180)]  # a row of one height
    assert boxes[0]["y"] == boxes[1]["y"]
    await picture.click()
    dialog = page.get_by_test_id("picture-dialog")
    await expect(dialog).to_contain_text("640 × 400")
    await page.keyboard.press("ArrowRight")
    await expect(dialog).to_contain_text("300 × 600")
    await page.keyboard.press("ArrowRight")
    await expect(dialog).to_contain_text("300 × 600")
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(picture).to_be_focused()
    await expect(row.get_by_test_id("file")).to_have_count(2)
    await row.get_by_test_id("download").first.click()
    assert await run(page, "return page.log.pop()") == ["download", "notes for Bob.txt"]


async def test_long_messages_are_folded_and_unfolded(page):
    await open_demo(page)
    row = message(page, "Line 40 of a long list")
    folded = (await row.bounding_box())["height"]
    await row.get_by_test_id("fold").click()
    await expect(row.get_by_test_id("fold")).to_have_attribute("aria-expanded", "true")
    assert (await row.bounding_box())["height"] > 1.5 * folded


async def test_what_people_write_stays_in_its_own_row(page):
    for width in (320, 390, 1280):
        await page.set_viewport_size({"width": width, "height": 800})
        await open_demo(page)
        wide = await run(
            page,
            """const { scroller } = page.timeline.parts;
            return [document.documentElement.scrollWidth - innerWidth, scroller.scrollWidth - scroller.clientWidth];""",
        )
        assert wide == [0, 0], width


async def test_a_long_press_opens_the_menu_as_a_sheet_and_a_swipe_answers(phone):
    await open_demo(phone)
    touch = """
      const row = [...document.querySelectorAll("echo-message")].pop();
      const { left, top } = row.getBoundingClientRect();
      const say = (type, x, y = 10) => row.dispatchEvent(new PointerEvent(type, {
        bubbles: true, pointerId: 5, pointerType: "touch", isPrimary: true, clientX: left + x, clientY: top + y }));
    """
    await run(phone, touch + 'say("pointerdown", 40); say("pointermove", 46, 30); await page.clock.advance(700); say("pointerup", 46, 30);')
    await expect(phone.locator("dialog")).to_have_count(0)
    await run(phone, touch + 'say("pointerdown", 40); say("pointermove", 120); say("pointerup", 120);')
    assert (await run(phone, "return page.log.pop()"))[0] == "reply"
    await run(phone, touch + 'say("pointerdown", 40); await page.clock.advance(600); say("pointerup", 40);')
    await expect(phone.locator("dialog")).to_be_visible()
    await expect(phone.get_by_test_id("copy-text")).to_be_visible()
    await phone.locator("dialog").get_by_role("button", name="👍").click()
    await expect(phone.locator("dialog")).to_have_count(0)
    await expect(phone.get_by_test_id("message").last.get_by_test_id("reaction")).to_have_text("👍 1")
