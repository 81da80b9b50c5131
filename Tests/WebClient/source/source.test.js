// The files of the page make no HTML of text, and use nothing that a browser of 2022 lacks.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { faults, kindOf } from "./check.js";
import { RULES } from "./forbidden.js";

const page = new URL("../../../nginx/html/", import.meta.url);

/** The files below a folder that are the project's own: `docs/vendor` is fetched. */
function* files(folder, path = "") {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const name = path + entry.name;
    if (name === "docs/vendor") continue;
    if (entry.isDirectory()) yield* files(new URL(`${entry.name}/`, folder), `${name}/`);
    else if (kindOf(name)) yield { name, text: readFileSync(new URL(entry.name, folder), "utf8") };
  }
}

test("no file of the page uses what is forbidden", () => {
  const found = [];
  const names = [];
  for (const { name, text } of files(page)) {
    names.push(name);
    for (const fault of faults(text, kindOf(name), RULES)) found.push(`${name}:${fault.line}: ${fault.name}`);
  }
  for (const name of ["index.html", "app.js", "net/client.js", "docs/docs.js"]) assert.ok(names.includes(name), name);
  assert.deepEqual(found, []);
});

for (const rule of RULES) {
  const [kind] = rule.in ?? ["js"];
  test(`${rule.name} is found, in the middle of a file, and not in a comment`, () => {
    const own = { line: 3, name: rule.name };
    const found = faults(`\n\n${rule.example}\n`, kind, RULES);
    assert.ok(
      found.some(({ line, name }) => line === own.line && name === own.name),
      JSON.stringify(found),
    );
    const comment = kind === "html" ? `<!-- ${rule.example} -->` : `/* ${rule.example} */`;
    assert.deepEqual(faults(comment, kind, [rule]), []);
    assert.deepEqual(faults(rule.example, kind === "js" ? "css" : "js", [{ ...rule, in: [kind] }]), []);
  });
  if (rule.guard) {
    test(`${rule.name} is fine when it is asked for first, and only there`, () => {
      assert.deepEqual(faults(rule.guard, kind, [rule]), []);
      const elsewhere = `${rule.guard}${"\n".repeat(12)}${rule.example}`;
      assert.equal(faults(elsewhere, kind, [rule]).length, 1, elsewhere);
    });
  }
}

test("strings, templates and expressions are no comments, whatever they hold", () => {
  const text = 'const a = "https://x"; b.innerHTML = a;\nconst c = /[/"*]\\//; d.innerHTML = `//e`; // f.innerHTML\n';
  assert.deepEqual(
    faults(text, "js", RULES).map(({ line }) => line),
    [1, 2],
  );
});

test("an answer that is kept counts where it is asked, and not far from there", () => {
  const kept = 'const isNative = "popover" in HTMLElement.prototype;';
  const use = "menu.showPopover();";
  const far = "\n".repeat(12);
  assert.deepEqual(faults(`${kept}${far}if (isNative) ${use}`, "js", RULES), []);
  assert.equal(faults(`${kept}${far}${use}`, "js", RULES).length, 1);
});
