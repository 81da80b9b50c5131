// Builds the fields of forms, and says beside the field what is wrong with it.

import { append, attribute, focused, h, text } from "../parts/dom.js";

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */

/**
 * A control below its label.
 * @param {string} label
 * @param {Control} control
 * @param {string | null} [hint]
 */
export function field(label, control, hint = null) {
  return h("label", { class: "field" }, h("span", {}, label), control, hint ? h("small", {}, hint) : null);
}

/**
 * A box to tick, or one of several, before its label.
 * @param {string} label
 * @param {HTMLInputElement} control
 * @param {string | null} [hint]
 */
export function check(label, control, hint = null) {
  return h("label", { class: "check" }, control, h("span", {}, label, hint ? h("small", {}, hint) : null));
}

/**
 * A list to choose from: `[value, label]` each.
 * @param {Record<string, string | null>} attributes
 * @param {readonly (readonly [string, string])[]} options
 */
export function choices(attributes, options) {
  const list = h("select", attributes);
  append(
    list,
    options.map(([value, label]) => h("option", { value }, label)),
  );
  return list;
}

/**
 * What a form has gone wrong with; it moves below the field that it is about.
 * @param {string} id
 * @param {string} testId
 */
export function errorLine(id, testId) {
  return h("p", { class: "error", role: "alert", id, part: "error", "data-testid": testId });
}

/**
 * Shows an error, or none if the text is empty, and leads to the field that has to be filled in again.
 * @param {HTMLElement} line of `errorLine`
 * @param {string} message
 * @param {Control | null} [control]
 */
export function showError(line, message, control = null) {
  const form = /** @type {HTMLElement} */ (line.parentElement);
  for (const wrong of form.querySelectorAll("[aria-invalid]")) {
    attribute(wrong, "aria-invalid", null);
    attribute(wrong, "aria-describedby", null);
  }
  text(line, message);
  if (!control || !message) return;
  const label = control.closest("label");
  if (label && label.nextElementSibling !== line) label.after(line);
  attribute(control, "aria-invalid", "true");
  attribute(control, "aria-describedby", line.id);
  control.focus();
}

/**
 * Runs what a button begins, once at a time: it can be pressed again when that is done.
 * @template T
 * @param {HTMLButtonElement | HTMLInputElement | HTMLSelectElement} control
 * @param {() => Promise<T>} run
 */
export async function whileBusy(control, run) {
  if (control.disabled) return undefined;
  const hadFocus = focused(control) === control;
  control.disabled = true;
  try {
    return await run();
  } finally {
    control.disabled = false;
    // A disabled control loses the focus.
    if (hadFocus && !focused(control)) control.focus({ preventScroll: true });
  }
}
