"""Runs parts of the web client in an empty page (static_page.py)."""

from playwright.async_api import Page


async def run(page: Page, body: str, argument=None):
    """Runs JavaScript with the parts and the helpers of Tests/WebClient/support/rows.js at hand."""
    return await page.evaluate(
        f"""async (argument) => {{
          const rows = await import("/support/rows.js");
          const {{ h, text, attribute, toggle, icon }} = await import("/parts/dom.js");
          const {{ frame }} = await import("/parts/frame.js");
          const {{ KeyedList, Anchor, Roving }} = await import("/parts/list.js");
          {body}
        }}""",
        argument,
    )
