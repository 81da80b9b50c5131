// Searches messages: by words, in the open room or in all, by author and time.

import { h, icon, show, text } from "../parts/element.js";
import { Roving } from "../parts/list.js";
import { check, choices, field } from "./form.js";
import { PagedList, pagedListNodes } from "./paged-list.js";
import { PanelView } from "./panel-view.js";
import "./person-field.js";
import { nameOf } from "./person-row.js";
import { searchHit, updateSearchHit } from "./search-hit.js";
import { searchQuery } from "./search-query.js";

const SEARCH_AFTER_MS = 250;

/** @typedef {import("./search-hit.js").Hit} Hit */

export class Search extends PanelView {
  /** @param {any} context */
  static template({ texts }) {
    const { t } = texts;
    const words = {
      part: "words",
      type: "search",
      maxlength: 512,
      autocomplete: "off",
      dir: "auto",
      enterkeyhint: "search",
      "data-testid": "search-words",
    };
    const sort = choices({ part: "sort", "data-testid": "search-sort", "aria-label": t("search.sort") }, [
      ["newest", t("search.newest")],
      ["best", t("search.best")],
    ]);
    return [
      h(
        "form",
        { class: "panel-section form", role: "search", part: "form", novalidate: true },
        h("input", { ...words, placeholder: t("search.words"), "aria-label": t("search.words") }),
        check(t("search.here"), h("input", { type: "checkbox", part: "here", "data-testid": "search-here" })),
        h(
          "details",
          { part: "filters" },
          h("summary", { "data-testid": "search-filters" }, t("search.filters")),
          h("div", { class: "form" }, [
            h(
              "p",
              { class: "chosen", part: "chosen", hidden: true, "data-testid": "search-from-chosen" },
              h("span", { class: "line", dir: "auto", part: "from" }),
              h("button", { type: "button", class: "icon-button", part: "anyone", "aria-label": t("search.from_anyone") }, icon("close")),
            ),
            h("echo-person-field", { part: "person", name: "search-from", label: t("search.from") }),
            h(
              "div",
              { class: "form-pair" },
              field(t("search.after"), h("input", { type: "date", part: "firstDay", "data-testid": "search-after" })),
              field(t("search.before"), h("input", { type: "date", part: "lastDay", "data-testid": "search-before" })),
            ),
            sort,
          ]),
        ),
      ),
      ...pagedListNodes(texts, { testId: "search-list", stateTestId: "search-state", label: t("search.title") }),
    ];
  }

  /** @type {PagedList<Hit> | undefined} */ #hits;
  /** @type {any} */ #from = null;
  /** @type {(() => void) | null} */ #cancelTimer = null;

  connected() {
    const { parts, context } = this;
    const { t } = context.texts;
    this.dataset.testid = "search";
    this.#hits ??= new PagedList({
      texts: context.texts,
      parts,
      key: ({ message }) => `${message.room_id} ${message.seq}`,
      make: (hit) => searchHit(context, hit),
      update: updateSearchHit,
      empty: t("search.none"),
      describe: (n, hasMore) => (hasMore ? "" : t("search.results", { n })),
      isGone: ({ message }) => context.store.isExpired(message),
    });
    this.watch("rooms", () => this.#hits?.pager.prune());
    const roving = new Roving({ box: parts.list, items: ".hit" });
    this.ending(() => roving.disconnect());
    this.listen(parts.form, "submit", (event) => {
      event.preventDefault();
      this.#search();
    });
    this.listen(parts.words, "input", () => this.#wait());
    this.listen(parts.words, "keydown", (event) => {
      const first = parts.list.querySelector(".hit");
      if (event.key !== "ArrowDown" || !first) return;
      event.preventDefault();
      first.focus();
    });
    for (const part of [parts.here, parts.firstDay, parts.lastDay, parts.sort]) this.listen(part, "change", () => this.#search());
    this.listen(parts.person, "choose", ({ detail }) => this.#setFrom(detail));
    this.listen(parts.anyone, "click", () => this.#setFrom(null));
  }

  /** @param {any} data `q`: searched for at once; `roomId`: only there; `from`: a user */
  open(data) {
    super.open(data);
    const { parts } = this;
    const wasHere = parts.here.checked;
    this.#drawHere();
    if (data?.q !== undefined) parts.words.value = data.q;
    if (data?.roomId) parts.here.checked = true;
    if (data?.from) this.#setFrom(data.from);
    else if (data || wasHere) this.#search();
  }

  get heading() {
    return this.context.texts.t("search.title");
  }

  get firstField() {
    return this.parts.words;
  }

  // Without an open room there is no "here".
  #drawHere() {
    const { here } = this.parts;
    show(here.closest("label"), Boolean(this.roomId));
    if (!this.roomId) here.checked = false;
  }

  /** @param {any} person */
  #setFrom(person) {
    const { parts } = this;
    this.#from = person;
    show(parts.chosen, Boolean(person));
    show(parts.person, !person);
    text(parts.from, person ? this.context.texts.t("search.from_person", { name: nameOf(this.context, person) }) : "");
    if (person) parts.filters.open = true;
    this.#search();
  }

  #wait() {
    this.#cancelTimer?.();
    this.#cancelTimer = this.later(SEARCH_AFTER_MS, () => this.#search());
  }

  #search() {
    const { parts, context } = this;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    const query = searchQuery({
      words: parts.words.value,
      roomId: parts.here.checked ? this.roomId : null,
      from: this.#from?.user_id ?? null,
      firstDay: parts.firstDay.value,
      lastDay: parts.lastDay.value,
      isBestFirst: parts.sort.value === "best",
    });
    if (!query) return this.#hits?.pager.stop();
    return this.#hits?.pager.start((cursor, signal) => context.api.searchMessages({ ...query, cursor }, { signal }), { keep: true });
  }
}

customElements.define("echo-search", Search);
