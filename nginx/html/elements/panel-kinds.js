// What the panel can show: the element of each kind, which is loaded when it is first asked for.

/**
 * `ofRoom`: of the open room, if no other is named; `isKept`: it is there again as it was left.
 * @type {Record<string, {tag: string, load: () => Promise<unknown>, ofRoom?: boolean, isKept?: boolean}>}
 */
export const KINDS = {
  details: { tag: "echo-panel-details", load: () => import("./panel-details.js"), ofRoom: true },
  members: { tag: "echo-panel-members", load: () => import("./panel-members.js"), ofRoom: true },
  pins: { tag: "echo-panel-pins", load: () => import("./panel-pins.js"), ofRoom: true },
  receipts: { tag: "echo-panel-receipts", load: () => import("./panel-receipts.js") },
  thread: { tag: "echo-panel-thread", load: () => import("./panel-thread.js") },
  person: { tag: "echo-panel-person", load: () => import("./panel-person.js") },
  saved: { tag: "echo-panel-saved", load: () => import("./panel-saved.js") },
  search: { tag: "echo-search", load: () => import("./search.js"), isKept: true }, // with the words and what they found
};

/** The kinds that stand beside each other as tabs, with the keys of their words. */
export const TABS = { details: "panel.about", members: "panel.members", pins: "panel.pins_short" };
