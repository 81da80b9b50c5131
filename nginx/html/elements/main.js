// The page of a user who is signed in: the list of rooms, the open room or view, and the panel beside it.

import { Element, h, icon, show } from "../parts/element.js";

/**
 * `echo-room` and `echo-catch-up` are in the page while the route shows them. One `echo-room` serves all rooms: it watches `route`. `echo-panel`
 * is always there; it hides itself while `panel.kind` is null.
 */
export class Main extends Element {
  /** @type {HTMLElement | null} */ #view = null;

  /** @param {any} context */
  static template({ texts }) {
    return [
      h("a", { class: "skip-link", href: "#main", part: "skip" }, texts.t("app.skip")),
      h("echo-connection"),
      h("echo-email-notice"),
      h("echo-notifier"),
      h(
        "div",
        { class: "regions", part: "regions" },
        h("echo-sidebar"),
        h(
          "main",
          { class: "stage", id: "main", tabindex: "-1", part: "stage" },
          h("p", { class: "choose-room", part: "choose" }, icon("hash"), h("span", {}, texts.t("sidebar.choose_room"))),
        ),
        h("echo-panel", { part: "panel" }),
      ),
    ];
  }

  connected() {
    const { route } = this.context;
    this.setAttribute("data-testid", "chat");
    this.watch("route", () => this.#draw());
    this.watch("panel", () => this.#drawPanel());
    this.listen(this.parts.skip, "click", (event) => {
      event.preventDefault(); // the address is the room's
      this.parts.stage.focus();
    });
    route.follow();
    this.#draw();
    this.#drawPanel();
  }

  #draw() {
    const { route, actions } = this.context;
    this.dataset.view = route.view;
    const name = route.view === "none" ? null : route.view === "room" ? "echo-room" : "echo-catch-up";
    if (this.#view?.localName !== name) {
      this.#view?.remove();
      this.#view = name ? document.createElement(name) : null;
      if (this.#view) this.parts.stage.append(this.#view);
    }
    show(this.parts.choose, !name);
    const code = route.takeCode();
    if (code) actions.acceptInvite(code);
  }

  #drawPanel() {
    const { kind } = this.context.panel;
    this.dataset.panel = kind ?? "";
  }
}

customElements.define("echo-main", Main);
