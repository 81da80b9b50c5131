"""Writing on the real system: drafts outlive the page and are the same on all devices of a user; the others see who types."""

import re
import secrets

import pytest
from playwright.async_api import expect

from support.browser import RECOVERED_MS, BrowserUser, browsers
from support.clients import TestUsers
from support.page_files import share_a_room

pytestmark = [pytest.mark.page, pytest.mark.timeout(120)]


async def open_on_both(server, phone: BrowserUser, laptop: BrowserUser) -> None:
    """Signs Alice up on the phone, makes a room there, and opens it on the laptop as well."""
    await phone.sign_up(server.url)
    await phone.create_room(f"Plaza {secrets.token_hex(4)}")
    await laptop.sign_in(phone.page.url, phone.name)
    await expect(laptop.at("composer")).to_be_visible()


def room_id_of(user: BrowserUser) -> str:
    return re.search(r"#/room/(\w+)", user.page.url)[1]


async def leave(user: BrowserUser) -> None:
    await user.at("composer").blur()


async def test_words_written_just_before_a_reload_are_there_after_it(server, tmp_path):
    """Without the server, which would give them back."""
    async with browsers(tmp_path, "alice") as (alice,):
        await alice.sign_up(server.url)
        await alice.create_room(f"Plaza {secrets.token_hex(4)}")
        await alice.page.route("**/draft", lambda route: route.abort())
        words = ""
        for word in ("never ", "ever ", "lose ", "a ", "single ", "word"):
            words += word
            await alice.at("composer").press_sequentially(word)
            await alice.page.reload()
            await expect(alice.at("composer")).to_have_value(words)
            await alice.at("composer").press("Control+End")


async def test_words_written_just_before_the_page_is_closed_reach_the_other_device(server, tmp_path):
    async with browsers(tmp_path, "phone", "laptop") as (phone, laptop):
        await open_on_both(server, phone, laptop)
        await leave(laptop)
        await phone.at("composer").press_sequentially("on my way")
        await phone.page.close(run_before_unload=True)
        await expect(laptop.at("composer")).to_have_value("on my way", timeout=RECOVERED_MS)


async def test_a_draft_is_the_same_on_both_devices_and_never_put_over_a_focused_composer(server, tmp_path):
    async with browsers(tmp_path, "phone", "laptop") as (phone, laptop):
        await open_on_both(server, phone, laptop)
        await leave(laptop)
        await phone.at("composer").fill("Dear Bob")
        await expect(laptop.at("composer")).to_have_value("Dear Bob", timeout=RECOVERED_MS)
        await expect(laptop.at("room-item").get_by_test_id("room-draft")).to_be_visible()

        # In the composer nothing changes under the user's hands: the words are offered.
        await laptop.at("composer").focus()
        await phone.at("composer").fill("Dear Bob, dear Carol")
        await expect(laptop.at("draft-elsewhere")).to_contain_text("Dear Bob, dear Carol", timeout=RECOVERED_MS)
        await expect(laptop.at("composer")).to_have_value("Dear Bob")
        await expect(laptop.at("composer")).to_be_focused()
        await laptop.screenshot("offered")
        await laptop.at("draft-elsewhere-take").click()
        await expect(laptop.at("composer")).to_have_value("Dear Bob, dear Carol")
        await expect(laptop.at("draft-elsewhere")).to_have_count(0)

        # What is sent on one device is no draft on the other.
        await leave(phone)
        await laptop.at("composer").press("Enter")
        await laptop.expect_messages("Dear Bob, dear Carol")
        await expect(phone.at("composer")).to_have_value("", timeout=1_500)
        await expect(phone.at("room-draft")).to_have_count(0)


async def test_a_draft_with_its_reply_is_there_on_a_device_that_comes_later(server, tmp_path):
    async with browsers(tmp_path, "phone", "laptop") as (phone, laptop):
        await phone.sign_up(server.url)
        await phone.create_room(f"Plaza {secrets.token_hex(4)}")
        await phone.post("Tea or coffee?")
        await phone.expect_all_sent()
        await phone.at("message").hover()
        await phone.at("reply").click()
        # The draft with the reply alone may be on its way before.
        async with phone.page.expect_response(lambda response: response.ok and "Tea, if" in (response.request.post_data or "")):
            await phone.at("composer").fill("Tea, if")
        await laptop.sign_in(phone.page.url, phone.name)
        await expect(laptop.at("composer")).to_have_value("Tea, if")
        await expect(laptop.at("replying")).to_contain_text("Tea or coffee?")
        await laptop.at("composer").press_sequentially(" there is any")
        await laptop.at("composer").press("Enter")
        await expect(phone.at("quote")).to_have_text("Phone: Tea or coffee?")


