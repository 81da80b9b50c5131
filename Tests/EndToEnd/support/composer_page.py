"""The composer in Chromium, without the programs: fixtures and helpers. Tests/WebClient/support/composer.js has what is around it."""

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright

from .browser import CHROMIUM
from .static_page import static_page, static_server

MARKS = [pytest.mark.page, pytest.mark.asyncio(loop_scope="module")]

TOUCH = {"has_touch": True, "is_mobile": True, "viewport": {"width": 390, "height": 844}}


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


async def compose(page, options: str = "{}"):
    """Puts the composer of the Lobby into the page; `window.it` has what is around it."""
    await page.evaluate(f"async () => {{ window.it = await (await import('/support/composer.js')).makeComposer({options}); }}")
    return page.get_by_test_id("composer")


async def sent(page) -> list:
    """The messages that the server has taken."""
    return await page.evaluate("it.server.commands.map(([event, data]) => data)")


async def expect_sent(page, *contents: str) -> None:
    await page.wait_for_function("count => it.server.commands.length >= count", arg=len(contents))
    assert [message["content"] for message in await sent(page)] == list(contents)
