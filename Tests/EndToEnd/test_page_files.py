"""The web client in real browsers: files and pictures of messages, and avatars."""

import io
import os
import re
import secrets
import signal

import pytest
from playwright.async_api import expect

from support.browser import LIVE_MS, RECOVERED_MS, BrowserUser, browsers
from support.clients import TestUsers
from support.pictures import scene

pytestmark = [pytest.mark.page, pytest.mark.timeout(120)]


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


async def expect_drawn(picture) -> None:
    image = picture.locator("img")
    await expect(picture.locator("private-image")).to_have_attribute("data-state", "shown", timeout=RECOVERED_MS)
    assert await image.evaluate(IS_DRAWN)


async def share_a_room(server, alice: BrowserUser, bob: BrowserUser) -> str:
    name = f"Plaza {secrets.token_hex(4)}"
    await alice.sign_up(server.url)
    await alice.create_room(name)
    await bob.sign_up(server.url)
    await bob.join_room(name)
    return name


async def slow_down(user: BrowserUser, bytes_a_second: int) -> None:
    """Bounds how fast the page uploads; 0: not at all."""
    session = await user.page.context.new_cdp_session(user.page)
    await session.send("Network.enable")
    await session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second or -1},
    )


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
        assert box["width"] <= 330 and box["height"] <= 250

        await bob.at("picture").focus()
        await bob.page.keyboard.press("Enter")
        await expect(bob.at("picture-dialog")).to_contain_text("640 × 400")
        await expect_drawn(bob.at("picture-dialog").locator("#picture-place"))
        assert await bob.at("large-picture").locator("img").evaluate("image => image.naturalWidth") == 640
        await bob.screenshot("opened-larger")
        async with bob.page.expect_download() as download:
            await bob.at("picture-download").click()
        assert (await download.value).suggested_filename == "holiday.png"
        await bob.page.keyboard.press("Escape")
        await expect(bob.at("picture-dialog")).not_to_be_visible()

        await expect(bob.at("file")).to_contain_text("1.5 KB")
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
        await bob.at("reply").click()
        await expect(bob.at("replying")).to_contain_text("notes for Bob.txt")
        await bob.post("Thank you")
        await expect(alice.at("quote")).to_have_text("Alice: notes for Bob.txt")
        await alice.at("delete").first.click()
        await alice.at("confirm-yes").click()
        await expect(bob.at("message").first).to_have_attribute("data-state", "deleted")
        await expect(bob.at("file")).to_have_count(0)


async def test_files_are_dropped_and_pasted(server, tmp_path):
    make = """files => {
        const transfer = new DataTransfer();
        for (const { name, text } of files) transfer.items.add(new File([text], name, { type: "text/plain" }));
        return transfer;
    }"""
    paste = "(area, clipboardData) => area.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))"
    async with browsers(tmp_path, "alice") as (alice,):
        await alice.sign_up(server.url)
        await alice.create_room(f"Plaza {secrets.token_hex(4)}")
        dropped = await alice.page.evaluate_handle(make, [{"name": "one.txt", "text": "1"}, {"name": "two.txt", "text": "2"}])
        await alice.at("history").dispatch_event("dragenter", {"dataTransfer": dropped})
        await expect(alice.page.locator("#drop-hint")).to_be_visible()
        await alice.screenshot("dragged-over-the-room")
        await alice.at("history").dispatch_event("drop", {"dataTransfer": dropped})
        await expect(alice.page.locator("#drop-hint")).to_be_hidden()
        await expect_ready(alice, "one.txt", "two.txt")
        pasted = await alice.page.evaluate_handle(make, [{"name": "image.png", "text": "3"}])
        await alice.at("composer").evaluate(paste, pasted)
        await expect_ready(alice, "one.txt", "two.txt", "image.png")
        # A file that misses the room does not replace the page.
        missed = await alice.page.evaluate(
            "transfer => document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }))",
            dropped,
        )
        assert missed is False
        await expect(alice.at("upload")).to_have_count(3)
        # An office program copies a picture of the text together with the text.
        await alice.at("composer").evaluate(
            """area => {
                const clipboardData = new DataTransfer();
                clipboardData.setData("text/plain", "words");
                clipboardData.setData("text/html", "<b>words</b>");
                clipboardData.items.add(new File(["x"], "words.png", { type: "image/png" }));
                area.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
            }"""
        )
        await expect(alice.at("upload")).to_have_count(3)


