// Says which rows of a timeline a change concerns, and updates those that speak of other people.

import { forgetQuoted } from "./quoted-messages.js";

/** @typedef {import("./timeline.js").Timeline} Timeline */
/** @typedef {import("./message.js").Message} MessageNode */

const SAME_OBJECT = ["pinned", "saved"]; // these change no message
const QUOTED = ["content", "deleted"];

/**
 * The rows of messages, from the first.
 * @param {Timeline} timeline
 * @returns {MessageNode[]}
 */
export function nodesOf({ parts }) {
  return [...parts.box.children].filter((node) => node.localName === "echo-message");
}

/**
 * @param {Timeline} timeline
 * @param {any[]} deltas of its topic
 * @returns {{ stale: number[], added: number[], isSeen: boolean }} `stale`: rows that are drawn anew, though their message is the same
 */
export function changesOf(timeline, deltas) {
  const { context, roomId } = timeline;
  /** @type {number[]} */
  const stale = [];
  /** @type {number[]} */
  const added = [];
  /** @type {Set<number>} */
  const quoted = new Set();
  for (const { seq, what } of deltas) {
    if (what === "added") added.push(seq);
    if (SAME_OBJECT.includes(what) || what === "deleted") stale.push(seq);
    if (QUOTED.includes(what)) quoted.add(seq);
  }
  if (quoted.size) {
    for (const seq of quoted) forgetQuoted(context.store, roomId ?? "", seq);
    for (const message of timeline.window) if (message.reply_to && quoted.has(message.reply_to)) stale.push(message.seq);
  }
  if (deltas.some(({ what }) => what === "expired")) {
    for (const { room_id, seq, reply_to: quote } of timeline.window)
      if (quote && context.store.isExpired({ room_id, seq: quote })) stale.push(seq);
  }
  return { stale, added, isSeen: deltas.some(({ what }) => what === "seen") };
}

/**
 * Updates the rows that name users who have another name or picture now; pictures follow by themselves.
 * @param {Timeline} timeline
 * @param {any[]} deltas of the topic `users`
 */
export function updateConcerned(timeline, deltas) {
  const ids = new Set(deltas.filter(({ what }) => what === "changed").map(({ user }) => user));
  if (ids.size === 0) return;
  const nodes = nodesOf(timeline).filter(({ view }) => ids.has(null) || (view && isConcerned(view, ids)));
  if (nodes.length === 0) return;
  timeline.anchor.around(() => {
    for (const node of nodes) if (node.isConnected) node.update();
  });
}

/**
 * @param {import("./message.js").View} view
 * @param {Set<string | null>} ids
 */
function isConcerned({ message, delivery }, ids) {
  if (ids.has(message.user_id) || message.reply_to) return true;
  if ((message.mentions ?? []).some((id) => ids.has(id))) return true;
  if (delivery?.readers.some((id) => ids.has(id))) return true;
  return Object.values(message.reactions ?? {}).some((userIds) => userIds.some((id) => ids.has(id)));
}
