// Who wrote a message and when: picture, name and time; below the heading of another one, the time alone, in the gutter.

import { attribute, h, icon, show, text } from "../parts/element.js";

/**
 * @param {import("./message.js").Message} node
 * @param {import("./message.js").View} view
 * @param {string} name
 */
export function updateAuthor(node, { message, isGrouped, context }, name) {
  if (isGrouped) {
    node.removeSlot("head");
    updateGutter(node, message, context);
    return;
  }
  updatePicture(node, message);
  const head = node.slotFor("head", () =>
    h(
      "div",
      { class: "message-head" },
      h("button", { type: "button", class: "plain author line", dir: "auto", "data-testid": "author", "data-action": "author" }),
      h("time"),
      ...flagNodes(),
    ),
  );
  const [author, time, ...signs] = /** @type {HTMLElement[]} */ ([...head.children]);
  text(author, name);
  attribute(author, "title", name);
  updateTime(time, message, context);
  updateFlags(signs, message, context);
}

function flagNodes() {
  return [
    h("span", { class: "message-flag", "data-flag": "pinned", hidden: true }),
    h("span", { class: "message-flag", "data-flag": "saved", hidden: true }),
  ];
}

/**
 * @param {HTMLElement[]} signs of `flagNodes`
 * @param {import("./timeline-rows.js").ShownMessage} message
 * @param {any} context
 */
function updateFlags([pinned, saved], message, { store, texts }) {
  for (const [flag, name, label, sign] of /** @type {const} */ ([
    ["pinned", "pin", "message.pinned", pinned],
    ["saved", "bookmark-on", "sidebar.saved", saved],
  ])) {
    const isSet = message.seq !== undefined && store.flags.has(flag, message.room_id, message.seq);
    if (isSet && !sign.firstChild) sign.append(icon(name)); // few messages have one, and icons cost much of the time that a row takes
    show(sign, isSet);
    attribute(sign, "title", isSet ? texts.t(label) : null);
  }
}

/**
 * @param {import("./message.js").Message} node
 * @param {import("./timeline-rows.js").ShownMessage} message
 */
function updatePicture(node, message) {
  const { side } = node.parts;
  if (side.firstChild?.nodeName !== "ECHO-PICTURE") {
    side.replaceChildren(h("echo-picture", { user: message.user_id, "data-action": "author" }));
  }
  attribute(side.firstChild, "user", message.user_id);
  attribute(side.firstChild, "name", message.display_name || message.username);
}

/**
 * @param {import("./message.js").Message} node
 * @param {import("./timeline-rows.js").ShownMessage} message
 * @param {any} context
 */
function updateGutter(node, message, context) {
  const { side } = node.parts;
  if (side.firstChild?.nodeName !== "TIME") side.replaceChildren(h("time", { "aria-hidden": "true" }), ...flagNodes());
  const [time, ...signs] = side.children;
  updateTime(time, message, context);
  updateFlags(signs, message, context);
}

/**
 * @param {HTMLElement} node
 * @param {import("./timeline-rows.js").ShownMessage} message
 * @param {any} context
 */
function updateTime(node, { created_at: at }, { texts }) {
  if (node.getAttribute("datetime") === at) return;
  attribute(node, "datetime", at);
  attribute(node, "title", texts.dates.full(at));
  text(node, texts.dates.time(at));
}