async def test_an_upload_shows_its_progress_and_is_cancelled(server, tmp_path):
    async with browsers(tmp_path, "alice") as (alice,):
        await alice.sign_up(server.url)
        await alice.create_room(f"Plaza {secrets.token_hex(4)}")
        await slow_down(alice, 500_000)
        large = tmp_path / "large.bin"
        large.write_bytes(secrets.token_bytes(5_000_000))
        await attach(alice, large)
        progress = alice.at("upload-progress")
        await expect(progress).to_be_visible()
        await alice.page.wait_for_function("() => document.querySelector('progress')?.value > 0.05", timeout=RECOVERED_MS)
        assert 0 < await progress.evaluate("bar => bar.value") < 1
        await alice.screenshot("under-way")
        await alice.at("composer").fill("Here it is")
        await alice.at("send").click()
        await expect(alice.page.locator("#draft-error")).to_contain_text("still being uploaded")
        await expect(alice.at("message")).to_have_count(0)
        async with alice.page.expect_event("requestfailed", lambda request: request.url.endswith("/api/v1/files")):
            await alice.at("upload-remove").click()
        await expect(alice.at("upload")).to_have_count(0)
        await expect(alice.page.locator("#draft-error")).to_be_empty()
        await slow_down(alice, 0)
        await alice.at("send").click()
        await alice.expect_messages("Here it is")
        await expect(alice.at("file")).to_have_count(0)


async def test_what_is_too_large_or_refused_is_said_and_keeps_nothing_else_back(own_server, tmp_path):
    server = own_server(ECHOCHAT_FILE_BYTES_MAX="100000")
    async with browsers(tmp_path, "alice") as (alice,):
        await alice.sign_up(server.url)
        await alice.create_room("The Lobby")
        large = {"name": "large.bin", "mimeType": "application/zip", "buffer": bytes(100_001)}
        broken = {"name": "broken.png", "mimeType": "image/png", "buffer": png()[:60]}
        await attach(alice, large, broken, NOTES, {"name": "empty.txt", "mimeType": "text/plain", "buffer": b""})
        await expect_ready(alice, "notes for Bob.txt")
        errors = alice.at("upload-error")
        await expect(errors).to_have_count(3)
        await expect(errors.first).to_have_text("Too large: a file may have 97.7 KB.")
        await expect(errors.nth(1)).not_to_be_empty()
        await expect(errors.last).to_have_text("The file is empty.")
        await expect(alice.at("upload-retry")).to_have_count(0)
        await alice.post("My notes")
        await expect(alice.page.locator("#draft-error")).to_contain_text("cannot be sent")
        await alice.screenshot("refused")
        failed = alice.page.locator('[data-testid="upload"][data-state="failed"]')
        for left in (2, 1, 0):
            await failed.first.get_by_test_id("upload-remove").click()
            await expect(failed).to_have_count(left)
        await alice.at("send").click()
        await alice.expect_messages("My notes")
        await expect(alice.at("file")).to_have_text(re.compile("notes for Bob.txt"))
        await attach(alice, *({"name": f"{number}.txt", "mimeType": "text/plain", "buffer": b"x"} for number in range(11)))
        await expect(alice.page.locator("#draft-error")).to_contain_text("A message may have 10 files")
        await expect(alice.at("upload")).to_have_count(10)


async def test_in_a_long_list_the_file_that_cannot_be_sent_is_shown(server, tmp_path):
    async with browsers(tmp_path, "alice") as (alice,):
        await alice.sign_up(server.url)
        await alice.create_room(f"Plaza {secrets.token_hex(4)}")
        broken = {"name": "broken.png", "mimeType": "image/png", "buffer": png()[:60]}
        await attach(alice, *({"name": f"{number}.txt", "mimeType": "text/plain", "buffer": b"x"} for number in range(8)), broken)
        await expect(alice.at("upload-error")).to_be_in_viewport(ratio=1)
        await expect_ready(alice, *(f"{number}.txt" for number in range(8)))
        await alice.page.evaluate("document.getElementById('uploads').scrollTop = 0")
        await expect(alice.at("upload-error")).not_to_be_in_viewport()
        await alice.post("Eight of nine")
        await expect(alice.at("upload-error")).to_be_in_viewport(ratio=1)


