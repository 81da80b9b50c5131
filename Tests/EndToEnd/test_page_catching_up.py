"""Catching up, and finding people and rooms, in real browsers with the real server."""

import secrets

import pytest
from playwright.async_api import expect

from support.browser import RECOVERED_MS, browsers
from support.clients import TestUsers

pytestmark = [pytest.mark.page, pytest.mark.timeout(120)]


async def test_bob_catches_up_by_keys_and_the_server_knows_what_is_read(server, tmp_path):
    async with TestUsers(server) as users, browsers(tmp_path, "bob") as (bob,):
        alice, account = await users.register_all("alice", "bob")
        rooms = {}
        for name in ("Tea", "Crit", "Lunch"):
            rooms[name] = (await alice.create_room("group", name, members=[account]))["room_id"]
            for number in range(3):
                await alice.post_message(rooms[name], f"{name} {number}")

        async def me(name: str) -> tuple:
            mine = (await account.get_room(rooms[name]))["me"]
            return mine["read_seq"], mine["marked_unread_seq"]

        await bob.sign_in(server.url, account.username)
        await bob.page.goto(f"{server.url}#/catch-up")
        cards = bob.page.locator("echo-catch-up-room")
        await expect(bob.at("catch-up-name")).to_have_text(["Lunch", "Crit", "Tea"])
        await expect(cards.first.get_by_test_id("catch-up-message")).to_have_count(3)
        await bob.screenshot("catch-up")
        assert [await me(name) for name in rooms] == [(0, None)] * 3, "what is looked over is not read"
        async with bob.page.expect_response(lambda response: response.url.endswith("/unread")):
            for key in ("j", "e", "e", "k", "u"):  # Lunch and Crit are read, and Crit is unread again
                await bob.page.keyboard.press(key)
        await expect(bob.at("catch-up-count")).to_have_text("2 rooms with news")
        await expect(bob.at("marked-unread")).to_have_count(1)
        await bob.page.reload()
        await bob.expect_online(RECOVERED_MS)
        await expect(bob.at("catch-up-count")).to_have_text("2 rooms with news")
        assert [await me(name) for name in ("Lunch", "Crit", "Tea")] == [(3, None), (3, 1), (0, None)]
        # An answer is begun in the room, to the last message of it.
        await cards.filter(has_text="Crit").focus()
        await bob.page.keyboard.press("r")
        await expect(bob.at("room-name")).to_have_text("Crit")
        await expect(bob.at("replying")).to_contain_text("Crit 2")
        await bob.post("I am late")
        await expect(bob.contents.last).to_have_text("I am late")
        await bob.expect_all_sent()
        await expect(bob.at("marked-unread")).to_have_count(0)
        (newest,) = (await account.page(rooms["Crit"], limit=1))["messages"]
        assert (newest["content"], newest["reply_to"]) == ("I am late", 3)
        assert await me("Crit") == (4, None)


async def test_a_person_is_found_by_their_name_and_by_their_first_letters(server, tmp_path):
    async with TestUsers(server) as users, browsers(tmp_path, "alice") as (alice,):
        account, bob, carol = await users.register_all("alice", "bob", "carol")
        word = secrets.token_hex(4)
        for user, name in ((bob, f"Robert {word}"), (carol, f"Caroline {word}")):
            assert (await user.patch("/users/me", json={"display_name": name})).is_success
        await alice.sign_in(server.url, account.username)
        await alice.at("new-room").click()
        await alice.at("kind-direct").check()
        await alice.at("room-people-input").fill(f"robert {word}")
        await alice.page.get_by_role("option").filter(has_text=f"@{bob.username}").click()
        await alice.at("create-submit").click()
        await expect(alice.at("room-name")).to_have_text(f"Robert {word}")
        await alice.page.keyboard.press("Control+k")
        await alice.at("switcher-input").fill(f"caroline {word}")
        await expect(alice.page.get_by_role("option", selected=True)).to_contain_text(f"@{carol.username}")
        await alice.page.keyboard.press("Enter")
        await expect(alice.at("room-name")).to_have_text(f"Caroline {word}")
        await alice.post("Hello")
        await alice.expect_all_sent()
        (direct,) = await carol.list_all("/rooms")
        assert direct["kind"] == "direct" and direct["last_message"]["content"] == "Hello"


async def test_a_link_into_a_public_room_shows_it_and_offers_to_join(server, tmp_path):
    async with TestUsers(server) as users, browsers(tmp_path, "bob") as (bob,):
        alice, account = await users.register_all("alice", "bob")
        room = (await alice.create_room("public", f"Plaza {secrets.token_hex(4)}"))["room_id"]
        for number in range(5):
            await alice.post_message(room, f"Day {number}")
        await bob.sign_in(server.url, account.username)
        await bob.page.goto(f"{server.url}#/room/{room}/3")
        await expect(bob.contents).to_have_text([f"Day {number}" for number in range(5)])
        await expect(bob.at("composer")).to_be_hidden()
        await expect(bob.at("room-item")).to_have_count(0)
        await bob.screenshot("preview")
        await bob.at("preview-join").click()
        await expect(bob.at("composer")).to_be_visible()
        await expect(bob.at("room-item")).to_have_count(1)
        await bob.post("Here I am")
        await expect(bob.contents.last).to_have_text("Here I am")
        await bob.expect_all_sent()
