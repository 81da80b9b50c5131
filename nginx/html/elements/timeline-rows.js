// Says which rows a timeline shows for its messages: dividers of days and of what is new, and which messages stand below one heading.

const GROUP_MS = 5 * 60_000; // messages of one user within this time share one heading

/**
 * @typedef {import("../state/types.js").Message} Message
 *
 * @typedef {Message & { state?: "pending" | "failed", error?: string | null, code?: string | null }} ShownMessage an unsent one has a `state`,
 *   and no seq
 *
 * @typedef {{ kind: "day", key: string, at: string }} DayRow
 * @typedef {{ kind: "new", key: string }} NewRow
 * @typedef {{ kind: "message", key: string, message: ShownMessage, isGrouped: boolean }} MessageRow
 * @typedef {DayRow | NewRow | MessageRow} Row
 */

/**
 * @param {object} content
 * @param {Iterable<Message>} content.messages in order
 * @param {readonly any[]} [content.unsent] as the outbox has them; those that the server has told of already are left out
 * @param {number | null} [content.newSeq] the first message that is new to the user
 * @param {string} content.me my user_id
 * @param {(iso: string) => string} content.dayKey the same for all times of a day
 * @returns {Row[]}
 */
export function rowsOf({ messages, unsent = [], newSeq = null, me, dayKey }) {
  /** @type {Row[]} */
  const rows = [];
  const sent = new Set();
  /** @type {ShownMessage | null} */
  let before = null;
  let dayBefore = "";
  let isNewShown = newSeq === null;
  const add = (/** @type {ShownMessage} */ message) => {
    const day = dayKey(message.created_at);
    const isNewDay = day !== dayBefore;
    const isFirstNew = !isNewShown && message.seq >= /** @type {number} */ (newSeq);
    if (isNewDay) rows.push({ kind: "day", key: `day:${day}`, at: message.created_at });
    if (isFirstNew) rows.push({ kind: "new", key: "new" });
    isNewShown ||= isFirstNew;
    const isGrouped = !isNewDay && !isFirstNew && before !== null && continues(before, message);
    rows.push({ kind: "message", key: keyOf(message, me), message, isGrouped });
    before = message;
    dayBefore = day;
  };
  for (const message of messages) {
    if (message.client_id && message.user_id === me) sent.add(message.client_id);
    add(message);
  }
  for (const message of unsent) if (!sent.has(message.client_id)) add({ ...message, user_id: me });
  return uniqueDays(rows);
}

/**
 * A message keeps its row when the server confirms it: with it, the focus and what is selected.
 * @param {ShownMessage} message
 * @param {string} me
 */
export function keyOf(message, me) {
  return message.client_id && message.user_id === me ? `client:${message.client_id}` : String(message.seq);
}

/**
 * @param {ShownMessage} before
 * @param {ShownMessage} message
 */
function continues(before, message) {
  return (
    before.user_id === message.user_id &&
    !message.reply_to &&
    Date.parse(message.created_at) - Date.parse(before.created_at) < GROUP_MS &&
    Date.parse(message.created_at) >= Date.parse(before.created_at) - GROUP_MS
  );
}

/**
 * A clock that was set back makes a day come twice; the keys of a list differ.
 * @param {Row[]} rows
 */
function uniqueDays(rows) {
  const seen = new Map();
  for (const row of rows) {
    if (row.kind !== "day") continue;
    const count = (seen.get(row.key) ?? 0) + 1;
    seen.set(row.key, count);
    if (count > 1) row.key = `${row.key}:${count}`;
  }
  return rows;
}
