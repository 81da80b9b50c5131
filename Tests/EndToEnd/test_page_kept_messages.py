"""Pinned and saved messages, threads and marks as unread in real browsers, as the server tells and keeps them."""

import pytest
from playwright.async_api import expect

from support.browser import RECOVERED_MS, BrowserUser, browsers
from support.clients import TestUsers
from support.markers import put_markers

pytestmark = [pytest.mark.page, pytest.mark.timeout(120)]


def message(user: BrowserUser, content: str):
    return user.at("messages").get_by_test_id("message").filter(has_text=content)


async def choose(user: BrowserUser, content: str, item: str) -> None:
    """Chooses from the menu of a message."""
    row = message(user, content)
    await row.hover()
    await row.get_by_test_id("message-more").click()
    await user.at(item).click()


def flag(user: BrowserUser, content: str, name: str):
    return message(user, content).locator(f'[data-flag="{name}"]')


async def open_room(user: BrowserUser, server, account, room: str) -> None:
    await user.sign_in(server.url, account.username)
    await user.page.goto(f"{server.url}#/room/{room}")
    await expect(user.contents.last).to_be_visible()


async def reload(user: BrowserUser) -> None:
    await user.page.reload()
    await user.expect_online(RECOVERED_MS)


async def test_a_message_that_alice_pins_is_there_for_bob_until_she_takes_it_off(server, tmp_path):
    async with TestUsers(server) as users, browsers(tmp_path, "alice", "bob") as (alice, bob):
        owner, member = await users.register_all("alice", "bob")
        room = (await owner.create_room("group", "The Club", members=[member]))["room_id"]
        await member.post_message(room, "We meet at five")
        await owner.post_message(room, "Bring cake")
        await owner.post_message(room, "And forks")
        await open_room(alice, server, owner, room)
        await open_room(bob, server, member, room)
        await bob.at("room-details").click()
        await bob.at("panel-pins").click()
        await expect(bob.at("pins-state")).to_have_text("Nothing is pinned here yet.")
        await choose(alice, "We meet at five", "pin-message")
        await expect(flag(alice, "We meet at five", "pinned")).to_be_visible()
        await expect(bob.at("pin")).to_contain_text("We meet at five")
        await expect(bob.at("unpin")).to_have_count(0)  # that is for those who lead the room
        await expect(flag(bob, "We meet at five", "pinned")).to_be_visible()
        await choose(alice, "Bring cake", "pin-message")
        await expect(bob.at("pin").get_by_test_id("card-content")).to_have_text(["Bring cake", "We meet at five"])
        await choose(alice, "And forks", "pin-message")  # below the heading of another message
        await expect(flag(bob, "And forks", "pinned")).to_be_visible()
        await bob.screenshot("pins")
        await choose(alice, "And forks", "pin-message")
        await expect(bob.at("pin")).to_have_count(2)
        await member.patch(f"/rooms/{room}/messages/1", json={"content": "We meet at six"})
        await expect(bob.at("pin").last.get_by_test_id("card-content")).to_have_text("We meet at six")
        # A page that begins anew knows what is pinned.
        await reload(alice)
        await expect(flag(alice, "We meet at six", "pinned")).to_be_visible()
        await choose(alice, "We meet at six", "pin-message")
        await expect(bob.at("pin").get_by_test_id("card-content")).to_have_text(["Bring cake"])
        await expect(flag(bob, "We meet at six", "pinned")).to_be_hidden()
        await alice.at("room-details").click()
        await alice.at("panel-pins").click()
        await alice.at("unpin").click()
        await expect(bob.at("pins-state")).to_have_text("Nothing is pinned here yet.")
        await expect(alice.at("pins-state")).to_have_text("Nothing is pinned here yet.")


