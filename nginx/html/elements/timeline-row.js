// Makes and updates the rows of a timeline: messages, and dividers of days and of what is new.

import { h, text } from "../parts/element.js";

/** @typedef {import("./timeline-rows.js").Row} Row */

/**
 * @param {import("./timeline.js").Timeline} timeline
 * @param {Row} row
 * @returns {HTMLElement}
 */
export function makeRow(timeline, row) {
  const { context } = timeline;
  if (row.kind === "message") {
    const node = /** @type {import("./message.js").Message} */ (document.createElement("echo-message"));
    node.context = context; // it is drawn when it comes into the page
    node.show({ message: row.message, isGrouped: row.isGrouped, room: timeline.room, context });
    return node;
  }
  const node = h("div", { class: `divider ${row.kind}`, "data-testid": `divider-${row.kind}` }, h("span"));
  /** @type {any} */ (node).words = (/** @type {Row} */ { ...shown }) =>
    shown.kind === "day" ? context.texts.dates.day(shown.at) : context.texts.t("timeline.new");
  updateRow(node, row);
  return node;
}

/**
 * A message that is the same object has not changed: whatever changes it, makes another one.
 * @param {any} node
 * @param {Row} row
 */
export function updateRow(node, row) {
  if (row.kind !== "message") {
    text(node.firstChild, node.words(row));
    return;
  }
  const { message, isGrouped } = row;
  if (node.message !== message || node.view.isGrouped !== isGrouped) node.show({ message, isGrouped });
}
