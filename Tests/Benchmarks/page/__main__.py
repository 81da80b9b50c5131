"""How fast the web page is, in Chromium, each figure beside a control of the same run: ratios, since machines differ and are shared.

    make bench-page                   # all
    make bench-page P="--only rows --rounds 5"
"""

import argparse
import asyncio
import contextlib
import statistics
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from support.browser import CHROMIUM
from support.clients import TestUser, TestUsers
from support.many_messages import send_many
from support.page_visits import NOTE_INTERACTIVE, wait_for_shell
from support.server import Server
from support.waiting import wait_for

from . import rows

ROOM_MESSAGES = 100_000
OTHER_ROOMS = (0, 109, 500)
LATENCIES_MS = (0, 150)

# Opens a room from the list; returns how long it took until its newest message was drawn, and how long the server's answer took by itself.
OPEN = """async ({ path, hash, seq, token }) => {
  const ask = async () => {
    const began = performance.now();
    await (await fetch(path, { headers: { Authorization: `Bearer ${token}` }, cache: "no-store" })).json();
    return performance.now() - began;
  };
  const answer = await ask();
  const began = performance.now();
  location.hash = hash;
  while (!document.querySelector(`echo-message[data-seq="${seq}"]`)) await new Promise(requestAnimationFrame);
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  return { opened: performance.now() - began, answer };
}"""


class Scene:
    """Alice, who looks, and Bob, who writes, in a room of their own system."""

    def __init__(self, server: Server, browser: Browser, alice: TestUser, bob: TestUser, room_id: str):
        self.server, self.browser, self.alice, self.bob, self.room_id = server, browser, alice, bob, room_id
        self.newest = 0

    @property
    def address(self) -> str:
        return f"{self.server.url}#/room/{self.room_id}"

    async def fill(self, count: int) -> None:
        await send_many(self.bob, self.room_id, count)
        self.newest = (await self.alice.post_message(self.room_id, "I have read all of that."))["seq"]

    async def post(self, words: str) -> None:
        await self.bob.post_message(self.room_id, words)

    async def add_rooms(self, count: int) -> None:
        for number in range(count):
            room_id = (await self.alice.create_room("group", f"Room {number}", members=[self.bob]))["room_id"]
            await self.bob.post_message(room_id, "Hello")

    @contextlib.asynccontextmanager
    async def visit(self, address: str | None = None, has_worker: bool = False) -> AsyncIterator[Page]:
        """Alice signs in, with a browser that knows nothing."""
        context = await self.browser.new_context(service_workers="allow" if has_worker else "block")
        await context.add_init_script(NOTE_INTERACTIVE)
        page = await context.new_page()
        await page.goto(address or self.address)
        await page.get_by_test_id("username").fill(self.alice.username)
        await page.get_by_test_id("password").fill(self.alice.password)
        await page.get_by_test_id("sign-in").click()
        await wait_for(page, "Boolean(document.querySelector('[data-testid=chat] .room-link'))", timeout=60_000)
        if address is None:
            await wait_for(page, "window.interactiveAt > 0", timeout=60_000)
        try:
            yield page
        finally:
            await context.close()


@contextlib.asynccontextmanager
async def scene(browser: Browser) -> AsyncIterator[Scene]:
    with tempfile.TemporaryDirectory() as data, Server(Path(data) / "d") as server:
        async with TestUsers(server) as users:
            alice, bob = await users.register_all("alice", "bob")
            room_id = (await alice.create_room("group", "Garden club", members=[bob]))["room_id"]
            yield Scene(server, browser, alice, bob, room_id)


def say(what: str, measured: list[float], control: list[float], budget: str, is_kept) -> None:
    """One line: medians, the median of the ratios, and whether the budget is kept."""
    ratios = [one / other for one, other in zip(measured, control, strict=True)]
    mark = "kept" if is_kept(measured, ratios) else "MISSED"
    spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
    line = f"{statistics.median(measured):8.0f} {statistics.median(control):8.0f} {statistics.median(ratios):6.2f} ({spread})"
    print(f"{what:46} {line:32} {budget:28} {mark}", flush=True)


