"""Users of the web client who attach files and look at pictures."""

import io
import re
import secrets

from playwright.async_api import Locator, expect

from .browser import RECOVERED_MS, BrowserUser
from .pictures import scene


def png(width: int = 640, height: int = 400) -> bytes:
    out = io.BytesIO()
    scene(width, height).save(out, "PNG")
    return out.getvalue()


NOTES = {"name": "notes for Bob.txt", "mimeType": "text/plain", "buffer": b"Bring the tea.\n" * 100}
HOLIDAY = {"name": "holiday.png", "mimeType": "image/png", "buffer": png()}
# Whether an <img> shows a picture, and not what takes its place.
IS_DRAWN = "image => image.src.startsWith('blob:') && image.complete && image.naturalWidth > 0"


async def attach(user: BrowserUser, *files) -> None:
    await user.at("attach-input").set_input_files(list(files))


async def expect_ready(user: BrowserUser, *names: str) -> None:
    ready = user.page.locator('[data-testid="upload"][data-state="done"]')
    await expect(ready).to_have_text([re.compile(re.escape(name)) for name in names], timeout=RECOVERED_MS)


async def expect_drawn(picture: Locator) -> None:
    image = picture.locator("img")
    await expect(picture.locator("echo-picture")).to_have_attribute("data-state", "shown", timeout=RECOVERED_MS)
    assert await image.evaluate(IS_DRAWN)


async def share_a_room(server, alice: BrowserUser, bob: BrowserUser) -> str:
    name = f"Plaza {secrets.token_hex(4)}"
    await alice.sign_up(server.url)
    await alice.create_room(name)
    await bob.sign_up(server.url)
    await bob.join_room(name)
    return name
