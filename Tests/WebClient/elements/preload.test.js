// index.html names all modules of the first screen, and those of the whole page, so that the browser loads them at once, and not one after
// another.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { test } from "node:test";

const FIRST_REQUESTS_MAX = 45;
const OTHERS = ["index.html", "icon.svg", "icons.svg", "manifest.json", "texts/en.js"];

const page = new URL("../../../nginx/html/", import.meta.url);
const read = (path) => readFileSync(new URL(path, page), "utf8");
const imports = (path) =>
  [...read(path).matchAll(/^(?:import|export)\b[^;]*?"(\.[^"]+)";/gm)].map(([, name]) => posix.join(posix.dirname(path), name));

function graph(path, found = new Set()) {
  if (found.has(path)) return found;
  found.add(path);
  for (const name of imports(path)) graph(name, found);
  return found;
}

const links = (rel, name = "rel") =>
  [...read("index.html").matchAll(new RegExp(`<link ${name}="${rel}" href="([^"]+)"`, "g"))].map(([, href]) => href);

test("index.html preloads what app.js imports, and nothing else", () => {
  const wanted = [...graph("app.js")].filter((path) => path !== "app.js").sort();
  assert.ok(wanted.length > 20);
  assert.deepEqual(links("modulepreload"), wanted);
});

test("index.html names what a signed-in user needs besides, and nothing else", () => {
  const first = graph("app.js");
  const wanted = [...graph("elements/page.js")].filter((path) => !first.has(path));
  assert.ok(wanted.length > 100);
  assert.deepEqual(links("modulepreload", "data-rel"), wanted.sort());
});

test("the first screen needs few files", () => {
  const files = ["app.js", ...OTHERS, ...links("modulepreload"), ...links("stylesheet")];
  assert.ok(files.length <= FIRST_REQUESTS_MAX, String(files.length));
});
