// Nothing stands in the page's scripts and style sheets that nothing uses.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const page = new URL("../../../nginx/html/", import.meta.url);
const tests = new URL("../", import.meta.url);
const list = (root, folder, ending) =>
  readdirSync(new URL(`${folder}/`, root))
    .filter((name) => name.endsWith(ending))
    .map((name) => [`${folder}/${name}`, readFileSync(new URL(`${folder}/${name}`, root), "utf8")]);
const folders = (root, names, ending) => names.flatMap((folder) => list(root, folder, ending));

const scripts = [
  ...folders(page, ["elements", "net", "parts", "state"], ".js"),
  ...["app.js", "embed.js", "index.html"].map((name) => [name, readFileSync(new URL(name, page), "utf8")]),
];
const styles = list(page, "styles", ".css");
const script = scripts.map(([, text]) => text).join("\n");
const style = styles.map(([, text]) => text.replace(/\/\*[\s\S]*?\*\//g, "")).join("\n");
const testing = folders(tests, ["elements", "net", "parts", "state", "styles", "support"], ".js")
  .map(([, text]) => text)
  .join("\n");

const hasWord = (text, word) => new RegExp(`(?<![\\w-])${word}(?![\\w-])`).test(text);
const all = (text, pattern) => [...new Set([...text.matchAll(pattern)].map(([, name]) => name))].sort();

/** Names that are put together: `hue-${hue}` stands for all that begin so. */
const composed = [
  ...[...script.matchAll(/([a-z][\w-]*-)\$\{/g)].map(([, before]) => new RegExp(`^${before}[\\w-]+$`)),
  ...[...script.matchAll(/`\$\{[^`}]+\}(-[\w-]+)`/g)].map(([, after]) => new RegExp(`^[\\w-]+${after}$`)),
];

test("every class and element of a style sheet is in a script", () => {
  const selectors = style.replace(/\{[^{}]*\}/g, "{}");
  const classes = all(selectors, /\.([a-zA-Z][\w-]*)/g).filter((name) => !composed.some((pattern) => pattern.test(name)));
  const elements = all(selectors, /(?<![\w-])(echo-[\w-]+)/g);
  assert.ok(classes.length > 150 && elements.length > 10);
  assert.deepEqual(
    [...classes, ...elements].filter((name) => !hasWord(script, name)),
    [],
  );
});

test("every custom property is used, and every one that is used is there", () => {
  const set = [...all(style, /(--[\w-]+)\s*:/g), ...all(script, /setProperty\(["'`](--[\w-]+)/g)];
  const used = all(style, /var\((--[\w-]+)/g);
  assert.ok(used.length > 40);
  assert.deepEqual(
    set.filter((name) => !used.includes(name) && !name.endsWith("-")),
    [],
  );
  const isSet = (name) => set.some((other) => (other.endsWith("-") ? name.startsWith(other) : name === other));
  assert.deepEqual(
    used.filter((name) => !isSet(name)),
    [],
  );
});

test("everything that a file exports is imported; elements are defined", () => {
  const unused = scripts.flatMap(([path, text]) =>
    all(text, /^export (?:async )?(?:function|const|class)\*? (\w+)\b(?! extends )/gm)
      .filter((name) => !scripts.some(([other, words]) => other !== path && hasWord(words, name)))
      .filter((name) => !hasWord(testing, name))
      .map((name) => `${path}: ${name}`),
  );
  assert.deepEqual(unused, []);
});
