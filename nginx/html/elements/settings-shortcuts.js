// The keys of the page.

import { Element, h } from "../parts/element.js";

/** @type {[string, string[]][]} the key of the words, the keys to press */
const SHORTCUTS = [
  ["switcher", ["Ctrl", "K"]],
  ["next_unread", ["Alt", "⇧", "↓"]],
  ["previous_unread", ["Alt", "⇧", "↑"]],
  ["edit_last", ["↑"]],
  ["close", ["Esc"]],
];

export class SettingsShortcuts extends Element {
  /** @param {any} context */
  static template({ texts: { t } }) {
    return [
      h(
        "section",
        { class: "settings-section" },
        h("h3", {}, t("shortcuts.title")),
        h(
          "dl",
          { class: "shortcuts" },
          ...SHORTCUTS.map(([name, keys]) =>
            h("div", {}, h("dt", {}, t(`shortcuts.${name}`)), h("dd", {}, ...keys.map((key) => h("kbd", {}, key)))),
          ),
        ),
      ),
    ];
  }
}

customElements.define("echo-settings-shortcuts", SettingsShortcuts);
