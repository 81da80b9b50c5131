"""The web client by the keyboard alone: from the account to the settings, with the focus in sight all the time."""

import secrets

import pytest
from playwright.async_api import expect

from support.browser import RECOVERED_MS, BrowserUser, browsers
from support.clients import TestUsers
from support.waiting import wait_for

pytestmark = [pytest.mark.page, pytest.mark.timeout(120)]

OUTSIDE_MAX = 30
# What has the focus can be seen, and is marked: by an outline, or by the box around the field of the composer.
IS_SEEN = """() => {
  const node = document.activeElement;
  if (!node || node === document.body) return false;
  const { left, right, top, bottom, width, height } = node.getBoundingClientRect();
  if (!width || !height || right <= 0 || bottom <= 0 || left >= innerWidth || top >= innerHeight) return false;
  const within = (at, most) => Math.max(1, Math.min(at, most - 1));
  const hit = document.elementFromPoint(within((left + right) / 2, innerWidth), within((top + bottom) / 2, innerHeight));
  if (hit && !node.contains(hit) && !hit.contains(node)) return false;
  if (/^H[12]$|^MAIN$/.test(node.nodeName) && node.tabIndex < 0) return true; // a heading takes it for screen readers
  const isMarked = (each) => getComputedStyle(each).outlineStyle !== "none" && parseFloat(getComputedStyle(each).outlineWidth) >= 1;
  const box = node.closest(".composer-box");
  const edge = getComputedStyle(node).getPropertyValue("--edge").trim();
  const colour = `rgb(${[1, 3, 5].map((at) => parseInt(edge.slice(at, at + 2), 16)).join(", ")})`;
  const isDarker = box && getComputedStyle(box).borderTopColor === colour;
  return isMarked(node) || (node.localName === "textarea" && isDarker);
}"""
IS_AT = "(name) => document.activeElement?.dataset.testid === name"
STOP = """() => {
  const node = document.activeElement;
  if (node === document.body) return null;
  node.dataset.stop ??= String(document.querySelectorAll("[data-stop]").length);
  return [node.dataset.stop, Boolean(node.closest('[data-testid="messages"]'))];
}"""


async def press(user: BrowserUser, *keys: str) -> None:
    for key in keys:
        await user.page.keyboard.press(key)
        await wait_for(user.page, IS_SEEN)


async def go(user: BrowserUser, test_id: str, key: str = "Tab") -> None:
    """Presses a key until a control has the focus."""
    for _ in range(OUTSIDE_MAX + 2):
        if await user.page.evaluate(IS_AT, test_id):
            return
        await press(user, key)
    raise AssertionError(f"{test_id} is not reached by {key}")


async def write(user: BrowserUser, words: str) -> None:
    await user.page.keyboard.type(words)


async def test_anna_does_everything_without_a_mouse(server, tmp_path):
    async with TestUsers(server) as users, browsers(tmp_path, "anna") as (anna,):
        bob = await users.register("bob", display_name="Bob")
        await anna.page.goto(server.url)
        await expect(anna.at("username")).to_be_focused(timeout=RECOVERED_MS)
        await go(anna, "show-sign-up")
        await press(anna, "Enter")
        await expect(anna.at("username")).to_be_focused()
        await write(anna, anna.name)
        await go(anna, "password")
        await write(anna, "a long walk on the beach")
        await press(anna, "Enter")

        await expect(anna.at("first-name")).to_be_focused(timeout=RECOVERED_MS)
        await write(anna, "Anna")
        await press(anna, "Enter")
        await expect(anna.at("first-room")).to_be_focused()
        await write(anna, "Garden club")
        await press(anna, "Enter")
        await expect(anna.at("first-link")).to_be_focused()
        await go(anna, "first-next")
        await press(anna, "Enter")
        await expect(anna.at("room-name")).to_have_text("Garden club")

        await go(anna, "room-members", "Shift+Tab")
        await press(anna, "Enter")
        await expect(anna.at("member").first).to_be_visible()
        await go(anna, "add-member-input")
        await write(anna, bob.username)
        await expect(anna.at("add-member-found")).to_have_count(1)
        await press(anna, "ArrowDown", "Enter")
        await expect(anna.at("member")).to_have_count(2)
        await expect(anna.at("add-member-input")).to_be_focused()
        await press(anna, "Escape")
        await expect(anna.at("room-members")).to_be_focused()

        await go(anna, "composer")
        await write(anna, "Tea at the bridge?")
        await press(anna, "Enter")
        await anna.expect_messages("Tea at the bridge?")
        await anna.expect_all_sent()
        await expect(anna.at("message").last).to_have_attribute("tabindex", "0")  # a moment after it is seen
        await go(anna, "message", "Shift+Tab")
        await go(anna, "react", "ArrowRight")
        await press(anna, "Enter")
        await expect(anna.at("emoji-search")).to_be_focused()
        await write(anna, "teacup")
        await expect(anna.at("emoji").first).to_have_text("🍵")
        await press(anna, "Enter")
        await expect(anna.at("reaction")).to_have_text("🍵 1")
        await wait_for(anna.page, IS_SEEN)

        await go(anna, "room-search", "Shift+Tab")
        await press(anna, "Enter")
        await expect(anna.at("search-words")).to_be_focused()
        await write(anna, "bridge")
        await expect(anna.at("search-item")).to_have_count(1, timeout=RECOVERED_MS)
        await go(anna, "search-item")
        await press(anna, "Enter")
        await expect(anna.at("message").first).to_be_focused()
        await go(anna, "panel-close")
        await press(anna, "Enter")

        await go(anna, "my-profile", "Shift+Tab")
        await press(anna, "Enter")
        await go(anna, "open-settings", "ArrowDown")
        await press(anna, "Enter")
        await expect(anna.at("close-settings")).to_be_visible()
        await go(anna, "settings-profile", "Tab")
        await press(anna, "ArrowDown", "ArrowDown", "Enter")
        await expect(anna.at("device")).to_have_count(1)
        await press(anna, "Escape")
        await expect(anna.at("my-profile")).to_be_focused()


async def test_few_stops_lead_around_a_full_page_and_one_to_its_messages(server, tmp_path):
    async with TestUsers(server) as users, browsers(tmp_path, "anna") as (anna,):
        bob = await users.register("bob")
        name = f"Plaza {secrets.token_hex(4)}"
        room = (await bob.create_room("public", name))["room_id"]
        for number in range(60):
            await bob.post_message(room, f"See https://example.org/{number} and `code`", **({"reply_to": 1} if number else {}))
        await anna.sign_up(server.url)
        for number in range(12):
            await bob.create_room("group", f"Room {number}", members=[])
        await anna.join_room(name)
        await anna.at("room-details").click()
        await expect(anna.at("details-topic")).to_be_attached()
        stops = {}
        for _ in range(80):
            await anna.page.keyboard.press("Tab")
            stop = await anna.page.evaluate(STOP)
            if stop is None:
                continue  # the end of the page
            if stop[0] in stops:
                break
            stops[stop[0]] = stop[1]
        inside = sum(stops.values())
        assert inside == 1
        assert 10 < len(stops) - inside <= OUTSIDE_MAX
