// The heading of a section of the list of rooms, which shows and hides its rooms.

import { attribute, Element, h, icon, text } from "../parts/element.js";

/** `echo-section-head` */
export class SectionHead extends Element {
  /** @type {import("./room-sections.js").Section | null} */ #section = null;

  static template() {
    return [
      h(
        "button",
        { type: "button", class: "section-head plain", part: "button", "data-testid": "section" },
        icon("chevron-down"),
        h("span", { class: "line", part: "title" }),
        h("span", { class: "section-count", part: "count" }),
      ),
    ];
  }

  connected() {
    this.listen(this.parts.button, "click", () => this.#section && toggleCollapsed(this.context.settings, this.#section.name));
    this.#draw();
  }

  /** @param {import("./room-sections.js").Section} section */
  show(section) {
    this.#section = section;
    if (this.isConnected) this.#draw();
  }

  #draw() {
    if (!this.#section) return;
    const { name, isCollapsed, count } = this.#section;
    const { texts } = this.context;
    const { button } = this.parts;
    attribute(button, "data-section", name);
    attribute(button, "aria-expanded", String(!isCollapsed));
    text(this.parts.title, texts.t(`sidebar.${name}`));
    text(this.parts.count, isCollapsed ? texts.number(count) : "");
  }
}

/**
 * @param {import("../state/settings.js").Settings} settings
 * @param {string} name
 */
function toggleCollapsed(settings, name) {
  const names = new Set(settings.get("collapsed").split(" ").filter(Boolean));
  if (!names.delete(name)) names.add(name);
  settings.set("collapsed", [...names].join(" "));
}

customElements.define("echo-section-head", SectionHead);
