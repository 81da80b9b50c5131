"""The example of nginx/html/net/README.md runs in a browser as it stands, on a page of the site."""

import pytest

from support.browser import browsers
from support.docs import markdown_block
from support.server import REPOSITORY

pytestmark = [pytest.mark.page, pytest.mark.timeout(60)]

EXAMPLE = REPOSITORY / "nginx/html/net/README.md"


async def run_example(user, source: str) -> list[str]:
    printed: list[str] = []
    user.page.on("console", lambda message: printed.append(message.text))
    await user.page.evaluate(f"async () => {{\n{source}\n}}")
    return printed


async def test_another_page_of_the_site_imports_the_client_and_chats(own_server, tmp_path):
    server = own_server()
    async with browsers(tmp_path, "bob") as (bob,):
        await bob.page.goto(f"{server.url}/docs/changes.html")
        # The event may come before or after the reply.
        async with bob.page.expect_console_message(lambda message: message.text == "heard 1: Hello from a module"):
            printed = await run_example(bob, markdown_block(EXAMPLE, "js"))
        assert "sent 1" in printed
        # The session is the browser's: the next page goes on with it.
        await bob.page.goto(f"{server.url}/docs/problems.html")
        name = await bob.page.evaluate(
            """async () => {
              const { createClient } = await import("/net/client.js");
              const { session, api } = createClient({ site: new URL("/", location.href) });
              return (await session.restore()) && (await api.me()).username;
            }"""
        )
        assert name.startswith("bob-")
        await bob.page.goto(server.url)
        await bob.expect_online()


async def test_an_example_that_is_broken_is_noticed(own_server, tmp_path):
    server = own_server()
    async with browsers(tmp_path, "bob") as (bob,):
        await bob.page.goto(f"{server.url}/docs/changes.html")
        with pytest.raises(Exception, match="is not a function"):
            await run_example(bob, markdown_block(EXAMPLE, "js").replace("api.createRoom", "api.makeRoom"))
