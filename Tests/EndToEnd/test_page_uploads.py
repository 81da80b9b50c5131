"""The web client in real browsers: how files become part of the next message."""

import os
import re
import secrets
import signal

import pytest
from playwright.async_api import expect

from support.browser import RECOVERED_MS, BrowserUser, browsers
from support.page_files import HOLIDAY, NOTES, attach, expect_drawn, expect_ready, png, share_a_room
from support.waiting import wait_for

pytestmark = [pytest.mark.page, pytest.mark.timeout(120)]

PHONE = {"width": 390, "height": 844}


async def slow_down(user: BrowserUser, bytes_a_second: int) -> None:
    """Bounds how fast the page uploads; 0: not at all."""
    session = await user.page.context.new_cdp_session(user.page)
    await session.send("Network.enable")
    await session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second or -1},
    )


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
        await expect(alice.at("drop-hint")).to_be_visible()
        assert (await alice.at("drop-hint").bounding_box())["height"] > 500  # all of the room takes them
        await alice.screenshot("dragged-over-the-room")
        await alice.at("history").dispatch_event("drop", {"dataTransfer": dropped})
        await expect(alice.at("drop-hint")).to_be_hidden()
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
        await wait_for(alice.page, "() => document.querySelector('progress')?.value > 0.05", timeout=RECOVERED_MS)
        assert 0 < await progress.evaluate("bar => bar.value") < 1
        await alice.screenshot("under-way")
        await alice.at("composer").fill("Here it is")
        await alice.at("send").click()
        await expect(alice.at("draft-error")).to_contain_text("still being uploaded")
        await expect(alice.at("message")).to_have_count(0)
        async with alice.page.expect_event("requestfailed", lambda request: request.url.endswith("/api/v1/files")):
            await alice.at("upload-remove").click()
        await expect(alice.at("upload")).to_have_count(0)
        await expect(alice.at("draft-error")).to_be_empty()
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
        errors = alice.page.locator("[data-testid=upload-error]:visible")
        await expect(errors).to_have_count(3)
        await expect(errors.first).to_have_text("Too large: a file may have 98 kB.")
        await expect(errors.nth(1)).not_to_be_empty()
        await expect(errors.last).to_have_text("The file is empty.")
        await expect(alice.page.locator("[data-testid=upload-retry]:visible")).to_have_count(0)
        await alice.post("My notes")
        await expect(alice.at("draft-error")).to_contain_text("cannot be sent")
        await alice.screenshot("refused")
        failed = alice.page.locator('[data-testid="upload"][data-state="failed"]')
        for left in (2, 1, 0):
            await failed.first.get_by_test_id("upload-remove").click()
            await expect(failed).to_have_count(left)
        await alice.at("send").click()
        await alice.expect_messages("My notes")
        await expect(alice.at("file")).to_have_text(re.compile("notes for Bob.txt"))
        await attach(alice, *({"name": f"{number}.txt", "mimeType": "text/plain", "buffer": b"x"} for number in range(11)))
        await expect(alice.at("draft-error")).to_contain_text("A message may have 10 files")
        await expect(alice.at("upload")).to_have_count(10)


async def test_in_a_long_list_the_file_that_cannot_be_sent_is_shown(server, tmp_path):
    async with browsers(tmp_path, "alice") as (alice,):
        await alice.sign_up(server.url)
        await alice.create_room(f"Plaza {secrets.token_hex(4)}")
        await alice.page.set_viewport_size(PHONE)
        broken = {"name": "broken.png", "mimeType": "image/png", "buffer": png()[:60]}
        await attach(alice, *({"name": f"{number}.txt", "mimeType": "text/plain", "buffer": b"x"} for number in range(8)), broken)
        await expect(alice.page.locator("[data-testid=upload-error]:visible")).to_be_in_viewport(ratio=1)
        await expect_ready(alice, *(f"{number}.txt" for number in range(8)))
        await alice.page.evaluate("document.querySelector('[data-testid=uploads]').scrollTop = 0")
        await expect(alice.page.locator("[data-testid=upload-error]:visible")).not_to_be_in_viewport()
        await alice.post("Eight of nine")
        await expect(alice.page.locator("[data-testid=upload-error]:visible")).to_be_in_viewport(ratio=1)


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
