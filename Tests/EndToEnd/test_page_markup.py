"""The content of messages in Chromium: only known elements, no script, and neighbours that stay as they are. Needs no server."""

from support.static_fixtures import MARKS, browser, page, url  # noqa: F401

# ruff: noqa: F811
from support.static_page import static_page
from support.vandals import VANDALS

pytestmark = MARKS

SHOW = """
const { parse } = await import("/parts/markup.js");
const { markupNodes, ELEMENTS } = await import("/parts/markup-nodes.js");
const { h } = await import("/parts/dom.js");
const show = (text, options = {}) => {
  const box = h("div", { class: "markup" });
  const tree = parse(text, { mentioned: ["bob", "alice"] });
  box.append(markupNodes(tree, { copyLabel: "Copy code", me: "bob", site: "https://chat.example/", ...options }));
  return box;
};
"""


async def run(page, body: str, argument=None):
    return await page.evaluate(f"async (argument) => {{ {SHOW} {body} }}", argument)


async def test_a_message_is_shown_by_known_elements_with_known_attributes_whatever_its_text_is(page):
    seen = await run(
        page,
        r"""
        const { withSeeds } = await import("/support/seeds.js");
        const pieces = ["*", "**", "_", "~~", "`", "```", "[", "](", ")", "<", ">", "> ", "- ", "7. ", "\n", "\n\n", " ", "\\", "a", "@bob",
          "https://a.example/", "javascript:alert(1)", "<img src=x onerror=alert(1)>", "<script>alert(1)</script>", '" onclick="x', "&lt;",
          "\0", "\u202e", "www.a.example", "x@a.example", "[a](javascript:alert(1))", "[a](https://a.example)", "style=", "\r\n"];
        const attributes = new Set();
        const elements = new Set();
        withSeeds(300, (random, seed) => {
          const box = show(random.text(pieces, 40));
          for (const node of box.querySelectorAll("*")) {
            elements.add(node.localName);
            for (const { name, value } of node.attributes) {
              attributes.add(name);
              if (name === "href" && !/^(https?:|mailto:)/.test(value)) throw new Error(`seed ${seed}: ${value}`);
            }
            if (node.localName === "a" && node.rel !== "noopener noreferrer nofollow") throw new Error(`seed ${seed}: rel`);
          }
        });
        return [[...elements].filter((name) => !ELEMENTS.includes(name)), [...attributes].sort(), [...elements].length];""",
    )
    assert seen[0] == []
    assert seen[1] == sorted(
        ["class", "data-action", "data-testid", "data-username", "dir", "href", "rel", "start", "tabindex", "target", "title", "type"]
    )
    assert seen[2] >= 12, "the random texts make most of them"


async def test_a_message_looks_like_what_was_written(page):
    seen = await run(
        page,
        r"""
        const room = "[the room](https://chat.example/#/room/r1/3)";
        const box = show(`  **Hi** @bob, @alice:\n> quoted\n\n\`\`\`js\n<b>x</b>\n\`\`\`\n- ${room} ~~no~~ \`code\``);
        document.body.append(box);
        const link = box.querySelector("a");
        const mentions = [...box.querySelectorAll(".mentioned-name")].map((node) => `${node.className} ${node.dataset.username}`);
        return [box.innerText.trim(), link.getAttribute("href"), link.target, mentions, box.querySelector("pre").textContent];""",
    )
    words = [line.strip() for line in seen[0].splitlines() if line.strip()]
    assert words == ["Hi @bob, @alice:", "quoted", "js", "Copy code", "<b>x</b>", "the room no code"]
    assert seen[1:] == ["#/room/r1/3", "", ["mentioned-name me bob", "mentioned-name alice"], "<b>x</b>"]


WRAPPED = """() => [...document.querySelectorAll(".markup")].every((box) => {
  const range = document.createRange();
  range.selectNodeContents(box);
  const right = box.getBoundingClientRect().right + 8; // a space may hang
  return box.querySelector("pre") || [...range.getClientRects()].every((line) => line.right <= right);
})"""


async def test_a_vandals_message_and_name_leave_their_neighbours_as_they_were(page):
    """The rows above and below, drawn beside the vandal's and beside a harmless one, are the same picture."""
    draw = r"""
      const row = (name, content) => h("li", {}, h("span", { class: "line", dir: "auto" }, name), content);
      const rows = [row("Alice", show("Hello, **Bob**! ågj")), row(argument.name, show(argument.text)), row("Carol", show("ÅHello"))];
      const list = h("ol", { role: "list", id: "list" }, ...rows);
      list.style.setProperty("width", "320px");
      document.body.replaceChildren(list);
      return [...list.children].map((each) => { const { width, height } = each.getBoundingClientRect(); return [width, height]; });
    """
    harmless = await run(page, draw, {"name": "Bob", "text": "Hello"})
    pictures = [await page.locator("#list > li").nth(place).screenshot() for place in (0, 2)]
    for what, text in VANDALS.items():
        hostile = await run(page, draw, {"name": text[:64].replace("\n", " "), "text": text})
        assert [hostile[0], hostile[2]] == [harmless[0], harmless[2]], what
        assert hostile[1][0] == harmless[1][0], f"{what}: no wider"
        assert await page.evaluate("() => document.getElementById('list').scrollWidth") == 320, what
        # Marks are one character, which cannot be broken; tabs hang at the end of the line.
        if what not in ("marks", "thousands of tabs"):
            assert await page.evaluate(WRAPPED), f"{what}: lines are broken, not cut"
        assert [await page.locator("#list > li").nth(place).screenshot() for place in (0, 2)] == pictures, what


async def test_the_parts_run_in_a_browser_of_2022(browser, url):
    """Without what came after Safari 15.4, Chrome 100 and Firefox 100."""
    missing = """
      delete HTMLElement.prototype.popover; delete HTMLElement.prototype.showPopover; delete HTMLElement.prototype.hidePopover;
      delete Intl.Segmenter; delete URL.canParse; delete URL.parse; delete AbortSignal.timeout; delete AbortSignal.any;
      delete Array.prototype.toSorted; delete Array.prototype.toSpliced; delete Array.prototype.toReversed; delete Array.prototype.with;
      delete Promise.withResolvers; delete Object.groupBy; delete Map.groupBy; delete Array.fromAsync; delete window.scheduler;
      for (const name of ["map", "filter", "take", "drop", "flatMap", "reduce", "toArray", "forEach", "some", "every", "find"])
        if (window.Iterator) delete Iterator.prototype[name];
      for (const name of ["union", "intersection", "difference", "isSubsetOf"]) delete Set.prototype[name];
    """
    async with static_page(browser, url, missing) as page:
        seen = await run(
            page,
            r"""
            const text = await import("/parts/message-text.js");
            const { loadTexts } = await import("/parts/texts.js");
            const { loadEmoji } = await import("/parts/emoji.js");
            for (const name of ["element", "list", "sight", "popover", "sheet", "toast", "dates"]) await import(`/parts/${name}.js`);
            const family = "👨‍👩‍👧‍👦";
            const link = show("see www.a.example **now**").querySelector("a");
            return [typeof Intl.Segmenter, text.countCharacters(family.repeat(1000)), link.href,
              (await loadTexts({ language: "de", locale: "de" })).t("action.join"), (await loadEmoji("de")).name("👍")];""",
        )
    assert seen == ["undefined", 1000, "https://www.a.example/", "Beitreten", "Daumen hoch"]
