// The settings: what the user is called, how the page looks, what it tells them, and their account; one section is shown at a time.

import { attribute, Element, h, icon } from "../parts/element.js";
import { Roving } from "../parts/list.js";
import "./settings-avatar.js";
import "./settings-blocks.js";
import "./settings-data.js";
import "./settings-devices.js";
import "./settings-email.js";
import "./settings-install.js";
import "./settings-look.js";
import "./settings-notifications.js";
import "./settings-password.js";
import "./settings-privacy.js";
import "./settings-profile.js";
import "./settings-shortcuts.js";

/** What it looks like: there before it is shown. */
export const STYLES = ["../styles/forms.css", "../styles/panel-lists.css", "../styles/settings.css"];

/** The elements of each section. */
const SECTIONS = {
  profile: ["echo-settings-avatar", "echo-settings-profile"],
  account: ["echo-settings-email", "echo-settings-password"],
  devices: ["echo-settings-devices", "echo-settings-install"],
  notifications: ["echo-settings-notifications"],
  appearance: ["echo-settings-look"],
  privacy: ["echo-settings-privacy", "echo-settings-blocks"],
  shortcuts: ["echo-settings-shortcuts"],
  data: ["echo-settings-data"],
};

/** What else a section may be asked for by. */
const ALIASES = /** @type {Record<string, string>} */ ({ email: "account", password: "account" });

/**
 * `section`, an attribute or a property, names the section that is shown. What is in a section is made when it is shown, and goes with it: no password stays in
 * a section that is left.
 */
export class Settings extends Element {
  /** @param {any} context */
  static template({ texts: { t } }) {
    const tab = (/** @type {string} */ name) =>
      h(
        "button",
        {
          type: "button",
          class: "plain",
          role: "tab",
          id: `settings-tab-${name}`,
          "data-section": name,
          "data-testid": `settings-${name}`,
        },
        t(name === "shortcuts" ? "shortcuts.title" : `settings.${name}`),
      );
    return [
      h(
        "header",
        { class: "settings-head" },
        h("h2", { part: "title", tabindex: "-1" }, t("settings.title")),
        h(
          "button",
          { type: "button", class: "icon-button", part: "close", "aria-label": t("action.close"), "data-testid": "close-settings" },
          icon("close"),
        ),
      ),
      h(
        "div",
        { class: "settings-tabs", role: "tablist", part: "tabs", "aria-label": t("settings.title") },
        ...Object.keys(SECTIONS).map(tab),
      ),
      h("div", { class: "settings-body scroller", role: "tabpanel", part: "body" }),
    ];
  }

  static get observedAttributes() {
    return ["section"];
  }

  attributeChangedCallback() {
    if (this.isConnected && this.parts.body) this.show(this.section);
  }

  get section() {
    return this.getAttribute("section") ?? "profile";
  }

  set section(name) {
    this.setAttribute("section", name);
  }

  connected() {
    const { parts } = this;
    this.dataset.testid = "settings";
    this.listen(parts.close, "click", () => this.closest("dialog")?.close(""));
    this.listen(parts.tabs, "click", ({ target }) => {
      const name = target.closest("[data-section]")?.dataset.section;
      if (name) this.show(name);
    });
    const isSideways = matchMedia("(max-width: 719.98px)").matches;
    const roving = new Roving({ box: parts.tabs, items: "[role=tab]", isHorizontal: isSideways });
    attribute(parts.tabs, "aria-orientation", isSideways ? "horizontal" : "vertical");
    this.ending(() => roving.disconnect());
    this.show(this.section);
    roving.setCurrent(this.#tab(this.dataset.section ?? ""));
  }

  /** @param {string} asked */
  show(asked) {
    const name = ALIASES[asked] ?? asked;
    if (!Object.hasOwn(SECTIONS, name) || (this.dataset.section === name && this.parts.body.childElementCount)) return;
    this.dataset.section = name;
    for (const tab of this.parts.tabs.children) attribute(tab, "aria-selected", String(tab.dataset.section === name));
    const { body } = this.parts;
    attribute(body, "aria-labelledby", `settings-tab-${name}`);
    body.replaceChildren(...SECTIONS[/** @type {keyof typeof SECTIONS} */ (name)].map((tag) => document.createElement(tag)));
    body.scrollTop = 0;
    if (asked === "email") attribute(body.querySelector("input[type=email]"), "autofocus", true); // the dialog is about to open
    this.#tab(name).scrollIntoView?.({ block: "nearest", inline: "nearest" });
  }

  /**
   * @param {string} name
   * @returns {HTMLElement}
   */
  #tab(name) {
    return this.parts.tabs.querySelector(`[data-section="${name}"]`);
  }
}

customElements.define("echo-settings", Settings);
