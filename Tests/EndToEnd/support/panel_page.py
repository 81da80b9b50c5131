"""Shows the panel and the settings alone, with a real store and a server of the tests (Tests/WebClient/support/panel-page.js)."""

from playwright.async_api import Page


async def make_panel(page: Page, kind: str, data=None, **options) -> None:
    """Opens the panel from the button with the focus, as a user does."""
    await page.evaluate(
        """async ([kind, data, options]) => {
          const { makePanel } = await import("/support/panel-page.js");
          await makePanel(options);
          document.getElementById("opener").focus();
          echo.context.panel.open(kind, data);
        }""",
        [kind, data, options],
    )


async def make_settings(page: Page, section: str, **options) -> None:
    await page.evaluate(
        """async ([section, options]) => {
          const { makeSettings } = await import("/support/panel-page.js");
          await makeSettings(section, options);
        }""",
        [section, options],
    )


async def calls(page: Page, name: str) -> list:
    return await page.evaluate("(name) => echo.api.calls.filter(([called]) => called === name)", name)
