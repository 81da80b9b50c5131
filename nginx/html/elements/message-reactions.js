// The reactions to a message: one button for each emoji, which stays where it is when somebody reacts.

import { attribute, focused, h, text } from "../parts/element.js";
import { KeyedList } from "../parts/list.js";
import { namesText } from "./message-summary.js";

const NAMES_MAX = 20;

/**
 * @typedef {{ emoji: string, userIds: string[] }} Reaction
 * @type {WeakMap<HTMLElement, KeyedList<Reaction>>}
 */
const lists = new WeakMap();

/**
 * @param {import("./message.js").Message} node
 * @param {import("./message.js").View} view
 */
export function updateReactions(node, { message, context }) {
  const reactions = Object.entries(message.deleted ? {} : (message.reactions ?? {})).map(([emoji, userIds]) => ({ emoji, userIds }));
  if (reactions.length === 0) {
    node.removeSlot("reactions");
    return;
  }
  const box = node.slotFor("reactions", () => h("div", { class: "reactions" }));
  let list = lists.get(box);
  if (!list) {
    const update = (/** @type {HTMLElement} */ button, /** @type {Reaction} */ reaction) => updateButton(button, reaction, context);
    const make = (/** @type {Reaction} */ reaction) => {
      const button = h("button", { type: "button", class: "reaction", "data-testid": "reaction", "data-action": "reaction" });
      update(button, reaction);
      return button;
    };
    list = new KeyedList({ box, key: ({ emoji }) => emoji, make, update });
    lists.set(box, list);
  }
  const hadFocus = box.contains(focused(box));
  list.set(reactions);
  if (hadFocus && !box.contains(focused(box))) node.focus({ preventScroll: true }); // the button has gone
}

/**
 * @param {HTMLElement} button
 * @param {Reaction} reaction
 * @param {any} context
 */
function updateButton(button, { emoji, userIds }, { store, texts }) {
  const isMine = userIds.includes(store.me.user_id);
  const nameOf = (/** @type {string} */ id) =>
    id === store.me.user_id ? texts.t("names.you") : store.displayName(id) || texts.t("names.deleted_user");
  const names = namesText(userIds, { max: NAMES_MAX, nameOf, texts });
  const label = texts.t("reaction.names", { emoji, n: userIds.length, names });
  attribute(button, "data-emoji", emoji);
  attribute(button, "aria-pressed", String(isMine));
  attribute(button, "title", names);
  attribute(button, "aria-label", `${label} ${texts.t(isMine ? "reaction.remove" : "reaction.add")}`);
  text(button, `${emoji} ${texts.number(userIds.length)}`);
}
