"""The room of the page in Chromium while the server cannot be reached. Needs no server."""

from playwright.async_api import expect

from support.room_page import open_room, page, run  # noqa: F401
from support.static_fixtures import MARKS, browser, url  # noqa: F401

# ruff: noqa: F811
pytestmark = MARKS


async def test_a_room_that_is_not_on_the_device_shows_what_waits_and_comes_with_the_connection(page):
    unsent = {"client_id": "c1", "room_id": "garden", "content": "On its way", "state": "pending", "attachments": []}
    await open_room(page, count=20)
    await run(page, "page.route.open('attic'); await page.drawn(6);")
    await run(
        page,
        """
        page.store.timeline("garden").clear();
        page.server.isDown = true;
        page.setUnsent([argument], "added");
        page.route.open("garden"); await page.drawn(6);
        """,
        unsent | {"created_at": "2026-01-05T09:00:00Z"},
    )
    waiting = page.locator('[data-client-id="c1"]')
    await expect(waiting).to_be_visible()
    await expect(page.get_by_test_id("history-state")).to_contain_text("not on this device")
    await run(page, "page.server.isDown = false; await page.history.fillGap('garden'); await page.drawn(6);")
    await expect(page.get_by_test_id("message")).to_have_count(21)
    await expect(page.get_by_test_id("message").last).to_have_attribute("data-client-id", "c1")
    await expect(waiting).to_be_in_viewport()
    await expect(page.get_by_test_id("history-state")).not_to_contain_text("not on this device")


async def test_a_look_into_a_public_room_is_tried_again_with_the_connection(page):
    await open_room(page, count=10)
    await run(
        page,
        """
        const { server } = page;
        server.addRoom("plaza", ["alice"], { kind: "public", name: "Plaza" });
        server.post("plaza", "alice", "Welcome");
        server.take();
        server.isDown = true;
        page.route.open("plaza"); await page.drawn(6);
        """,
    )
    await expect(page.get_by_test_id("room-missing")).to_have_text("The server cannot be reached.")
    await run(page, "page.server.isDown = false; page.changes.tell('connection', {}); await page.drawn(6);")
    await expect(page.get_by_test_id("messages").get_by_test_id("content")).to_have_text(["Welcome"])
    await expect(page.get_by_test_id("room-missing")).to_be_hidden()
