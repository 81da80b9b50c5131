// The colours of tokens.css: contrasts of WCAG 2.2 AA in both themes with every accent, and the values that were chosen.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const css = readFileSync(new URL("../../../nginx/html/styles/tokens.css", import.meta.url), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
const ACCENTS = ["teal", "green", "amber", "rose", "violet"];

/** The declarations of the rules with exactly this selector. */
function tokens(selector, text = css) {
  const found = {};
  for (const [, name, body] of text.matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
    if (name.split(",")[0].trim() !== selector) continue; // the other one is that of an embedded chat
    for (const [, key, value] of body.matchAll(/(--[\w-]+):\s*([^;]+);/g)) found[key] = value;
  }
  return found;
}

function themes() {
  const light = tokens(":root", css.split("@media")[0]);
  const dark = { ...light, ...tokens(':root[data-theme="dark"]') };
  const all = { light, dark };
  for (const accent of ACCENTS) {
    all[`light ${accent}`] = { ...light, ...tokens(`:root[data-accent="${accent}"]`) };
    all[`dark ${accent}`] = { ...dark, ...tokens(`:root[data-theme="dark"][data-accent="${accent}"]`) };
  }
  return all;
}

function luminance(colour) {
  assert.match(colour, /^#[0-9a-f]{6}$/);
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const GROUNDS = ["--paper", "--side", "--hover", "--tint", "--mention"];
/** [foreground, ground, least contrast] */
const PAIRS = [
  ...["--ink", "--soft", "--danger", "--accent"].flatMap((text) => GROUNDS.map((ground) => [text, ground, 4.5])),
  ["--on-accent", "--accent", 4.5],
  ["--on-danger", "--danger", 4.5],
  ...["--paper", "--side", "--hover"].map((ground) => ["--edge", ground, 3]),
  ...GROUNDS.map((ground) => ["--online", ground, 3]),
];

test("contrast is computed as WCAG does", () => {
  assert.equal(contrast("#000000", "#ffffff"), 21);
  assert.equal(contrast("#777777", "#ffffff").toFixed(2), "4.48");
});

test("every text on every ground has a contrast of 4.5, every edge and sign of 3, in both themes and with each accent", () => {
  for (const [theme, colours] of Object.entries(themes())) {
    for (const [text, ground, least] of PAIRS) {
      const found = contrast(colours[text], colours[ground]);
      assert.ok(found >= least, `${theme}: ${text} on ${ground} has ${found.toFixed(2)}`);
    }
  }
});

test("the accents are as light as the default", () => {
  for (const theme of ["light", "dark"]) {
    const { [theme]: base, ...others } = themes();
    for (const accent of ACCENTS) {
      const colours = others[`${theme} ${accent}`];
      assert.notEqual(colours["--accent"], base["--accent"]);
      assert.ok(
        Math.abs(contrast(colours["--accent"], base["--paper"]) - contrast(base["--accent"], base["--paper"])) < 0.15,
        `${theme} ${accent}`,
      );
    }
  }
});

test("a dark device has the same colours as a user who chose dark, and one who chose light keeps light", () => {
  const media = css.slice(css.indexOf("@media (prefers-color-scheme: dark)"));
  assert.deepEqual(
    tokens(':root:not([data-theme="light"])', media.replace("@media (prefers-color-scheme: dark) {", "")),
    tokens(':root[data-theme="dark"]'),
  );
  for (const accent of ACCENTS) {
    const chosen = tokens(`:root[data-theme="dark"][data-accent="${accent}"]`);
    assert.equal(Object.keys(chosen).length, 3);
    assert.deepEqual(tokens(`:root:not([data-theme="light"])[data-accent="${accent}"]`, media), chosen);
  }
});

test("the styles use only tokens that exist", () => {
  const known = new Set([...css.matchAll(/(--[\w-]+):/g)].map(([, name]) => name));
  for (const file of ["tokens", "base", "controls", "floating", "markup"]) {
    const text = readFileSync(new URL(`../../../nginx/html/styles/${file}.css`, import.meta.url), "utf8");
    for (const [, name] of text.matchAll(/var\((--[\w-]+)/g)) assert.ok(known.has(name), `${file}.css: ${name}`);
  }
});
