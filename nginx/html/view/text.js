// Turns values into what people read: times, names on discs, links in messages, sizes.

import { h } from "./dom.js";

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const dayAndMonth = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const dayMonthYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });
const short = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

const HUES = 8;

export const clockTime = (iso) => clock.format(new Date(iso));
export const wholeTime = (iso) => whole.format(new Date(iso));
export const dayKey = (iso) => new Date(iso).toDateString();

export function dayName(iso) {
  const date = new Date(iso);
  const today = new Date();
  if (date.toDateString() === today.toDateString()) return "Today";
  today.setDate(today.getDate() - 1);
  if (date.toDateString() === today.toDateString()) return "Yesterday";
  return (date.getFullYear() === new Date().getFullYear() ? dayAndMonth : dayMonthYear).format(date);
}

export function briefTime(iso) {
  return dayKey(iso) === new Date().toDateString() ? clockTime(iso) : short.format(new Date(iso));
}

/** A disc with the first letter, in a colour that stays with the id. */
export function avatar(id, name, { sign } = {}) {
  let sum = 0;
  for (const char of String(id)) sum = (sum * 31 + char.codePointAt(0)) >>> 0;
  const letter = sign ?? ([...String(name).trim()][0] ?? "?").toUpperCase();
  return h("span", { class: `avatar hue-${sum % HUES}`, "aria-hidden": "true" }, letter);
}

export function presenceDot(state) {
  if (!state || state === "offline") return null;
  return h("i", { class: `dot ${state}`, title: state, role: "img", "aria-label": state, "data-testid": "presence" });
}

/** Of somebody's `{state, last_seen_at}`; empty if nothing is known. */
export function presenceWords({ state, last_seen_at: at } = {}) {
  if (state === "active") return "here now";
  if (state === "idle") return "idle";
  return at ? `last seen ${lastSeen(at)}` : "";
}

function lastSeen(iso) {
  const minutes = Math.floor((Date.now() - new Date(iso)) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  return dayKey(iso) === new Date().toDateString() ? `at ${clockTime(iso)}` : `on ${short.format(new Date(iso))}`;
}

const LINK_OR_NAME = /https?:\/\/[^\s<>"']+|(?<![\w+-])@[\w.-]+/g; // an @ inside a word is an address, and calls nobody

/**
 * Text with its http(s) addresses as links and the names it calls made bold; trailing punctuation belongs to the sentence.
 * `called` are the usernames, in lower case.
 */
export function withLinks(text, called = []) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(LINK_OR_NAME)) {
    if (match[0].startsWith("@")) {
      const spellings = [match[0], match[0].replace(/[^a-z0-9]+$/i, "")];
      const name = spellings.find((spelling) => called.includes(spelling.slice(1).toLowerCase()));
      if (!name) continue;
      parts.push(text.slice(from, match.index), h("b", { class: "called" }, name));
      from = match.index + name.length;
      continue;
    }
    const address = match[0].replace(/[.,;:!?)\]}]+$/, "");
    if (!URL.canParse(address)) continue;
    parts.push(text.slice(from, match.index));
    parts.push(h("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow" }, address));
    from = match.index + address.length;
  }
  parts.push(text.slice(from));
  return parts;
}

export function fileSize(bytes) {
  if (!Number.isFinite(bytes)) return "";
  const units = ["B", "KB", "MB", "GB"];
  const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${(bytes / 1024 ** step).toFixed(step ? 1 : 0)} ${units[step]}`;
}

export const people = (count) => `${count} ${count === 1 ? "member" : "members"}`;
