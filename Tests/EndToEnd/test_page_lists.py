"""Lists of the web client in Chromium, by themselves: their rows, scroll positions, what is in sight. Needs no server."""

import pytest

from support.parts_page import run
from support.static_fixtures import MARKS, browser, page, url  # noqa: F401

# ruff: noqa: F811
pytestmark = MARKS


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
