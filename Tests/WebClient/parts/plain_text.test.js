// What a message says in one line.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fitsIn, plainText, shortText } from "../../../nginx/html/parts/plain-text.js";

test("the signs of the markup are left out, the words stay", () => {
  for (const [content, line] of [
    ["**Tea** or _coffee_?", "Tea or coffee?"],
    ["```js\nlet a = 1;\nlet b = 2;\n```", "let a = 1; let b = 2;"],
    ["> Tea?\n\nYes,\nplease", "Tea? Yes, please"],
    ["- milk\n- ~~sugar~~", "• milk • sugar"],
    ["`a*b` [menu](https://example.org/x) https://example.org", "a*b menu https://example.org"],
    ["@bob 2 * 3 * 4 ¯\\_(ツ)_/¯", "@bob 2 * 3 * 4 ¯\\_(ツ)_/¯"],
  ]) {
    assert.equal(plainText(content), line);
  }
});

test("a short text ends with an ellipsis where there is more, and with no half of a character", () => {
  assert.equal(shortText("👍".repeat(300), 120), `${"👍".repeat(120)}…`);
  assert.equal(shortText("**Tea**", 3), "Tea");
  assert.equal(shortText("**Teas**", 3), "Tea…");
  const emphasized = `${"**a** ".repeat(79)}abcde👍`; // the emoji begins where the text is cut
  assert.equal(shortText(emphasized, 500), shortText(emphasized.slice(0, -2), 500));
});

test("a text fits that a short text shows whole", () => {
  assert.ok(fitsIn("**Tea**", 3) && !fitsIn("**Teas**", 3));
  assert.ok(fitsIn("👍".repeat(120), 120) && !fitsIn("👍".repeat(121), 120));
  assert.ok(!fitsIn(" ".repeat(481), 120), "of what is not looked at nothing is known");
});
