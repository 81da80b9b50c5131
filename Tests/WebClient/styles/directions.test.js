// Rules of the style sheets that keep every screen within its width and mirrored for languages that are written from right to left.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const folder = new URL("../../../nginx/html/styles/", import.meta.url);
const MIRRORED = /\[dir="rtl"\]/; // such a rule has another of the other side

/** The rules of a style sheet: `{selector, body}`. */
function rulesOf(text) {
  const plain = text.replace(/\/\*.*?\*\//gs, "");
  return [...plain.matchAll(/([^{}]+)\{([^{}]*)\}/g)].map(([, selector, body]) => ({
    selector: selector.trim().replace(/\s+/g, " "),
    body,
  }));
}

/** A column that nothing limits is as wide as the longest name in it. */
function isUnlimitedGrid({ body }) {
  return /display: grid/.test(body) && !/grid-template|place-|justify-items/.test(body);
}

/** Left and right are no sides of a page whose direction the language decides. */
function hasSides({ body }) {
  if (/(?:^|[\s;])(?:(?:margin|padding|border)-(?:left|right)|left|right|float)\s*:/.test(body)) return true;
  return [...body.matchAll(/(?:margin|padding):([^;]+);/g)].some(([, value]) => {
    const sides = value.trim().split(/\s+(?![^(]*\))/);
    return sides.length === 4 && sides[1] !== sides[3];
  });
}

const rules = readdirSync(folder).flatMap((name) =>
  rulesOf(readFileSync(new URL(name, folder), "utf8")).map((rule) => ({ ...rule, name })),
);
const found = (isFault) => rules.filter(isFault).map(({ name, selector }) => `${name}: ${selector}`);

test("the columns of every grid are limited by its width", () => {
  assert.ok(isUnlimitedGrid(rulesOf(".a { display: grid; gap: 1px; }")[0]));
  assert.deepEqual(found(isUnlimitedGrid), []);
});

test("no rule knows left and right", () => {
  for (const body of ["left: 1px;", "margin: 0 1px 0 2px;", "padding-left: 3px;"]) assert.ok(hasSides({ body }), body);
  assert.ok(!hasSides({ body: "inset-inline-start: 1px; margin: 0 calc(1px + 2px) 0 calc(1px + 2px);" }));
  assert.deepEqual(
    found((rule) => hasSides(rule) && !MIRRORED.test(rule.selector)),
    [],
  );
});
