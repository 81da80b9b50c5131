// A message that a search has found, with the words that match.

import { h } from "../parts/dom.js";
import { author } from "./message-card.js";
import { nameOf, updatePersonFace } from "./person-row.js";
import { faceNode } from "./room-face.js";

/** @typedef {{message: any, highlights: {text: string, hit: boolean}[]}} Hit */

/** @type {WeakMap<Node, string>} */
const drawn = new WeakMap();

/**
 * @param {any} context
 * @param {Hit} hit
 */
export function searchHit(context, hit) {
  const { store, texts } = context;
  const { message } = hit;
  const room = store.rooms.get(message.room_id);
  const names = h("small", { class: "line" }, h("bdi", {}, nameOf(context, author(message))));
  if (room) names.append(" · ", h("bdi", {}, store.roomName(room)));
  const time = h("time", { datetime: message.created_at }, texts.dates.brief(message.created_at));
  const face = faceNode();
  updatePersonFace(face, context, author(message), null);
  const head = h("span", { class: "card-head" }, face, names, time);
  const href = `#/room/${message.room_id}/${message.seq}`;
  const attributes = { class: "hit", href, "data-testid": "search-item" };
  const node = h("li", {}, h("a", attributes, head, h("span", { class: "snippet", dir: "auto" })));
  updateSearchHit(node, hit);
  return node;
}

/**
 * Other words find the same message by other parts of it.
 * @param {HTMLElement} node of `searchHit`
 * @param {Hit} hit
 */
export function updateSearchHit(node, { highlights }) {
  const key = JSON.stringify(highlights);
  if (drawn.get(node) === key) return;
  drawn.set(node, key);
  const snippet = /** @type {HTMLElement} */ (node.querySelector(".snippet"));
  snippet.replaceChildren(...highlights.map(({ text, hit }) => (hit ? h("mark", {}, text) : text)));
}
