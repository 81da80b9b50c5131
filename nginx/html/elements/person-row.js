// What stands for a person in lists: picture, name, whether they are here.

import { attribute, h, show, text } from "../parts/dom.js";

/** @typedef {{user_id: string, username?: string, display_name?: string, avatar_url?: string | null, status_text?: string}} Person */

/**
 * A picture, or the first letter of the name.
 * @param {Person} person
 * @param {string} [size] a class
 */
export function face(person, size = "") {
  const node = h("echo-picture", { class: size || null });
  updateFace(node, person);
  return node;
}

/**
 * What the store knows of the person counts more, and is followed by the picture itself.
 * @param {HTMLElement} node of `face`
 * @param {Person} person
 */
export function updateFace(node, { user_id: userId, username, display_name: name, avatar_url: url }) {
  attribute(node, "user", userId);
  attribute(node, "name", name || username);
  attribute(node, "avatar", url);
}

/**
 * The name of a person in the words of the interface: somebody who is gone has none.
 * @param {any} context
 * @param {Person} person
 * @returns {string}
 */
export function nameOf({ store, texts }, person) {
  return store.displayName(person.user_id, person) || texts.t("names.deleted_user");
}

/** A dot for whoever is here or idle; hidden for others. */
export function presenceDot() {
  return h("i", { class: "presence", role: "img", "data-testid": "presence", hidden: true });
}

/**
 * @param {HTMLElement} dot of `presenceDot`
 * @param {any} context
 * @param {string | undefined} state
 */
export function updatePresenceDot(dot, { texts }, state) {
  const isHere = state === "active" || state === "idle";
  show(dot, isHere);
  attribute(dot, "data-state", isHere ? state : null);
  attribute(dot, "aria-label", isHere ? texts.t(`presence.${state}`) : null);
  attribute(dot, "title", isHere ? texts.t(`presence.${state}`) : null);
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
  const picture = face(data.person);
  const name = h("b", { dir: "auto" });
  const dot = presenceDot();
  const note = h("small", { class: "line", dir: "auto" });
  const label = h("small", { class: "row-label", "data-testid": "role", hidden: true });
  const body = [picture, h("span", { class: "row-names" }, h("span", { class: "line" }, name, dot), note), label];
  const main = onOpen
    ? h("button", { type: "button", class: "plain row-main", "data-testid": `${testId}-open`, onclick: onOpen }, ...body)
    : h("div", { class: "row-main" }, ...body);
  const node = h("li", { class: "person-row", "data-testid": testId, "data-user-id": data.person.user_id }, main, ...tools);
  updates.set(node, ({ person, note: line = "", label: word = "" }) => {
    updateFace(picture, person);
    text(name, nameOf(context, person));
    text(note, line);
    text(label, word);
    show(label, word !== "");
    updatePresenceDot(dot, context, context.store.presence.get(person.user_id)?.state);
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
