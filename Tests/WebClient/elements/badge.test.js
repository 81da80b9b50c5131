// What the title and the icons of the page say.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PageBadge } from "../../../nginx/html/elements/badge.js";
import { loadTexts } from "../../../nginx/html/parts/texts.js";
import { FakeClock } from "../support/clock.js";

const PAGE = new URL("../../../nginx/html/", import.meta.url).href;
const texts = await loadTexts({ language: "en", locale: "en-GB" });

function fakeDocument() {
  const badges = [];
  const icon = { href: `${PAGE}icon.svg` };
  const navigator = {
    setAppBadge: (count) => Promise.reject(new Error("not installed")).finally(() => badges.push(count)),
    clearAppBadge: () => void badges.push(0),
  };
  return { title: "EchoChat", defaultView: { navigator }, querySelector: () => icon, icon, badges };
}

test("unread messages stand before the title and change the icon, until they are read", async () => {
  const document = fakeDocument();
  const clock = new FakeClock();
  const badge = new PageBadge(document, clock);
  badge.set({ title: "Tea – EchoChat", count: 1_234, texts });
  assert.equal(document.title, "(1,234) Tea – EchoChat");
  assert.equal(document.icon.href, `${PAGE}icon-unread.svg`);
  badge.set({ title: "Tea – EchoChat", count: 0, texts });
  await clock.advance(500);
  assert.equal(document.title, "Tea – EchoChat");
  assert.equal(document.icon.href, `${PAGE}icon.svg`);
  badge.set({ title: "Tea – EchoChat", count: 2, texts });
  await clock.advance(500);
  badge.clear();
  await clock.advance(500);
  assert.equal(document.title, "EchoChat");
  assert.deepEqual(document.badges.sort(), [0, 0, 1234, 2].sort(), "and the icon of the installed app, as far as it lets");
});

test("a page without an icon or an app badge is no fault", () => {
  const document = { title: "", defaultView: null, querySelector: () => null };
  new PageBadge(document, new FakeClock()).set({ title: "EchoChat", count: 3, texts });
  assert.equal(document.title, "(3) EchoChat");
});

test("many changes in a moment are two: the first, and the last", async () => {
  const document = fakeDocument();
  const clock = new FakeClock();
  const badge = new PageBadge(document, clock);
  for (const count of [1, 0, 2, 1, 3]) badge.set({ title: "Tea", count, texts });
  assert.equal(document.title, "(1) Tea");
  await clock.advance(500);
  assert.equal(document.title, "(3) Tea");
  assert.deepEqual(document.badges, [1, 3]);
  await clock.advance(500);
  assert.equal(clock.waiting, 0);
});
