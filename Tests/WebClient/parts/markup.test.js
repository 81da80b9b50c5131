// Parsing the content of messages: CommonMark's own examples, what chats do otherwise, hostile and random text.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { findCode } from "../../../nginx/html/parts/code-spans.js";
import { parse } from "../../../nginx/html/parts/markup.js";
import { comparable, html } from "../support/html.js";
import { withSeeds } from "../support/random.js";

const examples = JSON.parse(readFileSync(new URL("commonmark_examples.json", import.meta.url), "utf8"));
const shown = (text, options) => html(parse(text, options)).trim();

/** All nodes of a tree, with their depths. */
function* walk(nodes, depth = 1) {
  for (const node of nodes) {
    yield { node, depth };
    yield* walk(node.children ?? [], depth + 1);
  }
}

test("a message is read as CommonMark's examples say", () => {
  assert.ok(examples.equal.length > 280);
  for (const [number, text, expected] of examples.equal) {
    assert.equal(comparable(shown(text, { allows: () => true })), comparable(expected), `example ${number}: ${JSON.stringify(text)}`);
  }
});

test("every other example of these chapters has a reason, and none has two", () => {
  const numbers = [...Object.values(examples.different).flat(), ...examples.equal.map(([number]) => number)];
  assert.equal(new Set(numbers).size, numbers.length);
});

test("pasted code keeps its indentation and its line breaks", () => {
  assert.equal(shown("  if x:\n\ty()\n    z"), "<p>  if x:\n\ty()\n    z</p>");
});

test("an answer directly below a quote is not put into the other's mouth", () => {
  assert.equal(comparable(shown("> we ship today\nno")), "<blockquote><p>we ship today</p></blockquote><p>no</p>");
});

test("a dash alone, a year and a plus one are what somebody says, not lists", () => {
  assert.equal(shown("-"), "<p>-</p>");
  assert.equal(shown("+1"), "<p>+1</p>");
  assert.equal(shown("see\n1986. A good year"), "<p>see\n1986. A good year</p>");
});

test("code that begins beside the marks loses no line", () => {
  assert.equal(comparable(shown("```const a = 1;\nb();\n``` done")), "<pre><code>const a = 1;\nb();\n</code></pre><p>done</p>");
  assert.equal(shown("```js\na\n```"), '<pre><code class="language-js">a\n</code></pre>');
});

test("GitHub's strikethrough takes two tildes, so that about ten stays about ten", () => {
  assert.equal(shown("~~Hi~~ Hello, world!"), "<p><del>Hi</del> Hello, world!</p>");
  assert.equal(comparable(shown("This ~~has a\n\nnew paragraph~~.")), "<p>This ~~has a</p><p>new paragraph~~.</p>");
  assert.equal(shown("This will ~~~not~~~ strike."), "<p>This will ~~~not~~~ strike.</p>");
  assert.equal(shown("~5 or ~10"), "<p>~5 or ~10</p>");
});

test("emphasis may touch words of scripts without spaces, and emoji", () => {
  assert.equal(shown("**テスト。**テスト"), "<p><strong>テスト。</strong>テスト</p>");
  assert.equal(shown("**done 👍**ok"), "<p><strong>done 👍</strong>ok</p>");
});

test("the shrug keeps its arm", () => {
  assert.equal(shown("¯\\_(ツ)_/¯ *so*"), "<p>¯\\_(ツ)_/¯ <em>so</em></p>");
});

test("a link leads to the web or to mail, and nowhere else", () => {
  assert.equal(shown("[a](https://a.example/x_(y))"), '<p><a href="https://a.example/x_(y)">a</a></p>');
  assert.equal(shown("[a](mailto:bob@a.example)"), '<p><a href="mailto:bob@a.example">a</a></p>');
  const refused =
    "javascript:alert(1)¦JaVaScRiPt:alert(1)¦java\tscript:alert(1)¦data:text/html,x¦//a.example¦vbscript:x¦https:¦file:///etc/passwd¦blob:https://a.example/x¦<javascript:alert(1)>¦ javascript:alert(1)¦&#106;avascript:alert(1)¦\u0001javascript:alert(1)";
  for (const address of refused.split("¦")) {
    const tree = parse(`[a](${address})`);
    assert.ok(
      [...walk(tree)].every(({ node }) => node.type === "paragraph" || node.type === "text"),
      address,
    );
    assert.equal(tree[0].children.map(({ text }) => text).join(""), `[a](${address})`);
  }
});

test("a text that is an address cannot be linked to another one", () => {
  const links = [...walk(parse("[https://bank.example](https://evil.example)"))].filter(({ node }) => node.address);
  assert.deepEqual(
    links.map(({ node }) => [node.type, node.text, node.address]),
    [
      ["autolink", "https://bank.example", "https://bank.example"],
      ["autolink", "https://evil.example", "https://evil.example"],
    ],
  );
});

