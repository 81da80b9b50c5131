"""Waiting for what a page's JavaScript says."""

import asyncio

from playwright.async_api import Page

SHELL_MS = 15_000

# Whether the service worker has all that the page has loaded.
HAS_SHELL = """async () => {
  if (!navigator.serviceWorker.controller) return false;
  const site = location.href.replace(/#.*/, "");
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name.replace(/#.*/, ""));
  const files = loaded.filter((url) => url.startsWith(site) && !url.startsWith(`${site}api/`));
  const found = await Promise.all([`${site}complete`, ...files].map((url) => caches.match(url)));
  return found.every((response) => response);
}"""


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


async def wait_for_shell(page: Page) -> None:
    """Waits until the page can be opened without a connection."""
    await wait_for(page, HAS_SHELL, timeout=SHELL_MS)
