// The panel beside the timeline: shows one thing at a time, under a title, and loads what it shows when it is first asked for.

import { attribute, Element, focused, h, icon, show, text } from "../parts/element.js";
import { Roving } from "../parts/list.js";
import { KINDS, TABS } from "./panel-kinds.js";
import { giveWay, roomOf } from "./panel-view.js";
import { loadStyles } from "./styles.js";

const STYLES = ["../styles/panel.css", "../styles/forms.css", "../styles/panel-lists.css"];

export class Panel extends Element {
  /** @param {any} context */
  static template({ texts: { t } }) {
    const tab = (/** @type {string[]} */ [kind, label]) =>
      h("button", { type: "button", role: "tab", id: `panel-tab-${kind}`, "data-kind": kind, "data-testid": `panel-${kind}` }, t(label));
    return [
      h(
        "div",
        { class: "panel-head" },
        h(
          "button",
          { type: "button", class: "icon-button", part: "back", "aria-label": t("action.back"), "data-testid": "panel-back" },
          icon("back"),
        ),
        h("h2", { class: "line", part: "title", tabindex: "-1", dir: "auto", "data-testid": "panel-title" }),
        h(
          "button",
          { type: "button", class: "icon-button", part: "close", "aria-label": t("panel.close"), "data-testid": "panel-close" },
          icon("close"),
        ),
      ),
      h("div", { class: "panel-tabs", role: "tablist", part: "tabs", "aria-label": t("panel.tabs") }, ...Object.entries(TABS).map(tab)),
      h("div", { class: "panel-body scroller", part: "body" }, h("p", { class: "error", role: "alert", part: "error" })),
    ];
  }

  /** @type {any} */ #view = null;
  /** @type {Map<string, any>} */ #kept = new Map();
  /** @type {{kind: string, data: any}[]} where the way to a person or a message has come from */ #way = [];
  /** @type {{kind: string, data: any} | null} */ #shown = null;
  /** @type {string | null} */ #openRoom = null;
  #isGoingBack = false; // the way back is no way there
  /** @type {HTMLElement | null} */ #opener = null;
  /** @type {Roving | null} */ #roving = null;

  connected() {
    const { parts, context } = this;
    this.hidden = true;
    this.setAttribute("role", "complementary");
    this.setAttribute("aria-label", context.texts.t("panel.label"));
    this.listen(parts.close, "click", () => context.panel.close());
    this.listen(parts.back, "click", () => this.goBack());
    this.listen(parts.tabs, "click", ({ target }) => {
      const kind = target.closest("[role=tab]")?.dataset.kind;
      if (kind) context.panel.open(kind, roomOf(this.#shown?.data) ? { roomId: roomOf(this.#shown?.data) } : null);
    });
    this.listen(this, "keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
      event.preventDefault();
      event.stopPropagation();
      context.panel.close();
    });
    this.listen(this, "panel-title", () => this.write(() => this.#drawHead()));
    this.listen(this, "panel-done", () => this.goBack() || context.panel.close());
    this.#roving = new Roving({ box: parts.tabs, items: "[role=tab]", isHorizontal: true });
    this.ending(() => this.#roving?.disconnect());
    this.listen(parts.body, "click", ({ target }) => target.closest("a[href^='#/room/']") && giveWay(context));
    this.#openRoom = context.route.roomId;
    this.watch("panel", () => this.#follow());
    this.watch("route", () => this.#roomChanged());
    this.#follow();
  }

  disconnected() {
    this.#clear();
    this.#kept.clear();
    this.#way = [];
    this.#shown = null;
  }

  /** Shows what was shown before a person or a message was; false if there was nothing. */
  goBack() {
    const before = this.#way.pop();
    if (!before) return false;
    this.#isGoingBack = true;
    this.context.panel.open(before.kind, before.data);
    return true;
  }

  async #follow() {
    /** @type {{kind: string | null, data: any}} */
    const { kind, data } = this.context.panel;
    if (!kind || !KINDS[kind]) return this.#close();
    /** @type {{kind: string, data: any} | null} */
    const before = this.#shown;
    if (before?.kind === kind && before.data === data) return this.#takeFocus();
    if (!before && this.hidden) this.#opener = /** @type {HTMLElement | null} */ (focused(this));
    if (KINDS[kind].ofRoom || KINDS[kind].isKept) this.#way = [];
    else if (before && !this.#isGoingBack) this.#way.push(before);
    this.#isGoingBack = false;
    this.#shown = { kind, data };
    show(this, true);
    if (before?.kind === kind && this.#view) this.#view.open(data);
    else if (!(await this.#load(kind))) return undefined;
    this.#drawHead();
    return this.#takeFocus();
  }

  // Of the tabs, the one that was chosen keeps it.
  #takeFocus() {
    if (this.parts.tabs.contains(focused(this))) return;
    const target = /** @type {HTMLElement} */ (this.#view?.firstField ?? this.parts.title);
    target.focus({ preventScroll: true });
    if (target instanceof HTMLInputElement) target.select();
  }

  /**
   * False if it cannot be shown, or something else is by now.
   * @param {string} kind
   */
  async #load(kind) {
    const { tag, load, isKept } = KINDS[kind];
    const wanted = this.#shown;
    this.#clear();
    this.#drawHead();
    try {
      await Promise.all([load(), loadStyles(this.context.host.root, STYLES)]);
    } catch {
      if (this.#shown === wanted) text(this.parts.error, this.context.texts.t("problem.network"));
      return false;
    }
    if (this.#shown !== wanted || !this.isConnected) return false;
    const view = this.#kept.get(kind) ?? document.createElement(tag);
    if (isKept) this.#kept.set(kind, view);
    view.setAttribute("role", kind in TABS ? "tabpanel" : "group");
    if (kind in TABS) view.setAttribute("aria-labelledby", `panel-tab-${kind}`);
    this.#view = view;
    this.parts.body.append(view);
    this.parts.body.scrollTop = 0;
    view.open(wanted?.data);
    return true;
  }

  #clear() {
    text(this.parts.error, "");
    this.#view?.remove();
    this.#view = null;
  }

  #close() {
    if (this.hidden) return;
    const hadFocus = this.contains(focused(this));
    this.#clear();
    this.#way = [];
    this.#shown = null;
    show(this, false);
    if (hadFocus && this.#opener?.isConnected) this.#opener.focus({ preventScroll: true });
    this.#opener = null;
  }

  // What is of the open room follows to the next one; what is of a message or a member of the last one ends.
  #roomChanged() {
    const shown = this.#shown;
    const { panel, route } = this.context;
    const roomBefore = this.#openRoom;
    this.#openRoom = route.roomId;
    if (!shown || roomBefore === route.roomId) return;
    const roomId = roomOf(shown.data);
    if (roomId ? roomId !== route.roomId : KINDS[shown.kind].ofRoom && !route.roomId) return panel.close();
    this.#view?.open(shown.data);
    this.#drawHead();
  }

  #drawHead() {
    const { parts } = this;
    const kind = this.#shown?.kind ?? "";
    text(parts.title, this.#view?.heading ?? "");
    show(parts.back, this.#way.length > 0);
    show(parts.tabs, kind in TABS);
    for (const tab of parts.tabs.children) {
      const isOn = tab.dataset.kind === kind;
      attribute(tab, "aria-selected", String(isOn));
      if (isOn) this.#roving?.setCurrent(tab);
    }
    attribute(this, "data-kind", kind || null);
  }
}

customElements.define("echo-panel", Panel);
