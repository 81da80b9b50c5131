"""The web client in real browsers: what a user has written is never lost, whatever happens to the page."""

import secrets

import pytest
from playwright.async_api import expect

from support.browser import RECOVERED_MS, browsers

pytestmark = [pytest.mark.page, pytest.mark.timeout(120)]


async def test_half_a_sentence_its_reply_and_an_edit_under_way_survive_a_reload(server, tmp_path):
    async with browsers(tmp_path, "alice") as (alice,):
        await alice.sign_up(server.url)
        await alice.create_room(f"Plaza {secrets.token_hex(4)}")
        await alice.post("first")
        await alice.expect_messages("first")
        await alice.expect_all_sent()
        await alice.at("message").hover()
        await alice.at("reply").click()
        await alice.at("composer").press_sequentially("half a sentence")
        await alice.expect_words_kept()  # what is begun when the page goes, Chromium does not commit
        await alice.page.reload()
        await expect(alice.at("composer")).to_have_value("half a sentence", timeout=RECOVERED_MS)
        await expect(alice.at("replying")).to_contain_text("first", timeout=RECOVERED_MS)
        await alice.screenshot("reply-after-a-reload")

        await alice.at("message").hover()
        await alice.at("edit").click()
        await expect(alice.at("composer")).to_have_value("first")
        await alice.at("composer").press("End")
        await alice.at("composer").press_sequentially(", better")
        await alice.expect_words_kept()  # what is begun when the page goes, Chromium does not commit
        await alice.screenshot("edit-under-way")
        await alice.page.reload()
        await expect(alice.at("composer")).to_have_value("first, better", timeout=RECOVERED_MS)
        await alice.expect_online(RECOVERED_MS)
        await alice.at("composer").press("Enter")
        await expect(alice.contents.first).to_contain_text("first, better")
        await expect(alice.at("composer")).to_have_value("half a sentence")
        await alice.at("composer").press("Enter")
        await expect(alice.at("message")).to_have_count(2)
        await expect(alice.at("message").last.get_by_test_id("quote")).to_contain_text("first, better")
        await alice.expect_words_kept()
        await alice.page.reload()
        await expect(alice.at("message")).to_have_count(2, timeout=RECOVERED_MS)
        await expect(alice.at("composer")).to_have_value("")


async def test_two_tabs_write_one_message_without_losing_or_doubling_a_word(server, tmp_path):
    async with browsers(tmp_path, "alice") as (alice,):
        await alice.sign_up(server.url)
        await alice.create_room(f"Plaza {secrets.token_hex(4)}")
        await alice.at("composer").press_sequentially("begun here")
        await alice.expect_words_kept()  # what is begun when the page goes, Chromium does not commit
        other = await alice.page.context.new_page()
        await other.goto(alice.page.url)
        field = other.get_by_test_id("composer")
        await expect(field).to_have_value("begun here", timeout=RECOVERED_MS)
        await field.press("End")
        await field.press_sequentially(", ended there")
        await field.press("Enter")
        for page in (alice.page, other):
            await expect(page.get_by_test_id("content")).to_have_text(["begun here, ended there"], timeout=RECOVERED_MS)
        await other.close()
