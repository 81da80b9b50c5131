"""The sidebar of the web client in Chromium, by itself: rooms, what is unread, menus, pickers, the catch-up view. Needs no server."""

import pytest
import pytest_asyncio
from playwright.async_api import Page, async_playwright, expect

from support.browser import CHROMIUM
from support.static_page import static_page, static_server

pytestmark = [pytest.mark.page, pytest.mark.asyncio(loop_scope="module")]

ROOMS = """[
  room("tea", { name: "Tea", minute: 9, messages: 5, read: 2, content: "Who brings the cake?" }),
  room("crit", { name: "Design crit", minute: 8, messages: 3 }),
  room("news", { name: "News", kind: "public", minute: 7, messages: 40, read: 10, notify: "none" }),
  room("bob", { kind: "direct", other: "bob", minute: 6, messages: 2, read: 1, mentions: 1, content: "@me: now?" }),
  room("dan", { kind: "direct", other: "dan", minute: 5, messages: 7 }),
  room("lunch", { name: "Lunch", minute: 4, messages: 1 }),
]"""


@pytest.fixture(scope="module")
def url():
    with static_server() as url:
        yield url


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser():
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser, url):
    async with static_page(browser, url) as page:
        yield page


@pytest_asyncio.fixture(loop_scope="module")
async def phone(browser, url):
    async with static_page(browser, url, has_touch=True, is_mobile=True) as page:
        await page.set_viewport_size({"width": 390, "height": 844})
        yield page


async def run(page: Page, body: str):
    """Runs JavaScript with the harness at hand."""
    return await page.evaluate(
        f"""async () => {{
          const {{ openPage, takeCalls, drawn }} = await import("/support/sidebar-page.js");
          const {{ room, user }} = await import("/support/sidebar.js");
          const {{ context }} = window;
          {body}
        }}"""
    )


async def open_page(page: Page, rooms: str = ROOMS, **options: str):
    await run(page, f"await openPage({{ rooms: {rooms}, {', '.join(f'{name}: {value}' for name, value in options.items())} }});")


async def calls(page: Page) -> list[list]:
    return await run(page, "return takeCalls();")


async def rows(page: Page) -> list[str]:
    """The headings of the sections and the names of the rooms, from above."""
    return await page.locator(".section-head > .line, .room-name").all_inner_texts()


def row(page: Page, name: str):
    return page.get_by_test_id("room-item").filter(has_text=name)


ALL_ROWS = ["Unread", "Tea", "Bob", "Rooms", "Design crit", "News", "Lunch", "People", "Dan"]


async def test_unread_rooms_stand_first_with_their_counts(page):
    await open_page(page)
    assert await rows(page) == ALL_ROWS
    await expect(row(page, "Tea").get_by_test_id("unread")).to_have_text("3 unread")
    await expect(row(page, "News").get_by_test_id("unread")).to_have_class("badge quiet")
    await expect(row(page, "News").get_by_test_id("room-muted")).to_be_visible()
    await expect(row(page, "Bob").get_by_test_id("mentions")).to_be_visible()
    await expect(row(page, "Dan").get_by_test_id("unread")).to_have_count(0)
    await expect(page).to_have_title("(4) EchoChat")
    await expect(page.locator("link[rel=icon]")).to_have_attribute("href", "icon-unread.svg")


async def test_a_room_stays_in_its_place_while_it_is_read_and_keeps_the_focus_when_it_moves(page):
    await open_page(page)
    await run(page, "context.route.open('tea'); await drawn(); context.marks.readAll('tea'); await drawn();")
    assert await rows(page) == ALL_ROWS
    await expect(row(page, "Tea").get_by_test_id("unread")).to_have_count(0)
    await expect(row(page, "Tea")).to_have_attribute("aria-current", "page")
    await expect(page).to_have_title("(1) Tea – EchoChat")
    await row(page, "Tea").focus()
    await run(page, "context.route.open('dan'); await drawn();")
    assert await rows(page) == ["Unread", "Bob", "Rooms", "Tea", "Design crit", "News", "Lunch", "People", "Dan"]
    await expect(row(page, "Tea")).to_be_focused()


