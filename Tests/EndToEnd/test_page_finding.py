"""Finding rooms and people in Chromium, by itself: switcher, pickers, invitations, the user's menu, catching up. Needs no server."""

from playwright.async_api import expect

from support.sidebar_page import calls, open_page, run
from support.static_fixtures import MARKS, browser, page, url  # noqa: F401

# ruff: noqa: F811
pytestmark = MARKS


async def test_control_k_jumps_to_a_room_or_a_person_or_searches(page):
    await open_page(page, people='["beate", "bob"]')
    await page.keyboard.press("Control+k")
    field = page.get_by_test_id("switcher-input")
    await expect(field).to_be_focused()
    await expect(page.get_by_role("option").first).to_contain_text("Tea")
    await page.keyboard.press("Control+k")
    await expect(page.locator("echo-switcher")).to_have_count(1)
    await field.fill("des")
    await expect(page.get_by_role("option", selected=True)).to_contain_text("Design crit")
    await page.keyboard.press("Enter")
    await expect(page.locator("echo-switcher")).to_have_count(0)
    assert await calls(page) == [["open", "crit"]]

    await page.get_by_test_id("switcher-open").click()
    await field.fill("b")
    await expect(page.get_by_role("option")).to_have_count(2)  # Bob has a room, Beate none
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("option", selected=True)).to_contain_text("@beate")
    await expect(field).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("echo-switcher")).to_have_count(0)
    assert await calls(page) == [["createRoom", "direct", "", ["beate"]]]

    await page.keyboard.press("Control+k")
    await field.fill("cake recipes")
    await expect(page.get_by_test_id("switcher-state")).to_contain_text("Enter searches")
    await page.keyboard.press("Enter")
    assert await calls(page) == [["panel", "search", {"q": "cake recipes"}]]


async def test_a_group_is_made_with_people_found_by_name(page):
    await open_page(page, people='["beate", "berta", "carl"]')
    await page.get_by_test_id("new-room").click()
    await page.get_by_test_id("create-submit").click()
    await expect(page.get_by_test_id("create-error")).to_have_text("Give the room a name.")
    await page.get_by_test_id("kind-group").check()
    await page.get_by_test_id("room-name-input").fill("Choir")
    await page.get_by_test_id("room-topic-input").fill("Songs")
    people = page.get_by_test_id("room-people-input")
    await people.fill("be")
    await expect(page.get_by_role("option")).to_have_count(2)
    await people.press("Enter")
    await people.fill("be")
    await expect(page.get_by_role("option")).to_have_count(1)  # who is chosen is not offered again
    await page.get_by_role("option").click()
    await expect(page.get_by_test_id("person-chosen")).to_have_text(["beate", "berta"])
    await people.press("Backspace")
    await expect(page.get_by_test_id("person-chosen")).to_have_text(["beate"])
    await people.fill("nobody")
    await page.get_by_test_id("create-submit").click()
    await expect(page.get_by_test_id("create-error")).to_have_text("Nobody of that name.")
    await people.fill("carl")
    await page.get_by_test_id("create-submit").click()
    await expect(page.locator("echo-new-room")).to_have_count(0)
    assert await calls(page) == [["createRoom", "group", "Choir", ["beate", "carl"], {"topic": "Songs", "key": "a-uuid"}]]


async def test_a_direct_room_has_one_other_user(page):
    await open_page(page, people='["beate", "berta"]')
    await page.get_by_test_id("new-room").click()
    await page.get_by_test_id("kind-direct").check()
    await expect(page.get_by_test_id("room-name-input")).to_be_hidden()
    await page.get_by_test_id("create-submit").click()
    await expect(page.get_by_test_id("create-error")).to_have_text("Choose somebody to write to.")
    for name in ("beate", "berta"):
        await page.get_by_test_id("room-people-input").fill(name)
        await page.get_by_role("option").filter(has_text=f"@{name}").click()
    await expect(page.get_by_test_id("person-chosen")).to_have_text(["berta"])
    await page.get_by_test_id("create-submit").click()
    await expect(page.locator("echo-new-room")).to_have_count(0)
    assert (await calls(page))[0][:4] == ["createRoom", "direct", "", ["berta"]]


async def test_a_public_room_is_found_and_joined(page):
    topic = f"For all {'and ' * 80}"
    directory = f'[{{ ...room("plaza"), name: "Plaza", topic: "{topic}", member_count: 3 }}, {{ ...room("tea"), name: "Tea" }}]'
    await open_page(page, directory=directory)
    await page.get_by_test_id("browse-rooms").click()
    items = page.get_by_test_id("directory-item")
    await expect(items).to_have_count(2)
    await expect(items.filter(has_text="Plaza")).to_contain_text("3 members · For all")
    await expect(items.filter(has_text="Plaza").get_by_test_id("join-room")).to_be_in_viewport(ratio=1)
    await expect(items.filter(has_text="Tea").get_by_test_id("open-room")).to_be_visible()
    await page.get_by_test_id("directory-search").fill("pla")
    await expect(items).to_have_count(1)
    await page.get_by_test_id("join-room").click()
    await expect(page.get_by_test_id("directory")).to_have_count(0)
    assert await calls(page) == [["join", "plaza"], ["openRoom", "plaza"]]