async def test_what_bob_saves_is_in_the_list_of_all_devices(server, tmp_path):
    async with TestUsers(server) as users, browsers(tmp_path, "desk", "sofa") as (desk, sofa):
        owner, member = await users.register_all("alice", "bob")
        room = (await owner.create_room("group", "The Club", members=[member]))["room_id"]
        for content in ("We meet at five", "Bring cake"):
            await owner.post_message(room, content)
        for device in (desk, sofa):
            await open_room(device, server, member, room)
        await sofa.at("saved-open").click()
        await expect(sofa.at("saved-state")).to_contain_text("Nothing saved yet.")
        await choose(desk, "We meet at five", "save-message")
        await expect(flag(desk, "We meet at five", "saved")).to_be_visible()
        await expect(sofa.at("saved-message")).to_contain_text("We meet at five")
        await expect(sofa.at("saved-message")).to_contain_text("The Club")
        await expect(flag(sofa, "We meet at five", "saved")).to_be_visible()
        await sofa.screenshot("saved")
        await reload(desk)
        await expect(flag(desk, "We meet at five", "saved")).to_be_visible()
        await desk.at("saved-open").click()
        await expect(desk.at("saved-message")).to_have_count(1)
        await choose(sofa, "We meet at five", "save-message")
        for device in (desk, sofa):
            await expect(device.at("saved-message")).to_have_count(0)
            await expect(flag(device, "We meet at five", "saved")).to_be_hidden()
        await choose(desk, "Bring cake", "save-message")
        await desk.at("saved-message-link").click()
        await expect(message(desk, "Bring cake")).to_be_focused()
        await desk.at("unsave").click()
        await expect(sofa.at("saved-message")).to_have_count(0)
        assert await member.list_all("/users/me/saved") == []


async def test_a_thread_grows_while_bob_reads_it(server, tmp_path):
    async with TestUsers(server) as users, browsers(tmp_path, "bob") as (bob,):
        owner, member = await users.register_all("alice", "bob")
        room = (await owner.create_room("group", "The Club", members=[member]))["room_id"]
        await owner.post_message(room, "Who brings cake?")
        await owner.post_message(room, "I do", reply_to=1)
        await owner.post_message(room, "And it rains")
        await open_room(bob, server, member, room)
        await choose(bob, "And it rains", "show-thread")
        await expect(bob.at("replies-state")).to_have_text("No replies yet.")
        await bob.at("messages").get_by_test_id("message").first.hover()
        await bob.at("messages").get_by_test_id("message").first.get_by_test_id("message-more").click()
        await bob.at("show-thread").click()
        await expect(bob.at("thread-root")).to_contain_text("Who brings cake?")
        await expect(bob.at("thread-message").get_by_test_id("card-content")).to_have_text(["I do"])
        await owner.post_message(room, "So does Carol", reply_to=1)
        await expect(bob.at("thread-message")).to_have_count(2)
        await bob.at("thread-reply").click()
        await expect(bob.at("composer")).to_be_focused()
        await bob.post("And **I**")
        await expect(bob.at("thread-message").get_by_test_id("card-content")).to_have_text(["I do", "So does Carol", "And I"])
        await bob.screenshot("thread")
        await owner.delete(f"/rooms/{room}/messages/2")
        await expect(bob.at("thread-message").first).to_contain_text("deleted")
        replies = await owner.list_all(f"/rooms/{room}/messages/1/replies")
        assert [reply["content"] for reply in replies if not reply["deleted"]] == ["So does Carol", "And **I**"]


async def test_a_mark_as_unread_stays_until_bob_reads_on_at_another_device(server, tmp_path):
    async with TestUsers(server) as users, browsers(tmp_path, "bob") as (bob,):
        owner, member = await users.register_all("alice", "bob")
        room = (await owner.create_room("group", "The Club", members=[member]))["room_id"]
        for content in ("one", "two", "three"):
            await owner.post_message(room, content)
        await open_room(bob, server, member, room)

        async def expect_marked(seq: int | None) -> None:
            async def me() -> dict:
                return (await member.get_room(room))["me"]

            await expect(bob.at("marked-unread")).to_have_count(0 if seq is None else 1)
            assert (await me())["marked_unread_seq"] == seq

        await expect(bob.at("unread")).to_have_count(0)  # all is read: it was in sight
        await choose(bob, "two", "mark-unread")
        await expect(bob.at("divider-new")).to_be_visible()
        await bob.page.goto(f"{server.url}#/")
        await expect(bob.at("marked-unread")).to_be_visible()
        await reload(bob)
        await expect_marked(2)
        # Another device reads on: no event tells that the mark has ended.
        await owner.post_message(room, "four")
        await expect(bob.at("unread")).to_be_visible()
        await put_markers(member, room, read_seq=4)
        await expect_marked(None)
        # So does a message of one's own.
        await member.put(f"/rooms/{room}/unread", json={"seq": 1})
        await expect_marked(1)
        await member.post_message(room, "five")
        await expect_marked(None)
        # The page itself: it opens at the mark, and reading takes it back.
        await member.put(f"/rooms/{room}/unread", json={"seq": 3})
        await expect_marked(3)
        await bob.at("room-item").click()
        await expect(bob.at("divider-new")).to_be_visible()
        await expect(bob.at("marked-unread")).to_have_count(0)
