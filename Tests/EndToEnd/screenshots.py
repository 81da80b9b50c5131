"""Takes pictures of the web client's screens, light and dark, at a desk and on a phone, for a person to look at."""

import argparse
import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import Browser, async_playwright, expect

from support.browser import CHROMIUM, RECOVERED_MS, BrowserUser
from support.clients import TestUsers
from support.example_chat import SETTINGS, Chat, make_chat
from support.screens import go_to_room, list_screens, room_screens, signed_out_screens
from support.server import Server

CROWD = 499
DEVICES = {
    "desk": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
    "small phone": {"viewport": {"width": 320, "height": 568}, "has_touch": True, "is_mobile": True},
}
MIRRORED = "document.documentElement.dir = 'rtl'"


async def crowd_screens(user: BrowserUser, chat: Chat) -> AsyncIterator[str]:
    await user.page.goto(f"{chat.server.url}#/room/{chat.rooms['everybody']}")
    await expect(user.at("room-name")).to_have_text("Everybody", timeout=RECOVERED_MS)
    await user.at("room-details").click()
    await user.at("panel-members").click()
    await expect(user.at("member").nth(20)).to_be_attached()
    yield "members-500"


async def mirrored_screens(user: BrowserUser, chat: Chat) -> AsyncIterator[str]:
    """As the page is for a language that is written from right to left, with the words that there are."""
    await user.page.evaluate(MIRRORED)
    await go_to_room(user, chat, "garden")
    yield "mirrored-room"
    await user.at("room-details").click()
    await expect(user.at("invite-link").first).to_be_visible()
    yield "mirrored-details"


async def take_pictures(browser: Browser, chat: Chat, out: Path, device: str, scheme: str) -> None:
    for walk in (signed_out_screens, list_screens, crowd_screens, mirrored_screens, room_screens):
        context = await browser.new_context(service_workers="block", color_scheme=scheme, **DEVICES[device])
        user = BrowserUser(await context.new_page(), "anna", out)
        if walk is not signed_out_screens:
            await user.sign_in(chat.server.url, chat.alice.username)
        async for screen in walk(user, chat):
            await user.page.screenshot(path=out / f"{device} {scheme} {screen}.png", animations="disabled")
        assert not user.errors, user.errors
        await context.close()


async def main(out: Path, devices: list[str], schemes: list[str]) -> None:
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    for scheme in schemes:
        for device in devices:  # each with rooms that nobody has read
            with tempfile.TemporaryDirectory() as data, Server(Path(data) / "d", **SETTINGS) as server:
                async with TestUsers(server) as users, async_playwright() as playwright:
                    chat = await make_chat(server, users, CROWD)
                    browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
                    await take_pictures(browser, chat, out, device, scheme)
                    await browser.close()
    print(f"{len(list(out.iterdir()))} pictures in {out}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--device", choices=DEVICES, action="append")
    parser.add_argument("--scheme", choices=("light", "dark"), action="append")
    arguments = parser.parse_args()
    asyncio.run(main(arguments.out, arguments.device or ["desk", "phone"], arguments.scheme or ["light", "dark"]))
