"""Parts of the web client in Chromium, each by itself: elements, lists, scroll positions, the Tab key, what floats. Needs no server."""

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright, expect

from support.browser import CHROMIUM
from support.static_page import static_page, static_server

pytestmark = [pytest.mark.page, pytest.mark.asyncio(loop_scope="module")]


@pytest.fixture(scope="module")
def url():
    with static_server() as url:
        yield url


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser():
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser, url):
    async with static_page(browser, url) as page:
        yield page


async def run(page, body: str, argument=None):
    """Runs JavaScript with the parts and the helpers of Tests/WebClient/support/rows.js at hand."""
    return await page.evaluate(
        f"""async (argument) => {{
          const rows = await import("/support/rows.js");
          const {{ h, text, attribute, toggle, icon }} = await import("/parts/dom.js");
          const {{ frame }} = await import("/parts/frame.js");
          const {{ KeyedList, Anchor, Roving }} = await import("/parts/list.js");
          {body}
        }}""",
        argument,
    )


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


async def test_alice_keeps_her_focus_and_her_selection_while_rows_come_go_and_change(page):
    seen = await run(
        page,
        """
        const list = rows.makeList(rows.items(1, 6)).list;
        const field = h("textarea");
        list.node(3).append(field);
        field.value = "half a word";
        field.focus();
        field.setSelectionRange(2, 5);
        let blurs = 0;
        field.addEventListener("blur", () => { blurs += 1; });
        list.set([6, 5, 3, 4, 9, 1].map((seq) => ({ seq, height: 50 })));
        list.set([9, 3, 1, 6].map((seq) => ({ seq, height: 40 })));
        const kept = [document.activeElement === field, field.selectionStart, field.selectionEnd, blurs];

        field.blur();
        const words = list.node(1).firstChild.firstChild;
        getSelection().setBaseAndExtent(words, 0, words, 7);
        list.set([1, 6, 9, 3].map((seq) => ({ seq, height: 40 })));
        list.set([6, 9, 3, 1].map((seq) => ({ seq, height: 40 })));
        text(list.node(1).firstChild, "Message 1");
        return [...kept, getSelection().toString()];""",
    )
    assert seen == [True, 2, 5, 0, "Message"]


async def test_a_list_is_always_that_of_its_items_with_the_same_nodes_and_few_moves(page):
    seen = await run(
        page,
        """
        const { withSeeds } = await import("/support/seeds.js");
        const { longestRising } = await import("/parts/list.js");
        withSeeds(60, (random, seed) => {
          const box = h("ol", {}, h("li", { id: "head" }));
          const end = h("li", { id: "end" });
          box.append(end);
          const list = new KeyedList({ box, key: (key) => key, make: (key) => h("li", {}, String(key)), end });
          const known = new Map();
          let before = [];
          for (let step = 0; step < 25; step += 1) {
            const keys = Array.from({ length: 12 }, (_, key) => key).filter(() => random.next() < 0.7);
            if (random.next() < 0.4) keys.sort(() => random.next() - 0.5);
            const kept = keys.filter((key) => before.includes(key));
            let moves = 0;
            const insert = box.insertBefore;
            box.insertBefore = function (...values) { moves += 1; return insert.apply(this, values); };
            list.set(keys);
            delete box.insertBefore;
            const shown = [...box.children].slice(1, -1);
            const fail = (what) => { throw new Error(`seed ${seed}, step ${step}: ${what}`); };
            if (shown.map((node) => node.textContent).join() !== keys.join()) fail("other rows");
            if (box.firstChild.id !== "head" || box.lastChild.id !== "end") fail("the other children moved");
            for (const key of kept) if (known.get(key) !== list.node(key)) fail("a row was made anew");
            const still = longestRising(kept.map((key) => before.indexOf(key))).length;
            if (moves !== keys.length - still) fail(`${moves} moves instead of ${keys.length - still}`);
            known.clear();
            for (const key of keys) known.set(key, list.node(key));
            before = keys;
          }
        });
        return "done";""",
    )
    assert seen == "done"


async def test_the_page_stays_where_bob_reads_while_rows_come_go_and_grow(page):
    seen = await run(
        page,
        """
        const view = rows.makeList(rows.items(100, 160));
        await rows.drawn();
        view.scroller.scrollTop = 1000;
        await rows.drawn();
        const seen = [view.anchor.isAtEnd];
        const row = 126;
        const before = rows.placeOf(view, row);
        const change = async (items) => {
          view.anchor.around(() => view.list.set(items));
          await rows.drawn();
          return Math.abs(rows.placeOf(view, row) - before) < 1;
        };
        seen.push(before > 0 && before < 400);
        seen.push(await change(rows.items(50, 160)));
        seen.push(await change(rows.items(110, 190)));
        seen.push(await change(rows.items(110, 190, (seq) => seq < 120 ? 90 : 40)));
        seen.push(await change(rows.items(121, 190)));
        // The row at the upper edge loses its heading: what Bob reads is below it.
        seen.push(await change(rows.items(121, 190, (seq) => seq === 125 ? 64 : 40)));
        seen.push(await change(rows.items(121, 190)));
        // The first row in sight goes, with all above it.
        const first = 125;
        seen.push(rows.placeOf(view, first) < 40);
        seen.push(await change([...rows.items(60, 124), ...rows.items(126, 190)]));
        seen.push(view.anchor.isAtEnd);
        return seen;""",
    )
    assert seen == [False] + [True] * 9 + [False]


