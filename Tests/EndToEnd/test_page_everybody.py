"""All screens of the web client for everybody: axe, contrast in both themes, targets, 320 pixels, right to left."""

import contextlib

import pytest
from playwright.async_api import async_playwright

from support.browser import CHROMIUM, BrowserUser
from support.clients import TestUsers
from support.example_chat import SETTINGS, make_chat
from support.screens import list_screens, room_screens, signed_out_screens
from support.usable import axe_violations, colour_violations, not_mirrored, sideways, small_targets

pytestmark = [pytest.mark.page, pytest.mark.timeout(600)]

DEVICES = {
    "a desk": ({"viewport": {"width": 1280, "height": 800}}, 24),
    "a small phone": ({"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True}, 44),
}


@contextlib.asynccontextmanager
async def device_user(directory, **device):
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = await browser.new_context(service_workers="block", color_scheme="light", **device)
        user = BrowserUser(await context.new_page(), "anna", directory)
        try:
            yield user
            assert not user.errors, user.errors
        finally:
            await browser.close()


async def faults(user: BrowserUser, least: int) -> list[str]:
    page = user.page
    found = await axe_violations(page)
    found += [f"target: {target}" for target in await small_targets(page, least)]
    found += [f"sideways: {what}" for what in await sideways(page)]
    found += [f"mirror: {what}" for what in await not_mirrored(page)]
    await page.emulate_media(color_scheme="dark")
    found += [f"dark: {what}" for what in await colour_violations(page)]
    await page.emulate_media(color_scheme="light")
    return found


@pytest.mark.parametrize("device", DEVICES)
async def test_every_screen_can_be_used_by_everybody(own_server, tmp_path, device):
    settings, least = DEVICES[device]
    server = own_server(**SETTINGS)
    found = []
    async with TestUsers(server) as users:
        chat = await make_chat(server, users)
        for walk in (signed_out_screens, list_screens, room_screens):
            async with device_user(tmp_path, **settings) as user:
                if walk is not signed_out_screens:
                    await user.sign_in(server.url, chat.alice.username)
                async for screen in walk(user, chat):
                    found += [f"{screen}: {fault}" for fault in await faults(user, least)]
    assert not found, "\n".join(found)
