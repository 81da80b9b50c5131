"""The timeline of a room in Chromium, on the real state of the web client and a server in the page: support/room-page.html."""

import contextlib

import pytest_asyncio
from playwright.async_api import Browser, Page

from .static_page import static_page
from .waiting import wait_for


@contextlib.asynccontextmanager
async def room_page(browser: Browser, url: str, **settings):
    async with static_page(browser, url + "support/room-page.html", **settings) as page:
        await wait_for(page, "Boolean(window.page?.show)")
        yield page


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser, url):
    async with room_page(browser, url) as page:
        yield page


# A room of 10,000 messages of 1 or 2 lines by three people, read up to `read`.
ROOM = """
const prepare = (server, clock) => {
  server.addRoom("garden", ["me", "alice", "bob"], { name: "Garden club" });
  server.addRoom("attic", ["me", "alice"], { name: "Attic" });
  const start = clock.now() - 20 * 86_400_000;
  for (let seq = 1; seq <= COUNT; seq += 1) {
    const created_at = new Date(start + seq * 120_000).toISOString();
    const content = `Message ${seq}` + (seq % 3 ? "" : "\\nand what else there is to say of it");
    server.post("garden", seq % 2 ? "alice" : "bob", content, { created_at });
  }
  server.post("attic", "alice", "Boxes");
  const me = server.rooms.get("garden").members.get("me");
  me.marks = { delivered_seq: COUNT, preview_seq: READ, read_seq: READ };
  server.rooms.get("attic").members.get("me").marks.read_seq = 1;
  server.take();
};
"""


async def open_room(page: Page, count=10_000, read=None, has_attention=True, seq=None):
    """Shows the room, and waits until it is drawn."""
    prepare = ROOM.replace("COUNT", str(count)).replace("READ", str(count if read is None else read))
    await page.evaluate(
        f"""async ([hasAttention, seq]) => {{
          {prepare}
          await page.show({{ prepare, hasAttention }});
          page.route.open("garden", seq);
          await page.drawn(6);
        }}""",
        [has_attention, seq],
    )


async def run(page: Page, body: str, argument=None):
    return await page.evaluate(f"async (argument) => {{ {body} }}", argument)


async def told(page: Page, body: str, argument=None):
    """Runs what happens on the server, and what the page draws of it."""
    await run(page, f"{body}; page.deliver(); await page.drawn(); await page.clock.advance(300); await page.drawn();", argument)


async def scroll(page: Page, pixels: int):
    await run(page, "page.timeline.parts.scroller.scrollBy(0, argument); await page.drawn(6);", pixels)


async def reads(page: Page) -> list[int]:
    return await run(page, "return page.log.filter(([what]) => what === 'read').map(([, seq]) => seq)")
