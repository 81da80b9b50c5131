// Chooses people by name: those who are chosen stand before the field, those who are found below it.

import { attribute, Element, h, icon, show, text } from "../parts/element.js";
import { KeyedList } from "../parts/list.js";
import { Choices, choiceList } from "./choices.js";
import { PeopleSearch } from "./people-search.js";
import { personChoice, updatePersonChoice } from "./person-row.js";

/** @typedef {import("../state/types.js").User} User */

/** `echo-people`; tells `people` when others are chosen. */
export class People extends Element {
  #max = Infinity;
  /** @type {User[]} */ #chosen = [];
  /** @type {Choices<User>} */ #choices = /** @type {any} */ (null);
  /** @type {KeyedList<User>} */ #chips = /** @type {any} */ (null);
  /** @type {PeopleSearch} */ #search = /** @type {any} */ (null);

  /** @param {any} context */
  static template({ texts: { t } }) {
    return [
      h(
        "div",
        { class: "people-field", part: "field" },
        h("input", {
          type: "text",
          part: "input",
          "data-testid": "room-people-input",
          "aria-label": t("people.search"),
          placeholder: t("people.search"),
          autocapitalize: "none",
          spellcheck: "false",
          enterkeyhint: "done",
        }),
      ),
      choiceList("list", "people-list"),
      h("p", { class: "hint", role: "status", part: "state", "data-testid": "people-state" }),
    ];
  }

  connected() {
    const { context, parts } = this;
    const { input, list, field } = parts;
    const ending = new AbortController();
    this.#search = new PeopleSearch(context, (people, { isComplete }) => this.#found(people, isComplete));
    this.#choices = new Choices(
      {
        input,
        list,
        label: context.texts.t("people.search"),
        key: ({ user_id: userId }) => userId,
        make: (user) => personChoice(user, context),
        update: (node, user) => updatePersonChoice(node, user, context),
        onTake: (user) => this.#take(user),
      },
      ending.signal,
    );
    this.#chips = new KeyedList({ box: field, key: ({ user_id: userId }) => userId, make: (user) => this.#chip(user), end: input });
    this.#chips.set(this.#chosen);
    this.listen(input, "input", () => {
      this.#choices.restart();
      this.#search.search(input.value);
    });
    this.listen(input, "keydown", (event) => {
      if (event.key === "Backspace" && !input.value && !event.isComposing) this.#remove(this.#chosen[this.#chosen.length - 1]);
    });
    this.listen(field, "click", ({ target }) => target === field && input.focus());
    this.ending(() => {
      ending.abort();
      this.#search.stop();
    });
  }

  get people() {
    return this.#chosen;
  }

  set people(people) {
    this.#chosen = [...people].slice(0, this.#max);
    this.#drawChips();
  }

  /**
   * How many may be chosen; those who are too many go.
   * @param {number} max
   */
  setMax(max) {
    this.#max = max;
    this.people = this.#chosen;
  }

  focus() {
    this.parts.input?.focus();
  }

  /**
   * Takes the user whose username stands in the field, if one was typed and not chosen. Throws a Problem if there is none.
   * @returns {Promise<User[]>} all who are chosen
   */
  async settle() {
    const words = this.parts.input.value.trim();
    if (words) this.#take(await this.context.api.userByName(words));
    return this.#chosen;
  }

  /**
   * @param {User[]} people
   * @param {boolean} isComplete
   */
  #found(people, isComplete) {
    if (!this.isConnected) return;
    const { t } = this.context.texts;
    const chosen = new Set(this.#chosen.map(({ user_id: userId }) => userId));
    const left = people.filter(({ user_id: userId }) => !chosen.has(userId));
    this.#choices.set(left);
    const isSearching = this.parts.input.value.trim() !== "";
    attribute(this.parts.list, "aria-busy", String(isSearching && !isComplete));
    text(this.parts.state, !isSearching || left.length ? "" : t(isComplete ? "people.none" : "state.searching"));
  }

  /** @param {User} user */
  #take(user) {
    const { input } = this.parts;
    this.#chosen = [...this.#chosen.filter(({ user_id: userId }) => userId !== user.user_id), user].slice(-this.#max);
    input.value = "";
    this.#search.search("");
    this.#drawChips();
    this.tell("people");
  }

  /** @param {User | undefined} user */
  #remove(user) {
    if (!user) return;
    this.#chosen = this.#chosen.filter(({ user_id: userId }) => userId !== user.user_id);
    this.#drawChips();
    this.focus();
    this.tell("people");
  }

  #drawChips() {
    if (!this.isConnected) return;
    this.#chips.set(this.#chosen);
    const { input } = this.parts;
    const isFull = this.#chosen.length >= this.#max && this.#max > 1;
    show(input, !isFull);
    attribute(input, "placeholder", this.#chosen.length ? null : this.context.texts.t("people.search"));
  }

  /** @param {User} user */
  #chip(user) {
    const { store, texts } = this.context;
    const name = store.displayName(user.user_id, user);
    const label = texts.t("people.remove", { name });
    return h(
      "span",
      { class: "chip", "data-testid": "person-chosen", "data-user-id": user.user_id },
      h("span", { class: "line", dir: "auto" }, name),
      h("button", { type: "button", class: "icon-button", "aria-label": label, onclick: () => this.#remove(user) }, icon("close")),
    );
  }
}

customElements.define("echo-people", People);