async def test_a_message_brings_its_room_up_and_touches_no_other_of_500(page):
    await open_page(page, "Array.from({ length: 500 }, (_, at) => room(`r${at}`, { name: `Room ${at}`, minute: 500 - at, messages: 1 }))")
    changed = await run(
        page,
        """
        const records = [];
        const observer = new MutationObserver((list) => records.push(...list));
        observer.observe(document.querySelector(".rooms"), { subtree: true, childList: true, attributes: true, characterData: true });
        context.post("r250", "alice", "Hello");
        await drawn();
        const rows = records.map(({ target }) => (target.nodeType === 1 ? target : target.parentElement).closest("echo-room-row"));
        return [...new Set(rows.map((row) => row?.roomId ?? null))];
        """,
    )
    assert sorted(changed, key=str) == ["None", "r250"] or set(changed) == {None, "r250"}
    assert (await rows(page))[:4] == ["Unread", "Room 250", "Rooms", "Room 0"]


async def test_drafts_failures_and_who_types_are_signs_of_the_row(page):
    await open_page(page)
    crit = row(page, "Design crit")
    await run(
        page,
        """
        context.drafts.set("crit", { content: "I was about to say", reply_to: null, edit: null });
        context.outbox.set("crit", [{ state: "failed" }]);
        context.store.setTyping({ room_id: "crit", user_id: "alice", expires_in_ms: 600 });
        await drawn();
        """,
    )
    for sign in ("room-draft", "room-unsent", "room-typing"):
        await expect(crit.get_by_test_id(sign)).to_be_visible()
    await expect(crit.get_by_test_id("room-item-preview")).to_have_text("Draft: I was about to say")
    await expect(crit.get_by_test_id("room-typing")).to_have_count(0)
    await run(page, 'context.outbox.set("crit", []); context.drafts.set("crit", { content: "", edit: null }); await drawn();')
    for sign in ("room-draft", "room-unsent"):
        await expect(crit.get_by_test_id(sign)).to_have_count(0)


async def test_who_is_here_has_a_dot(page):
    await open_page(page)
    await run(page, 'context.store.setPresence("bob", { state: "active" }); await drawn();')
    await expect(page.get_by_test_id("presence")).to_have_attribute("aria-label", "here now")
    await run(page, 'context.store.setPresence("bob", { state: "idle" }); await drawn();')
    await expect(page.get_by_test_id("presence")).to_have_attribute("data-state", "idle")
    await run(page, 'context.store.setPresence("bob", { state: "offline" }); await drawn();')
    await expect(page.get_by_test_id("presence")).to_have_count(0)


async def test_the_list_is_one_stop_of_the_tab_key_and_arrows_walk_it(page):
    await open_page(page)
    await page.get_by_test_id("saved-open").focus()
    await page.keyboard.press("Tab")
    await expect(page.locator(".section-head").first).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(row(page, "Tea")).to_be_focused()
    await page.keyboard.press("ArrowRight")
    await expect(page.locator(".room-more").first).to_be_focused()
    await page.keyboard.press("Escape")
    await page.keyboard.press("End")
    await expect(row(page, "Dan")).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(page.get_by_test_id("my-profile")).to_be_focused()


async def test_a_section_is_collapsed_and_stays_so(page):
    await open_page(page)
    await page.locator('[data-section="rooms"]').click()
    assert await rows(page) == ["Unread", "Tea", "Bob", "Rooms", "People", "Dan"]
    await expect(page.locator('[data-section="rooms"]')).to_have_attribute("aria-expanded", "false")
    await expect(page.locator('[data-section="rooms"] .section-count')).to_have_text("3")
    await run(page, "context.route.open('crit'); await drawn();")
    assert "Design crit" in await rows(page), "the open room is always there"
    await open_page(page)
    await expect(page.locator('[data-section="rooms"]')).to_have_attribute("aria-expanded", "false")
    await page.locator('[data-section="rooms"]').click()
    assert await rows(page) == ALL_ROWS


