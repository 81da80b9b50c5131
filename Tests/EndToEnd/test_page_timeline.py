"""The timeline of a room in Chromium: its rows, the place where the user reads, focus and keys. Needs no server."""

from playwright.async_api import expect

from support.room_page import open_room, page, reads, run, scroll, told  # noqa: F401
from support.static_fixtures import MARKS, browser, url  # noqa: F401

# ruff: noqa: F811
pytestmark = MARKS

ROWS_MAX = 330
HEAP_GROWTH_MAX = 1.5


async def test_the_page_holds_few_rows_and_the_view_stays_while_pages_come(page):
    await open_room(page)
    await expect(page.locator('[data-seq="10000"]')).to_be_in_viewport()
    moved = await run(
        page,
        """
        const { scroller } = page.timeline.parts;
        const jumps = [];
        let most = 0;
        for (let step = 0; step < 120; step += 1) {
          const seen = page.seqsInView();
          const middle = seen[Math.floor(seen.length / 2)];
          const top = page.topOf(middle);
          scroller.scrollBy(0, -400);
          const before = scroller.scrollTop;
          await page.drawn(2);
          most = Math.max(most, document.querySelectorAll("echo-message").length);
          if (page.node(middle)) {
            const is = page.topOf(middle);
            const expected = top + 400;
            if (Math.abs(is - expected) > 2 && before > 0) jumps.push([step, middle, is - expected]);
          }
        }
        return { jumps, most, first: page.shownSeqs()[0] };
        """,
    )
    assert moved["jumps"] == []
    assert moved["most"] <= ROWS_MAX
    assert moved["first"] < 9_500
    back = await run(
        page,
        """
        const { scroller } = page.timeline.parts;
        let most = 0;
        for (let step = 0; step < 120 && !page.seqsInView().includes(10_000); step += 1) {
          scroller.scrollBy(0, 900);
          await page.drawn(2);
          most = Math.max(most, document.querySelectorAll("echo-message").length);
        }
        return { most, seen: page.seqsInView() };
        """,
    )
    assert back["most"] <= ROWS_MAX
    assert back["seen"][-1] == 10_000


async def test_at_the_end_of_a_window_that_goes_on_new_pages_do_not_pull_the_view(page):
    await open_room(page, read=4_000)
    await run(page, "page.timeline.parts.scroller.scrollTop = 1e7; await page.drawn(8);")
    first = (await run(page, "return page.seqsInView()"))[-1]
    assert 4_000 < first < 4_400
    await run(page, "await page.drawn(12);")
    assert (await run(page, "return page.seqsInView()"))[-1] < first + 60


async def test_who_is_at_the_end_stays_there_and_who_reads_above_is_told(page):
    await open_room(page, count=200)
    await told(page, "page.server.post('garden', 'bob', 'The newest')")
    await expect(page.locator('[data-seq="201"]')).to_be_in_viewport()
    await expect(page.get_by_test_id("jump-to-end")).to_be_hidden()
    await scroll(page, -1_500)
    await expect(page.get_by_test_id("jump-to-end")).to_contain_text("Newest message")
    before = await run(page, "return page.seqsInView()")
    await told(page, "page.server.post('garden', 'bob', 'And another')")
    assert await run(page, "return page.seqsInView()") == before
    await expect(page.get_by_test_id("jump-to-end")).to_contain_text("New messages")
    await page.get_by_test_id("jump-to-end").click()
    await expect(page.locator('[data-seq="202"]')).to_be_in_viewport()


async def test_a_room_whose_new_messages_fit_into_the_view_opens_at_its_end_and_stays_there(page):
    await open_room(page, count=200, read=198)
    await run(page, "page.route.open('attic'); await page.drawn(6); page.route.open('garden'); await page.drawn(6);")
    for seq in ("199", "200"):
        await expect(page.locator(f'[data-seq="{seq}"]')).to_be_in_viewport()
    await expect(page.get_by_test_id("jump-to-end")).to_be_hidden()
    await told(page, "page.server.post('garden', 'bob', 'The newest\\n'.repeat(12))")
    await expect(page.locator('[data-seq="201"]')).to_be_in_viewport(ratio=1)
    await run(page, "await page.clock.advance(1_100)")
    assert await reads(page) == [200, 201]


