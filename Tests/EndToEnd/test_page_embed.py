"""The chat in the page of another application, which vouches for its users: embed/ has the page, whose policy is `default-src 'self'`."""

import asyncio
import contextlib
import shutil
from pathlib import Path

import pytest
from playwright.async_api import expect

from support.browser import LIVE_MS, RECOVERED_MS, browsers
from support.clients import TestUsers
from support.host_application import HostApplication
from support.nginx_location import nginx_with_location
from support.page_files import png
from support.server import Server
from support.uploads import upload

LOCATION = """
location /intranet/ {
    alias "%s/";
    types { text/html html; text/javascript js; text/css css; }
    default_type text/plain;
    charset utf-8;
    add_header Cache-Control no-store;
    add_header Content-Security-Policy "default-src 'self'; object-src 'none'";
}
"""
pytestmark = pytest.mark.page


class Intranet:
    """The other application, on the origin of the chat: its page, and tokens of the user who is signed in there."""

    def __init__(self, folder: Path):
        self.application = HostApplication(folder / "keys")
        self.files = folder / "intranet"
        shutil.copytree(Path(__file__).parent / "embed", self.files)
        self.nginx = nginx_with_location(folder / "nginx", LOCATION % self.files)

    def sign_in(self, name: str | None) -> None:
        """From now on, the page gets tokens of this user; of nobody if there is none."""
        token = self.application.token(name, by="secret", preferred_username=name, name=name.title()) if name else ""
        (self.files / "token").write_text(token)


@pytest.fixture(scope="module")
def intranet(tmp_path_factory) -> Intranet:
    return Intranet(tmp_path_factory.mktemp("host"))


@pytest.fixture(scope="module")
def site(intranet, tmp_path_factory):
    with Server(tmp_path_factory.mktemp("site") / "d", nginx=intranet.nginx, **intranet.application.with_secret()) as server:
        yield server


@contextlib.asynccontextmanager
async def lobby(site):
    """A public room with a user of the chat's own."""
    async with TestUsers(site) as users:
        (bob,) = await users.register_all("bob")
        yield bob, (await bob.create_room("public"))["room_id"]


async def test_a_room_is_read_and_written_in_the_page_of_another_application(site, intranet, tmp_path):
    async with lobby(site) as (bob, room), browsers(tmp_path, "carol") as (carol,):
        intranet.sign_in("carol")
        await bob.post_message(room, "Welcome, **all**")
        await carol.page.goto(f"{site.url}/intranet/?room={room}")
        await expect(carol.contents).to_have_text(["Welcome, all"], timeout=RECOVERED_MS)
        await carol.at("preview-join").click()
        heard = await bob.connect()
        await carol.post("Hello from the intranet")
        assert (await heard.expect("new_message")).data["username"] == "carol"
        await carol.expect_all_sent()

        # A picture comes by painting, since the policy of the page forbids its blob URL.
        file = await upload(bob, png(40, 30), "plan.png", "image/png")
        await bob.post_message(room, "The plan", attachments=[file["file_id"]])
        canvas = carol.at("messages").locator("canvas")
        await expect(canvas).to_have_count(1, timeout=LIVE_MS)
        assert await canvas.evaluate("node => node.getContext('bitmaprenderer') !== null && node.width > 0")

        # One room, nothing of the others; the styles of neither page reach the other one.
        assert await carol.page.locator("echo-sidebar").is_hidden() and await carol.at("back").is_hidden()
        style = "node => { const s = getComputedStyle(node); return [s.letterSpacing, s.color, s.display] }"
        spacing, color, _ = await carol.contents.first.evaluate(style)
        assert spacing == "normal" and color != "rgb(255, 0, 0)"
        assert (await carol.at("send").evaluate(style))[2] != "none"
        assert (await carol.page.locator(".news").evaluate(style))[0] == "3px"
        assert await carol.page.title() == "Intranet" and "#" not in carol.page.url
        assert await carol.page.evaluate("document.documentElement.hasAttribute('data-theme')") is False
        await carol.screenshot("room")