async def test_the_menu_of_a_room_marks_it_as_read_and_unread_and_mutes_it(page):
    await open_page(page)
    await row(page, "Tea").click(button="right")
    await page.get_by_test_id("room-mark-read").click()
    assert await calls(page) == [["readAll", "tea"]]
    await row(page, "Tea").hover()
    more = page.locator("echo-room-row").filter(has_text="Tea").get_by_test_id("room-more")
    await more.click()
    await expect(more).to_have_attribute("aria-expanded", "true")
    await page.keyboard.press("Escape")
    await expect(page.locator(".menu")).to_have_count(0)
    await expect(more).to_be_focused()
    await more.press("Enter")
    await page.keyboard.press("Enter")
    assert await calls(page) == [["hold", "tea"], ["markUnread", "tea", 5]]
    await expect(row(page, "Tea").get_by_test_id("marked-unread")).to_be_visible()
    assert await rows(page) == ALL_ROWS
    await row(page, "Design crit").click(button="right")
    await page.get_by_test_id("room-mute").click()
    await expect(row(page, "Design crit").get_by_test_id("room-muted")).to_be_visible()
    await row(page, "Design crit").click(button="right")
    await page.get_by_test_id("room-unmute").click()
    await expect(row(page, "Design crit").get_by_test_id("room-muted")).to_have_count(0)


async def test_alt_shift_arrows_go_to_the_next_unread_room(page):
    await open_page(page)
    for key, opened in (("ArrowDown", "tea"), ("ArrowDown", "bob"), ("ArrowDown", "tea"), ("ArrowUp", "bob")):
        await page.keyboard.press(f"Alt+Shift+{key}")
        assert await calls(page) == [["open", opened]]
        await run(page, "await drawn();")


async def test_previews_are_told_only_where_their_words_are_shown_and_in_sight(page):
    many = "Array.from({ length: 60 }, (_, at) => room(`r${at}`, { minute: 60 - at, messages: 2, read: 0, content: `Words ${at}` }))"
    await open_page(page, many)
    assert await run(page, "await drawn(); return context.previews;") == []
    await run(page, 'context.settings.set("roomRows", "two lines"); await drawn(); await drawn();')
    await expect(page.get_by_test_id("room-item-preview").first).to_be_visible()
    told = await run(page, "await drawn(); return context.previews;")
    assert ["r0", 2] in told and ["r59", 2] not in told and 3 < len(told) < 20
    await run(page, 'context.settings.set("roomRows", "one line"); await drawn();')


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
    directory = '[{ ...room("plaza"), name: "Plaza", topic: "For all", member_count: 3 }, { ...room("tea"), name: "Tea" }]'
    await open_page(page, directory=directory)
    await page.get_by_test_id("browse-rooms").click()
    items = page.get_by_test_id("directory-item")
    await expect(items).to_have_count(2)
    await expect(items.filter(has_text="Plaza")).to_contain_text("3 members · For all")
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
    await page.keyboard.press("Escape")
    await me.click()
    assert await page.locator(".menu-item").last.get_attribute("data-testid") == "sign-out"
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


async def test_nothing_is_wider_than_the_phone_and_a_long_press_opens_the_menu(phone):
    long = "W" * 64
    rooms = f'[room("a", {{ name: "{long}", messages: 2, read: 1, content: "{long}" }}), room("b", {{ name: "مرحبا \\u202e reversed", messages: 1 }})]'
    for width in (390, 320):
        await phone.set_viewport_size({"width": width, "height": 700})
        await open_page(phone, rooms)
        wide = await run(phone, "return [document.documentElement.scrollWidth, document.querySelector('.side-scroll').scrollWidth];")
        assert max(wide) <= width
        heights = await phone.locator(".room-link, .side-view, .icon-button:visible, .me-button").evaluate_all(
            "all => all.map((one) => one.getBoundingClientRect().height)"
        )
        assert min(heights) >= 44
    await expect(phone.get_by_test_id("room-item-preview").first).to_be_visible()
    assert await run(phone, "await drawn(); return context.previews;") == [["a", 2], ["b", 1]]
    box = await phone.get_by_test_id("room-item").first.bounding_box()
    at = {"x": box["x"] + 40, "y": box["y"] + 20}
    session = await phone.context.new_cdp_session(phone)
    await session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
    await expect(phone.get_by_test_id("room-mark-read")).to_be_visible()
    await session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await expect(phone.locator("dialog.sheet")).to_be_visible()
    await phone.get_by_test_id("room-mark-read").tap()
    assert await calls(phone) == [["readAll", "a"]]
