"""Rows of a timeline in Chromium, beside the same document without scripts: frames while scrolling, and the main thread's time for messages."""

import asyncio
import re
from dataclasses import dataclass

from playwright.async_api import BrowserContext, Page

from support.waiting import wait_for

SCROLLED_ROWS = 2_000
PIXELS_A_FRAME = 60
MESSAGES, PER_SECOND = 100, 10
SCRIPT = re.compile(r"<script\b.*?</script>|<link rel=\"modulepreload\"[^>]*>", re.DOTALL)
DEAD = "dead.html"  # no file: the page's route answers

# Scrolls from where the view is, up or down, frame by frame, until it has passed so many rows or there are no more.
# Returns how long each frame took, and how far it came.
SCROLL = """async ({ rows, pixels }) => {
  const scroller = document.querySelector(".timeline-scroller");
  const seqOf = () => {
    const { left, top } = scroller.getBoundingClientRect();
    const row = document.elementsFromPoint(left + 100, top + 120).map((node) => node.closest("echo-message")).find((node) => node);
    return Number(row?.dataset.seq ?? NaN);
  };
  const frames = [];
  const from = seqOf();
  let last = performance.now(), still = 0, passed = 0;
  while (passed < rows && still < 240) {
    const before = scroller.scrollTop;
    scroller.scrollTop -= pixels;
    still = scroller.scrollTop === before ? still + 1 : 0;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - last);
    last = now;
    if (frames.length % 20 === 0) passed = Math.abs(from - (seqOf() || from));
  }
  return { frames, passed };
}"""

# Fills the list with copies of its rows, and goes to its end.
COPY = """(rows) => {
  const box = document.querySelector(".timeline-messages");
  const all = [...box.querySelectorAll("echo-message")];
  for (let number = 0; number < rows; number += 1) {
    const copy = all[number % all.length].cloneNode(true);
    copy.dataset.seq = String(100_000 + number);
    box.append(copy);
  }
  document.querySelector(".timeline-scroller").scrollTop = 1e9;
}"""

# The least that a new message can cost: a copy of a row at the end, the first one gone, and the view at the end.
FLOOR = """async ({ messages, perSecond }) => {
  const box = document.querySelector(".timeline-messages");
  const scroller = document.querySelector(".timeline-scroller");
  const rows = [...box.querySelectorAll("echo-message")].slice(0, 20);
  for (let number = 0; number < messages; number += 1) {
    const copy = rows[number % rows.length].cloneNode(true);
    copy.querySelector("p").firstChild.data = `Message ${number} ${"of a person who writes much ".repeat(3)}`;
    box.append(copy);
    box.querySelector("echo-message").remove();
    scroller.scrollTop = 1e9;
    await new Promise((resolve) => setTimeout(resolve, 1000 / perSecond));
  }
}"""


@dataclass(frozen=True)
class Frames:
    """Of a stretch that was scrolled, in milliseconds."""

    p95: float
    mean: float
    rows: int

    @classmethod
    def of(cls, told: dict) -> "Frames":
        frames = sorted(told["frames"][5:])
        return cls(frames[int(len(frames) * 0.95)], sum(frames) / len(frames), told["passed"])


async def dead_copy(page: Page, context: BrowserContext) -> Page:
    """The document of a page as it stands, in a page of its own, with its styles and without its scripts."""
    address = page.url.split("#")[0]
    html = SCRIPT.sub("", await page.content())
    dead = await context.new_page()
    await dead.route(address + DEAD, lambda route: route.fulfill(content_type="text/html; charset=utf-8", body=html))
    await dead.goto(address + DEAD)
    await wait_for(dead, "document.readyState === 'complete'")
    return dead


async def scroll(page: Page, rows: int = SCROLLED_ROWS, pixels: int = PIXELS_A_FRAME) -> Frames:
    await page.bring_to_front()
    return Frames.of(await page.evaluate(SCROLL, {"rows": rows, "pixels": pixels}))


async def scroll_static(dead: Page) -> Frames:
    await dead.evaluate(COPY, SCROLLED_ROWS + 50)
    return await scroll(dead)


async def busy_ms(page: Page, during) -> float:
    """How long the main thread was busy while `during` ran."""
    session = await page.context.new_cdp_session(page)
    await session.send("Performance.enable", {"timeDomain": "threadTicks"})  # of the processor: others use this machine, too
    await page.bring_to_front()

    async def tasks() -> float:
        metrics = (await session.send("Performance.getMetrics"))["metrics"]
        return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration") * 1000

    before = await tasks()
    await during
    spent = await tasks() - before
    await session.detach()
    return spent


async def floor_ms(dead: Page) -> float:
    return await busy_ms(dead, dead.evaluate(FLOOR, {"messages": MESSAGES, "perSecond": PER_SECOND}))


async def live_ms(page: Page, post) -> float:
    """`post(number)` sends a message as somebody else."""

    async def write():
        loop = asyncio.get_running_loop()
        started = loop.time()
        for number in range(MESSAGES):
            await post(f"Message {number} " + "of a person who writes much " * 3)
            await asyncio.sleep(max(0, started + (number + 1) / PER_SECOND - loop.time()))

    spent = await busy_ms(page, write())
    # A page that does not follow the end would draw none of them, and look fast.
    newest = "[...document.querySelectorAll('echo-message')].pop().textContent"
    await wait_for(page, f"{newest}.includes('Message {MESSAGES - 1} of a person')")
    return spent
