// A field in which the user finds a person by name: those who match are listed below it.

import { Element, h, show, text } from "../parts/element.js";
import { KeyedList, Roving } from "../parts/list.js";
import { field, VERBATIM } from "./form.js";
import { PeopleSearch } from "./people-search.js";
import { handleLine, personRow, updatePersonRow } from "./person-row.js";

const SHOWN_MAX = 8;

/** Emits `found` with those who match, and `choose` with the person. Its attributes: `label`, and `name` for the tests. */
export class PersonField extends Element {
  static template() {
    return [
      field(h("span", { part: "label" }), h("input", { part: "input", type: "search", maxlength: 64, autocomplete: "off", ...VERBATIM })),
      h("p", { class: "hint", role: "status", part: "state" }),
      h("ul", { class: "rows", role: "list", part: "list", hidden: true }),
    ];
  }

  /** @type {KeyedList<any> | undefined} */ #list;
  /** @type {PeopleSearch | undefined} */ #search;
  /** @type {any[]} */ #found = [];
  /** @type {(person: any) => string} what the row of a person says at its end */ #label = () => "";

  connected() {
    const { parts } = this;
    const name = this.getAttribute("name") ?? "person";
    text(parts.label, this.getAttribute("label") ?? "");
    parts.input.dataset.testid = `${name}-input`;
    const row = (/** @type {any} */ person) => ({ person, note: handleLine(person), label: this.#label(person) });
    this.#search = new PeopleSearch(this.context, (people, { isComplete }) => this.#show(people, isComplete), { withMe: true });
    this.#list ??= new KeyedList({
      box: parts.list,
      key: ({ user_id }) => user_id,
      make: (person) => personRow(this.context, row(person), { testId: `${name}-found`, onOpen: () => this.#choose(person) }),
      update: (node, person) => updatePersonRow(node, row(person)),
    });
    const roving = new Roving({ box: parts.list, items: ".row-main" });
    this.ending(() => roving.disconnect());
    this.listen(parts.input, "input", () => this.#search?.search(this.value));
    this.listen(parts.input, "keydown", (event) => this.#keyPressed(event));
  }

  disconnected() {
    this.#search?.stop();
  }

  /** What the row of a person says at its end; set again when that may have changed. */
  set label(/** @type {(person: any) => string} */ label) {
    this.#label = label;
    this.#list?.set(this.#found);
  }

  get value() {
    return this.parts.input.value.trim().replace(/^@/, "");
  }

  clear() {
    this.#label = () => "";
    this.parts.input.value = "";
    this.#search?.search("");
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

  /**
   * @param {any[]} people
   * @param {boolean} isComplete
   */
  #show(people, isComplete) {
    this.#found = people.slice(0, SHOWN_MAX);
    this.#list?.set(this.#found);
    show(this.parts.list, people.length > 0);
    const { t } = this.context.texts;
    text(this.parts.state, people.length || !this.value ? "" : t(isComplete ? "people.none" : "state.searching"));
    this.tell("found", this.#found);
  }

  /** @param {any} person */
  #choose(person) {
    this.clear();
    this.parts.input.focus();
    this.tell("choose", person);
  }
}

customElements.define("echo-person-field", PersonField);
