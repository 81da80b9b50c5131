// A field with a list of choices below it: arrows walk the list while the focus stays in the field, Enter takes one.

import { attribute, h, show } from "../parts/dom.js";
import { KeyedList } from "../parts/list.js";
import { isComposingKey } from "../parts/message-text.js";

/**
 * @template Choice
 * @typedef {object} ChoicesOptions
 * @property {HTMLInputElement} input
 * @property {HTMLElement} list
 * @property {string} label of the list
 * @property {(choice: Choice) => string} key
 * @property {(choice: Choice) => HTMLElement} make
 * @property {(node: HTMLElement, choice: Choice) => void} [update]
 * @property {(choice: Choice) => void} onTake
 * @property {(text: string) => void} [onEnter] Enter without a choice
 */

let lists = 0;

/** @template Choice */
export class Choices {
  #options;
  #id = `choices-${(lists += 1)}`;
  /** @type {readonly Choice[]} */ #choices = [];
  /** @type {KeyedList<Choice>} */ #nodes;
  /** @type {string | null} the key of the chosen one */ #active = null;

  /**
   * @param {ChoicesOptions<Choice>} options
   * @param {AbortSignal} signal
   */
  constructor(options, signal) {
    this.#options = options;
    const { input, list, label, key, update } = options;
    this.#nodes = new KeyedList({ box: list, key, make: (choice) => this.#make(choice), update });
    list.id = this.#id;
    for (const [name, value] of Object.entries({ role: "listbox", "aria-label": label })) attribute(list, name, value);
    const ways = {
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-controls": this.#id,
      "aria-expanded": "false",
      autocomplete: "off",
    };
    for (const [name, value] of Object.entries(ways)) attribute(input, name, value);
    input.addEventListener("keydown", (event) => this.#keyPressed(event), { signal });
    list.addEventListener("pointerdown", (event) => event.preventDefault(), { signal }); // the focus stays in the field
    list.addEventListener("click", (event) => this.#clicked(event), { signal });
  }

  get active() {
    return this.#choices.find((choice) => this.#options.key(choice) === this.#active) ?? null;
  }

  /**
   * @param {readonly Choice[]} choices
   * @param {{ isFirstActive?: boolean }} options else none is chosen before an arrow is pressed
   */
  set(choices, { isFirstActive = true } = {}) {
    const { key, list, input } = this.#options;
    this.#choices = choices;
    this.#nodes.set(choices);
    show(list, choices.length > 0);
    attribute(input, "aria-expanded", String(choices.length > 0));
    const isThere = choices.some((choice) => key(choice) === this.#active);
    if (!isThere) this.#activate(isFirstActive && choices.length ? key(choices[0]) : null);
    else this.#activate(this.#active);
  }

  /** Chooses the first one again: what was typed has changed. */
  restart() {
    this.#active = null;
  }

  /** @param {Choice} choice */
  #make(choice) {
    const node = this.#options.make(choice);
    const key = this.#options.key(choice);
    node.setAttribute("role", "option");
    node.setAttribute("data-key", key);
    node.id = `${this.#id}-${key}`;
    return node;
  }

  /** @param {string | null} key */
  #activate(key) {
    const { input } = this.#options;
    this.#active = key;
    for (const each of this.#nodes.keys()) {
      attribute(/** @type {HTMLElement} */ (this.#nodes.node(each)), "aria-selected", String(each === key));
    }
    const node = key === null ? undefined : this.#nodes.node(key);
    attribute(input, "aria-activedescendant", node?.id);
    node?.scrollIntoView({ block: "nearest" });
  }

  /** @param {KeyboardEvent} event */
  #keyPressed(event) {
    if (isComposingKey(event) || event.altKey || event.ctrlKey || event.metaKey) return;
    const { key, input, onTake, onEnter } = this.#options;
    const { key: pressed } = event;
    if (pressed === "ArrowDown" || pressed === "ArrowUp") {
      const keys = this.#choices.map(key);
      if (!keys.length) return;
      const at = this.#active === null ? (pressed === "ArrowDown" ? -1 : 0) : keys.indexOf(this.#active);
      event.preventDefault();
      this.#activate(keys[(at + (pressed === "ArrowDown" ? 1 : keys.length - 1)) % keys.length]);
    } else if (pressed === "Enter") {
      const { active } = this;
      if (!active && !onEnter) return;
      event.preventDefault();
      if (active) onTake(active);
      else onEnter?.(input.value);
    }
  }

  /** @param {MouseEvent} event */
  #clicked({ target }) {
    const node = target instanceof Element ? target.closest("[role=option]") : null;
    const choice = this.#choices.find((each) => this.#options.key(each) === node?.getAttribute("data-key"));
    if (choice) this.#options.onTake(choice);
  }
}

/**
 * A list that `Choices` fills.
 * @param {string} part
 * @param {string} testId
 */
export function choiceList(part, testId) {
  return h("div", { class: "choices scroller", part, hidden: true, "data-testid": testId });
}
