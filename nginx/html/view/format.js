// Formats values as text for the user: times, presence, sizes, counts.

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const dayAndMonth = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const dayMonthYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });
const shortDate = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

export const clockTime = (iso) => clock.format(new Date(iso));
export const fullTime = (iso) => full.format(new Date(iso));

/** A string that is the same for all times of one local day. */
export const dayKey = (iso) => new Date(iso).toDateString();

export function dayName(iso) {
  const date = new Date(iso);
  const today = new Date();
  if (date.toDateString() === today.toDateString()) return "Today";
  today.setDate(today.getDate() - 1);
  if (date.toDateString() === today.toDateString()) return "Yesterday";
  return (date.getFullYear() === new Date().getFullYear() ? dayAndMonth : dayMonthYear).format(date);
}

/** The time of day if it is today, else the date. */
export function briefTime(iso) {
  return dayKey(iso) === new Date().toDateString() ? clockTime(iso) : shortDate.format(new Date(iso));
}

/** Describes a user's presence; empty if it is unknown. */
export function presenceText({ state, last_seen_at: at } = {}) {
  if (state === "active") return "here now";
  if (state === "idle") return "idle";
  return at ? `last seen ${lastSeenText(at)}` : "";
}

/** "just now", "5 min ago", "at 14:20" or "on 3 Feb", to be read after "last seen". */
export function lastSeenText(iso) {
  const minutes = Math.floor((Date.now() - new Date(iso)) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  return dayKey(iso) === new Date().toDateString() ? `at ${clockTime(iso)}` : `on ${shortDate.format(new Date(iso))}`;
}

export function fileSize(bytes) {
  if (!Number.isFinite(bytes)) return "";
  const units = ["B", "KB", "MB", "GB"];
  const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${(bytes / 1024 ** step).toFixed(step ? 1 : 0)} ${units[step]}`;
}

/** A message in one line: its text, or the names of its files. */
export function messageSummary({ deleted, content, attachments = [] }) {
  if (deleted) return "message deleted";
  return content || attachments.map(({ name }) => name).join(", ");
}

export const memberCount = (count) => `${count} ${count === 1 ? "member" : "members"}`;