async def visits(browser: Browser, rounds: int) -> None:
    """The second visit, beside the same files loaded and run by the same browser without the service worker."""
    async with scene(browser) as stage:
        await stage.fill(60)
        async with stage.visit(has_worker=True) as page, stage.visit() as plain:
            await wait_for_shell(page)
            for latency, max_ms in zip(LATENCIES_MS, (1000, 1500), strict=True):
                times: dict[Page, list[float]] = {page: [], plain: []}
                for number in range(rounds):
                    for each in (page, plain) if number % 2 else (plain, page):
                        times[each].append(await interactive_ms(each, stage.address, latency))
                budget = f"below {max_ms} ms"
                say(f"second visit, {latency} ms; without the worker", times[page], times[plain], budget, lambda ms, _, m=max_ms: statistics.median(ms) < m)


async def interactive_ms(page: Page, address: str, latency: int) -> float:
    await page.bring_to_front()
    await page.goto("about:blank")
    session = await page.context.new_cdp_session(page)
    await session.send("Network.enable")
    conditions = {"offline": False, "latency": latency, "downloadThroughput": -1, "uploadThroughput": -1}
    await session.send("Network.emulateNetworkConditions", conditions)
    await page.goto(address)
    await wait_for(page, "window.interactiveAt > 0", timeout=60_000)
    await session.detach()
    return await page.evaluate("window.interactiveAt")


async def openings(browser: Browser, rounds: int) -> None:
    """A room of 100,000 messages that the browser does not know, beside the server's answer to the same page's fetch."""
    async with scene(browser) as stage:
        await stage.fill(ROOM_MESSAGES - 1)
        opened, answers = [], []
        for _ in range(rounds):
            async with stage.visit(stage.server.url) as page:
                argument = {
                    "path": f"api/v1/rooms/{stage.room_id}/messages?limit=50",
                    "hash": f"#/room/{stage.room_id}",
                    "seq": stage.newest,
                    "token": stage.alice.access_token,
                }
                told = await page.evaluate(OPEN, argument)
                opened.append(told["opened"])
                answers.append(told["answer"])
        limits = [3 * answer + 200 for answer in answers]
        say(f"opening {ROOM_MESSAGES:,} messages; the answer", opened, answers, "3 x the answer + 200 ms", lambda ms, _: statistics.median(map(float.__sub__, ms, limits)) <= 0)


async def timelines(browser: Browser, rounds: int) -> None:
    """Scrolling and new messages, beside the same document without scripts."""
    async with scene(browser) as stage:
        await stage.fill(8_000)
        rooms = 0
        for count in OTHER_ROOMS:
            await stage.add_rooms(count - rooms)
            rooms = count
            async with stage.visit() as page:
                await send_many(stage.bob, stage.room_id, 260)  # a full window
                await asyncio.sleep(3)
                await messages(page, stage, rounds, f"10 messages/s, {count} other rooms")
                if count == 0:
                    await scrolling(page, rounds)
                    await rows.scroll(page, 5_000, 120)
                    await page.get_by_test_id("jump-to-end").click()
                    await asyncio.sleep(3)
                    await messages(page, stage, rounds, "10 messages/s, after 5,000 rows read")


async def messages(page: Page, stage: Scene, rounds: int, what: str) -> None:
    live, floor = [], []
    for _ in range(rounds):
        live.append(await rows.live_ms(page, stage.post))
        dead = await rows.dead_copy(page, page.context)
        floor.append(await rows.floor_ms(dead))
        await dead.close()
    say(f"{what}; floor", live, floor, "main thread 2 x the floor", lambda _, ratios: statistics.median(ratios) <= 2)


async def scrolling(page: Page, rounds: int) -> None:
    live, static = [], []
    for _ in range(rounds):
        dead = await rows.dead_copy(page, page.context)
        static.append((await rows.scroll_static(dead)).p95)
        await dead.close()
        found = await rows.scroll(page)
        assert found.rows >= rows.SCROLLED_ROWS, found
        live.append(found.p95)
    say("p95 frame, 2,000 rows scrolled; static rows", live, static, "1.5 x static rows", lambda _, ratios: statistics.median(ratios) <= 1.5)


PARTS = {"visits": visits, "openings": openings, "rows": timelines}


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(f"{'what; its control':46} {'ms':>8} {'control':>8} {'ratio (of the rounds)':24} {'budget':28}")
    async with async_playwright() as playwright:
        for name, part in PARTS.items():
            if options.only in (None, name):
                browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
                await part(browser, options.rounds)
                await browser.close()


asyncio.run(main())
