"""The panel beside the timeline, in Chromium, with a real store and a server of the tests. Needs no server."""

from playwright.async_api import expect

from support.panel_page import calls, make_panel
from support.static_fixtures import MARKS, browser, page, url  # noqa: F401

# ruff: noqa: F811
pytestmark = MARKS


async def test_what_of_the_room_is_shown_stays_when_the_user_changes_tabs(page):
    await make_panel(page, "details")
    await expect(page.get_by_test_id("panel-title")).to_have_text("The Club")
    await expect(page.get_by_test_id("panel-title")).to_be_focused()
    await expect(page.get_by_test_id("details-topic")).to_have_text("Of friends")
    await page.get_by_test_id("panel-members").click()
    await expect(page.get_by_test_id("member")).to_have_count(3)
    await expect(page.get_by_test_id("panel-members")).to_be_focused()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_test_id("panel-pins")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("pin")).to_contain_text("Who brings cake?")
    await page.keyboard.press("Escape")
    await expect(page.locator("echo-panel")).to_be_hidden()


async def test_the_focus_returns_to_what_opened_the_panel(page):
    await make_panel(page, "details")
    await expect(page.get_by_test_id("panel-title")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator("#opener")).to_be_focused()


async def test_a_choice_of_notifications_that_fails_shows_the_old_one_again(page):
    await make_panel(page, "details")
    await page.get_by_test_id("notify-level").select_option("mentions")
    await page.get_by_test_id("mute").select_option("8")
    await expect(page.get_by_text("Muted until")).to_be_visible()
    assert (await calls(page, "setNotificationSettings"))[0] == ["setNotificationSettings", "club", {"level": "mentions"}]
    await page.evaluate("echo.api.failing.set('setNotificationSettings', { code: 'busy', status: 503 })")
    await page.get_by_test_id("notify-level").select_option("none")
    await expect(page.get_by_test_id("details-error")).to_contain_text("busy")
    await expect(page.get_by_test_id("notify-level")).not_to_have_value("none")


async def test_a_name_that_is_being_written_survives_news_of_the_room(page):
    await make_panel(page, "details")
    await page.get_by_test_id("change-room").click()
    await page.get_by_test_id("new-name").fill("The Society")
    await page.evaluate("echo.store.changeMemberCount('club', 1)")
    await expect(page.get_by_text("4 members")).to_be_visible()
    await expect(page.get_by_test_id("new-name")).to_be_focused()
    await expect(page.get_by_test_id("new-name")).to_have_value("The Society")
    await page.get_by_test_id("save-room").click()
    await expect(page.get_by_test_id("panel-title")).to_have_text("The Society")
    await expect(page.get_by_test_id("new-name")).to_be_hidden()


async def test_a_link_is_made_once_and_revoked(page):
    await make_panel(page, "details")
    await page.evaluate("echo.api.failing.set('createInvite', { code: 'network' })")
    await page.get_by_test_id("invite-make").click()
    await expect(page.get_by_text("cannot be reached")).to_be_visible()
    await page.get_by_test_id("invite-make").click()
    await expect(page.get_by_test_id("invite-link")).to_have_value(f"{page.url}#/invite/uuid-1")
    assert [key for _, _, key in await calls(page, "createInvite")] == ["uuid-1", "uuid-1"]
    await page.get_by_test_id("invite-revoke").click()
    await expect(page.get_by_test_id("invite-link")).to_have_count(0)


async def test_members_see_nothing_that_is_for_moderators(page):
    await make_panel(page, "details", role="member")
    await expect(page.get_by_test_id("leave-room")).to_be_visible()
    for test_id in ("change-room", "invite-make", "delete-room"):
        await expect(page.get_by_test_id(test_id)).to_be_hidden()
    assert not await calls(page, "bans") and not await calls(page, "invites")
    await page.get_by_test_id("panel-members").click()
    await expect(page.get_by_test_id("member")).to_have_count(3)
    await expect(page.get_by_test_id("add-member")).to_be_hidden()


async def test_somebody_is_found_among_500_members_in_one_tab_stop(page):
    await make_panel(page, "members", crowd=500)
    await expect(page.get_by_test_id("member")).to_have_count(200)
    await expect(page.locator("[data-testid=members] [tabindex='0']")).to_have_count(1)
    await page.get_by_test_id("list-more").click()
    await expect(page.get_by_test_id("member")).to_have_count(400)
    await expect(page.get_by_test_id("member-open").nth(200)).to_be_focused()
    await page.get_by_test_id("member-search").fill("person450")
    await expect(page.get_by_test_id("member")).to_have_count(1)
    await expect(page.get_by_test_id("member")).to_contain_text("@person450")
    await page.get_by_test_id("member-search").fill("nobody")
    await expect(page.get_by_test_id("members-state")).to_have_text("No member of that name.")


async def test_the_owner_makes_a_moderator_and_bans_mallory(page):
    await make_panel(page, "members")
    mallory = page.get_by_test_id("member").filter(has_text="@mallory")
    await mallory.get_by_test_id("member-open").click()
    await expect(page.get_by_test_id("user-name")).to_have_text("Mallory")
    await expect(page.get_by_test_id("user-presence")).to_contain_text("idle")
    await page.get_by_test_id("make-moderator").click()
    await expect(page.get_by_test_id("role")).to_have_text(["Owner", "Moderator", "Moderator"])
    await mallory.get_by_test_id("member-open").click()
    await page.get_by_test_id("ban-member").click()
    await expect(page.get_by_test_id("member")).to_have_count(2)
    assert await page.evaluate("echo.asked") == ["Remove Mallory from “The Club” and prevent them from joining again?"]
    await page.get_by_test_id("panel-details").click()
    await expect(page.get_by_test_id("banned")).to_contain_text("Mallory")
    await page.get_by_test_id("unban").click()
    await expect(page.get_by_test_id("banned")).to_have_count(0)


async def test_people_are_added_by_name_and_invited_if_they_wish_that(page):
    await make_panel(page, "members")
    await page.get_by_test_id("add-member-input").fill("car")
    await expect(page.get_by_test_id("add-member-found")).to_have_count(2)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("toast")).to_contain_text("Carol was invited")
    await page.get_by_test_id("add-member-input").fill("dora")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("member")).to_have_count(4)
    added = len(await calls(page, "putMember"))
    await page.get_by_test_id("add-member-input").fill("bob")
    await expect(page.get_by_test_id("add-member-found")).to_contain_text("already here")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("members-error")).to_have_text("Bob is already here.")
    await page.get_by_test_id("add-member-found-open").click()
    await expect(page.get_by_test_id("members-error")).to_have_text("Bob is already here.")
    assert len(await calls(page, "putMember")) == added
    await expect(page.get_by_test_id("role")).to_have_text(["Owner", "Moderator", "", ""])
    await page.get_by_test_id("add-member-input").fill("noone")
    await page.get_by_test_id("add-member").click()
    await expect(page.get_by_test_id("members-error")).to_have_text("Nobody of that name.")
