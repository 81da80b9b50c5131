// Questions, and whatever else is shown in a dialog: in the middle of the screen, on a phone as a sheet from below.

import { h } from "../parts/dom.js";
import { openSheet } from "../parts/sheet.js";

const REASON_MAX = 500;

export class Dialogs {
  #host;
  #texts;

  /**
   * @param {ParentNode} host where dialogs are put, so that their elements find the context
   * @param {import("../parts/texts.js").Texts} texts
   */
  constructor(host, texts) {
    this.#host = host;
    this.#texts = texts;
  }

  /**
   * Asks whether to do something. True if the user presses the button `action`.
   * @param {string} question
   * @param {string} action
   * @param {{ isDangerous?: boolean, cancel?: string }} options
   * @returns {Promise<boolean>}
   */
  async confirm(question, action, { isDangerous = true, cancel = this.#texts.t("action.cancel") } = /** @type {{}} */ ({})) {
    return (await this.#ask([], { question, action, isDangerous, cancel })) === "yes";
  }

  /**
   * Asks for a line of text. Null if the user cancels.
   * @param {string} question
   * @param {string} action
   * @param {{ label: string, isDangerous?: boolean, type?: string }} options
   * @returns {Promise<string | null>}
   */
  async ask(question, action, { label, isDangerous = false, type = "text" }) {
    const autocomplete = type === "password" ? "current-password" : "off";
    const input = h("input", { id: "dialog-input", type, maxlength: REASON_MAX, autocomplete, "data-testid": "confirm-input" });
    const field = h("p", {}, h("label", { for: "dialog-input" }, label), input);
    const answer = await this.#ask([field], { question, action, isDangerous, cancel: this.#texts.t("action.cancel") });
    return answer === "yes" ? input.value.trim() : null;
  }

  /**
   * Shows an element; it closes with Escape, and on a phone when it is pulled down.
   * @param {Node} element
   * @param {{ label: string, className?: string, onClose?: () => void }} options
   */
  open(element, { label, className, onClose }) {
    return openSheet([element], { label, host: this.#host, className, onClose });
  }

  /** Whether one is open; with `tag`, one that shows such an element. */
  isOpen(tag = "") {
    return this.#host.querySelector(`dialog[open] ${tag}`.trim()) !== null;
  }

  /** Closes all: the user is signed out. */
  closeAll() {
    for (const dialog of this.#host.querySelectorAll("dialog")) dialog.close("");
  }

  /**
   * @param {Node[]} fields
   * @param {{ question: string, action: string, isDangerous: boolean, cancel: string }} options
   * @returns {Promise<string>}
   */
  #ask(fields, { question, action, isDangerous, cancel }) {
    const form = h(
      "form",
      { method: "dialog", class: "question" },
      h("p", { dir: "auto", "data-testid": "confirm-text" }, question),
      ...fields,
      h(
        "p",
        { class: "answers" },
        // Enter in a field presses the first button of the form: it is the second on the screen.
        h("button", { value: "yes", class: isDangerous ? "primary danger" : "primary", "data-testid": "confirm-yes" }, action),
        h("button", { value: "", "data-testid": "confirm-no" }, cancel),
      ),
    );
    const { closed, node } = openSheet([form], { label: question, host: this.#host, className: "question-sheet" });
    node.setAttribute("data-testid", "confirm");
    return closed;
  }
}
