// A message outside of its timeline: in a thread, among the pinned or the saved ones.

import { attribute, h, icon, show, text } from "../parts/dom.js";
import { parse } from "../parts/markup.js";
import { markupNodes } from "../parts/markup-nodes.js";
import { nameOf, updatePersonFace } from "./person-row.js";
import { faceNode } from "./room-face.js";

/** @type {WeakMap<HTMLElement, (message: any) => void>} */
const updates = new WeakMap();

/**
 * @param {any} context
 * @param {any} message
 * @param {{testId: string, hasRoom?: boolean, tools?: readonly {icon: string, label: string, testId: string, run: () => void}[]}} options
 *   `hasRoom`: its room is named
 */
export function messageCard(context, message, { testId, hasRoom = false, tools = [] }) {
  const { texts, store } = context;
  const picture = faceNode();
  const name = h("b", { class: "line", dir: "auto" });
  const room = h("small", { class: "line", dir: "auto" });
  const time = h("time");
  const content = h("div", { class: "markup", dir: "auto", "data-testid": "card-content" });
  const files = h("small", { class: "line", dir: "auto" });
  const href = `#/room/${message.room_id}/${message.seq}`;
  const link = h("a", { class: "card-link", href, "data-testid": `${testId}-link` }, time);
  const buttons = tools.map(({ icon: sign, label, testId: id, run }) =>
    h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, "data-testid": id, onclick: run }, icon(sign)),
  );
  const head = h("div", { class: "card-head" }, picture, h("span", { class: "row-names" }, name, hasRoom ? room : null), link, ...buttons);
  const node = h("li", { class: "message-card", "data-testid": testId, "data-seq": message.seq }, head, content, files);
  /** @type {string | null | undefined} */
  let shown;

  const update = (/** @type {any} */ now) => {
    const { deleted, content: words, attachments = [], created_at: at } = now;
    updatePersonFace(picture, context, author(now), null);
    text(name, nameOf(context, author(now)));
    const place = store.rooms.get(now.room_id);
    text(room, place ? store.roomName(place) : "");
    text(time, texts.dates.brief(at));
    attribute(time, "datetime", at);
    attribute(link, "aria-label", texts.t("card.open", { name: nameOf(context, author(now)), time: texts.dates.short(at) }));
    const wanted = deleted ? null : (words ?? "");
    if (wanted !== shown) drawContent(content, context, (shown = wanted));
    text(files, deleted ? "" : attachments.map((/** @type {any} */ file) => file.name).join(", "));
    show(files, !deleted && attachments.length > 0);
  };
  updates.set(node, update);
  update(message);
  return node;
}

/**
 * @param {HTMLElement} node of `messageCard`
 * @param {any} message
 */
export function updateMessageCard(node, message) {
  updates.get(node)?.(message);
}

/**
 * @param {HTMLElement} box
 * @param {any} context
 * @param {string | null} words null: the message is deleted
 */
function drawContent(box, { texts, site }, words) {
  if (words === null) box.replaceChildren(h("i", {}, texts.t("message.deleted")));
  else box.replaceChildren(markupNodes(parse(words), { site }));
}

/**
 * Who has written it; the name in the message counts if the user is not known.
 * @param {any} message
 * @returns {import("./person-row.js").Person}
 */
export function author({ user_id, username, display_name }) {
  return { user_id, username, display_name };
}