test("a link without a visible text stays as it was written", () => {
  assert.equal(shown("[](https://a.example)"), '<p>[](<a href="https://a.example">https://a.example</a>)</p>');
  assert.equal(shown("[ ](mailto:b)"), "<p>[ ](mailto:b)</p>");
});

test("Bob is mentioned in emphasis, in a list and in a quote, but not in code", () => {
  const mentions = (text) =>
    [...walk(parse(text, { mentioned: ["bob", "eve_"] }))].filter(({ node }) => node.type === "mention").map(({ node }) => node.text);
  assert.deepEqual(mentions("_@bob_ **@Bob**\n- @bob\n> @eve_ and `@bob`\n```\n@bob\n```"), ["@bob", "@Bob", "@bob", "@eve_"]);
  assert.deepEqual(mentions("@alice"), []);
});

const TYPES = new Set([
  "paragraph",
  "text",
  "bold",
  "italic",
  "strike",
  "code",
  "fence",
  "quote",
  "list",
  "item",
  "link",
  "mention",
  "autolink",
]);
const PIECES =
  "*¦**¦_¦__¦~~¦`¦``¦```¦~~~¦[¦]¦(¦)¦](¦<¦>¦> ¦- ¦1. ¦\n¦\n\n¦  ¦\t¦\\¦a¦b c¦@bob¦@¦https://a.example/¦www.a.example¦javascript:x¦x@a.example¦é¦👨‍👩‍👧¦你好¦。¦‮¦\r\n¦\0¦|¦!¦.¦1¦#¦<b>¦&amp;".split(
    "¦",
  );

test("whatever the text is, the tree has only the known nodes, safe addresses and bounded depth, and no letter is lost", () => {
  withSeeds(800, (random) => {
    const text = random.text(PIECES, 60);
    const tree = parse(text, { mentioned: ["bob"] });
    let written = "";
    for (const { node, depth } of walk(tree)) {
      assert.ok(TYPES.has(node.type), node.type);
      assert.ok(depth <= 9 * 2 + 13, JSON.stringify(text));
      if (node.address) assert.match(node.address, /^(?:https?:\/\/|mailto:)[^\s]+$/);
      written += `${node.text ?? ""}${node.language ?? ""}${node.address ?? ""}${node.isOrdered ? node.start : ""}`;
    }
    for (const letter of "abcxé👨你。javascript") {
      const count = (of) => of.split(letter).length - 1;
      assert.ok(count(written) >= count(text), `${letter} is lost: ${JSON.stringify(text)}`);
    }
  });
});

test("what the server takes for code is shown as code, and nothing else", () => {
  withSeeds(800, (random) => {
    const pieces = random.text(["`", "``", "```", "````", "\\", "> ", "- ", "* ", "\n", "\n", "\n\n", " ", "w", "w", "w"], 24);
    const text = pieces.replace(/w/g, (_, place) => `w${place}w`);
    const isCode = (place) => findCode(text).some(({ start, end }) => start <= place && place < end);
    const expected = [...text.matchAll(/w\d+w/g)].filter((match) => isCode(match.index)).map(([word]) => word);
    const code = [...walk(parse(text))].filter(({ node }) => node.type === "code" || node.type === "fence");
    assert.deepEqual(
      code.flatMap(({ node }) => `${node.language ?? ""} ${node.text}`.match(/w\d+w/g) ?? []),
      expected,
      JSON.stringify(text),
    );
  });
});

// Five times what a message may have: work that grew with the square of the length would be felt here.
test("hostile text of 20,000 characters is parsed, and its depth is bounded", () => {
  const hostile =
    "*a |_a_|**a |*a **|[|[a](|](|](<|[a](https://b|> |- |> - |1. |`|`` ` |```\n|\\|a@|@bob.|www.|http://|~~|~~a |*_~~|<|((((|[*|\n> |\n- a\n|- \n|¯\\_(ツ)_/¯|a.|*你|x@a.|![|   -";
  for (const piece of hostile.split("|")) {
    const text = piece.repeat(Math.ceil(20000 / piece.length)).slice(0, 20000);
    const depth = Math.max(0, ...[...walk(parse(text, { mentioned: ["bob"] }))].map((each) => each.depth));
    assert.ok(depth <= 31, `${piece}: ${depth}`);
  }
});

test("emphasis in emphasis in emphasis has a bounded depth, and its words are all there", () => {
  const tree = parse(`${"*a ".repeat(900)}${"b* ".repeat(900)}`);
  assert.ok(Math.max(...[...walk(tree)].map((each) => each.depth)) <= 14);
  const written = [...walk(tree)].map(({ node }) => node.text ?? "").join("");
  assert.equal(written.split("a").length + written.split("b").length, 1802);
});
