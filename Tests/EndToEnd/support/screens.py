"""Walks all screens of the web client, one after the other, as a user sees them: each with its content, however slow it is to come."""

import re
from collections.abc import AsyncIterator

from playwright.async_api import expect

from .browser import RECOVERED_MS, BrowserUser
from .example_chat import Chat
from .page_files import NOTES, attach, expect_ready

SETTINGS = ("profile", "account", "devices", "notifications", "appearance", "privacy", "shortcuts", "data")
LOADED = {"account": "email-state", "devices": "device", "privacy": "blocked-person"}  # what comes from the server
# Rest on a room or message on a phone; there are no buttons of theirs.
PRESS = """node => {
  const { left, top } = node.getBoundingClientRect();
  const at = { bubbles: true, pointerId: 5, pointerType: "touch", isPrimary: true, clientX: left + 40, clientY: top + 12 };
  node.dispatchEvent(new PointerEvent("pointerdown", at));
}"""


async def is_phone(user: BrowserUser) -> bool:
    return await user.page.evaluate("matchMedia('(max-width: 719.98px)').matches")


async def go(user: BrowserUser, chat: Chat, where: str) -> None:
    """Goes to an address of the page, without a reload if it is open."""
    await user.page.goto(f"{chat.server.url}#/{where}")


async def go_to_room(user: BrowserUser, chat: Chat, name: str) -> None:
    await go(user, chat, f"room/{chat.rooms[name]}")
    await expect(user.at("messages").get_by_test_id("message").last).to_be_visible(timeout=RECOVERED_MS)


async def expect_loaded(user: BrowserUser) -> None:
    """Waits until nothing that can be seen is still being loaded."""
    await expect(user.page.locator(':text-is("Loading…"):visible, [aria-busy="true"]:visible')).to_have_count(0, timeout=RECOVERED_MS)


async def signed_out_screens(user: BrowserUser, chat: Chat) -> AsyncIterator[str]:
    """What there is before a user has an account, and what a new one sees."""
    page, at = user.page, user.at
    await page.goto(f"{chat.server.url}#/invite/{chat.invite}")
    await expect(at("invite-card")).to_contain_text("invites you", timeout=RECOVERED_MS)
    yield "invitation"
    await page.goto("about:blank")
    await page.goto(chat.server.url)
    await expect(at("username")).to_be_visible(timeout=RECOVERED_MS)
    await expect(at("forgot-password")).to_be_visible()
    yield "sign-in"
    await user.try_to_sign_in("nobody", "not a password")
    await expect(at("account-error")).not_to_be_empty()
    yield "sign-in-refused"
    await at("forgot-password").click()
    await expect(at("forgot-email")).to_be_visible()
    yield "forgotten-password"
    await page.goto("about:blank")
    await page.goto(chat.server.url)
    await at("show-sign-up").click()
    await expect(at("display-name")).to_be_visible()
    yield "register"
    await at("username").fill(user.name)
    await at("display-name").fill(user.display_name)
    await at("password").fill("a long walk on the beach")
    await at("sign-up").click()
    await expect(at("first-name")).to_be_visible(timeout=RECOVERED_MS)
    yield "first-run"
    await at("first-next").click()
    await expect(at("first-room")).to_be_visible()
    yield "first-run-room"
    await at("first-skip").click()
    await expect(at("chat")).to_be_visible()
    await user.expect_online(RECOVERED_MS)
    yield "empty"


async def list_screens(user: BrowserUser, chat: Chat) -> AsyncIterator[str]:
    """The list of rooms and what it leads to; the user is signed in."""
    page, at = user.page, user.at
    await go(user, chat, "")
    await expect(at("room-item")).to_have_count(len(chat.rooms) - 1, timeout=RECOVERED_MS)  # all but the Plaza, not joined
    await expect(at("invitation")).to_be_visible()
    yield "list"
    await at("switcher-open").click()
    await at("switcher-input").fill("a")
    await expect(at("switcher-room").first).to_be_visible()
    await expect(at("switcher-list")).to_have_attribute("aria-busy", "false")  # people have come, too
    yield "switcher"
    await page.keyboard.press("Escape")
    await expect(at("switcher-input")).to_have_count(0)
    await at("new-room").click()
    await expect(at("kind-group")).to_be_visible()
    yield "new-room"
    await at("kind-group").check()
    await at("room-people-input").press_sequentially("Bob")
    await expect(page.get_by_role("option").first).to_be_visible()
    await expect(at("people-list")).to_have_attribute("aria-busy", "false")
    yield "new-room-people"
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await expect(at("kind-group")).to_have_count(0)
    await at("browse-rooms").click()
    await expect(at("directory-item").first).to_be_visible()
    yield "directory"
    await page.keyboard.press("Escape")
    await expect(at("directory-item")).to_have_count(0)
    room = at("room-item").filter(has_text="Lunch")
    if await is_phone(user):
        await room.evaluate(PRESS)
    else:
        await room.hover()
        await page.locator("echo-room-row", has=room).get_by_test_id("room-more").click()
    await expect(at("room-mark-read")).to_be_visible()
    yield "room-menu"
    await page.keyboard.press("Escape")
    await expect(at("room-mark-read")).to_be_hidden()
    await at("my-profile").click()
    await expect(at("open-settings")).to_be_visible()
    yield "me-menu"
    await at("open-settings").click()
    for section in SETTINGS:
        await at(f"settings-{section}").click()
        await expect(at(f"settings-{section}")).to_have_attribute("aria-selected", "true")
        if section in LOADED:
            await expect(at(LOADED[section]).first).not_to_be_empty()
        await expect_loaded(user)
        yield f"settings-{section}"
    await at("close-settings").click()
    await go(user, chat, "catch-up")
    await expect(at("catch-up-message").first).to_be_visible()
    await expect_loaded(user)
    yield "catch-up"
    await go(user, chat, f"room/{chat.rooms['plaza']}")
    await expect(at("preview-join")).to_be_visible()
    await expect(at("messages").get_by_test_id("message")).to_be_visible()
    yield "preview"
    await go(user, chat, "room/no-such-room")
    await expect(at("room-missing")).to_be_visible()
    yield "missing-room"