async def test_at_the_start_too_older_rows_push_nothing_down(page):
    seen = await run(
        page,
        """
        const view = rows.makeList(rows.items(100, 160));
        await rows.drawn();
        view.scroller.scrollTop = 0;
        await rows.drawn();
        const before = rows.placeOf(view, 101);
        view.anchor.around(() => view.list.set(rows.items(40, 160)));
        await rows.drawn();
        return [before, rows.placeOf(view, 101), view.scroller.scrollTop];""",
    )
    assert seen[0] == pytest.approx(seen[1], abs=1)
    assert seen[2] == pytest.approx(60 * 40, abs=1)


async def test_at_the_end_the_newest_message_stays_in_view(page):
    seen = await run(
        page,
        """
        const view = rows.makeList(rows.items(1, 30));
        await rows.drawn();
        const seen = [];
        const isLastInView = () => Math.abs(view.list.node([...view.list.keys()].at(-1)).getBoundingClientRect().bottom
          - view.scroller.getBoundingClientRect().bottom) <= 2;
        seen.push(isLastInView());
        view.anchor.around(() => view.list.set(rows.items(1, 60)));
        await rows.drawn();
        seen.push(isLastInView(), view.anchor.isAtEnd);
        view.list.node(50).style.setProperty("height", "300px");
        await rows.settled();
        seen.push(isLastInView());
        view.scroller.style.setProperty("height", "250px");
        await rows.settled();
        seen.push(isLastInView(), view.ends.length === 0);
        view.scroller.scrollTop -= 500;
        await rows.drawn();
        seen.push(view.ends.join(), isLastInView());
        view.anchor.around(() => view.list.set(rows.items(1, 61)));
        await rows.drawn();
        seen.push(isLastInView());
        view.anchor.scrollToEnd();
        await rows.drawn();
        seen.push(view.ends.join(), isLastInView());
        view.anchor.scrollToRow(() => view.list.node(5));
        await rows.drawn();
        const middle = rows.placeOf(view, 5) + 20;
        seen.push(view.anchor.isAtEnd, Math.abs(middle - 125) < 2);
        return seen;""",
    )
    assert seen == [True, True, True, True, True, True, "false", False, False, "false,true", True, False, True]


async def test_rows_are_in_sight_when_their_end_is_and_tall_ones_when_they_fill_half_the_view(page):
    seen = await run(
        page,
        """
        const { Sight } = await import("/parts/sight.js");
        const view = rows.makeList(rows.items(1, 40, (seq) => seq === 20 ? 900 : 40));
        view.anchor.disconnect();
        view.scroller.scrollTop = 0;
        let told = [];
        const sight = new Sight({ scroller: view.scroller, box: view.box, onChange: (found) => { told = found; } });
        const now = async (top) => {
          view.scroller.scrollTop = top;
          await rows.settled();
          await rows.settled();
          return told.map((row) => Number(row.dataset.seq)).join();
        };
        const seen = [];
        for (const top of [0, 19, 41, 19 * 40 - 250, 19 * 40 - 150, 19 * 40 + 300]) seen.push(await now(top));
        // Rows go: the ones that come into their place are in sight, those that have gone are not.
        view.list.set(rows.items(21, 40));
        await rows.settled();
        await rows.settled();
        seen.push(told.map((row) => Number(row.dataset.seq)).join());
        view.list.clear();
        await rows.settled();
        seen.push(told.length);
        sight.disconnect();
        return seen;""",
    )

    def join(first: int, last: int) -> str:
        return ",".join(str(seq) for seq in range(first, last + 1))

    # At 19 px, the first row is cut off above and in sight, the eleventh is cut off below and not.
    assert seen == [join(1, 10), join(1, 10), join(2, 11), join(13, 19), join(16, 20), "20", join(31, 40), 0]


async def test_scrolling_reads_no_layout_and_an_update_little(page):
    seen = await run(
        page,
        """
        const view = rows.makeList(rows.items(1, 300));
        const { Sight } = await import("/parts/sight.js");
        new Sight({ scroller: view.scroller, box: view.box, onChange: () => {} });
        new Roving({ box: view.box, items: "li", inner: "button" });
        await rows.drawn();
        const scrolling = await rows.countReadings(async () => {
          for (let step = 0; step < 20; step += 1) { view.scroller.scrollTo(0, 5000 - step * 100); await rows.settled(); }
        });
        const update = await rows.countReadings(async () => {
          view.anchor.around(() => view.list.set(rows.items(1, 301)));
          await rows.drawn();
        });
        return [scrolling, update];""",
    )
    assert seen[0] == 0
    assert 0 < seen[1] < 40


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
    assert await page.locator("[tabindex='0']").count() == 1
    await page.evaluate("() => document.activeElement.dir = 'rtl'")
    assert await press("ArrowLeft") == "Reply"


async def test_the_focus_goes_to_the_next_message_when_the_one_with_it_goes(page):
    await run(page, ROVING)
    await page.focus("[data-seq='2']")
    await page.evaluate("() => document.activeElement.remove()")
    await expect(page.locator("[data-seq='3']")).to_be_focused()
    await page.evaluate("() => { test.box.append(test.make(9)); test.box.lastChild.previousSibling.remove(); }")
    assert await page.locator("[tabindex='0']").count() == 1
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
