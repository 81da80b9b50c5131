// Bold, lists and the like: what the buttons do to the text, and that pressing one twice changes nothing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { formatOfKey, formatted } from "../../../nginx/html/elements/composer-format.js";
import { withSeeds } from "../support/random.js";

/** The text after a format, with the selection in « and ». */
function apply(marked, format) {
  const start = marked.indexOf("«");
  const end = marked.indexOf("»") - 1;
  const text = marked.replace(/[«»]/g, "");
  const result = formatted(text, start, end, format);
  const after = text.slice(0, result.from) + result.insert + text.slice(result.to);
  return `${after.slice(0, result.start)}«${after.slice(result.start, result.end)}»${after.slice(result.end)}`;
}

const CASES = [
  ["a word", "bold", "say «yes» now", "say **«yes»** now"],
  ["a word that is bold", "bold", "say **«yes»** now", "say «yes» now"],
  ["a word that is selected with its signs", "bold", "say «**yes**» now", "say «yes» now"],
  ["space at the ends stays outside", "italic", "say« yes »now", "say _«yes»_ now"],
  ["nothing selected: the caret stands between the signs", "strike", "say «»now", "say ~~«»~~now"],
  ["lines have signs of their own, empty ones none", "bold", "«one\n\ntwo»", "«**one**\n\n**two**»"],
  ["lines that have them all", "bold", "«**one**\n\n**two**»", "«one\n\ntwo»"],
  ["a line is code in it", "code", "run «make»", "run `«make»`"],
  ["code with back-ticks has more of them", "code", "«a`b»", "«`` a`b ``»"],
  ["several lines are a block", "code", "see «a\nb» now", "see \n```\n«a\nb»\n```\n now"],
  ["a block with a fence in it has a longer one", "code", "«```\nx\n```»", "````\n«```\nx\n```»\n````"],
  ["a link to be written", "link", "see «here»", "see [here](«»)"],
  ["an address that gets a text", "link", "see «https://a.example/b»", "see [«»](https://a.example/b)"],
  ["a list", "list", "one\nt«wo\nthr»ee", "one\n- t«wo\n- three»"],
  ["a list that is one", "list", "- «»one", "«»one"],
  ["a quote at the caret", "quote", "one«»", "> one«»"],
];

for (const [name, format, before, after] of CASES) test(`${format}: ${name}`, () => assert.equal(apply(before, format), after));

test("a second press takes back the first, whatever is selected", () =>
  withSeeds(200, (random) => {
    const letters = ["a", "b ", " ", "c.", "é", "👋"];
    const text = Array.from({ length: 1 + random.below(8) }, () => random.pick(letters)).join("");
    const start = random.below(text.length + 1);
    const end = start + random.below(text.length - start + 1);
    if (!text.slice(start, end).trim()) return;
    for (const format of ["bold", "italic", "strike", "code", "list", "quote"]) {
      const first = formatted(text, start, end, format);
      const once = text.slice(0, first.from) + first.insert + text.slice(first.to);
      const second = formatted(once, first.start, first.end, format);
      const twice = once.slice(0, second.from) + second.insert + once.slice(second.to);
      assert.equal(twice, text, `${format} ${JSON.stringify({ text, start, end, once })}`);
    }
  }));

test("keys stand for formats, and those of others for none", () => {
  const key = (name, more) => formatOfKey({ key: name, ctrlKey: true, metaKey: false, altKey: false, shiftKey: false, ...more });
  assert.equal(key("b"), "bold");
  assert.equal(key("B", { ctrlKey: false, metaKey: true }), "bold");
  assert.equal(key("X", { shiftKey: true }), "strike");
  assert.equal(key("x"), null); // cuts
  assert.equal(key("k"), null); // jumps to a room
  assert.equal(key("b", { ctrlKey: false }), null);
  assert.equal(key("e", { altKey: true }), null); // AltGr writes €
});
