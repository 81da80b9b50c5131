// What became of a message: that it waits or was refused, and who of the others has received and read it.

import { attribute, h, icon, show, text } from "../parts/element.js";
import { deliveryText } from "./message-summary.js";
import { problemText } from "./problem-text.js";

const FACES_MAX = 3;
const NAMES_MAX = 2;

/**
 * @param {import("./message.js").Message} node
 * @param {import("./message.js").View} view
 */
export function updateMarks(node, view) {
  const { message, delivery } = view;
  const kind = message.state ?? (delivery && !message.deleted ? "ticks" : null);
  if (node.slotOf("marks")?.dataset.kind !== kind) node.removeSlot("marks");
  if (kind === "pending") updatePending(node, view);
  else if (kind === "failed") updateFailed(node, view);
  else if (kind === "ticks") updateTicks(node, view);
}

/**
 * @param {import("./message.js").Message} node
 * @param {import("./message.js").View} view
 */
function updatePending(node, { context }) {
  const box = node.slotFor("marks", () => h("p", { class: "send-state", "data-kind": "pending" }, icon("clock"), h("span")));
  const isWaiting = context.connection.isOnline === false;
  text(/** @type {Node} */ (box.lastChild), context.texts.t(isWaiting ? "message.waiting" : "message.sending"));
}

/**
 * @param {import("./message.js").Message} node
 * @param {import("./message.js").View} view
 */
function updateFailed(node, { message, context }) {
  const { t } = context.texts;
  const button = (/** @type {string} */ action, /** @type {string} */ label) =>
    h("button", { type: "button", class: "link", "data-testid": action, "data-action": action }, label);
  const box = node.slotFor("marks", () =>
    h(
      "p",
      { class: "send-state error", role: "alert", "data-kind": "failed" },
      icon("warning"),
      h("span"),
      button("resend-mail", t("email.resend")),
      button("retry", t("action.retry")),
      button("take-back", t("action.edit")),
      button("discard", t("action.discard")),
    ),
  );
  const reason = message.code ? problemText(context.texts, { code: message.code, message: message.error }) : (message.error ?? "");
  text(box.children[1], t("message.not_sent", { reason }));
  show(/** @type {HTMLElement} */ (box.children[2]), message.code === "email_unverified");
}

/**
 * @param {import("./message.js").Message} node
 * @param {import("./message.js").View} view
 */
function updateTicks(node, { message, delivery, room, context }) {
  if (!delivery) return;
  const { store, texts } = context;
  const box = node.slotFor("marks", () =>
    h(
      "button",
      { type: "button", class: "plain ticks", "data-kind": "ticks", "data-testid": "ticks", "data-action": "seen" },
      h("span", { class: "ticks-sign" }),
      h("span", { class: "ticks-faces" }),
      h("span", { class: "ticks-text" }),
    ),
  );
  const nameOf = (/** @type {string} */ id) => store.displayName(id) || texts.t("names.deleted_user");
  const isDirect = room?.kind === "direct";
  const state = deliveryText(delivery, { isDirect, memberCount: room?.member_count ?? 0, nameOf, texts });
  const [sign, faces, words] = /** @type {HTMLElement[]} */ ([...box.children]);
  attribute(box, "data-status", delivery.status);
  attribute(box, "title", delivery.readers.length ? texts.list(delivery.readers.slice(0, 20).map(nameOf)) : state);
  attribute(box, "aria-label", texts.t("receipt.show", { state }));
  attribute(box, "data-seq", message.seq);
  const shape = delivery.status === "sent" ? "check" : delivery.status === "preview_read" ? "eye" : "check-all";
  if (sign.dataset.icon !== shape) {
    sign.dataset.icon = shape;
    sign.replaceChildren(icon(shape));
  }
  updateFaces(faces, isDirect || delivery.readers.length <= NAMES_MAX ? [] : delivery.readers.slice(0, FACES_MAX));
  const more = delivery.readers.length - FACES_MAX;
  text(words, faces.firstChild ? (more > 0 ? `+${texts.number(more)}` : "") : state);
}

/**
 * @param {HTMLElement} box
 * @param {readonly string[]} userIds
 */
function updateFaces(box, userIds) {
  userIds.forEach((user, index) => {
    const face = box.children[index] ?? box.appendChild(h("echo-picture", { class: "face-small" }));
    attribute(face, "user", user);
  });
  while (box.children.length > userIds.length) box.lastElementChild?.remove();
}