async def test_words_written_at_two_places_are_both_kept(server, tmp_path):
    async with browsers(tmp_path, "phone", "laptop") as (phone, laptop):
        await open_on_both(server, phone, laptop)
        await phone.page.context.set_offline(True)
        await phone.at("composer").fill("on the train")
        await leave(phone)
        async with laptop.page.expect_response(lambda response: response.url.endswith("/draft") and response.ok):
            await laptop.at("composer").fill("at the desk")
        await leave(laptop)
        await phone.page.context.set_offline(False)
        await expect(phone.at("draft-elsewhere")).to_contain_text("at the desk", timeout=RECOVERED_MS)
        await expect(phone.at("composer")).to_have_value("on the train")
        await phone.at("draft-elsewhere-cancel").click()
        await expect(laptop.at("composer")).to_have_value("on the train", timeout=RECOVERED_MS)


async def test_an_edit_under_way_survives_another_room_and_a_reload(server, tmp_path):
    async with browsers(tmp_path, "alice") as (alice,):
        await alice.sign_up(server.url)
        name = f"Plaza {secrets.token_hex(4)}"
        await alice.create_room(name)
        await alice.post("Tee at five")
        await alice.expect_all_sent()
        composer = alice.at("composer")
        await composer.press("ArrowUp")
        await expect(composer).to_have_value("Tee at five")
        await composer.fill("Tea at five")
        await alice.create_room(f"Elsewhere {secrets.token_hex(4)}")
        await expect(composer).to_have_value("")
        await alice.at("room-item").filter(has_text=name).click()
        await expect(composer).to_have_value("Tea at five")
        await alice.page.reload()
        await expect(alice.at("editing")).to_contain_text("Tee at five")
        await expect(composer).to_have_value("Tea at five")
        await composer.press("Enter")
        await alice.expect_messages("Tea at five (edited)")
        await expect(alice.at("editing")).to_have_count(0)


async def test_a_member_who_has_never_spoken_is_completed(server, tmp_path):
    async with TestUsers(server) as users, browsers(tmp_path, "alice") as (alice,):
        host = await users.register("host")
        room = (await host.create_room("public", f"Hall {secrets.token_hex(4)}"))["room_id"]
        guests = await users.register_all(*(f"guest{number}" for number in range(25)), "zoe")
        for guest in guests:
            await guest.join(room)
        zoe = guests[-1].username
        await alice.sign_up(server.url)
        await alice.page.goto(f"{server.url}#/room/{room}")
        await alice.at("preview-join").click()
        await expect(alice.at("composer")).to_be_focused()
        await alice.at("composer").press_sequentially("Cake, @zoe")
        await expect(alice.at("completion-item")).to_have_text([re.compile(zoe)])
        await alice.at("composer").press("Enter")
        await expect(alice.at("composer")).to_have_value(f"Cake, @{zoe} ")


async def test_typing_is_shown_until_the_message_comes_and_not_while_its_text_is_taken_away(server, tmp_path):
    async with browsers(tmp_path, "alice", "bob") as (alice, bob):
        await share_a_room(server, alice, bob)
        await alice.at("composer").press_sequentially("Tea?")
        # Who has said nothing yet may be known by username alone.
        await expect(bob.at("typing")).to_have_text(re.compile(f"^({alice.name}|Alice) is typing…$"))
        await alice.at("composer").press("Enter")
        await bob.expect_messages("Tea?")
        await expect(bob.at("typing")).to_be_empty(timeout=1_000)  # by itself, it would last for six seconds after the last key

        await alice.at("composer").press_sequentially("Coffee, then?", delay=300)
        await expect(bob.at("typing")).to_have_text("Alice is typing…")
        for _ in "Coffee, then?":
            await alice.at("composer").press("Backspace", delay=500)
        await expect(bob.at("typing")).to_be_empty(timeout=1_500)


async def test_a_message_that_was_refused_goes_back_into_the_composer_before_what_was_written_since(server, tmp_path):
    async with TestUsers(server) as users, browsers(tmp_path, "alice") as (alice,):
        bob = await users.register("bob")
        await alice.sign_up(server.url)
        await alice.open_direct(bob.username)
        await alice.post("Tea?")
        await alice.expect_all_sent()
        (message,) = await bob.all_messages(room_id_of(alice))
        assert (await bob.put(f"/users/{message['user_id']}/block")).is_success
        await alice.post("At five?")
        failed = alice.page.locator('[data-testid="message"][data-state="failed"]')
        await expect(failed).to_have_count(1, timeout=RECOVERED_MS)
        await alice.at("composer").fill("Or at six?")
        await failed.get_by_test_id("take-back").click()
        await expect(alice.at("composer")).to_have_value("At five?\n\nOr at six?")
        await expect(alice.at("composer")).to_be_focused()
        await expect(failed).to_have_count(0)


async def test_a_room_of_one_offers_to_invite_people_until_somebody_is_there(server, tmp_path):
    async with TestUsers(server) as users, browsers(tmp_path, "alice") as (alice,):
        bob = await users.register("bob")
        await alice.sign_up(server.url)
        await alice.create_room(f"Plaza {secrets.token_hex(4)}")
        await alice.at("invite-people").click()
        await alice.at("invite-make").click()
        await expect(alice.at("invites").locator("li")).to_have_count(1)
        await bob.join(room_id_of(alice))
        await expect(alice.at("invite-people")).to_have_count(0)
        await expect(alice.at("history-state")).to_have_text("No messages yet.")
