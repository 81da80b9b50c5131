"""Parts of the web client in Chromium, each by itself: elements, the Tab key, what floats. Needs no server."""

import pytest
from playwright.async_api import expect

from support.parts_page import run
from support.static_fixtures import MARKS, browser, page, url  # noqa: F401
from support.static_page import static_page
from support.waiting import wait_for

# ruff: noqa: F811
pytestmark = MARKS


ELEMENT = """
const { Element } = await import("/parts/element.js");
const watched = new Map();
const timers = new Map();
const context = {
  words: "Send",
  changes: { watch: (topic, listener) => { watched.set(topic, listener); return () => watched.delete(topic); } },
  clock: { setTimeout: (run, ms) => { timers.set(ms, run); return ms; }, clearTimeout: (id) => timers.delete(id) },
};
let clicks = 0, connected = 0, disconnected = 0, built = 0;
class Room extends Element {
  static template({ words }) { built += 1; return [h("h2", { part: "name" }), h("button", { part: "send", type: "button" }, words)]; }
  connected() {
    connected += 1;
    this.watch("rooms", (deltas) => text(this.parts.name, deltas.at(-1)));
    this.listen(window, "click", () => { clicks += 1; });
    this.cancel = this.later(1000, () => { this.isOver = true; });
  }
  disconnected() { disconnected += 1; }
}
customElements.define("test-room", Room);
class App extends Element {}
customElements.define("test-app", App);
const app = document.createElement("test-app");
app.context = context;
const room = document.createElement("test-room");
app.append(h("div", {}, room));
document.body.append(app);
"""


async def test_an_element_is_built_once_and_ends_with_it_what_it_began(page):
    seen = await run(
        page,
        ELEMENT
        + """
        const seen = [];
        watched.get("rooms")(["The Lobby"]);
        const name = room.parts.name;
        window.dispatchEvent(new Event("click"));
        seen.push(room.context === context, name.textContent, room.querySelectorAll("button").length, clicks, timers.size);
        app.prepend(room);
        seen.push(room.parts.name === name, connected, disconnected, watched.size, timers.size);
        room.remove();
        window.dispatchEvent(new Event("click"));
        seen.push(clicks, watched.size, timers.size);
        const other = document.createElement("test-room");
        app.append(other);
        seen.push(built, other.parts.name === name, other.parts.name.textContent);
        other.cancel();
        seen.push(timers.size);
        timers.clear();
        app.append(room);
        timers.get(1000)();
        seen.push(room.isOver);
        return seen;""",
    )
    assert seen == [True, "The Lobby", 1, 1, 1, True, 2, 1, 1, 1, 1, 0, 0, 1, False, "", 0, True]


async def test_what_has_gone_is_not_written_any_more(page):
    seen = await run(
        page,
        ELEMENT
        + """
        const done = [];
        room.write(() => done.push("room"));
        app.write(() => done.push("app"));
        room.remove();
        frame.flush();
        return done;""",
    )
    assert seen == ["app"]


ROVING = """
const tools = () => [h("button", { class: "tool", type: "button" }, "Reply"), h("a", { class: "tool", href: "#x" }, "x")];
const make = (seq) => h("li", { "data-seq": seq }, ...tools());
const box = h("ol", { role: "list" }, ...[1, 2, 3, 4].map(make));
document.body.replaceChildren(h("button", { id: "before" }, "before"), box, h("button", { id: "after" }, "after"));
const roving = new Roving({ box, items: "li", inner: ".tool", start: "last" });
window.test = { box, roving, make };
"""
FOCUSED = "() => { const node = document.activeElement; return node.id || (node.dataset.seq ?? node.textContent); }"


