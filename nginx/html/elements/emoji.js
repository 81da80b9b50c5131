// The element <echo-emoji>: all emoji by groups, searched by their names in the user's language, with skin tones and those taken last.

import { attribute, Element, focused, h, show, text } from "../parts/element.js";
import { TONES, withTone } from "../parts/emoji.js";
import { Roving } from "../parts/list.js";
import { recentEmoji, rememberEmoji } from "./emoji-recent.js";

const FOUND_MAX = 96;
const RECENT = "recent";
const SIGNS = { recent: "🕘", smileys: "😀", people: "👋", nature: "🐻", food: "🍏", travel: "🚗", activities: "⚽", objects: "💡" };
const MORE_SIGNS = { symbols: "💟", flags: "🏁" };
/** @type {[group: string, sign: string][]} */
const GROUPS = Object.entries({ ...SIGNS, ...MORE_SIGNS });

/** Emits `emoji-chosen` with the emoji, which is remembered as taken last. */
export class EmojiPicker extends Element {
  /** @type {import("../parts/emoji.js").EmojiNames | null} */ #names = null;
  #group = RECENT;

  static template(/** @type {any} */ { texts: { t } }) {
    const tab = (/** @type {string} */ group, /** @type {string} */ sign) =>
      h(
        "button",
        { type: "button", role: "tab", "data-group": group, "aria-label": t(`emoji.${group}`), title: t(`emoji.${group}`) },
        h("span", { "aria-hidden": "true" }, sign),
      );
    const tone = (/** @type {string} */ sign) =>
      h("button", { type: "button", role: "radio", "data-tone": sign, "aria-label": `${t("emoji.tone")} ${sign || "✋"}` }, `✋${sign}`);
    return [
      h("input", {
        ...{ part: "search", type: "search", placeholder: t("emoji.search"), "aria-label": t("emoji.search") },
        ...{ autocomplete: "off", "data-testid": "emoji-search" },
      }),
      h(
        "div",
        { part: "tabs", class: "emoji-tabs", role: "tablist", "aria-label": t("emoji.title") },
        ...GROUPS.map((each) => tab(...each)),
      ),
      h("div", { part: "grid", class: "emoji-grid scroller", role: "tabpanel", "data-testid": "emoji-grid" }),
      h("p", { part: "none", class: "hint", role: "status" }),
      h("div", { part: "tones", class: "emoji-tones", role: "radiogroup", "aria-label": t("emoji.tone") }, ...["", ...TONES].map(tone)),
    ];
  }

  connected() {
    const { search, tabs, grid, tones } = this.parts;
    for (const roving of [
      new Roving({ box: tabs, items: "button", isHorizontal: true }),
      new Roving({ box: grid, items: "button", isGrid: true }),
      new Roving({ box: tones, items: "button", isHorizontal: true }),
    ]) {
      this.ending(() => roving.disconnect());
    }
    this.listen(search, "input", () => this.#show());
    this.listen(search, "keydown", (event) => this.#keyPressed(event));
    this.listen(tabs, "click", ({ target }) => this.#chooseGroup(target.closest("button")?.dataset.group));
    this.listen(tabs, "focusin", ({ target }) => this.#chooseGroup(target.closest("button")?.dataset.group));
    this.listen(tones, "click", ({ target }) => this.#chooseTone(target.closest("button")?.dataset.tone));
    this.listen(grid, "click", ({ target }) => this.#choose(target.closest("button")?.dataset.emoji));
    this.#show();
    this.context.emoji().then(
      (/** @type {any} */ names) => {
        this.#names = names;
        if (this.isConnected) this.#show();
      },
      () => this.isConnected && text(this.parts.none, this.context.texts.t("problem.network")),
    );
  }

  // Enter takes the first that is found; down leads to all of them.
  #keyPressed(/** @type {KeyboardEvent} */ event) {
    const first = this.parts.grid.querySelector("button");
    if (event.isComposing || !first || !["Enter", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    if (event.key === "Enter") first.click();
    else first.focus();
  }

  /** @param {string | undefined} group */
  #chooseGroup(group) {
    if (!group || (group === this.#group && !this.parts.search.value)) return;
    this.#group = group;
    this.parts.search.value = "";
    this.#show();
  }

  /** @param {string | undefined} tone */
  #chooseTone(tone) {
    if (tone === undefined) return;
    this.context.settings.set("emojiTone", tone);
    this.#show();
  }

  /** @param {string | undefined} emoji */
  #choose(emoji) {
    if (!emoji) return;
    rememberEmoji(this.context.settings, emoji);
    this.tell("emoji-chosen", emoji);
  }

  #show() {
    const { settings, texts } = this.context;
    const { search, tabs, grid, none, tones } = this.parts;
    const query = search.value.trim();
    const tone = settings.get("emojiTone");
    for (const tab of tabs.children) attribute(tab, "aria-selected", String(!query && tab.dataset.group === this.#group));
    for (const each of tones.children) attribute(each, "aria-checked", String(each.dataset.tone === tone));
    const isRecent = !query && this.#group === RECENT;
    const shown = isRecent ? recentEmoji(settings) : this.#found(query).map((emoji) => withTone(emoji, tone || null));
    const focus = /** @type {HTMLElement | null} */ (focused(grid));
    const before = focus && grid.contains(focus) ? focus.dataset.emoji : undefined;
    const buttons = shown.map((emoji) => this.#button(emoji));
    grid.replaceChildren(...buttons);
    grid.scrollTop = 0;
    if (before) buttons.find((button) => button.dataset.emoji === before)?.focus(); // their names have come meanwhile
    attribute(grid, "aria-label", texts.t(query ? "emoji.search" : `emoji.${this.#group}`));
    show(grid, shown.length > 0);
    text(none, query && this.#names && shown.length === 0 ? texts.t("emoji.none") : "");
  }

  /** @param {string} query */
  #found(query) {
    if (query) return (this.#names?.search(query, FOUND_MAX) ?? []).map(({ emoji }) => emoji);
    return this.#names?.groups.find(({ group }) => group === this.#group)?.emoji ?? [];
  }

  /** @param {string} emoji */
  #button(emoji) {
    const name = this.#names?.name(emoji) ?? emoji;
    return h("button", { type: "button", "data-emoji": emoji, title: name, "aria-label": name, "data-testid": "emoji" }, emoji);
  }
}

customElements.define("echo-emoji", EmojiPicker);
