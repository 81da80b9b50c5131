"""The web client in real browsers: room settings, profiles, long lists and search."""

import re
import secrets

import pytest
from playwright.async_api import expect

from support.browser import RECOVERED_MS, BrowserUser, browsers
from support.clients import TestUsers

pytestmark = [pytest.mark.page, pytest.mark.timeout(120)]


async def test_bob_searches_and_jumps_to_an_old_message(server, tmp_path):
    async with TestUsers(server) as users, browsers(tmp_path, "bob") as (bob,):
        alice = await users.register("alice")
        name = f"Annals {secrets.token_hex(4)}"
        room = (await alice.create_room("public", name))["room_id"]
        await alice.post_message(room, "The <i>zebrafish</i> are asleep")
        for number in range(160):
            await alice.post_message(room, f"Day {number}")
        await bob.sign_up(server.url)
        await bob.join_room(name)
        await expect(bob.contents.last).to_have_text("Day 159")
        await bob.at("search-messages").click()
        await bob.at("search-words").fill("zebrafsh")
        await expect(bob.at("search-item")).to_have_count(1)
        await expect(bob.at("search-item").locator("mark")).to_have_text("zebrafish")
        await bob.screenshot("search")
        await bob.at("search-item").click()
        await expect(bob.contents.first).to_have_text("The <i>zebrafish</i> are asleep")
        await expect(bob.contents.first).to_be_in_viewport()
        await alice.post_message(room, "Meanwhile")
        await bob.screenshot("led-to")
        await bob.at("jump-to-end").click()
        await expect(bob.contents.last).to_have_text("Meanwhile")
        await expect(bob.contents.last).to_be_in_viewport()
        # Scrolling down page by page reaches the newest message, too.
        await bob.page.goto(f"{server.url}#/room/{room}/1")
        await expect(bob.contents.first).to_be_in_viewport()
        for _ in range(60):
            are_all_there = await bob.contents.count() == 162
            await bob.at("history").evaluate("box => { box.scrollTop = box.scrollHeight; }")
            await bob.page.wait_for_timeout(150)
            if are_all_there:
                break
        await expect(bob.contents).to_have_count(162)
        await alice.post_message(room, "Now")
        await expect(bob.contents.last).to_have_text("Now")
        await expect(bob.contents.last).to_be_in_viewport()


async def test_alice_loads_more_of_lists_longer_than_a_page(own_server, tmp_path):
    server = own_server()
    async with TestUsers(server) as users, browsers(tmp_path, "alice") as (page,):
        alice = await users.register("alice")
        room = (await alice.create_room("public", "The Crowd"))["room_id"]
        for number in range(204):
            account = {"username": f"guest-{number}", "password": "a long walk on the beach"}
            response = await alice.post("/auth/register", token="", json=account)
            guest = response.json()["user"]["user_id"]
            assert (await alice.put(f"/rooms/{room}/members/{guest}", json={"role": "member"})).is_success
        for _ in range(55):
            assert (await alice.post(f"/rooms/{room}/invites", json={})).status_code == 201
        await page.sign_in(server.url, alice.username)
        await page.page.goto(f"{server.url}#/room/{room}")
        await expect(page.at("room-name")).to_have_text("The Crowd")
        await page.at("room-details").click()
        members = page.at("members")
        for tab, kind, first, total in (("panel-details", "invite-link", 50, 55), ("panel-members", "member", 200, 205)):
            await page.at(tab).click()
            await expect(page.at(kind)).to_have_count(first)
            more = page.at("list-more").locator("visible=true")
            await more.click()
            await expect(page.at(kind)).to_have_count(total)
            await expect(more).to_have_count(0)
        assert len(set(await members.locator("[data-user-id]").evaluate_all("all => all.map((one) => one.dataset.userId)"))) == 205
        await page.screenshot("lists")
        # The server searches among all of them.
        await page.at("member-search").fill("guest-203")
        await expect(page.at("member")).to_have_count(1)
        await expect(page.at("member")).to_contain_text("@guest-203")
        await page.at("member-search").fill("nobody")
        await expect(page.at("members-state")).to_have_text("No member of that name.")


