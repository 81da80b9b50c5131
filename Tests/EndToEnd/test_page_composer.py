"""The composer in Chromium, without the programs: words are never lost, and keys do what is expected."""

from playwright.async_api import expect

from support.composer_page import TOUCH, compose, expect_sent, sent
from support.static_fixtures import MARKS, browser, page, url  # noqa: F401

# ruff: noqa: F811
from support.static_page import static_page
from support.waiting import wait_for

pytestmark = MARKS


async def test_enter_sends_and_shift_enter_begins_a_line_whose_indentation_is_kept(page):
    field = await compose(page)
    await field.press_sequentially("    if tea:")
    await field.press("Shift+Enter")
    await field.press_sequentially("        drink()  ")
    height = (await field.bounding_box())["height"]
    await field.press("Enter")
    await expect_sent(page, "    if tea:\n        drink()")
    await expect(field).to_have_value("")
    await expect(field).to_be_focused()
    await wait_for(page, "height => document.activeElement.getBoundingClientRect().height < height", height)
    await field.press("Enter")  # nothing is nothing
    await expect_sent(page, "    if tea:\n        drink()")


async def test_on_a_phone_enter_begins_a_line_and_the_button_sends(browser, url):
    async with static_page(browser, url, **TOUCH) as page:
        field = await compose(page)
        await field.tap()
        await field.press_sequentially("one")
        await field.press("Enter")
        await field.press_sequentially("two")
        assert await sent(page) == []
        assert await field.get_attribute("enterkeyhint") == "enter"
        assert (await field.bounding_box())["width"] > 340  # the buttons are below the words
        await page.get_by_test_id("send").tap()
        await expect_sent(page, "one\ntwo")
        sizes = await page.evaluate(
            "[...document.querySelectorAll('.composer-row button')].map((each) => each.getBoundingClientRect().height)"
        )
        assert min(sizes) >= 44
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390


async def test_the_enter_that_confirms_a_word_of_an_input_method_sends_nothing(page):
    field = await compose(page)
    await field.fill("にほん")
    await field.evaluate(
        """field => {
          const always = { key: "Enter", bubbles: true, cancelable: true };
          const enter = (more) => field.dispatchEvent(new KeyboardEvent("keydown", { ...always, ...more }));
          field.dispatchEvent(new CompositionEvent("compositionstart"));
          enter({ isComposing: true });
          field.dispatchEvent(new CompositionEvent("compositionend"));
          enter({ keyCode: 229 });  // Safari tells it after the end
        }"""
    )
    assert await sent(page) == []
    await expect(field).to_have_value("にほん")
    await field.press("Enter")
    await expect_sent(page, "にほん")


async def test_words_that_come_from_elsewhere_do_not_break_a_composition(page):
    field = await compose(page)
    seen = await field.evaluate(
        """async field => {
          field.focus();
          field.dispatchEvent(new CompositionEvent("compositionstart"));
          field.value = "に";
          it.context.changes.tell("draft:lobby", { from: "elsewhere" });
          it.context.changes.flush();
          const during = field.value;
          field.dispatchEvent(new InputEvent("input", { bubbles: true }));
          field.dispatchEvent(new CompositionEvent("compositionend"));
          return [during, field.value, it.context.drafts.get("lobby").content];
        }"""
    )
    assert seen == ["に", "に", "に"]


async def test_the_counter_speaks_from_3500_characters_on_and_counts_as_the_server_does(page):
    field = await compose(page)
    count = page.get_by_test_id("composer-count")
    await field.fill("a" * 3_499)
    await expect(count).to_be_empty()
    await field.fill("a" * 3_500)
    await expect(count).to_have_text("500 characters left")
    await field.fill("a" * 4_002)
    await expect(count).to_have_text("2 characters too many")
    await field.press("Enter")
    await expect(page.get_by_test_id("draft-error")).to_have_text("2 characters too many")
    await expect(count).to_be_hidden()  # once is enough
    assert await sent(page) == []
    await page.evaluate("it.context.drafts.set('lobby', { content: 'short' })")  # in another tab
    await expect(field).to_have_value("short")
    await expect(page.get_by_test_id("draft-error")).to_be_empty()
    await field.fill("👨‍👩‍👧‍👦" * 1_000)
    await field.press("Enter")
    await wait_for(page, "() => it.server.commands.length === 1")
    await expect(field).to_have_value("")


async def test_typing_is_told_and_shown(page):
    field = await compose(page)
    await field.press_sequentially("abc")
    assert await page.evaluate("it.sent") == [["typing", {"room_id": "lobby"}]]
    typing = page.get_by_test_id("typing")
    await page.evaluate("it.context.store.setTyping({ room_id: 'lobby', user_id: 'bob' })")
    await expect(typing).to_have_text("Bob is typing…")
    await page.evaluate("it.context.store.setTyping({ room_id: 'lobby', user_id: 'alice' })")
    await expect(typing).to_have_text("Bob and Alice are typing…")
    await page.evaluate("it.go('den')")
    await expect(typing).to_be_empty()


async def test_the_focus_and_the_selection_survive_what_arrives(page):
    field = await compose(page)
    await field.fill("select me")
    await field.evaluate("field => field.setSelectionRange(0, 6)")
    await page.evaluate(
        """() => {
          it.context.store.addMessage(it.server.message("bob", 4, "More tea?"));
          it.context.changes.tell("rooms", { room: "lobby", what: "changed" });
          it.context.changes.tell("draft:lobby", { from: "here" });
          it.context.changes.flush();
        }"""
    )
    await expect(field).to_be_focused()
    assert await field.evaluate("field => [field.selectionStart, field.selectionEnd]") == [0, 6]


async def test_in_a_room_of_somebody_who_is_gone_nothing_can_be_written(page):
    field = await compose(page, "{ room: { kind: 'direct', name: null, with: null } }")
    await expect(field).to_be_disabled()
    await expect(field).to_have_attribute("aria-label", "This person has deleted their account.")
