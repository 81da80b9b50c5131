// Times as the locale writes them, with a clock that stands.

process.env.TZ = "Europe/Berlin";

import assert from "node:assert/strict";
import { test } from "node:test";
import { Dates } from "../../../nginx/html/parts/dates.js";

const NOW = "2026-03-30T10:00:00Z"; // 12:00 in Berlin, the day after the clocks went forward
const dates = (locale) => new Dates(locale, () => Date.parse(NOW));
const plain = (text) => text.replace(/[\u00a0\u202f]/g, " ");

test("a day is named as one would say it", () => {
  const english = dates("en-GB");
  assert.equal(english.day("2026-03-30T00:30:00Z"), "Today");
  assert.equal(english.day("2026-03-29T21:59:00Z"), "Yesterday");
  assert.equal(english.day("2026-03-28T22:30:00Z"), "Saturday 28 March");
  assert.equal(english.day("2025-03-28T12:00:00Z"), "28 March 2025");
  assert.equal(dates("de").day("2026-03-30T09:00:00Z"), "Heute");
});

test("the day begins at midnight here, also when the clocks change", () => {
  const english = dates("en-GB");
  assert.equal(english.day("2026-03-29T22:00:00Z"), "Today");
  assert.equal(english.day("2026-03-28T23:00:00Z"), "Yesterday");
  assert.equal(english.dayKey("2026-03-28T23:00:00Z"), english.dayKey("2026-03-29T21:59:59Z"));
  assert.notEqual(english.dayKey("2026-03-28T22:59:59Z"), english.dayKey("2026-03-28T23:00:00Z"));
  assert.equal(english.untilMidnight(), 12 * 3_600_000);
});

test("a row of a list has the shortest time that is clear", () => {
  const english = dates("en-GB");
  assert.equal(english.brief("2026-03-30T07:05:00Z"), "9:05");
  assert.equal(english.brief("2026-03-26T07:05:00Z"), "Thu");
  assert.equal(english.brief("2026-03-23T07:05:00Z"), "23 Mar");
  assert.equal(english.brief("2024-03-23T07:05:00Z"), "23/03/24");
  assert.equal(plain(dates("en-US").brief("2026-03-30T11:47:00Z")), "1:47 PM");
});

test("somebody was here so long ago", () => {
  const english = dates("en");
  const ago = (seconds) => english.ago(new Date(Date.parse(NOW) - seconds * 1000).toISOString());
  assert.equal(ago(20), "now");
  assert.equal(ago(-20), "now");
  assert.equal(ago(60), "1 minute ago");
  assert.equal(ago(59 * 60), "59 minutes ago");
  assert.equal(ago(3 * 3600), "3 hours ago");
  assert.equal(ago(26 * 3600), "yesterday");
  assert.equal(ago(40 * 86_400), "Feb 18, 2026");
  assert.equal(dates("de").ago("2026-03-30T09:55:00Z"), "vor 5 Minuten");
});
