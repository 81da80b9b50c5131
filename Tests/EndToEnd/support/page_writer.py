"""A user of the web client who goes on writing whatever happens, and knows each word that must not be lost."""

import contextlib
import random
import time

import httpx
from playwright.async_api import BrowserContext, expect

from .browser import BrowserUser
from .clients import PASSWORD, TestUser
from .server import Server, eventually
from .waiting import wait_for

PATIENCE_MS = 30_000  # programs are killed while the user waits

# `deafen()`: what the server tells on the connections that are open now is lost, as when a network ends without a word.
EARS = """(() => {
  let ears = {};
  window.deafen = () => { ears.areDeaf = true; ears = {}; };
  window.WebSocket = class extends WebSocket {
    constructor(...connection) {
      super(...connection);
      const mine = ears;
      this.addEventListener("message", (event) => mine.areDeaf && event.stopImmediatePropagation());
    }
  };
})()"""

# Whether the page has no objection to being closed: what is written is stored.
MAY_CLOSE = 'dispatchEvent(new Event("beforeunload", { cancelable: true }))'

# What the timeline shows: number, state, whether it is the user's own, and words of each message.
SHOWN = """() => [...document.querySelectorAll('[data-testid="messages"] [data-testid="message"]')].map((row) => [
  Number(row.dataset.seq ?? 0), row.dataset.state, row.classList.contains("mine"), row.querySelector('[data-testid="content"]').textContent,
])"""


