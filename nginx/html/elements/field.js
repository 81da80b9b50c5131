// Builds a labelled field of a form, and says an error at the field that it is about.

import { attribute, h, text } from "../parts/dom.js";

/**
 * A label, its field and a hint. The names of parts: `<name>` of the input, `<name>-field` of all, `<name>-hint`.
 * @param {string} name also its id and what tests call it
 * @param {(Node | string)[]} label
 * @param {Record<string, any>} attributes of the input
 * @param {{ hint?: string, after?: Node }} options
 */
export function field(name, label, attributes, { hint, after } = /** @type {{}} */ ({})) {
  const input = h("input", {
    id: name,
    name,
    part: name,
    "data-testid": name,
    "aria-describedby": hint === undefined ? null : `${name}-hint`,
    ...attributes,
  });
  return h(
    "div",
    { class: "field", part: `${name}-field` },
    h("label", { for: name }, ...label),
    after ? h("span", { class: "with-button" }, input, after) : input,
    hint === undefined ? null : h("p", { id: `${name}-hint`, class: "hint", part: `${name}-hint` }, hint),
  );
}

/** The fields of an account: those that a registration code and a username are typed into are no words. */
export const VERBATIM = { autocapitalize: "none", autocorrect: "off", spellcheck: "false" };

/**
 * Says an error below the field that it is about, or where `error` stands if it is about none; empty: there is none any more.
 * @param {HTMLFormElement} form
 * @param {HTMLElement} error a live region of the form
 * @param {string} words
 * @param {string | null} [name] of the field
 */
export function showError(form, error, words, name = null) {
  for (const input of form.querySelectorAll("[aria-invalid]")) {
    attribute(input, "aria-invalid", null);
    attribute(input, "aria-errormessage", null);
  }
  const input = name ? form.querySelector(`[name="${name}"]`) : null;
  const box = input?.closest(".field");
  const isThere = input instanceof HTMLInputElement && box && !box.closest("[hidden]");
  if (isThere && error.parentNode !== box) box.append(error);
  if (!isThere && words) form.querySelector("[type=submit]")?.before(error);
  text(error, words);
  if (!isThere || !words) return;
  attribute(input, "aria-invalid", "true");
  attribute(input, "aria-errormessage", error.id);
  input.focus();
}
