// Says in plain words what a message is: in one line, how long it is, how far it has come.

const LINE_CHARACTERS = 76; // of the column of text
const FOLD_LINES = 20;
const FOLD_SLACK = 4; // nobody unfolds two lines
const NAMES_MAX = 2;

/**
 * @typedef {import("./timeline-rows.js").ShownMessage} Message
 * @typedef {import("../parts/texts.js").Texts} Texts
 * @typedef {import("../state/member-marks.js").Delivery} Delivery
 * @typedef {{ message: Message, delivery: Delivery }} Mark
 */

/**
 * How many lines of a message are folded away; 0: it is shown whole. Counted, since to measure it would lay out the page.
 * @param {string} content
 */
export function foldedLines(content) {
  let lines = 0;
  for (const line of content.split("\n")) lines += Math.max(1, Math.ceil(line.length / LINE_CHARACTERS));
  return lines > FOLD_LINES + FOLD_SLACK ? lines - FOLD_LINES : 0;
}

/**
 * The messages that say how far they have come: my newest, and of the older ones those that differ from the next newer one. `messages` are mine,
 * from the newest; those that are not sent, or deleted, say nothing.
 *
 * @param {Iterable<Message>} messages
 * @param {(message: Message) => Delivery} deliveryOf
 * @returns {Map<number, Delivery>} by seq
 */
export function marksOf(messages, deliveryOf) {
  /** @type {Map<number, Delivery>} */
  const marks = new Map();
  let before = "";
  for (const message of messages) {
    if (message.deleted || !message.seq) continue;
    const delivery = deliveryOf(message);
    const sign = `${delivery.status} ${[...delivery.readers].sort().join(" ")}`;
    if (sign !== before) marks.set(message.seq, delivery);
    before = sign;
  }
  return marks;
}

/**
 * How far a message has come, in words.
 * @param {Delivery} delivery
 * @param {{ isDirect: boolean, memberCount: number, nameOf: (userId: string) => string, texts: Texts }} room
 */
export function deliveryText({ status, readers }, { isDirect, memberCount, nameOf, texts }) {
  if (status !== "read" || isDirect) return texts.t(`receipt.${status}`);
  if (readers.length >= memberCount - 1 && readers.length > NAMES_MAX) return texts.t("receipt.seen_by_all");
  if (readers.length > NAMES_MAX) return texts.t("receipt.seen_by_number", { n: readers.length });
  return texts.t("receipt.seen_by", { names: texts.list(readers.map(nameOf)) });
}

/**
 * @param {readonly string[]} userIds
 * @param {{ max: number, nameOf: (userId: string) => string, texts: Texts }} options
 */
export function namesText(userIds, { max, nameOf, texts }) {
  const names = texts.list(userIds.slice(0, max).map(nameOf));
  const others = userIds.length - max;
  return others > 0 ? texts.t("names.and_others", { names: userIds.slice(0, max).map(nameOf).join(", "), n: others }) : names;
}