async def test_the_whole_chat_is_there_without_a_room(site, intranet, tmp_path):
    async with lobby(site) as (bob, room), browsers(tmp_path, "dave") as (dave,):
        intranet.sign_in("dave")
        await dave.page.goto(f"{site.url}/intranet/")
        await expect(dave.page.locator("echo-sidebar")).to_be_visible(timeout=RECOVERED_MS)
        await dave.create_room("Allotment")
        await dave.post("Beans?")
        await dave.expect_messages("Beans?")
        await dave.at("my-profile").click()
        await expect(dave.at("open-settings")).to_be_visible()
        await expect(dave.at("sign-out")).to_have_count(0)  # that is the application's
        await dave.at("open-settings").click()
        await expect(dave.at("settings-profile")).to_be_visible()
        await dave.screenshot("whole")


async def listeners(page) -> list[str]:
    """What listens to the window and the document, by the names of the events."""
    session = await page.context.new_cdp_session(page)
    found = []
    for name in ("window", "document"):
        node = await session.send("Runtime.evaluate", {"expression": name})
        told = await session.send("DOMDebugger.getEventListeners", {"objectId": node["result"]["objectId"]})
        found += [f"{name} {listener['type']}" for listener in told["listeners"]]
    await session.detach()
    return sorted(found)


async def test_what_is_out_of_sight_in_the_page_is_not_read(site, intranet, tmp_path):
    async with lobby(site) as (bob, room), browsers(tmp_path, "erin") as (erin,):
        intranet.sign_in("erin")
        await erin.page.goto(f"{site.url}/intranet/?room={room}")
        await erin.at("preview-join").click(timeout=RECOVERED_MS)
        await expect(erin.at("composer")).to_be_visible()
        await erin.page.evaluate("document.querySelector('.news').style.setProperty('margin-bottom', '3000px')")
        heard = await bob.connect()
        await bob.post_message(room, "Can you see this?")
        await expect(erin.contents).to_have_text(["Can you see this?"])
        await erin.page.wait_for_timeout(2_500)  # twice as long as reading takes
        assert not [frame for frame in heard.received("receipt") if frame.data["read_seq"] and frame.data["user_id"] != bob.user_id]
        await erin.page.locator("echo-chat").scroll_into_view_if_needed()
        assert (await heard.expect("receipt", read_seq=1)).data["user_id"] != bob.user_id


async def test_who_is_not_signed_in_is_told_so_and_begins_when_they_are(site, intranet, tmp_path):
    async with lobby(site) as (bob, room), browsers(tmp_path, "frank") as (frank,):
        intranet.sign_in(None)
        sockets = []
        frank.page.on("websocket", lambda socket: sockets.append(socket))
        await bob.post_message(room, "Welcome")
        await frank.page.goto(f"{site.url}/intranet/?room={room}")
        await expect(frank.at("splash")).to_have_text("You are not signed in.", timeout=RECOVERED_MS)
        intranet.sign_in("frank")
        await frank.page.evaluate("const chat = document.querySelector('echo-chat'); chat.token = chat.token")
        await expect(frank.contents).to_have_text(["Welcome"], timeout=RECOVERED_MS)
        # Beginning anew, it leaves nothing behind that listens to the window.
        before = await listeners(frank.page)
        for _ in range(2):
            opened = len(sockets)
            await frank.page.evaluate("const chat = document.querySelector('echo-chat'); chat.token = chat.token")
            async with asyncio.timeout(RECOVERED_MS / 1000):
                while len(sockets) == opened:
                    await asyncio.sleep(0.02)
            await expect(frank.contents).to_have_text(["Welcome"], timeout=RECOVERED_MS)
        assert await listeners(frank.page) == before
        # Taken out of the page, it ends.
        await frank.page.evaluate("document.querySelector('echo-chat').remove()")
        assert sockets
        for socket in sockets:
            if not socket.is_closed():
                await socket.wait_for_event("close")
