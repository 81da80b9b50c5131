"""What the web client stores on a device, in the IndexedDB of a real browser: no word is lost by a tab, a browser or a disk that fails."""

import asyncio
import contextlib

import pytest
from playwright.async_api import BrowserContext, Error, Page, async_playwright

from support.browser import CHROMIUM
from support.static_site import static_site
from support.waiting import wait_for

pytestmark = [pytest.mark.page, pytest.mark.timeout(120)]

SENT_MS = 15_000
OPTIONS = {"executable_path": CHROMIUM, "args": ["--no-sandbox"]}
NO_INDEXED_DB = "Object.defineProperty(window, 'indexedDB', { get() { throw new DOMException('denied', 'SecurityError'); } })"


@pytest.fixture
def site():
    with static_site() as site:
        yield site


@contextlib.asynccontextmanager
async def browser_context():
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**OPTIONS)
        try:
            yield await browser.new_context()
        finally:
            await browser.close()


@contextlib.asynccontextmanager
async def same_browser(directory):
    """A browser with a profile that outlives it."""
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(directory, **OPTIONS)
        try:
            yield context
        finally:
            with contextlib.suppress(Error):
                await context.close()


async def open_tab(context: BrowserContext, site) -> Page:
    """Opens Alice's account in a tab of its own, offline."""
    page = await context.new_page()
    await page.goto(site.url)
    await page.evaluate("async () => { window.tab = await (await import('/Tests/WebClient/state/real-tab.js')).openTab() }")
    return page


async def send(page: Page, content: str) -> bool:
    """Writes and sends, as the composer does; returns whether the message is stored."""
    return await page.evaluate(
        """async (content) => {
          const { drafts, uploads, outbox } = window.tab;
          drafts.set("lobby", { content });
          await drafts.flush();
          return outbox.add("lobby", content, { takenFrom: [drafts, uploads] });
        }""",
        content,
    )


async def unsent(page: Page) -> list[str]:
    return await page.evaluate("window.tab.outbox.messagesIn('lobby').map(({ content }) => content)")


async def go_online(page: Page) -> None:
    await page.evaluate("window.tab.connection.online()")


async def expect_all_sent(page: Page) -> None:
    await wait_for(page, "window.tab.outbox.count === 0", timeout=SENT_MS)


async def crash(page: Page, command: str) -> None:
    """Ends the tab (`Page.crash`) or the whole browser (`Browser.crash`), which has no time for anything."""
    ended = asyncio.Event()
    page.on("crash", lambda _: ended.set())
    page.on("close", lambda _: ended.set())
    session = await page.context.new_cdp_session(page)
    dying = asyncio.ensure_future(session.send(command))
    await asyncio.wait_for(ended.wait(), 10)
    dying.cancel()
    with contextlib.suppress(asyncio.CancelledError, Error):
        await dying


async def test_the_cases_of_the_unit_tests_hold_in_indexeddb(site):
    async with browser_context() as context:
        page = await context.new_page()
        await page.goto(site.url)
        for group in ("database", "indexeddb", "outbox", "drafts", "uploads", "cache"):
            run = "async (group) => (await import('/Tests/WebClient/state/in-browser.js')).run(group)"
            *failures, count = await page.evaluate(run, group)
            assert not failures, f"{group}\n" + "\n".join(failures)
            assert count > 5


async def test_a_tab_that_crashes_between_send_and_ok_leaves_its_message_to_the_next_tab(site):
    async with browser_context() as context:
        first, second = await open_tab(context, site), await open_tab(context, site)
        site.replies.clear()
        await go_online(first)
        await send(first, "once")
        await until(lambda: site.requests == 1)
        await crash(first, "Page.crash")
        assert await unsent(second) == ["once"]
        site.replies.set()
        await go_online(second)
        await expect_all_sent(second)
        assert (site.contents, site.requests) == (["once"], 2)


async def test_of_two_tabs_the_one_that_is_online_sends_and_both_see_it(site):
    async with browser_context() as context:
        offline, online = await open_tab(context, site), await open_tab(context, site)
        await go_online(online)
        for content in ("one", "two", "three"):
            await send(offline, content)
        await expect_all_sent(offline)
        assert site.contents == ["one", "two", "three"]
        assert site.requests == 3


async def test_two_tabs_that_are_both_online_send_each_message_once(site):
    async with browser_context() as context:
        tabs = [await open_tab(context, site), await open_tab(context, site)]
        for tab in tabs:
            await go_online(tab)
        await asyncio.gather(*(send(tabs[number % 2], f"message {number}") for number in range(10)))
        for tab in tabs:
            await expect_all_sent(tab)
        assert sorted(site.contents) == [f"message {number}" for number in range(10)]
        assert site.requests == 10


async def test_after_the_browser_crashes_messages_drafts_and_files_are_there(site, tmp_path):
    async with same_browser(tmp_path) as context:
        page = await open_tab(context, site)
        await send(page, "unsent")
        await page.evaluate(
            """async () => {
              const { drafts, uploads } = window.tab;
              await uploads.add("lobby", [new File(["pixels"], "photo.png", { type: "image/png" })]);
              drafts.set("lobby", { content: "half a sent", reply_to: 3, edit: { seq: 2, content: "an edit" } });
              await drafts.flush();
            }"""
        )
        await crash(page, "Browser.crash")
    async with same_browser(tmp_path) as context:
        page = await open_tab(context, site)
        assert await unsent(page) == ["unsent"]
        draft = await page.evaluate("window.tab.drafts.get('lobby')")
        assert draft == {"content": "half a sent", "reply_to": 3, "edit": {"seq": 2, "content": "an edit"}}
        file = "(async () => { const [{ file }] = window.tab.uploads.in('lobby'); return [file.name, file.type, await file.text()] })()"
        assert await page.evaluate(file) == ["photo.png", "image/png", "pixels"]
        await go_online(page)
        await expect_all_sent(page)
        assert site.contents == ["unsent"]


async def test_without_indexeddb_messages_are_sent_and_the_page_knows_that_they_are_in_memory(site):
    async with browser_context() as context:
        await context.add_init_script(NO_INDEXED_DB)
        page = await open_tab(context, site)
        await send(page, "private")
        assert await page.evaluate("[window.tab.database.isDurable, window.tab.outbox.hasUnstored]") == [False, True]
        await go_online(page)
        await expect_all_sent(page)
        assert site.contents == ["private"]
        assert await page.evaluate("window.tab.outbox.hasUnstored") is False


async def test_with_a_full_disk_messages_are_sent_and_the_page_knows_that_they_are_not_stored(site):
    async with browser_context() as context:
        page = await open_tab(context, site)
        session = await context.new_cdp_session(page)
        await session.send("Storage.overrideQuotaForOrigin", {"origin": site.url, "quotaSize": 1})
        assert await send(page, "no room") is False
        assert await unsent(page) == ["no room"]
        assert await page.evaluate("window.tab.outbox.hasUnstored") is True
        await go_online(page)
        await expect_all_sent(page)
        assert site.contents == ["no room"]
        assert await page.evaluate("window.tab.outbox.hasUnstored") is False


async def until(condition) -> None:
    async with asyncio.timeout(SENT_MS / 1000):
        while not condition():
            await asyncio.sleep(0.01)
