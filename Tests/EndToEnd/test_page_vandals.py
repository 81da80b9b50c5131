"""Vandals on the page: what they call themselves, their rooms and files, and what they write; nothing runs, and nobody else's row moves."""

import pytest
from playwright.async_api import expect

from support.browser import RECOVERED_MS, browsers
from support.clients import TestUsers
from support.page_files import png
from support.uploads import upload
from support.usable import sideways
from support.vandals import RUNNING, VANDALS

pytestmark = [pytest.mark.page, pytest.mark.timeout(120)]

NAMES = ["\u202egnorw\u202e \u2067name\u202d", "Z" + "\u0301\u0316\u0489" * 20, "W" * 64, "\ufdfd" * 20, "<b onclick=window.ran=1>me</b>"]
LINKS = "() => [...document.querySelectorAll('a[href]')].map((link) => link.protocol).filter((each) => !/^(https?|mailto):$/.test(each))"
BOX = "({ left, width, height }) => [left, width, height]"
PLACES = f"""() => [...document.querySelectorAll("echo-room-row")].filter((row) => /Quiet|Calm/.test(row.textContent))
  .map((row) => row.getBoundingClientRect()).map({BOX})"""
SIZES = f"""() => [...document.querySelectorAll("echo-message")]
  .filter((row) => row.querySelector(".markup")?.textContent.startsWith("Alice says"))
  .map((row) => row.getBoundingClientRect()).map({BOX})"""


async def test_what_mallory_calls_and_writes_changes_nothing_of_others(server, tmp_path):
    async with TestUsers(server) as users, browsers(tmp_path, "anna") as (anna,):
        alice, mallory = await users.register_all("alice", "mallory")
        room = (await mallory.create_room("public", "Plaza", members=[alice]))["room_id"]
        await anna.sign_up(server.url)
        me = (await alice.get("/users", params={"q": anna.name})).json()["items"][0]["user_id"]
        for name in ("Quiet", "Calm"):
            quiet = (await alice.create_room("group", name))["room_id"]
            assert (await alice.put(f"/rooms/{quiet}/members/{me}", json={"role": "member"})).is_success
        assert (await mallory.put(f"/rooms/{room}/members/{me}", json={"role": "member"})).is_success
        await anna.at("room-item").filter(has_text="Plaza").click()
        for number in range(2):
            await alice.post_message(room, f"Alice says {number}")
        await expect(anna.contents).to_have_count(2)
        rows, sizes = [await anna.page.evaluate(script) for script in (PLACES, SIZES)]
        assert len(rows) == 2 and len(sizes) == 2

        taken = 0
        for name in NAMES:
            renamed = await mallory.patch("/users/me", json={"display_name": name, "status_text": name})
            taken += renamed.is_success
            await mallory.patch(f"/rooms/{room}", json={"name": name, "topic": name * 3})
            await mallory.post_message(room, f"I am {name}")
        assert taken >= 3
        content = png(40, 30)
        files = [(await upload(mallory, content, f"{name[:40]}\u202egpj.exe", "image/png"))["file_id"] for name in NAMES[:2]]
        files.append((await upload(mallory, b"x", f"{'long' * 30}.txt", "text/plain"))["file_id"])
        await mallory.post_message(room, "files", attachments=files)
        for content in [*RUNNING, *VANDALS.values()]:
            assert (await mallory.post(f"/rooms/{room}/messages", json={"content": content})).status_code in (201, 413, 422)
        await alice.post_message(room, "Alice says 2")
        await anna.page.reload()
        for width, height in ((1280, 800), (320, 640)):
            await anna.page.set_viewport_size({"width": width, "height": height})
            await anna.page.goto(f"{server.url}#/room/{room}")
            await expect(anna.contents.last).to_have_text("Alice says 2", timeout=RECOVERED_MS)
            assert await sideways(anna.page) == []
            await anna.at("room-details").click()
            await expect(anna.at("details-topic")).to_be_visible()
            await anna.at("panel-members").click()
            await expect(anna.at("member").first).to_be_visible()
            assert await sideways(anna.page) == []
            await anna.at("panel-close").click()
            await expect(anna.at("panel-title")).to_be_hidden()
            if width == 320:
                await anna.page.goto(f"{server.url}#/")
                await expect(anna.at("room-item").first).to_be_visible()
                assert await sideways(anna.page) == []
            else:
                assert await anna.page.evaluate(PLACES) == rows
                assert (await anna.page.evaluate(SIZES))[-1] == sizes[0]  # both begin with the author's name
            for link in await anna.at("messages").locator("a:not([target]):not(.quote)").all():
                await link.click(no_wait_after=True)
            assert await anna.page.evaluate(LINKS) == []
            assert await anna.page.evaluate("window.ran") is None
