// The sign that stands for a room or a person in a list: their picture with a dot while they are here, or the kind of the room.

import { attribute, h, icon, toggle } from "../parts/dom.js";

/** @param {{ part?: string }} options */
export function faceNode({ part } = {}) {
  return h("span", { class: "face", part });
}

/**
 * @param {HTMLElement} node made by `faceNode`
 * @param {{ userId?: string | null, name: string, kind?: string, avatar?: string | null, presence?: string | null }} of `kind` of a room;
 *   without one, a person
 * @param {import("../parts/texts.js").Texts} texts
 */
export function updateFace(node, { userId = null, name, kind = "direct", avatar = null, presence = null }, texts) {
  const isPerson = kind === "direct";
  toggle(node, "sign", !isPerson);
  if (node.dataset.kind !== kind) {
    node.dataset.kind = kind;
    node.replaceChildren(
      isPerson ? h("echo-picture", { user: userId ?? "nobody", name, avatar }) : icon(kind === "public" ? "hash" : "lock"),
    );
  }
  if (!isPerson) return;
  const picture = /** @type {Element} */ (node.firstElementChild);
  for (const [key, value] of Object.entries({ user: userId ?? "nobody", name, avatar })) attribute(picture, key, value);
  updateDot(node, presence, texts);
}

/**
 * @param {HTMLElement} node
 * @param {string | null} presence
 * @param {import("../parts/texts.js").Texts} texts
 */
function updateDot(node, presence, { t }) {
  let dot = node.querySelector(".face-dot");
  if (presence !== "active" && presence !== "idle") {
    dot?.remove();
    return;
  }
  if (!dot) node.append((dot = h("span", { class: "face-dot", role: "img", "data-testid": "presence" })));
  toggle(dot, "idle", presence === "idle");
  attribute(dot, "data-state", presence);
  attribute(dot, "aria-label", t(`presence.${presence}`));
}
