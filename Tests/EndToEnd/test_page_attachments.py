"""The files of the next message in Chromium, without the programs."""

import re

from playwright.async_api import expect

from support.composer_page import compose, expect_sent, sent
from support.static_fixtures import MARKS, browser, page, url  # noqa: F401

# ruff: noqa: F811

pytestmark = MARKS


async def test_files_are_shown_with_progress_and_the_message_goes_when_they_are_there(page):
    field = await compose(page)
    await page.evaluate(
        """() => {
          it.server.upload = (file, { onProgress, signal }) => new Promise((resolve, reject) => {
            onProgress(0.25);
            signal.addEventListener("abort", () => reject(Object.assign(new Error("cancelled"), { code: "cancelled" })));
            window.finish = () => resolve({ file_id: "f1", name: file.name, size: file.size, media_type: file.type });
          });
        }"""
    )
    notes = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"tea" * 600}
    await page.get_by_test_id("attach-input").set_input_files([notes])
    bar = page.get_by_test_id("upload-progress")
    await expect(bar).to_be_visible()
    await expect(bar).to_have_attribute("aria-label", "Uploading notes.txt: 25 %")
    await field.fill("Here it is")
    await field.press("Enter")
    await expect(page.get_by_test_id("draft-error")).to_contain_text("still being uploaded")
    assert await sent(page) == []
    await page.evaluate("finish()")
    await expect_sent(page, "Here it is")
    assert (await sent(page))[0]["attachments"] == ["f1"]
    await expect(page.get_by_test_id("upload")).to_have_count(0)
    await expect(page.get_by_test_id("draft-error")).to_be_empty()


async def test_what_cannot_be_attached_is_said_and_removed_with_the_keyboard(page):
    field = await compose(page)
    await page.evaluate("it.context.store.limits = { file_bytes: 1000, attachments_per_message: 3 }")
    files = [
        {"name": "large.bin", "mimeType": "application/zip", "buffer": bytes(1_001)},
        {"name": "empty.txt", "mimeType": "text/plain", "buffer": b""},
        {"name": "a.txt", "mimeType": "text/plain", "buffer": b"a"},
        {"name": "b.txt", "mimeType": "text/plain", "buffer": b"b"},
    ]
    await page.get_by_test_id("attach-input").set_input_files(files)
    await expect(page.get_by_test_id("draft-error")).to_have_text("A message may have 3 files: 3 of these were added.")
    errors = page.locator("[data-testid=upload-error]:visible")
    await expect(errors).to_have_text(["Too large: a file may have 1,000 bytes.", "The file is empty."])
    await field.fill("mine")
    await field.press("Enter")
    await expect(page.get_by_test_id("draft-error")).to_contain_text("cannot be sent")
    await field.press("Shift+Tab")  # attach
    await page.keyboard.press("Shift+Tab")  # the list: one stop
    await page.keyboard.press("Home")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("upload")).to_have_count(2)
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("upload")).to_have_text([re.compile("a.txt")])
    await page.keyboard.press("Enter")
    await expect(field).to_be_focused()


async def test_files_are_dropped_and_pasted_and_a_picture_of_pasted_words_is_not_taken(page):
    field = await compose(page)
    make = "async ([files, texts]) => (await import('/support/composer.js')).transferOf(files, texts)"
    dropped = await page.evaluate_handle(make, [[["one.txt", "1"], ["two.txt", "2"]], {}])
    await page.get_by_test_id("history").dispatch_event("dragenter", {"dataTransfer": dropped})
    await expect(page.get_by_test_id("drop-hint")).to_be_visible()
    await page.get_by_test_id("history").dispatch_event("drop", {"dataTransfer": dropped})
    await expect(page.get_by_test_id("drop-hint")).to_be_hidden()
    uploads = page.locator("[data-testid=upload][data-state=done]")
    await expect(uploads).to_have_count(2)
    paste = "(field, clipboardData) => field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))"
    await field.evaluate(paste, await page.evaluate_handle(make, [[["image.png", "3", "image/png"]], {}]))
    await expect(uploads).to_have_count(3)
    words = await page.evaluate_handle(make, [[["words.png", "x", "image/png"]], {"text/plain": "words", "text/html": "<b>words</b>"}])
    assert await field.evaluate(paste, words) is True
    await expect(uploads).to_have_count(3)
    missed = "transfer => document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }))"
    assert await page.evaluate(missed, dropped) is False