async def test_focus_and_selection_survive_whatever_happens_to_messages(page):
    await open_room(page, count=200)
    kept = await run(
        page,
        """
        const { server, deliver } = page;
        server.post("garden", "me", "Mine"); deliver(); await page.drawn();
        server.react("garden", 198, "👍", "alice", true); deliver(); await page.drawn();
        const button = page.node(198).querySelector(".reaction");
        button.focus();
        const content = page.node(199).querySelector("[data-testid=content] p").firstChild;
        getSelection().setBaseAndExtent(content, 0, content, 7);
        const check = () => [document.activeElement === button, getSelection().toString(), document.activeElement?.isConnected].join();
        const seen = [check()];
        const after = async (what) => { what(); deliver(); await page.drawn(); seen.push(check()); };
        await after(() => server.react("garden", 198, "👍", "bob", true));
        await after(() => server.react("garden", 198, "🎉", "bob", true));
        await after(() => server.react("garden", 199, "🎉", "bob", true));
        await after(() => server.edit("garden", 197, "Other words"));
        await after(() => server.delete("garden", 196));
        await after(() => server.mark("garden", "bob", { read_seq: 201 }));
        await after(() => page.store.putUser({ user_id: "bob", display_name: "Robert" }));
        await after(() => server.post("garden", "alice", "One more"));
        await page.history.loadOlder("garden"); await page.drawn(); seen.push(check());
        return { seen, text: button.textContent, author: page.node(200).querySelector(".author").textContent };
        """,
    )
    assert set(kept["seen"]) == {"true,Message,true"}
    assert kept["text"] == "👍 2"
    assert kept["author"] == "Robert"


async def test_the_timeline_is_one_tab_stop_that_arrows_walk(page):
    await open_room(page, count=120)
    await page.get_by_test_id("room-name").focus()
    stops = await run(
        page,
        """return [...page.timeline.querySelectorAll("a[href], button, [tabindex]")]
          .filter((node) => node.tabIndex >= 0 && node.getClientRects().length > 0).map((node) => node.dataset.seq ?? node.className)""",
    )
    assert stops == ["120"]
    await page.locator('[data-seq="120"]').focus()
    await page.keyboard.press("ArrowUp")
    await expect(page.locator('[data-seq="119"]')).to_be_focused()
    await expect(page.locator('[data-seq="119"]').get_by_test_id("reply")).to_be_visible()
    await page.keyboard.press("ArrowRight")
    await expect(page.locator('[data-seq="119"]').get_by_test_id("author")).to_be_focused()
    for _ in range(3):
        await page.keyboard.press("ArrowRight")
    await expect(page.locator('[data-seq="119"]').get_by_test_id("reply")).to_be_focused()
    await page.keyboard.press("Enter")
    assert await run(page, "return page.log.pop()") == ["reply", 119]
    await page.keyboard.press("Escape")
    await expect(page.locator('[data-seq="119"]')).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator("echo-composer textarea")).to_be_focused()
    await page.keyboard.press("Shift+Tab")
    await expect(page.locator('[data-seq="119"]')).to_be_focused()


async def test_a_message_below_a_heading_shows_its_time_in_the_gutter_and_hides_no_button(page):
    await open_room(page, count=10)
    await told(page, "for (const words of ['One', 'Two']) page.server.post('garden', 'bob', words)")
    grouped = page.locator('[data-seq="12"]')
    await expect(grouped.get_by_test_id("author")).to_have_count(0)
    time = grouped.locator(".message-side time")
    await expect(time).to_have_css("visibility", "hidden")
    await grouped.hover()
    await expect(time).to_have_css("visibility", "visible")
    await page.mouse.move(5, 5)
    await expect(grouped.get_by_test_id("reply")).to_have_count(0)


async def test_the_place_in_a_room_is_kept_while_another_one_is_open(page):
    await open_room(page, count=1_000)
    await scroll(page, -3_000)
    before = await run(page, "return page.seqsInView()")
    await run(page, "page.route.open('attic'); await page.drawn(6);")
    await expect(page.get_by_test_id("messages").get_by_test_id("content")).to_have_text(["Boxes"])
    await run(page, "page.route.open('garden'); await page.drawn(6);")
    after = await run(page, "return page.seqsInView()")
    assert abs(after[0] - before[0]) <= 1


async def test_a_link_to_a_message_brings_it_in_sight_with_the_focus(page):
    await open_room(page, seq=4_321)
    await expect(page.locator('[data-seq="4321"]')).to_be_in_viewport()
    await expect(page.locator('[data-seq="4321"]')).to_be_focused()
    await run(page, "page.route.open('garden', 9_000); await page.drawn(6);")
    await expect(page.locator('[data-seq="9000"]')).to_be_focused()
    await run(page, "page.route.open('garden', 77_777); await page.drawn(6);")
    await expect(page.get_by_test_id("toast")).to_contain_text("cannot be shown")


async def test_a_public_room_can_be_looked_into_and_joined(page):
    await open_room(page, count=10)
    await run(
        page,
        """
        const { server } = page;
        server.addRoom("plaza", ["alice"], { kind: "public", name: "Plaza" });
        for (const words of ["Welcome", "all"]) server.post("plaza", "alice", words);
        server.take();
        page.route.open("plaza", 1); await page.drawn(6);
        """,
    )
    await expect(page.get_by_test_id("room-name")).to_have_text("Plaza")
    await expect(page.get_by_test_id("messages").get_by_test_id("content")).to_have_text(["Welcome", "all"])
    await expect(page.locator("echo-composer")).to_be_hidden()
    await page.get_by_test_id("preview-join").click()
    await expect(page.locator("echo-composer")).to_be_visible()
    await expect(page.get_by_test_id("room-preview")).to_be_hidden()
    await expect(page.get_by_test_id("messages").get_by_test_id("content")).to_have_text(["Welcome", "all"])


