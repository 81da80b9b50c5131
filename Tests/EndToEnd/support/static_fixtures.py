"""Fixtures of the tests that show parts of the web client in Chromium without the programs."""

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright

from .browser import CHROMIUM
from .static_page import static_page, static_server

MARKS = [pytest.mark.page, pytest.mark.asyncio(loop_scope="module")]


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