async def open_message_menu(user: BrowserUser, words: str) -> None:
    message = user.at("messages").get_by_test_id("message").filter(has_text=words).last
    await expect(user.at("copy-text")).to_be_hidden()  # the menu before gives the focus back when it has closed
    await message.focus()
    await expect(message).to_be_focused()
    await user.page.keyboard.press("Enter")
    await expect(user.at("copy-text")).to_be_visible()


async def room_screens(user: BrowserUser, chat: Chat) -> AsyncIterator[str]:
    """An open room, what floats over it and what is beside it; the user is signed in."""
    page, at = user.page, user.at
    await go_to_room(user, chat, "news")
    await expect(page.locator(".divider.new")).to_be_visible()
    yield "unread"
    await at("jump-to-end").click()
    await expect(at("unread-pill")).to_be_visible()
    yield "unread-pill"
    await go_to_room(user, chat, "garden")
    await at("picture").first.scroll_into_view_if_needed()
    await expect(at("picture").first.locator("echo-picture")).to_have_attribute("data-state", "shown", timeout=RECOVERED_MS)
    yield "room"
    await at("play").click()
    await expect(page.locator("audio")).to_be_visible()
    yield "audio"
    await at("picture").first.click()
    await expect(at("large-picture")).to_have_attribute("data-state", "shown")
    yield "lightbox"
    await page.keyboard.press("Escape")
    await expect(at("large-picture")).to_have_count(0)
    for words, name in (("Line 3", "folded"), ("Who brings", "mention")):
        message = at("messages").get_by_test_id("message").filter(has_text=words).last
        await message.focus()
        await expect(message).to_be_focused()
        await message.scroll_into_view_if_needed()
        yield f"room-{name}"
    await open_message_menu(user, "At the bridge")
    yield "message-menu"
    await page.keyboard.press("Escape")
    await open_message_menu(user, "Who brings")
    await at("menu-reply").click()
    await expect(at("replying")).to_be_visible()
    await attach(user, NOTES)
    await expect_ready(user, NOTES["name"])
    await at("composer-format").click()
    await expect(at("composer-format")).to_have_attribute("aria-expanded", "true")
    await at("composer").fill("Half a sentence for ")
    yield "composer"
    await at("composer").press_sequentially("@")
    await expect(at("completion-item").first).to_be_visible()
    yield "completer"
    await page.keyboard.press("Escape")
    await expect(at("completion-item")).to_have_count(0)
    await at("composer").fill("")
    await at("upload-remove").click()
    await expect(at("upload")).to_have_count(0)
    await at("composer-emoji").click()
    await expect(at("emoji").first).to_be_visible()
    await page.get_by_role("tab").nth(1).click()
    await expect(page.get_by_role("tab").nth(1)).to_have_attribute("aria-selected", "true")
    yield "emoji"
    await page.keyboard.press("Escape")
    await expect(at("emoji-picker")).to_have_count(0)
    await open_message_menu(user, "At the bridge")
    await at("delete").click()
    await expect(at("confirm")).to_be_visible()
    yield "question"
    await at("confirm-no").click()
    await expect(at("confirm")).to_have_count(0)
    async for name in panel_screens(user, chat):
        yield name
    await page.context.set_offline(True)
    await page.evaluate("dispatchEvent(new Event('offline'))")
    await expect(at("connection-status")).to_have_class(re.compile("shown"))
    yield "offline"
    await page.context.set_offline(False)


async def panel_screens(user: BrowserUser, chat: Chat) -> AsyncIterator[str]:
    """What is beside an open room."""
    at = user.at
    await at("room-details").click()
    for part in ("invite-link", "banned", "report"):
        await expect(at(part).first).to_be_visible()
    await expect_loaded(user)
    yield "details"
    await at("change-room").click()
    await expect(at("new-name")).to_be_visible()
    yield "change-room"
    await at("panel-members").click()
    await expect(at("member")).to_have_count(4)
    yield "members"
    await at("member").filter(has_text="Bob").locator("a, button").first.click()
    await expect(at("user-name")).to_be_visible()
    await expect(at("block")).to_be_visible()  # what the server says of them has come
    yield "person"
    await at("panel-back").click()
    await at("panel-pins").click()
    await expect(at("pin")).to_have_count(3)
    yield "pins"
    await at("panel-close").click()
    for item, ready, name in (("who-seen", "receipt", "receipts"), ("show-thread", "thread-reply", "thread")):
        await open_message_menu(user, "I do.")
        await at(item).click()
        await expect(at(ready).first).to_be_visible()
        await expect_loaded(user)
        yield name
        await at("panel-close").click()
    await go(user, chat, "")
    await at("search-messages").click()
    await at("search-words").fill("bridge")
    await expect(at("search-item").first).to_be_visible(timeout=RECOVERED_MS)
    yield "search"
    await at("search-filters").click()
    await expect(at("search-after")).to_be_visible()
    yield "search-filters"
    await at("panel-close").click()
    await at("saved-open").click()
    await expect(at("saved-message")).to_have_count(3)
    yield "saved"
    await at("panel-close").click()
