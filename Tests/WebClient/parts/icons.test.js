// The sprite has every icon that the page names, and names none twice.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const root = new URL("../../../nginx/html/", import.meta.url);
const names = [...readFileSync(new URL("icons.svg", root), "utf8").matchAll(/<symbol id="([^"]+)"/g)].map(([, name]) => name);

test("the icons have different names, and their licence is beside them", () => {
  assert.equal(new Set(names).size, names.length);
  assert.ok(names.length >= 24 && names.length <= 40);
  assert.match(readFileSync(new URL("icons.svg", root), "utf8"), /Bootstrap Authors, MIT License/);
});

test("every icon that the page names is there", () => {
  for (const folder of readdirSync(root, { withFileTypes: true })) {
    if (!folder.isDirectory() || !["parts", "elements"].includes(folder.name)) continue;
    for (const file of readdirSync(new URL(`${folder.name}/`, root))) {
      const source = readFileSync(new URL(`${folder.name}/${file}`, root), "utf8");
      for (const [, name] of source.matchAll(/\bicon\("([^"]+)"\)/g)) assert.ok(names.includes(name), `${file}: ${name}`);
    }
  }
});
