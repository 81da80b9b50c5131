"""What everybody needs of a screen: no violation that axe finds, nothing cut at the side, targets that can be hit, a mirrored layout."""

import json

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page

# Controls that can be seen and reached, and the part of each that takes a click.
CONTROLS = """
  const visible = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: false }) && !node.closest("[inert]");
  const isRead = (node) => node.closest(".visually-hidden, .skip-link, .connection:not(.shown)"); // for screen readers
  const dialog = [...document.querySelectorAll("dialog[open]")].pop();
  const controls = () => [...(dialog ?? document).querySelectorAll("a[href], button, input, select, textarea, summary, [role=option]")]
    .filter((node) => visible(node) && !node.disabled && !(isRead(node) && node.type !== "file"))
    .map((node) => [node, /^(radio|checkbox|file)$/.test(node.type) ? (node.labels?.[0] ?? node) : node])
    .filter(([, target]) => target.getClientRects().length);
  const words = (node) => (node.ariaLabel ?? node.textContent).slice(0, 30);
  const say = (node) => `${node.localName}.${node.className} ${node.dataset.testid ?? ""} "${words(node)}"`;
"""
# A link in a sentence is as high as its line (WCAG 2.5.8, "Inline").
SMALL = (
    """(least) => {%s
  const isInline = (node) => node.localName === "a" && getComputedStyle(node).display === "inline";
  // What the finger meets may be larger than what the eye sees.
  const takes = (node, x, y) => {
    const hit = document.elementFromPoint(x, y);
    if (hit?.closest(".completion, .jump, .unread-pill, .toast")) return true; // it floats over a part of the list, which scrolls
    return hit !== null && (node.contains(hit) || hit.contains(node) && hit.localName === "label");
  };
  const isLarge = (node) => {
    const box = node.getBoundingClientRect();
    if (box.width >= least - 0.01 && box.height >= least - 0.01) return true;
    const scrollers = [];
    for (let up = node; up; up = up.parentElement) scrollers.push([up, up.scrollTop]);
    node.scrollIntoView({ block: "center", behavior: "instant" });
    const { left, top, width, height } = node.getBoundingClientRect();
    const [x, y, reach] = [left + width / 2, top + height / 2, least / 2 - 1];
    const points = [[0, 0]];
    if (width < least) points.push([-reach, 0], [reach, 0]);
    if (height < least) points.push([0, -reach], [0, reach]);
    const met = points.every(([right, down]) => takes(node, x + right, y + down));
    for (const [up, at] of scrollers) if (up.scrollTop !== at) up.scrollTop = at;
    return met;
  };
  return controls().filter(([node, target]) => !isInline(node) && !isLarge(target)).map(([node, target]) => {
    const { width, height } = target.getBoundingClientRect();
    return `${say(node)} ${Math.round(width)}x${Math.round(height)}`;
  });
}"""
    % CONTROLS
)
# What scrolls sideways for good: code keeps its lines, tabs and tools may be in a row that is longer than the screen.
SIDEWAYS = (
    """() => {%s
  const wide = document.documentElement.clientWidth;
  const found = [];
  if (document.documentElement.scrollWidth > wide) found.push(`the page is ${document.documentElement.scrollWidth} wide`);
  const isMeant = (node) => node.closest("pre, [role=tablist], [role=toolbar]");
  for (const node of document.querySelectorAll("*")) {
    if (!visible(node) || isMeant(node)) continue;
    const { overflowX } = getComputedStyle(node);
    if (/auto|scroll/.test(overflowX) && node.scrollWidth > node.clientWidth + 1 && node.localName !== "textarea")
      found.push(`${say(node)} is ${node.scrollWidth} wide in ${node.clientWidth}`);
  }
  for (const [node, target] of controls()) {
    const { left, right } = target.getBoundingClientRect();
    if (!isMeant(node) && (left < -1 || right > wide + 1)) found.push(`${say(node)} from ${left} to ${right}`);
  }
  return found;
}"""
    % CONTROLS
)
PLACES = (
    """() => {%s
  return controls().map(([node, target]) => {
    const { left, right } = target.getBoundingClientRect();
    return [say(node), Math.round(left), Math.round(right), !node.closest(".markup, [role=tablist], [role=toolbar]")];
  });
}"""
    % CONTROLS
)


async def axe_violations(page: Page, **options) -> list[str]:
    """What axe finds, of any impact. It is evaluated by the browser's debugger, which no policy of the page concerns."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE_SCRIPT)
    options = {"resultTypes": ["violations"], **options}
    found = await page.evaluate(f"axe.run({json.dumps(options)}).then(({{ violations }}) => violations)")
    return [
        f"{violation['id']} ({violation['impact']}): {node['html'][:160]} {(node['failureSummary'] or '')[:240]}"
        for violation in found
        for node in violation["nodes"]
    ]


async def colour_violations(page: Page) -> list[str]:
    """What axe finds of colours, the only thing that differs between light and dark."""
    return await axe_violations(page, runOnly={"type": "rule", "values": ["color-contrast", "link-in-text-block"]})


async def small_targets(page: Page, least: int) -> list[str]:
    return await page.evaluate(SMALL, least)


async def sideways(page: Page) -> list[str]:
    return await page.evaluate(SIDEWAYS)


async def set_direction(page: Page, direction: str) -> None:
    """As the page does for a language; whatever floats finds its place anew."""
    await page.evaluate(
        """async (direction) => {
          document.documentElement.dir = direction;
          dispatchEvent(new Event("resize"));
          await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        }""",
        direction,
    )


async def not_mirrored(page: Page) -> list[str]:
    """Controls that stand elsewhere than in the mirror when the page is written from right to left; rows that scroll begin anew."""
    await page.mouse.move(0, 0)  # the tools of a message follow the pointer
    before = await page.evaluate(PLACES)
    await set_direction(page, "rtl")
    found = [f"right to left: {what}" for what in await sideways(page)]
    after = await page.evaluate(PLACES)
    await set_direction(page, "ltr")
    wide = page.viewport_size["width"]
    if len(before) != len(after):
        return [*found, f"{len(before)} controls, mirrored {len(after)}"]
    for (name, left, right, is_placed), (_, mirrored_left, mirrored_right, _) in zip(before, after, strict=True):
        if is_placed and max(abs(wide - right - mirrored_left), abs(wide - left - mirrored_right)) > 2:
            found.append(f"{name} from {left} to {right} is mirrored from {mirrored_left} to {mirrored_right}")
    return found