async def test_a_message_keeps_its_row_when_it_is_sent_and_says_why_it_was_not(page):
    await open_room(page, count=10)
    unsent = {"client_id": "c1", "room_id": "garden", "content": "On its way", "state": "pending", "attachments": []}
    unsent["created_at"] = "2026-01-05T09:00:00Z"
    await told(page, "page.setUnsent([argument], 'added')", unsent)
    message = page.locator('[data-client-id="c1"]')
    await expect(message).to_have_attribute("data-state", "pending")
    await run(page, "window.kept = document.querySelector('[data-client-id=c1]')")
    await told(page, "page.setUnsent([argument])", unsent | {"state": "failed", "error": "Too long"})
    await expect(message).to_contain_text("Not sent: Too long")
    await message.get_by_test_id("retry").click()
    assert await run(page, "return page.log.pop()") == ["retry", "c1"]
    await expect(message.get_by_test_id("resend-mail")).to_be_hidden()
    await told(page, "page.setUnsent([argument])", unsent | {"state": "failed", "error": "Verify", "code": "email_unverified"})
    await expect(message).to_contain_text("Not sent: Confirm your e-mail address first.")
    await message.get_by_test_id("resend-mail").click()
    assert (await run(page, "return page.log.pop()"))[0] == "resendMail"
    await told(page, "page.server.post('garden', 'me', 'On its way', { client_id: 'c1' }); page.deliver(); page.setUnsent([])")
    await expect(message).to_have_attribute("data-state", "sent")
    assert await run(page, "return window.kept === document.querySelector('[data-client-id=c1]') && window.kept.dataset.seq === '11'")
    await expect(page.get_by_test_id("message")).to_have_count(11)


async def test_a_state_that_is_loaded_anew_leaves_place_and_rows(page):
    await open_room(page, count=1_000)
    await scroll(page, -2_000)
    before = await run(page, "return page.seqsInView()")
    edited = "page.server.edit('garden', argument, 'Edited meanwhile'); page.server.take()"
    await told(page, f"{edited}; page.store.load(page.server.sync())", before[2])
    assert await run(page, "return page.seqsInView()") == before
    await expect(page.locator(f'[data-seq="{before[2]}"]').get_by_test_id("content")).to_contain_text("Edited meanwhile")


async def test_scrolling_reads_no_layout(page):
    await open_room(page, count=2_000, read=2_000)
    count = await run(
        page,
        """
        const { countReadings } = await import("/support/rows.js");
        await page.drawn(6);
        return countReadings(async () => {
          for (let step = 0; step < 10; step += 1) {
            page.timeline.parts.scroller.scrollBy(0, -30);
            await page.drawn(1);
          }
        });
        """,
    )
    assert count == 0


async def test_a_room_that_is_in_sight_as_a_whole_is_at_its_end(page):
    await open_room(page, count=3, read=1)
    await expect(page.get_by_test_id("divider-new")).to_be_visible()
    await expect(page.get_by_test_id("jump-to-end")).to_be_hidden()
    await open_room(page, count=200, read=100)
    await expect(page.get_by_test_id("jump-to-end")).to_be_visible()


async def test_memory_and_rows_do_not_grow_with_the_messages_that_come(page):
    await open_room(page, count=400)
    session = await page.context.new_cdp_session(page)

    async def heap_after(batches: int) -> float:
        """After so many times 500 messages, which the server in the page forgets."""
        await run(
            page,
            """
            const { messages } = page.server.rooms.get("garden");
            for (let batch = 0; batch < argument; batch += 1) {
              for (let count = 0; count < 500; count += 1) page.server.post("garden", "bob", `Message ${messages.length} of many`);
              page.deliver();
              await page.drawn(1);
              messages.fill(messages[0], 0, messages.length - 400);
            }
            await page.clock.advance(2_000);
            await page.drawn();
            """,
            batches,
        )
        await session.send("HeapProfiler.collectGarbage")
        return (await session.send("Runtime.getHeapUsage"))["usedSize"]

    start = await heap_after(2)
    end = await heap_after(72)
    assert await page.locator("echo-message").last.get_attribute("data-seq") == "37400"
    assert await page.locator("echo-message").count() <= ROWS_MAX
    assert end <= HEAP_GROWTH_MAX * start, (start, end)
    print(f"heap: {start / 1e6:.1f} MB, after 36,000 messages {end / 1e6:.1f} MB")
