// A person in a list to choose from: picture, name, username.

import { h, text } from "../parts/dom.js";
import { faceNode, updateFace } from "./room-face.js";

/** @typedef {import("../state/types.js").User} User */

/**
 * @param {User} user
 * @param {any} context
 */
export function personNode(user, context) {
  const node = h(
    "div",
    { class: "choice", "data-testid": "person", "data-user-id": user.user_id },
    faceNode(),
    h("span", { class: "line choice-name", dir: "auto" }),
    h("span", { class: "line choice-hint" }),
  );
  updatePerson(node, user, context);
  return node;
}

/**
 * @param {HTMLElement} node
 * @param {User} user
 * @param {any} context
 */
export function updatePerson(node, user, { store, texts }) {
  const [face, name, hint] = /** @type {HTMLElement[]} */ ([...node.children]);
  const shown = store.displayName(user.user_id, user) || texts.t("names.deleted_user");
  const presence = store.presence.get(user.user_id)?.state ?? null;
  updateFace(face, { userId: user.user_id, name: shown, avatar: store.avatarURL(user.user_id, user), presence }, texts);
  text(name, shown);
  text(hint, user.username ? `@${user.username}` : "");
}
