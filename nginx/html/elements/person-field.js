// A field in which the user finds a person by name: those who match are listed below it.

import { Element, h, show, text } from "../parts/element.js";
import { KeyedList, Roving } from "../parts/list.js";
import { handleLine, personRow, updatePersonRow } from "./person-row.js";
import { problemText } from "./problem-text.js";

const SEARCH_AFTER_MS = 250;
const FOUND_MAX = 8;

/** Emits `choose` with the person. Its attributes: `label`, and `name` for the tests. */
export class PersonField extends Element {
  static template() {
    return [
      h(
        "label",
        { class: "field" },
        h("span", { part: "label" }),
        h("input", { part: "input", type: "search", maxlength: 64, autocomplete: "off", autocapitalize: "none", spellcheck: "false" }),
      ),
      h("p", { class: "hint", role: "status", part: "state" }),
      h("ul", { class: "rows", role: "list", part: "list", hidden: true }),
    ];
  }

  /** @type {KeyedList<any> | undefined} */ #list;
  /** @type {(() => void) | null} */ #cancelTimer = null;
  #controller = new AbortController();

  connected() {
    const { parts } = this;
    const name = this.getAttribute("name") ?? "person";
    text(parts.label, this.getAttribute("label") ?? "");
    parts.input.dataset.testid = `${name}-input`;
    const row = (/** @type {any} */ person) => ({ person, note: handleLine(person) });
    this.#list ??= new KeyedList({
      box: parts.list,
      key: ({ user_id }) => user_id,
      make: (person) => personRow(this.context, row(person), { testId: `${name}-found`, onOpen: () => this.#choose(person) }),
      update: (node, person) => updatePersonRow(node, row(person)),
    });
    const roving = new Roving({ box: parts.list, items: ".row-main" });
    this.ending(() => roving.disconnect());
    this.listen(parts.input, "input", () => this.#wait());
    this.listen(parts.input, "keydown", (event) => this.#keyPressed(event));
  }

  disconnected() {
    this.#controller.abort();
    this.#cancelTimer = null;
  }

  get value() {
    return this.parts.input.value.trim();
  }

  clear() {
    this.#controller.abort();
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.parts.input.value = "";
    this.#show([], "");
  }

  /** The person whose username is in the field; throws a Problem if there is none. */
  named() {
    return this.context.api.userByName(this.value);
  }

  /** @param {KeyboardEvent} event */
  #keyPressed(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const first = /** @type {HTMLElement | null} */ (this.parts.list.querySelector(".row-main"));
    if (event.key === "ArrowDown" && first) {
      event.preventDefault();
      first.focus();
    }
    if (event.key === "Escape" && this.parts.input.value) {
      event.preventDefault();
      event.stopPropagation();
      this.clear();
    }
  }

  #wait() {
    this.#cancelTimer?.();
    this.#cancelTimer = this.later(SEARCH_AFTER_MS, () => this.#search());
  }

  async #search() {
    const { api, texts } = this.context;
    this.#controller.abort();
    const { signal } = (this.#controller = new AbortController());
    const q = this.value.replace(/^@/, "");
    if (!q) return this.#show([], "");
    try {
      const { items } = await api.users({ q, limit: FOUND_MAX }, { signal });
      if (!signal.aborted) this.#show(items, items.length ? "" : texts.t("people.none"));
    } catch (problem) {
      if (!signal.aborted) this.#show([], problemText(texts, problem));
    }
    return undefined;
  }

  /**
   * @param {any[]} people
   * @param {string} said
   */
  #show(people, said) {
    this.#list?.set(people);
    show(this.parts.list, people.length > 0);
    text(this.parts.state, said);
  }

  /** @param {any} person */
  #choose(person) {
    this.clear();
    this.parts.input.focus();
    this.tell("choose", person);
  }
}

customElements.define("echo-person-field", PersonField);
