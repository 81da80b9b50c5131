"""The web client in real browsers: files and pictures of messages, and avatars."""

import secrets

import pytest
from playwright.async_api import expect

from support.browser import LIVE_MS, RECOVERED_MS, browsers
from support.clients import TestUsers
from support.page_files import HOLIDAY, IS_DRAWN, NOTES, attach, expect_drawn, expect_ready, png, share_a_room

pytestmark = [pytest.mark.page, pytest.mark.timeout(120)]


async def test_alice_sends_a_picture_and_a_file_that_bob_opens_and_downloads(server, tmp_path):
    async with browsers(tmp_path, "alice", "bob") as (alice, bob):
        await share_a_room(server, alice, bob)
        await attach(alice, HOLIDAY, NOTES)
        await expect_ready(alice, "holiday.png", "notes for Bob.txt")
        await alice.screenshot("ready-to-send")
        await alice.post("From the lake")
        await bob.expect_messages("From the lake")
        await expect(alice.at("upload")).to_have_count(0)
        await expect_drawn(bob.at("picture"))
        await expect_drawn(alice.at("picture"))
        box = await bob.at("picture").bounding_box()
        assert box["width"] <= 360 and box["height"] <= 270

        await bob.at("picture").focus()
        await bob.page.keyboard.press("Enter")
        await expect(bob.at("picture-dialog")).to_contain_text("640 × 400")
        await expect_drawn(bob.at("picture-dialog").locator(".lightbox-place"))
        assert await bob.at("large-picture").locator("img").evaluate("image => image.naturalWidth") == 640
        await bob.screenshot("opened-larger")
        async with bob.page.expect_download() as download:
            await bob.at("picture-download").click()
        assert (await download.value).suggested_filename == "holiday.png"
        await bob.page.keyboard.press("Escape")
        await expect(bob.at("picture-dialog")).not_to_be_visible()

        await expect(bob.at("file")).to_contain_text("1 kB")
        async with bob.page.expect_download() as download:
            await bob.at("download").click()
        saved = await download.value
        assert saved.suggested_filename == "notes for Bob.txt"
        assert (await saved.path()).read_bytes() == NOTES["buffer"]
        await bob.page.reload()
        await expect_drawn(bob.at("picture"))
        await bob.screenshot("after-a-reload")


async def test_files_without_words_are_a_message_named_by_them(server, tmp_path):
    async with browsers(tmp_path, "alice", "bob") as (alice, bob):
        name = await share_a_room(server, alice, bob)
        await bob.page.goto(server.url + "#/")
        await attach(alice, NOTES)
        await expect_ready(alice, "notes for Bob.txt")
        await alice.at("composer").press("Enter")
        item = bob.at("room-item").filter(has_text=name)
        await expect(item).to_contain_text("Alice: notes for Bob.txt")
        await item.click()
        await expect(bob.at("file")).to_have_count(1)
        await expect(bob.contents).to_have_count(0)
        await bob.at("message").last.hover()
        await bob.at("reply").click()
        await expect(bob.at("replying")).to_contain_text("notes for Bob.txt")
        await bob.post("Thank you")
        await expect(alice.at("quote")).to_have_text("Alice: notes for Bob.txt")
        await alice.at("message").first.hover()
        await alice.at("message-more").first.click()
        await alice.at("delete").click()
        await alice.at("confirm-yes").click()
        await expect(bob.at("message").first).to_have_attribute("data-state", "deleted")
        await expect(bob.at("file")).to_have_count(0)


async def test_a_picture_with_the_wrong_name_is_sent_all_the_same(server, tmp_path):
    async with browsers(tmp_path, "alice") as (alice,):
        await alice.sign_up(server.url)
        await alice.create_room(f"Plaza {secrets.token_hex(4)}")
        await attach(alice, {"name": "really a PNG.jpg", "mimeType": "image/jpeg", "buffer": png()})
        await expect_ready(alice, "really a PNG.jpg")
        await alice.at("send").click()
        await expect_drawn(alice.at("picture"))


