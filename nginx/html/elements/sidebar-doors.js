// Opens what the sidebar leads to, as dialogs; on a phone they come from below.

import { h } from "../parts/dom.js";
import { loadStyles } from "./styles.js";

/**
 * Opens an element of its own in a dialog, unless it is open already.
 * @param {any} context
 * @param {string} tag
 * @param {string} label
 * @param {Record<string, string>} [attributes]
 */
function openOnce(context, tag, label, attributes = {}) {
  if (context.dialogs.isOpen(tag)) return null;
  return context.dialogs.open(h(tag, attributes), { label, className: `${tag.replace("echo-", "")}-sheet` });
}

/** @param {any} context */
export function openSwitcher(context) {
  return openOnce(context, "echo-switcher", context.texts.t("switcher.title"));
}

/** @param {any} context */
export function openDirectory(context) {
  return openOnce(context, "echo-directory", context.texts.t("directory.title"));
}

/** @param {any} context */
export function openNewRoom(context) {
  return openOnce(context, "echo-new-room", context.texts.t("new_room.title"));
}

/**
 * Opens the settings once they are loaded: they are rarely needed.
 * @param {any} context
 * @param {string} [section]
 */
export function openSettings(context, section) {
  return context.actions.try(async () => {
    const { STYLES } = await import("./settings.js");
    await loadStyles(context.host.root, STYLES);
    openOnce(context, "echo-settings", context.texts.t("settings.title"), section ? { section } : {});
  });
}

/**
 * Closes the dialog that an element is in.
 * @param {Element} element
 */
export function closeDialog(element) {
  element.closest("dialog")?.close("");
}