async def test_invitations_are_answered(page):
    await open_page(page)
    await run(
        page,
        """
        const invite = (id, kind) => ({ room_id: id, room: { ...room(id, { kind }), name: kind === "direct" ? null : "The Club" },
          invited_by: user("alice"), role: "member", created_at: id });
        context.store.setInvitations([invite("club", "group"), invite("alice", "direct")]);
        await drawn();
        """,
    )
    invitations = page.get_by_test_id("invitation")
    await expect(invitations).to_have_count(2)
    await expect(invitations.filter(has_text="The Club")).to_contain_text("Alice invites you · 2 members")
    await invitations.filter(has_text="wants to write").get_by_test_id("invitation-decline").click()
    await expect(invitations).to_have_count(1)
    await page.get_by_test_id("invitation-accept").click()
    await expect(invitations).to_have_count(0)
    assert await calls(page) == [["decline", "alice"], ["accept", "club"], ["openRoom", "club"]]


async def test_the_user_sets_status_quiet_and_theme_and_signs_out(page):
    await open_page(page)
    await expect(page.get_by_test_id("my-name")).to_have_text("me")
    me = page.get_by_test_id("my-profile")
    await me.click()
    await page.get_by_test_id("status-input").fill("on the beach")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("my-status")).to_have_text("on the beach")
    await me.click()
    await page.get_by_test_id("theme-dark").click()
    assert await run(page, 'return context.settings.get("theme");') == "dark"
    await me.click()
    await expect(page.get_by_test_id("theme-dark")).to_have_attribute("aria-checked", "true")
    await page.get_by_test_id("quiet-hour").click()
    await expect(page.get_by_test_id("quiet")).to_be_visible()
    await me.click()
    await page.get_by_test_id("quiet-off").click()
    await expect(page.get_by_test_id("quiet")).to_be_hidden()
    await me.click()
    await page.get_by_test_id("open-devices").click()
    await expect(page.locator("echo-settings")).to_have_attribute("section", "devices")
    await expect(page.get_by_test_id("device")).to_contain_text("This device")
    await page.keyboard.press("Escape")
    await me.click()
    await expect(page.locator(".menu-item").last).to_have_attribute("data-testid", "sign-out")
    await page.get_by_test_id("sign-out").click()
    assert await calls(page) == [["signOut"]]
    await run(page, 'context.settings.set("theme", "system");')


async def test_catching_up_by_keys(page):
    await open_page(page, element='"catch-up"')
    cards = page.locator("echo-catch-up-room")
    await expect(page.get_by_test_id("catch-up-name")).to_have_text(["Tea", "Bob"])
    await expect(page.get_by_test_id("catch-up-count")).to_have_text("2 rooms with news")
    await expect(cards.first.get_by_test_id("catch-up-message")).to_have_count(3)
    await expect(cards.first.locator("strong").first).to_have_text("3")
    await page.keyboard.press("j")
    await expect(cards.first).to_be_focused()
    await page.keyboard.press("e")
    await expect(cards.nth(1)).to_be_focused()
    assert await calls(page) == [["readAll", "tea"]]
    await expect(cards).to_have_count(2)
    await expect(page.get_by_test_id("catch-up-count")).to_have_text("1 room with news")
    await page.keyboard.press("k")
    await page.keyboard.press("u")
    assert await calls(page) == [["markUnread", "tea", 3]]
    await expect(page.get_by_test_id("catch-up-count")).to_have_text("2 rooms with news")
    for _ in range(2):
        await page.keyboard.press("e")
    await expect(page.get_by_test_id("catch-up-done")).to_be_visible()
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("k")
    await calls(page)
    await page.keyboard.press("r")
    assert await calls(page) == [["open", "tea"]]
    assert (await run(page, 'return context.drafts.get("tea");'))["reply_to"] == 5


async def test_what_comes_while_one_catches_up_is_added_at_the_end(page):
    await open_page(page, element='"catch-up"')
    cards = page.locator("echo-catch-up-room")
    await expect(cards.first.get_by_test_id("catch-up-message")).to_have_count(3)
    await run(page, 'context.post("lunch", "alice", "Soup"); context.post("tea", "alice", "I do"); await drawn();')
    await expect(page.get_by_test_id("catch-up-name")).to_have_text(["Tea", "Bob", "Lunch"])
    await expect(cards.first.get_by_test_id("catch-up-message")).to_have_count(4)
    await expect(cards.first.get_by_test_id("catch-up-message").last).to_contain_text("I do")