async def test_carol_walks_the_messages_by_arrows_and_leaves_the_list_by_one_tab(page):
    await run(page, ROVING)

    async def press(*keys: str) -> str:
        for key in keys:
            await page.keyboard.press(key)
        return await page.evaluate(FOCUSED)

    await page.focus("#before")
    assert await press("Tab") == "4"
    assert await press("Tab") == "after"
    assert await press("Shift+Tab") == "4"
    assert await press("ArrowUp", "ArrowUp") == "2"
    assert await press("Home") == "1"
    assert await press("ArrowUp") == "1"
    assert await press("End") == "4"
    assert await press("ArrowUp", "ArrowRight") == "Reply"
    assert await press("ArrowRight", "ArrowRight") == "x"
    assert await press("Escape") == "3"
    assert await press("Tab") == "after"
    assert await press("Shift+Tab") == "3", "the list remembers where she was"
    await expect(page.locator("[tabindex='0']")).to_have_count(1)
    await page.evaluate("() => document.activeElement.dir = 'rtl'")
    assert await press("ArrowLeft") == "Reply"


async def test_the_focus_goes_to_the_next_message_when_the_one_with_it_goes(page):
    await run(page, ROVING)
    await page.focus("[data-seq='2']")
    await page.evaluate("() => document.activeElement.remove()")
    await expect(page.locator("[data-seq='3']")).to_be_focused()
    await page.evaluate("() => { test.box.append(test.make(9)); test.box.lastChild.previousSibling.remove(); }")
    await expect(page.locator("[tabindex='0']")).to_have_count(1)
    assert await page.evaluate("() => test.box.querySelectorAll(':is(li, .tool):not([tabindex])').length") == 0
    await page.focus("#after")
    await page.evaluate("() => test.roving.current.remove()")
    await expect(page.locator("#after")).to_be_focused()


async def test_arrows_in_a_text_field_stay_there(page):
    await run(page, ROVING + "box.children[1].append(h('textarea', { id: 'edit' }));")
    await page.focus("#edit")
    for key in ("ArrowUp", "ArrowDown", "Home", "ArrowRight", "Escape"):
        await page.keyboard.press(key)
        assert await page.evaluate(FOCUSED) == "edit"


@pytest.mark.parametrize("is_native", [True, False], ids=["popover", "a browser without popover"])
async def test_a_menu_opens_beside_its_button_and_closes_with_escape_or_a_click_elsewhere(browser, url, is_native):
    script = "" if is_native else "delete HTMLElement.prototype.popover;"
    async with static_page(browser, url, script) as page:
        await run(
            page,
            """
            const { openPopover } = await import("/parts/popover.js");
            const menu = h("div", { id: "menu", hidden: true }, h("button", { id: "first" }, "Copy link"));
            const button = h("button", { id: "open", type: "button" }, "More");
            button.style.setProperty("margin-left", "40px");
            document.body.append(h("p", { id: "else" }, "elsewhere"), button, menu);
            window.closes = 0;
            button.addEventListener("click", () => {
              window.menu = openPopover(menu, { by: button, onClose: () => { window.closes += 1; } });
              document.getElementById("first").focus();
            });""",
        )
        assert await page.evaluate("() => HTMLElement.prototype.hasOwnProperty('popover')") == is_native
        menu, button = page.locator("#menu"), page.locator("#open")
        await button.click()
        await expect(menu).to_be_visible()
        await page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        at, by = await menu.bounding_box(), await button.bounding_box()
        assert at["x"] == pytest.approx(by["x"], abs=1) and at["y"] == pytest.approx(by["y"] + by["height"] + 4, abs=1)
        await page.keyboard.press("Escape")
        await expect(menu).to_be_hidden()
        await expect(button).to_be_focused()
        await button.click()
        await page.locator("#else").click()
        await expect(menu).to_be_hidden()
        assert await page.evaluate("() => [window.closes, window.menu.isOpen]") == [2, False]


