// What the composer is built of: one rounded box with the strips, the files, the field and its icons.

import { h, icon } from "../parts/dom.js";
import "./attachments.js";
import "./completer.js";
import "./composer-strip.js";
import "./typing.js";

const SIGNS = { bold: "B", italic: "I", strike: "S", code: "<>", list: "•", quote: "❝" };
const KEYS = /** @type {Record<string, string>} */ ({ bold: "Ctrl B", italic: "Ctrl I", strike: "Ctrl Shift X", code: "Ctrl E" });

/** @param {import("../parts/texts.js").Texts} texts */
export function composerTemplate({ t }) {
  const button = (/** @type {string} */ part, /** @type {string} */ name, /** @type {string} */ sign, attributes = {}) =>
    h("button", { part, type: "button", class: "icon-button", "aria-label": name, title: name, ...attributes }, icon(sign));
  return [
    h("echo-typing", { part: "typing" }),
    h(
      "form",
      { part: "form", class: "composer", "data-testid": "composer-form", hidden: true },
      h("echo-completer", { part: "completer" }),
      h(
        "div",
        { part: "box", class: "composer-box" },
        h("echo-composer-strip", { part: "strip" }),
        h("echo-attachments", { part: "files" }),
        h(
          "div",
          { part: "formats", class: "composer-formats", role: "toolbar", "aria-label": t("composer.format"), hidden: true },
          ...formats(t),
        ),
        h(
          "div",
          { class: "composer-row" },
          button("attach", t("composer.attach"), "attach", { "data-testid": "attach" }),
          h(
            "div",
            { part: "grower", class: "composer-field" },
            h("textarea", { part: "field", rows: "1", dir: "auto", "data-testid": "composer", autocomplete: "off" }),
          ),
          button("emoji", t("composer.emoji"), "emoji", {
            "data-testid": "composer-emoji",
            "aria-haspopup": "dialog",
            "aria-expanded": "false",
          }),
          button("format", t("composer.format"), "format", { "data-testid": "composer-format", "aria-expanded": "false" }),
          button("send", t("composer.send"), "send", { type: "submit", class: "icon-button composer-send", "data-testid": "send" }),
        ),
      ),
      h("p", { part: "error", class: "error", role: "alert", "data-testid": "draft-error" }),
      h("p", { part: "count", class: "composer-count", "data-testid": "composer-count" }),
    ),
  ];
}

/** @param {(key: string) => string} t */
function formats(t) {
  const button = (/** @type {string} */ format, /** @type {Node | string} */ sign) => {
    const name = t(`format.${format}`);
    const title = KEYS[format] ? `${name} (${KEYS[format]})` : name;
    const attributes = { type: "button", class: `icon-button format-${format}`, "data-format": format, "aria-label": name, title };
    return h("button", attributes, sign instanceof Node ? sign : h("span", { "aria-hidden": "true" }, sign));
  };
  return [...Object.entries(SIGNS).map(([format, sign]) => button(format, sign)), button("link", icon("link"))];
}