async def test_pictures_are_released_when_they_are_shown_no_more(server, tmp_path):
    """At sign-out all; before, those that are not shown are kept up to a bound."""
    count = """
        window.held = new Map();
        const [create, revoke] = [URL.createObjectURL, URL.revokeObjectURL];
        URL.createObjectURL = (blob) => { const url = create.call(URL, blob); held.set(url, blob.type); return url; };
        URL.revokeObjectURL = (url) => { held.delete(url); revoke.call(URL, url); };
    """
    async with TestUsers(server) as users, browsers(tmp_path, "bob") as (page,):
        alice = await users.register("alice")
        name = f"Album {secrets.token_hex(4)}"
        room = (await alice.create_room("public", name))["room_id"]
        for number in range(4):
            headers = {"Content-Type": "image/png", "X-Filename": f"{number}.png"}
            uploaded = await alice.post("/files", content=png(64 + number, 48), headers=headers)
            assert uploaded.status_code == 201, uploaded.text
            await alice.post_message(room, f"Picture {number}", attachments=[uploaded.json()["file_id"]])
        await page.page.add_init_script(count)
        await page.sign_up(server.url)
        await page.join_room(name)
        await expect_drawn(page.at("picture").last)
        assert await page.page.evaluate("held.size") > 0
        kept = await page.page.evaluate(
            """async () => {
                const { Images } = await import("/state/images.js");
                const before = held.size;
                const images = new Images({ api: { blob: async () => new Blob(["x"], { type: "image/svg+xml" }) } });
                const shown = images.acquire("shown");
                const url = await shown.loaded;
                for (let number = 0; number < 300; number += 1) {
                    const picture = images.acquire(`picture ${number}`);
                    await picture.loaded;
                    picture.release();
                }
                const kept = held.size - before;
                // A type that runs scripts, if it is opened in a tab of its own, is none that a browser shows.
                const type = held.get(url);
                const [hasNewest, hasOldest] = [images.has("picture 299"), images.has("picture 0")];
                images.clear();
                return { kept, type, hasNewest, hasOldest, left: held.size - before };
            }"""
        )
        assert kept == {"kept": 201, "type": "application/octet-stream", "hasNewest": True, "hasOldest": False, "left": 0}
        await page.sign_out()
        assert await page.page.evaluate("held.size") == 0


async def test_alice_chooses_and_removes_an_avatar_that_bob_sees_everywhere(server, tmp_path):
    async with browsers(tmp_path, "alice", "bob") as (alice, bob):
        await share_a_room(server, alice, bob)
        await bob.open_direct(alice.name)
        await bob.post("Hello, Alice")
        await alice.at("room-item").filter(has_text="Bob").click()
        await expect(alice.at("message")).to_have_count(1)  # the room is open: what follows is written there
        await alice.post("Hello, Bob")
        await expect(bob.at("message")).to_have_count(2)
        await expect(bob.at("avatar-picture")).to_have_count(0)

        await alice.at("my-profile").click()
        await alice.at("open-profile").click()
        await alice.at("avatar-input").set_input_files([{"name": "me.png", "mimeType": "image/png", "buffer": png(300, 300)}])
        await expect(alice.at("avatar-status")).to_have_text("Others see your picture now.")
        await alice.screenshot("chosen")
        for place in (bob.at("room-item").filter(has_text="Alice").first, bob.at("message").last):
            await expect(place.get_by_test_id("avatar-picture")).to_be_visible(timeout=RECOVERED_MS)
            assert await place.locator("img").evaluate(IS_DRAWN)
        await bob.at("message").last.get_by_test_id("author").click()
        await expect(bob.at("user").get_by_test_id("avatar-picture")).to_be_visible()
        await bob.screenshot("seen-by-bob")
        await bob.page.keyboard.press("Escape")
        await bob.page.reload()
        await expect(bob.at("message").last.get_by_test_id("avatar-picture")).to_be_visible(timeout=RECOVERED_MS)

        await alice.at("avatar-input").set_input_files([{"name": "me.png", "mimeType": "image/png", "buffer": b"not a picture"}])
        await expect(alice.at("avatar-error")).not_to_be_empty()
        await alice.screenshot("no-picture")
        await alice.at("avatar-remove").click()
        await expect(alice.at("avatar-status")).to_have_text("Your picture is removed.")
        await expect(bob.at("avatar-picture")).to_have_count(0, timeout=LIVE_MS)
        await expect(alice.at("avatar-remove")).to_be_hidden()
