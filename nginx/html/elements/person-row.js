// What stands for a person in lists: picture, name, whether they are here.

import { h, show, text } from "../parts/dom.js";
import { faceNode, updateFace } from "./room-face.js";

/** @typedef {{user_id: string, username?: string, display_name?: string, avatar_url?: string | null, status_text?: string}} Person */

/**
 * The name of a person in the words of the interface: somebody who is gone has none.
 * @param {any} context
 * @param {Person} person
 * @returns {string}
 */
export function nameOf({ store, texts }, person) {
  return store.displayName(person.user_id, person) || texts.t("names.deleted_user");
}

/**
 * Their picture, with a dot while they are here.
 * @param {HTMLElement} node of `faceNode`
 * @param {any} context
 * @param {Person} person
 * @param {string | null} [presence] null: it is not said
 */
export function updatePersonFace(node, context, person, presence = context.store.presence.get(person.user_id)?.state ?? null) {
  const { user_id: userId } = person;
  updateFace(node, { userId, name: nameOf(context, person), avatar: context.store.avatarURL(userId, person), presence }, context.texts);
}

/** @typedef {{person: Person, note?: string, label?: string}} RowData `note`: a line below the name; `label`: a word at the end */

/** @type {WeakMap<HTMLElement, (data: RowData) => void>} */
const updates = new WeakMap();

/**
 * A row of a list of people; with `onOpen` all of it is a button, `tools` stand after it.
 * @param {any} context
 * @param {RowData} data
 * @param {{testId?: string, onOpen?: () => void, tools?: readonly Node[]}} options
 */
export function personRow(context, data, { testId = "person", onOpen, tools = [] } = {}) {
  const picture = faceNode();
  const name = h("b", { dir: "auto" });
  const note = h("small", { class: "line", dir: "auto" });
  const label = h("small", { class: "row-label", "data-testid": "role", hidden: true });
  const body = [picture, h("span", { class: "row-names" }, h("span", { class: "line" }, name), note), label];
  const main = onOpen
    ? h("button", { type: "button", class: "plain row-main", "data-testid": `${testId}-open`, onclick: onOpen }, ...body)
    : h("div", { class: "row-main" }, ...body);
  const node = h("li", { class: "person-row", "data-testid": testId, "data-user-id": data.person.user_id }, main, ...tools);
  updates.set(node, ({ person, note: line = "", label: word = "" }) => {
    updatePersonFace(picture, context, person);
    text(name, nameOf(context, person));
    text(note, line);
    text(label, word);
    show(label, word !== "");
  });
  updatePersonRow(node, data);
  return node;
}

/**
 * @param {HTMLElement} node of `personRow`
 * @param {RowData} data
 */
export function updatePersonRow(node, data) {
  updates.get(node)?.(data);
}

/**
 * "@alice · on the beach".
 * @param {Person} person
 */
export function handleLine({ username, status_text: status }) {
  return [username ? `@${username}` : "", status].filter(Boolean).join(" · ");
}

/**
 * A person in a list to choose from.
 * @param {Person} person
 * @param {any} context
 */
export function personChoice(person, context) {
  const node = h(
    "div",
    { class: "choice", "data-testid": "person", "data-user-id": person.user_id },
    faceNode(),
    h("span", { class: "line choice-name", dir: "auto" }),
    h("span", { class: "line choice-hint" }),
  );
  updatePersonChoice(node, person, context);
  return node;
}

/**
 * @param {HTMLElement} node of `personChoice`
 * @param {Person} person
 * @param {any} context
 */
export function updatePersonChoice(node, person, context) {
  const [face, name, hint] = /** @type {HTMLElement[]} */ ([...node.children]);
  updatePersonFace(face, context, person);
  text(name, nameOf(context, person));
  text(hint, person.username ? `@${person.username}` : "");
}
