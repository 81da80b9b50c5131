// Every word that the page asks for is there, and every word that is there is asked for.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { words } from "../../../nginx/html/texts/en.js";

const page = new URL("../../../nginx/html/", import.meta.url);
const sources = ["elements", "parts", "state"].flatMap((folder) =>
  readdirSync(new URL(`${folder}/`, page))
    .filter((name) => name.endsWith(".js"))
    .map((name) => readFileSync(new URL(`${folder}/${name}`, page), "utf8")),
);
const source = [...sources, readFileSync(new URL("app.js", page), "utf8")].join("\n");

/** Keys that are put together: `problem.${code}` stands for all that begin so. */
const composed = [...source.matchAll(/`(\w*\$\{[^`}]+\}\.\w+|\w+\.[\w.]*\$\{[^`]+\}[\w.]*)`/g)].map(
  ([, template]) => new RegExp(`^${template.replace(/\./g, "\\.").replace(/\$\{[^}]+\}/g, "\\w+")}$`),
);

test("every key that is asked for is there", () => {
  const asked = [...source.matchAll(/\b(?:t|nodes)\(\s*"([\w.]+)"/g)].map(([, key]) => key);
  assert.ok(asked.length > 300);
  assert.deepEqual(
    asked.filter((key) => !Object.hasOwn(words, key)),
    [],
  );
});

test("every key that is there is asked for", () => {
  const unused = Object.keys(words).filter((key) => !source.includes(`"${key}"`) && !composed.some((pattern) => pattern.test(key)));
  assert.deepEqual(unused, []);
});