async def test_a_picture_with_the_wrong_name_is_sent_all_the_same(server, tmp_path):
    async with browsers(tmp_path, "alice") as (alice,):
        await alice.sign_up(server.url)
        await alice.create_room(f"Plaza {secrets.token_hex(4)}")
        await attach(alice, {"name": "really a PNG.jpg", "mimeType": "image/jpeg", "buffer": png()})
        await expect_ready(alice, "really a PNG.jpg")
        await alice.at("send").click()
        await expect_drawn(alice.at("picture"))


async def test_files_wait_for_the_connection_and_survive_what_unsent_text_survives(own_server, tmp_path):
    """Another room, an upload that breaks off and, once the message waits for the daemon, a reload."""
    server = own_server(ECHOCHAT_WATCHDOG="off")
    async with browsers(tmp_path, "alice", "bob") as (alice, bob):
        name = await share_a_room(server, alice, bob)
        await attach(alice, NOTES)
        await expect_ready(alice, "notes for Bob.txt")
        await alice.at("composer").fill("half a sentence")
        await alice.create_room("Elsewhere")
        await expect(alice.at("upload")).to_have_count(0)
        await alice.at("room-item").filter(has_text=name).click()
        await expect(alice.at("composer")).to_have_value("half a sentence")
        await expect_ready(alice, "notes for Bob.txt")

        # An upload that breaks off is begun again.
        await alice.page.route("**/api/v1/files", lambda route: route.abort("connectionreset"), times=1)
        await attach(alice, HOLIDAY)
        await expect_ready(alice, "notes for Bob.txt", "holiday.png")

        daemon = server.pid("push")
        os.kill(daemon, signal.SIGSTOP)
        try:
            await alice.at("send").click()
            for _ in range(2):
                await expect(alice.at("message")).to_have_attribute("data-state", "pending", timeout=RECOVERED_MS)
                await expect(alice.at("message").get_by_test_id("file")).to_contain_text("notes for Bob.txt")
                await alice.page.reload()
            await expect(alice.at("upload")).to_have_count(0)
        finally:
            os.kill(daemon, signal.SIGCONT)
        await bob.expect_messages("half a sentence", within=2 * RECOVERED_MS)
        await expect(bob.at("file")).to_have_count(1)
        await expect_drawn(bob.at("picture"))
        await alice.expect_all_sent()


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
        await page.at("sign-out").click()
        await expect(page.at("account-form")).to_be_visible()
        assert await page.page.evaluate("held.size") == 0


async def test_alice_chooses_and_removes_an_avatar_that_bob_sees_everywhere(server, tmp_path):
    async with browsers(tmp_path, "alice", "bob") as (alice, bob):
        await share_a_room(server, alice, bob)
        await bob.open_direct(alice.name)
        await bob.post("Hello, Alice")
        await alice.at("room-item").filter(has_text="Bob").click()
        await alice.post("Hello, Bob")
        await expect(bob.at("message")).to_have_count(2)
        await expect(bob.at("avatar-picture")).to_have_count(0)

        await alice.at("my-profile").click()
        await alice.at("avatar-input").set_input_files([{"name": "me.png", "mimeType": "image/png", "buffer": png(300, 300)}])
        await expect(alice.at("avatar-status")).to_have_text("Others see your picture now.")
        await alice.screenshot("chosen")
        for place in (bob.at("room-item").filter(has_text="Alice").first, bob.at("message").last):
            await expect(place.get_by_test_id("avatar-picture")).to_have_attribute("data-state", "shown", timeout=RECOVERED_MS)
            assert await place.locator("img").evaluate(IS_DRAWN)
        await bob.at("message").last.get_by_test_id("author").click()
        await expect(bob.at("user").get_by_test_id("avatar-picture")).to_have_attribute("data-state", "shown")
        await bob.screenshot("seen-by-bob")
        await bob.page.keyboard.press("Escape")
        await bob.page.reload()
        await expect(bob.at("message").last.get_by_test_id("avatar-picture")).to_have_attribute("data-state", "shown", timeout=RECOVERED_MS)

        await alice.at("avatar-input").set_input_files([{"name": "me.png", "mimeType": "image/png", "buffer": b"not a picture"}])
        await expect(alice.at("avatar-error")).not_to_be_empty()
        await alice.screenshot("no-picture")
        await alice.at("avatar-remove").click()
        await expect(alice.at("avatar-status")).to_have_text("Your picture is removed.")
        await expect(bob.at("avatar-picture")).to_have_count(0, timeout=LIVE_MS)
        await expect(alice.at("avatar-remove")).to_be_hidden()
