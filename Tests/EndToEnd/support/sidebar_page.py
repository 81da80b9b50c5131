"""The sidebar of the web client, or another element of its region, in a page of its own (Tests/WebClient/support/sidebar-page.js)."""

from playwright.async_api import Page

ROOMS = """[
  room("tea", { name: "Tea", minute: 9, messages: 5, read: 2, content: "Who brings the cake?" }),
  room("crit", { name: "Design crit", minute: 8, messages: 3 }),
  room("news", { name: "News", kind: "public", minute: 7, messages: 40, read: 10, notify: "none" }),
  room("bob", { kind: "direct", other: "bob", minute: 6, messages: 2, read: 1, mentions: 1, content: "@me: now?" }),
  room("dan", { kind: "direct", other: "dan", minute: 5, messages: 7 }),
  room("lunch", { name: "Lunch", minute: 4, messages: 1 }),
]"""


# The headings of the sections and the names of the rooms, from above.
ROWS = ".section-head > .line, .room-name"


async def run(page: Page, body: str):
    """Runs JavaScript with the harness at hand."""
    return await page.evaluate(
        f"""async () => {{
          const {{ openPage, takeCalls, drawn }} = await import("/support/sidebar-page.js");
          const {{ room, user }} = await import("/support/sidebar.js");
          const {{ context }} = window;
          {body}
        }}"""
    )


async def open_page(page: Page, rooms: str = ROOMS, **options: str):
    await run(page, f"await openPage({{ rooms: {rooms}, {', '.join(f'{name}: {value}' for name, value in options.items())} }});")


async def calls(page: Page) -> list[list]:
    return await run(page, "return takeCalls();")


async def rows(page: Page) -> list[str]:
    return await page.locator(ROWS).all_inner_texts()


def row(page: Page, name: str):
    return page.get_by_test_id("room-item").filter(has_text=name)
