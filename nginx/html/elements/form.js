// Builds the fields of forms, and says beside the field what is wrong with it.

import { append, attribute, focused, h, text } from "../parts/dom.js";

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */

/** For controls into which no words are typed, such as a username. */
export const VERBATIM = { autocapitalize: "none", autocorrect: "off", spellcheck: "false" };

let count = 0;

/**
 * An input that the element, the tests and the browser, which may fill it in, know by the same name.
 * @param {string} name
 * @param {Record<string, any>} [attributes]
 */
export function input(name, attributes = {}) {
  return h("input", { id: name, name, part: name, "data-testid": name, ...attributes });
}

/**
 * A control below its label, with a hint below it and a button beside it. What it makes of a control with the part `x` are the parts `x-field` and `x-hint`.
 * @param {Node | string | readonly (Node | string)[]} label
 * @param {Control} control
 * @param {{ hint?: string, beside?: Node }} options
 */
export function field(label, control, { hint, beside } = /** @type {{}} */ ({})) {
  control.id ||= `field-${(count += 1)}`;
  const { part } = control.dataset;
  const hintId = hint === undefined ? null : `${control.id}-hint`;
  attribute(control, "aria-describedby", hintId);
  return h(
    "div",
    { class: "field", part: part && `${part}-field` },
    h("label", { for: control.id }, label),
    beside ? h("span", { class: "with-button" }, control, beside) : control,
    hintId && h("p", { class: "hint", id: hintId, part: part && `${part}-hint` }, hint),
  );
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
 * @param {string} [testId]
 */
export function errorLine(id, testId = id) {
  return h("p", { class: "error", role: "alert", id, part: "error", "data-testid": testId });
}

/**
 * Shows an error, or none if the text is empty, and leads to the field that has to be filled in again.
 * @param {HTMLElement} line of `errorLine`; what is about no field that is shown stands before the button
 * @param {string} message
 * @param {Control | null} [control]
 */
export function showError(line, message, control = null) {
  const form = /** @type {HTMLElement} */ (line.closest("form"));
  for (const wrong of form.querySelectorAll("[aria-invalid]")) describe(wrong, line, false);
  const box = control?.closest(".field");
  const isThere = control !== null && box && !box.closest("[hidden]");
  if (isThere && line.parentNode !== box) box.append(line);
  if (!isThere && message) form.querySelector("button:not([type=button])")?.before(line);
  text(line, message);
  if (!isThere || !message) return;
  describe(control, line, true);
  control.focus();
}

/**
 * @param {Element} control
 * @param {HTMLElement} line
 * @param {boolean} isWrong
 */
function describe(control, line, isWrong) {
  const others = (control.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== line.id);
  attribute(control, "aria-describedby", [...others, ...(isWrong ? [line.id] : [])].join(" ") || null);
  attribute(control, "aria-invalid", isWrong ? "true" : null);
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
