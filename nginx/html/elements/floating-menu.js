// A menu: beside the control that opens it, on a phone a sheet from below.

import { h, icon } from "../parts/dom.js";
import { openPopover } from "../parts/popover.js";
import { Roving } from "../parts/roving.js";
import { openSheet } from "../parts/sheet.js";

/** @type {WeakSet<HTMLElement>} the controls that were pressed while their menu was open: that closes it */
const pressed = new WeakSet();

const PHONE = "(max-width: 719.98px)";

/**
 * @typedef {object} MenuItem
 * @property {string} label
 * @property {string} [icon]
 * @property {string} [testId]
 * @property {boolean} [isChecked] one of several, of which one is chosen
 * @property {string} [group] the name of what several items belong to, which follow each other
 * @property {boolean} [isLast] stands apart from the others
 * @property {() => void} run
 *
 * @typedef {{ close(): void, readonly isOpen: boolean }} OpenMenu
 */

/** Whether the page has one column, in which menus are sheets. */
export function isPhone() {
  return window.matchMedia(PHONE).matches;
}

/**
 * Opens a menu. It closes when something of it is chosen. A second click on its control closes it, too: then null is returned.
 * @param {readonly MenuItem[]} items
 * @param {{ label: string, host: HTMLElement, by: HTMLElement, side?: "below" | "above", align?: "start" | "end", head?: readonly Node[],
 *   testId?: string, onClose?: () => void }} options `host`: where it is put; `head` stands above the items and may have controls of its own
 * @returns {OpenMenu | null}
 */
export function openMenu(items, { label, host, by, side = "below", align = "start", head = [], testId, onClose }) {
  if (pressed.delete(by)) return null;
  const ending = new AbortController();
  by.addEventListener("pointerdown", () => pressed.add(by), { signal: ending.signal });
  const list = h("div", { role: "menu", class: "menu", "aria-label": label });
  list.append(...groupNodes(items, () => menu.close()));
  const roving = new Roving({ box: list, items: ".menu-item" });
  const ended = () => {
    roving.disconnect();
    ending.abort();
    by.setAttribute("aria-expanded", "false");
    onClose?.();
  };
  by.setAttribute("aria-expanded", "true");
  roving.current?.setAttribute("autofocus", ""); // in a sheet, no field that brings the keyboard
  const menu = isPhone()
    ? asSheet([...head, list], { label, host, onClose: ended })
    : asPopover([...head, list], { host, by, side, align, testId, onClose: ended });
  if (head.length === 0) roving.current?.focus();
  return menu;
}

/**
 * @param {readonly MenuItem[]} items
 * @param {() => void} close
 */
function groupNodes(items, close) {
  /** @type {HTMLElement[]} */
  const nodes = [];
  for (const item of items) {
    const last = nodes[nodes.length - 1];
    const node = itemNode(item, close);
    if (!item.group) nodes.push(node);
    else if (last?.getAttribute("aria-label") === item.group) last.append(node);
    else
      nodes.push(
        h("div", { role: "group", "aria-label": item.group }, h("p", { class: "menu-title", "aria-hidden": "true" }, item.group), node),
      );
  }
  return nodes;
}

/**
 * @param {MenuItem} item
 * @param {() => void} close
 */
function itemNode({ label, icon: name, testId, isChecked, isLast = false, run }, close) {
  const onclick = () => {
    close();
    run();
  };
  const isRadio = isChecked !== undefined;
  return h(
    "button",
    {
      type: "button",
      class: isLast ? "menu-item plain apart" : "menu-item plain",
      role: isRadio ? "menuitemradio" : "menuitem",
      "aria-checked": isRadio ? String(isChecked) : null,
      "data-testid": testId,
      onclick,
    },
    name ? icon(name) : isRadio ? h("span", { class: "menu-mark" }, isChecked ? icon("check") : null) : null,
    h("span", { class: "line", dir: "auto" }, label),
  );
}

/**
 * @param {readonly Node[]} content
 * @param {{ label: string, host: HTMLElement, onClose: () => void }} options
 * @returns {OpenMenu}
 */
function asSheet(content, options) {
  const { node, close } = openSheet(content, options);
  return {
    close,
    get isOpen() {
      return node.open;
    },
  };
}

/**
 * @param {readonly Node[]} content
 * @param {{ host: HTMLElement, by: HTMLElement, side: "below" | "above", align: "start" | "end", testId?: string, onClose: () => void }} options
 * @returns {OpenMenu}
 */
function asPopover(content, { host, testId, onClose, ...place }) {
  const box = h("div", { hidden: true, class: "menu-box", "data-testid": testId }, ...content);
  host.append(box);
  const close = () => {
    box.remove();
    onClose();
  };
  return openPopover(box, { ...place, onClose: close });
}