async def test_a_sheet_answers_and_gives_the_focus_back(page):
    await run(
        page,
        """
        const { openSheet } = await import("/parts/sheet.js");
        const button = h("button", { id: "open", type: "button" }, "Leave");
        document.body.append(button);
        window.answers = [];
        button.addEventListener("click", () => {
          const content = [h("p", {}, "Leave the Lobby?"), h("button", { id: "yes", type: "button" }, "Leave")];
          const sheet = openSheet(content, { label: "Leave" });
          document.getElementById("yes").addEventListener("click", () => sheet.close("yes"));
          sheet.closed.then((answer) => window.answers.push(answer));
        });""",
    )
    sheet = page.get_by_role("dialog", name="Leave")
    await page.click("#open")
    await page.click("#yes")
    await expect(sheet).to_have_count(0)
    await expect(page.locator("#open")).to_be_focused()
    await page.click("#open")
    await page.keyboard.press("Escape")
    await expect(sheet).to_have_count(0)
    await page.click("#open")
    await page.mouse.click(5, 5)
    await expect(sheet).to_have_count(0)
    await wait_for(page, "() => window.answers.length === 3")  # the event comes after the sheet is hidden
    assert await page.evaluate("() => window.answers") == ["yes", "", ""]


async def test_a_sheet_on_a_phone_is_pulled_down(browser, url):
    async with static_page(browser, url) as page:
        await page.set_viewport_size({"width": 390, "height": 844})
        await run(page, "const { openSheet } = await import('/parts/sheet.js'); openSheet([h('p', {}, 'Reply')], { label: 'Message' });")
        sheet = page.get_by_role("dialog")
        box = await sheet.bounding_box()
        assert box["x"] == 0 and box["width"] == 390 and box["y"] + box["height"] == pytest.approx(844, abs=1)
        for pulled, is_open in ((40, 1), (120, 0)):
            await page.mouse.move(195, box["y"] + 10)
            await page.mouse.down()
            await page.mouse.move(195, box["y"] + 10 + pulled)
            await page.mouse.up()
            await expect(sheet).to_have_count(is_open)


async def test_toasts_come_and_go_by_the_clock_and_stay_while_they_are_read(page):
    seen = await run(
        page,
        """
        const { Toasts } = await import("/parts/toast.js");
        const timers = new Map();
        let next = 0;
        const clock = { setTimeout: (run) => { timers.set(++next, run); return next; }, clearTimeout: (id) => timers.delete(id) };
        const pass = () => { for (const [id, run] of [...timers]) { timers.delete(id); run(); } };
        const box = h("div", { class: "toasts" });
        document.body.append(box);
        const toasts = new Toasts(box, { clock, dismissLabel: "Dismiss" });
        const shown = () => [...box.children].map((node) => node.firstChild.textContent).join("|");
        const seen = [];
        toasts.show("Link copied.");
        toasts.show("Link copied.");
        let undone = 0;
        toasts.show("Marked as read.", { action: { label: "Undo", run: () => { undone += 1; } } });
        seen.push(shown(), box.children[0].getAttribute("role"));
        box.querySelector("[data-testid=toast-action]").click();
        seen.push(undone, shown());
        box.dispatchEvent(new Event("pointerenter"));
        pass();
        seen.push(shown());
        box.dispatchEvent(new Event("pointerleave"));
        pass();
        seen.push(shown());
        for (const word of ["one", "two", "three", "four"]) toasts.show(word, { isError: true });
        seen.push(shown(), box.children[0].getAttribute("role"));
        return seen;""",
    )
    assert seen == [
        "Link copied.|Marked as read.", "status", 1, "Link copied.", "Link copied.", "", "two|three|four", "alert",
    ]  # fmt: skip


async def test_without_a_clipboard_a_text_is_copied_out_of_an_open_dialog_of_a_shadow_tree_and_the_focus_comes_back(page):
    seen = await run(
        page,
        """
        const { copyText } = await import("/elements/clipboard.js");
        Object.defineProperty(navigator, "clipboard", { value: undefined });
        const root = document.body.appendChild(h("div")).attachShadow({ mode: "open" });
        const button = h("button", { type: "button" }, "Copy");
        const dialog = h("dialog", {}, button);
        root.append(dialog);
        dialog.showModal();
        button.focus();
        const copied = new Promise((done) => document.addEventListener("copy", (event) => done(event.composedPath()[0].value)));
        return [await copyText("a link"), await copied, root.activeElement === button, root.querySelector("textarea")];""",
    )
    assert seen == [True, "a link", True, None]
