"""The web client as an app of the device: what a browser asks of it, and the button that installs it."""

import pytest
from playwright.async_api import async_playwright, expect

from support.browser import CHROMIUM, BrowserUser, browsers

pytestmark = [pytest.mark.page, pytest.mark.timeout(120)]

PURPOSES = [("any", "any"), ("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")]

SIZE = """async (url) => {
  const image = new Image();
  image.src = url;
  await image.decode();
  return `${image.naturalWidth}x${image.naturalHeight}`;
}"""

PROMPT = """() => {
  const event = new Event("beforeinstallprompt", { cancelable: true });
  window.prompts = 0;
  event.prompt = async () => void (window.prompts += 1);
  dispatchEvent(event);
}"""


async def test_chromium_finds_nothing_that_keeps_the_page_from_being_installed(server, tmp_path):
    async with async_playwright() as playwright:
        # A private window cannot install anything.
        context = await playwright.chromium.launch_persistent_context(tmp_path, executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            page = context.pages[0]
            await page.goto(server.url)
            await expect(page.get_by_test_id("account-form")).to_be_visible()
            session = await context.new_cdp_session(page)
            assert (await session.send("Page.getInstallabilityErrors"))["installabilityErrors"] == []
            manifest = await session.send("Page.getAppManifest")
            assert manifest["errors"] == []
            icons = await page.evaluate("async () => (await (await fetch('manifest.json')).json()).icons")
            assert [(icon["sizes"], icon["purpose"]) for icon in icons] == PURPOSES
            for icon in icons[1:]:
                assert await page.evaluate(SIZE, icon["src"]) == icon["sizes"]
            touch = await page.locator("link[rel=apple-touch-icon]").get_attribute("href")
            assert await page.evaluate(SIZE, touch) == "180x180"
        finally:
            await context.close()


async def test_a_browser_that_can_install_the_page_is_offered_in_the_settings_until_it_has(server, tmp_path):
    async with browsers(tmp_path, "alice") as (alice,):
        await alice.sign_up(server.url)
        await alice.open_settings("devices")
        await expect(alice.at("device")).to_have_count(1)
        await expect(alice.at("install")).to_be_hidden()
        await alice.page.evaluate(PROMPT)
        await install(alice, prompts=1)
        await alice.page.evaluate(PROMPT)  # the user has declined
        await expect(alice.at("install")).to_be_visible()
        await alice.page.evaluate("dispatchEvent(new Event('appinstalled'))")
        await expect(alice.at("install")).to_be_hidden()


async def install(user: BrowserUser, prompts: int) -> None:
    await user.at("install").click()
    await expect(user.at("install")).to_be_hidden()
    assert await user.page.evaluate("window.prompts") == prompts
