"""Waiting for what a page's JavaScript says."""

import asyncio

from playwright.async_api import Page


async def wait_for(page: Page, expression: str, arg=None, timeout: float = 10_000) -> None:
    """Waits for at most `timeout` milliseconds until JavaScript is true: an expression, or a function of `arg`, whose value JSON can say.

    `Page.wait_for_function` evaluates a string in the page after its first try, which the page's Content-Security-Policy refuses.
    """
    try:
        async with asyncio.timeout(timeout / 1000):
            while not await page.evaluate(expression, arg):
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"not within {timeout} ms: {expression}") from None