async def test_alice_manages_a_room(own_server, tmp_path):
    server = own_server()
    async with browsers(tmp_path, "alice", "bob", "mallory") as (alice, bob, mallory):
        await alice.sign_up(server.url)
        await alice.create_room("The Club")
        await alice.at("room-details").click()
        await alice.at("invite-make").click()
        await expect(alice.at("invite-link")).to_have_value(re.compile(r"#/invite/.+"))
        link = await alice.at("invite-link").input_value()
        await bob.sign_up(server.url)
        await bob.page.goto(link)
        # A link that is opened does not join by itself: the page asks first.
        await expect(bob.at("confirm")).to_contain_text("Alice invites you to The Club · 1 member")
        await bob.at("confirm-no").click()
        await expect(bob.at("room-item")).to_have_count(0)
        await bob.page.goto(server.url)
        await bob.page.goto(link)
        await bob.at("confirm-yes").click()
        await expect(bob.at("room-name")).to_have_text("The Club")
        # Without a session, the page says where the link leads and keeps it until after the sign-up.
        await mallory.page.goto(link)
        await expect(mallory.at("invite-card")).to_contain_text("Alice invites you to The Club")
        await mallory.at("show-sign-up").click()
        await mallory.at("username").fill(mallory.name)
        await mallory.at("password").fill("a long walk on the beach")
        await mallory.at("sign-up").click()
        await mallory.at("confirm-yes").click()
        await expect(mallory.at("room-name")).to_have_text("The Club")

        await alice.at("panel-members").click()
        await expect(alice.at("member")).to_have_count(3)
        await alice.at("panel-details").click()
        await alice.screenshot("details")
        await alice.at("change-room").click()
        await alice.at("new-name").fill("The Society")
        await alice.at("new-topic").fill("Of friends")
        await alice.at("save-room").click()
        await expect(bob.at("room-name")).to_have_text("The Society")
        await expect(bob.at("room-topic")).to_contain_text("Of friends")

        async def open_member(user: BrowserUser, action: str) -> None:
            await alice.at("panel-members").click()
            await alice.at("member").filter(has_text=f"@{user.name}").get_by_test_id("member-open").click()
            await alice.at(action).click()

        await open_member(bob, "make-moderator")  # which leads back to the members
        await expect(alice.at("role").locator("visible=true")).to_have_text(["Owner", "Moderator"])
        await mallory.post("I sell watches")
        await bob.expect_messages("I sell watches")
        await bob.at("message").last.hover()
        await bob.at("message-more").click()
        await bob.at("report-message").click()
        await bob.at("confirm-input").fill("an advertisement")
        await bob.at("confirm-yes").click()
        await expect(bob.at("toast")).to_contain_text("report")
        await open_member(mallory, "ban-member")
        await alice.at("confirm-yes").click()
        await expect(mallory.at("room")).to_be_hidden()
        await expect(mallory.at("toast").first).to_contain_text("no longer in")
        await alice.at("panel-details").click()
        await expect(alice.at("report")).to_contain_text("an advertisement")
        await expect(alice.at("banned")).to_contain_text(mallory.name)
        await alice.at("resolve-report").click()
        await expect(alice.at("report")).to_have_count(0)
        await mallory.page.goto(link)
        await mallory.at("confirm-yes").click()
        await expect(mallory.at("toast").filter(has_text="not accepted")).to_be_visible()
        await alice.at("unban").click()
        await expect(alice.at("banned")).to_have_count(0)

        await bob.at("room-details").click()
        async with bob.page.expect_response(lambda response: response.url.endswith("/notify")):
            await bob.at("notify-level").select_option("mentions")
        await expect(bob.at("delete-room")).to_be_hidden()
        await bob.page.reload()
        await bob.expect_online(RECOVERED_MS)
        await bob.at("room-details").click()
        await expect(bob.at("notify-level")).to_have_value("mentions")
        await bob.at("mute").select_option("8")
        await expect(bob.page.get_by_text("Muted until")).to_be_visible()
        await bob.page.goto(f"{server.url}#/")

        await alice.at("delete-room").click()
        await alice.screenshot("question")
        await alice.at("confirm-yes").click()
        for user in (alice, bob):
            await expect(user.at("room-item")).to_have_count(0)


