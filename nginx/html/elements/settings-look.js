// How the page looks on this device: theme, accent, density, the rows of rooms, the language.

import { Element, h } from "../parts/element.js";
import { LANGUAGES } from "../parts/texts.js";
import { check, choices, field } from "./form.js";

const CHOSEN = /** @type {const} */ (["theme", "accent", "density"]);

export class SettingsLook extends Element {
  /** @param {any} context */
  static template({ texts: { t }, settings }) {
    const group = (/** @type {string} */ name) =>
      h(
        "fieldset",
        { class: "choice-row" },
        h("legend", {}, t(`appearance.${name}`)),
        ...settings
          .choices(name)
          .map((/** @type {string} */ value) =>
            check(
              t(`appearance.${name}_${value}`),
              h("input", { type: "radio", name: `settings-${name}`, value, "data-testid": `${name}-${value}`, "data-setting": name }),
            ),
          ),
      );
    const languages = [["", t("appearance.language_system")], ...Object.entries(LANGUAGES)];
    return [
      h(
        "section",
        { class: "settings-section form" },
        ...CHOSEN.map(group),
        check(t("appearance.previews"), h("input", { type: "checkbox", part: "previews", "data-testid": "room-previews" })),
        field(
          t("appearance.language"),
          choices({ part: "language", "data-testid": "language" }, /** @type {[string, string][]} */ (languages)),
        ),
      ),
    ];
  }

  connected() {
    const { parts, context } = this;
    const { settings } = context;
    this.listen(this, "change", ({ target }) => {
      if (target.dataset.setting) settings.set(target.dataset.setting, target.value);
    });
    this.listen(parts.previews, "change", () => settings.set("roomRows", parts.previews.checked ? "two lines" : "one line"));
    this.listen(parts.language, "change", () => settings.set("language", parts.language.value));
    this.watch("settings", () => this.write(() => this.#draw()));
    this.#draw();
  }

  #draw() {
    const { settings } = this.context;
    for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (this.querySelectorAll("[data-setting]"))) {
      input.checked = settings.get(input.dataset.setting) === input.value;
    }
    this.parts.previews.checked = settings.get("roomRows") === "two lines";
    this.parts.language.value = settings.get("language");
  }
}

customElements.define("echo-settings-look", SettingsLook);
