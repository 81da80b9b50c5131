"""The composer in Chromium, without the programs: helpers. Tests/WebClient/support/composer.js has what is around it."""

from .waiting import wait_for

TOUCH = {"has_touch": True, "is_mobile": True, "viewport": {"width": 390, "height": 844}}


async def compose(page, options: str = "{}"):
    """Puts the composer of the Lobby into the page; `window.it` has what is around it."""
    await page.evaluate(f"async () => {{ window.it = await (await import('/support/composer.js')).makeComposer({options}); }}")
    return page.get_by_test_id("composer")


async def sent(page) -> list:
    """The messages that the server has taken."""
    return await page.evaluate("it.server.commands.map(([event, data]) => data)")


async def expect_sent(page, *contents: str) -> None:
    await wait_for(page, "count => it.server.commands.length >= count", arg=len(contents))
    assert [message["content"] for message in await sent(page)] == list(contents)
