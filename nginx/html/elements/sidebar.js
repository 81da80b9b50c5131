// The sidebar: the ways to rooms and people, the list of rooms, and the user themself at the bottom.

import { attribute, Element, h, icon, show, text } from "../parts/element.js";
import { isPhone } from "./floating-menu.js";
import { openDirectory, openNewRoom, openSwitcher } from "./sidebar-doors.js";

const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);

/** `echo-sidebar`; hears the keys Ctrl+K and Alt+Shift+↑/↓ of the whole page. */
export class Sidebar extends Element {
  /** @param {any} context */
  static template({ texts: { t } }) {
    return [
      h(
        "div",
        { class: "side-head" },
        h("h1", { class: "line" }, t("app.name")),
        button("hash", "browse-rooms", t("directory.title")),
        button("plus", "new-room", t("sidebar.new")),
      ),
      h(
        "div",
        { class: "side-search" },
        h(
          "button",
          { type: "button", class: "jump-button", part: "jump", "data-testid": "switcher-open", "aria-keyshortcuts": "Control+K Meta+K" },
          h("span", { class: "line" }, hasKeys() ? t("sidebar.search_hint", { keys: IS_MAC ? "⌘K" : "Ctrl K" }) : t("switcher.hint")),
        ),
        button("search", "search-messages", t("search.title")),
      ),
      h(
        "div",
        { class: "side-scroll scroller", part: "scroller" },
        view("catch-up", "catch-up-open", t("sidebar.catch_up"), h("span", { class: "badge", part: "news", hidden: true })),
        view("bookmark", "saved-open", t("sidebar.saved")),
        h("echo-invitations"),
        h("nav", { "aria-label": t("sidebar.my_rooms") }, h("echo-room-list", { part: "list" })),
        h(
          "div",
          { class: "side-empty", part: "empty", hidden: true },
          h("p", { class: "hint" }, t("sidebar.empty")),
          h("button", { type: "button", class: "primary", part: "first", "data-testid": "empty-new-room" }, t("sidebar.new_room")),
          h("button", { type: "button", part: "look", "data-testid": "empty-browse" }, t("directory.title")),
        ),
      ),
      h("echo-me-menu"),
    ];
  }

  connected() {
    const { context, parts } = this;
    attribute(this, "aria-label", context.texts.t("sidebar.label"));
    this.listen(parts.jump, "click", () => openSwitcher(context));
    for (const part of ["browse-rooms", "look"]) this.listen(parts[part], "click", () => openDirectory(context));
    for (const part of ["new-room", "first"]) this.listen(parts[part], "click", () => openNewRoom(context));
    this.listen(parts["search-messages"], "click", () => context.panel.open("search"));
    this.listen(parts["catch-up-open"], "click", () => context.route.show("catch-up"));
    this.listen(parts["saved-open"], "click", () => context.panel.open("saved"));
    this.listen(context.host.keys, "keydown", (event) => this.#keyPressed(event));
    for (const topic of ["rooms", "route", "users"]) this.watch(topic, () => this.#draw());
    this.listen(window, "resize", () => this.#draw());
    this.#draw();
    this.ending(() => context.host.badge.clear());
  }

  #draw() {
    const { store, route, texts, host } = this.context;
    const { empty, news, "catch-up-open": catchUp } = this.parts;
    const rooms = [...store.rooms.values()];
    const unread = rooms.filter((room) => store.badgeCount(room) > 0);
    const open = store.rooms.get(route.roomId);
    this.write(() => {
      attribute(this, "role", isPhone() && route.view === "none" ? "main" : "complementary"); // there, it is all that is shown
      show(empty, rooms.length === 0);
      show(news, unread.length > 0);
      text(news, texts.number(unread.length));
      attribute(catchUp, "aria-current", route.view === "catch-up" ? "page" : null);
    });
    const title = route.view === "catch-up" ? texts.t("catch_up.title") : open ? store.roomName(open) : "";
    const count = unread.reduce((sum, room) => sum + store.badgeCount(room), 0);
    host.badge.set({ title: [title, texts.t("app.name")].filter(Boolean).join(" – "), count, texts });
  }

  /** @param {KeyboardEvent} event */
  #keyPressed(event) {
    if (event.isComposing || event.repeat || event.defaultPrevented || this.context.dialogs.isOpen()) return;
    const { altKey, shiftKey, ctrlKey, metaKey, key } = event;
    if ((ctrlKey || metaKey) && !altKey && !shiftKey && key.toLowerCase() === "k") {
      event.preventDefault();
      openSwitcher(this.context);
    } else if (altKey && shiftKey && !ctrlKey && !metaKey && (key === "ArrowDown" || key === "ArrowUp")) {
      event.preventDefault();
      this.parts.list.openNextUnread(key === "ArrowDown" ? 1 : -1);
    }
  }
}

/** Whether keys are worth a word: not where fingers are used. */
function hasKeys() {
  return !window.matchMedia("(pointer: coarse)").matches;
}

/**
 * @param {string} name of the icon
 * @param {string} testId also its part
 * @param {string} label
 */
function button(name, testId, label) {
  const attributes = { type: "button", class: "icon-button", part: testId, "data-testid": testId, "aria-label": label, title: label };
  return h("button", attributes, icon(name));
}

/**
 * @param {string} name of the icon
 * @param {string} testId also its part
 * @param {string} label
 * @param {Node | null} [aside]
 */
function view(name, testId, label, aside = null) {
  const attributes = { type: "button", class: "side-view plain", part: testId, "data-testid": testId };
  return h("button", attributes, icon(name), h("span", { class: "line" }, label), aside);
}

customElements.define("echo-sidebar", Sidebar);