async def test_alice_changes_the_profile_and_blocks_mallory(server, tmp_path):
    async with TestUsers(server) as users, browsers(tmp_path, "alice", "bob") as (alice, bob):
        mallory = await users.register("mallory")
        name = f"Plaza {secrets.token_hex(4)}"
        await alice.sign_up(server.url)
        await alice.create_room(name)
        room = alice.page.url.rsplit("/", 1)[1]
        await bob.sign_up(server.url)
        await bob.join_room(name)
        await mallory.join(room)
        await mallory.post_message(room, "Psst")
        await bob.at("my-profile").click()
        await bob.at("open-profile").click()
        await bob.at("profile-name").fill("Robert <b>")
        await bob.at("profile-status").fill("on the beach")
        await bob.screenshot("profile")
        await bob.at("profile-save").click()
        await expect(bob.at("my-name")).to_have_text("Robert <b>")
        await expect(bob.at("my-status")).to_have_text("on the beach")
        await bob.at("profile-name").fill("")
        await bob.at("profile-save").click()
        await expect(bob.at("profile-error")).to_contain_text("characters")

        await alice.at("room-details").click()
        await alice.at("panel-members").click()
        await alice.at("member").filter(has_text=bob.name).get_by_test_id("member-open").click()
        await expect(alice.at("user-status")).to_have_text("on the beach")
        await alice.screenshot("person")
        await alice.at("panel-close").click()
        await alice.at("author").first.click()
        await alice.at("block").click()
        await alice.at("confirm-yes").click()
        await expect(alice.at("toast")).to_contain_text("blocked")
        refused = await mallory.post("/rooms", json={"kind": "direct", "members": [(await user_id_of(mallory, alice.name))]})
        assert refused.status_code in (403, 404), refused.text
        await alice.at("author").first.click()
        await alice.at("unblock").click()
        await expect(alice.at("toast").last).to_contain_text("no longer blocked")
        await alice.at("author").first.click()
        await expect(alice.at("block")).to_be_visible()


async def user_id_of(user, username: str) -> str:
    (user,) = (await user.get("/users", params={"q": username})).json()["items"]
    return user["user_id"]


async def test_bob_who_is_added_by_contacts_only_answers_invitations_on_the_page(own_server, tmp_path):
    server = own_server()
    async with TestUsers(server) as users, browsers(tmp_path, "bob") as (bob,):
        alice, account = await users.register_all("alice", "bob")
        await bob.sign_in(server.url, account.username)
        await bob.open_settings("privacy")
        await bob.at("profile-contacts").check()
        await expect(bob.at("profile-contacts")).to_be_enabled()
        await bob.at("close-settings").click()
        await alice.create_room("group", "The Club", members=[account])
        await alice.create_room("group", "The Market", members=[account])
        await expect(bob.at("invitation")).to_have_count(2)
        await bob.page.reload()
        await expect(bob.at("invitation")).to_have_count(2)
        await bob.screenshot("invitations")
        await bob.at("invitation").filter(has_text="The Market").get_by_test_id("invitation-decline").click()
        await expect(bob.at("invitation")).to_have_count(1)
        await bob.at("invitation-accept").click()
        await expect(bob.at("room-name")).to_have_text("The Club")
        await expect(bob.at("invitation")).to_have_count(0)
        await bob.open_settings("privacy")
        await expect(bob.at("profile-contacts")).to_be_checked()