class PageWriter:
    """Writes "Alice 1", "Alice 2" … in `room`. All that is written elsewhere, or not sent yet, is expected to stay: `drafts`, by room."""

    def __init__(self, server: Server, context: BrowserContext, name: str, room: str, seed: int, directory, patience_ms: int = PATIENCE_MS):
        self.server = server
        self.patience_ms = patience_ms
        self.context = context
        self.name = name
        self.room = room
        self.diary = f"Diary of {name}"
        self.random = random.Random(f"{seed} {name}")
        self.directory = directory
        self.account = TestUser(server, name.lower())
        self.user: BrowserUser = None
        self.sent: list[str] = []
        self.drafts = {self.diary: ""}
        self.done: list[str] = []
        self.errors: list[str] = []

    def at(self, test_id: str):
        return self.user.at(test_id)

    # Tabs and rooms

    async def open_tab(self) -> None:
        self.user = BrowserUser(await self.context.new_page(), self.name, self.directory)
        self.user.name = self.account.username
        self.user.errors = self.errors
        self.user.page.set_default_timeout(self.patience_ms)

    async def begin(self) -> None:
        """Signs in; the account and its rooms are there."""
        await self.context.add_init_script(EARS)
        await self.open_tab()
        await self.user.page.goto(self.server.url)
        await self.sign_in()
        await self.enter(self.room)

    async def sign_in(self) -> None:
        """Tries until it works: a program may be away."""

        async def attempt():
            if not await self.at("chat").is_visible():
                await self.user.try_to_sign_in(self.account.username, PASSWORD)
            await expect(self.at("chat")).to_be_visible(timeout=5_000)

        await eventually(attempt, self.patience_ms / 1000)

    async def enter(self, room: str) -> None:
        await self.at("room-item").filter(has_text=room).first.click()
        await expect(self.at("room-name")).to_have_text(room, timeout=self.patience_ms)
        await self.expect_draft(room)

    async def expect_draft(self, room: str) -> None:
        await expect(self.at("composer")).to_have_value(self.drafts.get(room, ""), timeout=self.patience_ms)

    # Writing

    async def write(self, words: str) -> None:
        """Writes on in the room that is open."""
        await self.at("composer").press("Control+End")
        await self.at("composer").press_sequentially(words)
        room = await self.at("room-name").text_content()
        self.drafts[room] = self.drafts.get(room, "") + words
        await self.expect_draft(room)

    async def send(self) -> None:
        await self.at("composer").press("Enter")
        await expect(self.at("composer")).to_have_value("", timeout=self.patience_ms)
        self.sent.append(self.drafts.pop(self.room))

    async def post(self) -> str:
        # What was left unsent is sent first.
        if not self.drafts.get(self.room):
            await self.write(f"{self.name} {len(self.sent) + 1}")
        await self.send()
        return self.sent[-1]

    async def write_in_diary(self) -> None:
        await self.enter(self.diary)
        await self.write(f"{len(self.done)}, ")
        await self.enter(self.room)

    async def wait_stored(self) -> None:
        await wait_for(self.user.page, MAY_CLOSE, timeout=self.patience_ms)

    async def chat(self, until: float) -> None:
        while time.monotonic() < until:
            await self.post()
            await self.user.page.wait_for_timeout(self.random.uniform(100, 1_500))

    # What may happen to a page

    async def close_the_tab(self) -> None:
        """With messages waiting and unsent words; the next tab is opened without a connection, and has both."""
        await self.context.set_offline(True)
        waiting = [await self.post() for _ in range(2)]
        await self.write(f"{self.name} {len(self.sent) + 1}")
        await self.wait_stored()
        address = self.user.page.url
        await self.user.page.close()
        await self.open_tab()
        await self.user.page.goto(address)
        await self.expect_waiting(waiting)
        await self.context.set_offline(False)

    async def reload_offline(self) -> None:
        await self.context.set_offline(True)
        waiting = [await self.post()]
        await self.write(f"{self.name} {len(self.sent) + 1}")
        await self.wait_stored()
        await self.user.page.reload()
        await self.expect_waiting(waiting)
        await self.post()
        await self.context.set_offline(False)

    async def expect_waiting(self, waiting: list[str]) -> None:
        """The page without a connection has what waits, and the unsent words."""
        await self.expect_draft(self.room)
        for words in waiting:
            await expect(self.user.contents.get_by_text(words, exact=True)).to_have_count(1, timeout=self.patience_ms)

    async def close_before_the_answer(self) -> None:
        """The server has the message, and the page does not know when it ends."""
        await self.user.expect_online(self.patience_ms)
        await self.user.page.evaluate("deafen()")
        words = await self.post()

        async def arrived():
            page = await self.account.page(self.room_id, limit=50)
            assert words in [message["content"] for message in page["messages"]]

        with contextlib.suppress(AssertionError, httpx.HTTPError):  # the connection was cut before
            await eventually(arrived, 3)
        address = self.user.page.url
        await self.user.page.close()
        await self.open_tab()
        await self.user.page.goto(address)
        await self.expect_draft(self.room)

    async def lose_the_session(self) -> None:
        """In mid-sentence; after signing in again the words are there, but for the key that was pressed at that moment."""
        await self.user.expect_online(self.patience_ms)
        sentence = f"{self.name} {len(self.sent) + 1}, and all that there is to say about it"
        composer, kept = self.at("composer"), ""
        await self.end_other_sessions()
        for letter in sentence:
            if await self.at("account-form").is_visible():
                break
            with contextlib.suppress(Exception):
                await composer.press_sequentially(letter, timeout=1_000)
                kept = await composer.input_value(timeout=1_000)
        await expect(self.at("account-form")).to_be_visible(timeout=self.patience_ms)
        await self.sign_in()
        composer = self.at("composer")
        await expect(self.at("room-name")).to_have_text(self.room, timeout=self.patience_ms)
        found = await composer.input_value()
        assert found.startswith(kept) and sentence.startswith(found), f"of {kept!r}, {found!r} is left"
        self.drafts[self.room] = found
        await self.write(sentence[len(found) :])
        await self.send()

    async def end_other_sessions(self) -> None:
        async def end():
            for session in (await self.account.get("/auth/sessions")).json()["items"]:
                if not session["current"]:
                    assert (await self.account.delete(f"/auth/sessions/{session['session_id']}")).status_code in (204, 404)

        await eventually(end, self.patience_ms / 1000)

    # In the end

    async def scroll_to(self, newest: int) -> None:
        at_end = """(newest) => {
          document.querySelector('[data-testid="history"]').scrollTop = 1e7;
          return document.querySelector(`[data-testid="message"][data-seq="${newest}"]`) !== null;
        }"""
        await wait_for(self.user.page, at_end, arg=newest, timeout=self.patience_ms)

    async def history(self) -> list[tuple]:
        """All messages that the page shows, from the first one on: number, whether it is the user's own, words."""
        found: dict[int, tuple] = {}
        while True:
            rows = await self.user.page.evaluate(SHOWN)
            assert len({row[3] for row in rows}) == len(rows), f"the page of {self.name} shows a message twice"
            assert {row[1] for row in rows} == {"sent"}, f"not sent on the page of {self.name}: {[row for row in rows if row[1] != 'sent']}"
            for seq, _, is_mine, words in rows:
                assert found.setdefault(seq, (seq, is_mine, words)) == (seq, is_mine, words)
            first = rows[0][0]
            if first == 1:
                return [found[seq] for seq in sorted(found)]
            await self.at("history").evaluate("(scroller) => { scroller.scrollTop = 0; }")
            await wait_for(self.user.page, f"(first) => ({SHOWN})()[0][0] < first", arg=first, timeout=self.patience_ms)
