"""What the user is in the middle of, in Chromium: nothing that arrives takes focus, selection, an edit or an input method from them."""

import pytest
from playwright.async_api import expect

from support.composer_page import compose, expect_sent
from support.room_page import open_room, room_page, run
from support.static_fixtures import MARKS, browser, page, url  # noqa: F401

# ruff: noqa: F811
pytestmark = MARKS

# What may arrive while something is written in the Lobby, each as the server tells it.
ARRIVALS = {
    "a reaction": "store.setReaction({ room_id: 'lobby', seq: 3, emoji: '👍', user_id: 'bob' }, true)",
    "a receipt": "store.advanceMarks('lobby', 'bob', { read_seq: 3 })",
    "an edit": "store.editMessage({ ...store.timeline('lobby').get(1), content: 'Tea?', edited_at: '2026-01-01T00:00:02Z' })",
    "an edit of the message that is edited here": (
        "store.editMessage({ ...store.timeline('lobby').get(3), content: 'Kaffee', edited_at: '2026-01-01T00:00:03Z' })"
    ),
    "a message": "store.addMessage(server.message('bob', 4, 'More tea?'))",
    "a page of history": (
        "store.timeline('lobby').merge({ messages: [server.message('bob', 0, 'Before')], has_before: false, has_after: true }, 'before');"
        "changes.tell('timeline:lobby', { room: 'lobby', seq: null, what: 'window' })"
    ),
    "somebody types": "store.setTyping({ room_id: 'lobby', user_id: 'bob' })",
    "a new name": "store.putUser({ user_id: 'alice', display_name: 'Alicia' })",
    "a change of the room": "changes.tell('rooms', { room: 'lobby', what: 'changed' })",
    "a draft of another device": "drafts.arrived('lobby', { content: 'from the phone' })",
}
HELD = """(field) => [
  document.activeElement === field, field.value, field.selectionStart, field.selectionEnd, field.dataset.compositions ?? "",
]"""


async def check_arrivals(page, field) -> None:
    """Lets everything arrive, and compares after each what the user has in hand."""
    held = await field.evaluate(HELD)
    assert held[0]
    for name, arrival in ARRIVALS.items():
        await page.evaluate(
            f"""async () => {{
              const {{ store, changes, drafts }} = it.context;
              const {{ server }} = it;
              {arrival};
              changes.flush();
              await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
              changes.flush();
            }}"""
        )
        assert await field.evaluate(HELD) == held, name


async def test_words_and_their_selection_stay(page):
    field = await compose(page)
    await field.fill("select me")
    await field.evaluate("field => field.setSelectionRange(0, 6)")
    await check_arrivals(page, field)


async def test_an_edit_that_is_open_stays(page):
    field = await compose(page)
    await field.press("ArrowUp")
    await field.fill("Coffee, black")
    await field.evaluate("field => field.setSelectionRange(2, 6)")
    await check_arrivals(page, field)
    await expect(page.get_by_test_id("editing")).to_be_visible()
    await field.press("Enter")
    await expect(page.get_by_test_id("editing")).to_have_count(0)
    assert await page.evaluate("it.server.edits") == [[3, "Coffee, black"]]


@pytest.mark.parametrize("is_edit", [False, True], ids=["a message", "an edit"])
async def test_an_input_method_goes_on(page, is_edit):
    field = await compose(page)
    await field.focus()
    if is_edit:
        await field.press("ArrowUp")
        await field.fill("")
    await field.evaluate(
        """(field) => {
          field.dataset.compositions = "";
          for (const name of ["start", "end"]) {
            field.addEventListener(`composition${name}`, () => { field.dataset.compositions += `${name} `; });
          }
        }"""
    )
    method = await page.context.new_cdp_session(page)
    await method.send("Input.imeSetComposition", {"text": "にほn", "selectionStart": 3, "selectionEnd": 3})
    assert (await field.evaluate(HELD))[1:] == ["にほn", 3, 3, "start "]
    await check_arrivals(page, field)
    await method.send("Input.imeSetComposition", {"text": "日本", "selectionStart": 2, "selectionEnd": 2})
    assert (await field.evaluate(HELD))[1:] == ["日本", 2, 2, "start "], "the same composition goes on"
    await method.send("Input.insertText", {"text": "日本"})
    assert (await field.evaluate(HELD))[1:] == ["日本", 2, 2, "start end "]
    await field.press("Enter")
    if is_edit:
        await expect(page.get_by_test_id("editing")).to_have_count(0)
        assert await page.evaluate("it.server.edits") == [[3, "日本"]]
    else:
        await expect(field).to_have_value("")
        await expect_sent(page, "日本")


async def test_a_tool_with_the_focus_and_a_selection_over_several_messages_stay(browser, url):
    async with room_page(browser, url) as page:
        await open_room(page, count=200)
        kept = await run(
            page,
            """
            const { server, deliver, history } = page;
            page.node(198).focus(); await page.drawn();
            const button = page.node(198).querySelector("[data-testid=reply]");
            button.focus();
            const words = (seq) => page.node(seq).querySelector("[data-testid=content] p").firstChild;
            const ends = [words(194), 0, words(197), 7];
            getSelection().setBaseAndExtent(...ends);
            const check = () => {
              const { anchorNode, anchorOffset, focusNode, focusOffset } = getSelection();
              const now = [anchorNode, anchorOffset, focusNode, focusOffset];
              return [document.activeElement === button, ends.every((end, at) => end === now[at])];
            };
            const seen = { "at first": check() };
            const after = async (name, what) => { await what(); deliver(); await page.drawn(); seen[name] = check(); };
            await after("a reaction", () => server.react("garden", 198, "👍", "bob", true));
            await after("a reaction within", () => server.react("garden", 195, "👍", "bob", true));
            await after("it is taken back", () => server.react("garden", 195, "👍", "bob", false));
            await after("a receipt", () => server.mark("garden", "bob", { read_seq: 199 }));
            await after("an edit", () => server.edit("garden", 198, "Other words"));
            await after("a message", () => server.post("garden", "alice", "One more"));
            await after("a page of history", () => history.loadOlder("garden"));
            await after("another one", () => history.loadOlder("garden"));
            await after("a new name", () => page.store.putUser({ user_id: "bob", display_name: "Robert" }));
            return seen;
            """,
        )
        assert {name for name, held in kept.items() if held != [True, True]} == set()
