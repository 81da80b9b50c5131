// The form that makes a room: public, for a group, or for two.

import { attribute, Element, h, icon, show, text } from "../parts/element.js";
import { problemText } from "./problem-text.js";
import { closeDialog } from "./sidebar-doors.js";

const KINDS = ["public", "group", "direct"];
const NAME_MAX = 80; // characters
const TOPIC_MAX = 250;

/** `echo-new-room` */
export class NewRoom extends Element {
  #asked = { room: "", key: "" };

  /** @param {any} context */
  static template({ texts: { t } }) {
    const head = h(
      "div",
      { class: "dialog-head" },
      h("h2", {}, t("new_room.title")),
      h("button", { type: "button", class: "icon-button", part: "close", "aria-label": t("action.close") }, icon("close")),
    );
    const kinds = KINDS.map((kind) =>
      h(
        "label",
        { class: "kind" },
        h("input", { type: "radio", name: "kind", value: kind, checked: kind === "public", "data-testid": `kind-${kind}` }),
        h("span", {}, h("b", {}, t(`room.kind_${kind}`)), " ", h("small", {}, t(`room.kind_${kind}_hint`))),
      ),
    );
    const field = (/** @type {string} */ name, /** @type {string} */ testId, /** @type {string} */ label, /** @type {number} */ max) =>
      h(
        "div",
        { class: "field" },
        h("label", { for: `new-room-${name}` }, label),
        h("input", { id: `new-room-${name}`, part: name, "data-testid": testId, maxlength: max, autocomplete: "off", dir: "auto" }),
      );
    return [
      head,
      h(
        "form",
        { part: "form", novalidate: true, class: "stack" },
        h("fieldset", { class: "kinds" }, h("legend", { class: "visually-hidden" }, t("new_room.kind")), ...kinds),
        h(
          "div",
          { part: "named", class: "stack" },
          field("name", "room-name-input", t("new_room.name"), NAME_MAX),
          field("topic", "room-topic-input", `${t("new_room.topic")} ${t("field.optional")}`, TOPIC_MAX),
        ),
        h(
          "div",
          { part: "peopled", class: "field", hidden: true },
          h("p", { class: "label", "aria-hidden": "true" }, t("new_room.people")),
          h("echo-people", { part: "people" }),
          h("p", { class: "hint", part: "hint" }, t("new_room.people_hint")),
        ),
        h("p", { class: "error", role: "alert", part: "error", "data-testid": "create-error" }),
        h("button", { type: "submit", class: "primary", part: "submit", "data-testid": "create-submit" }, t("action.create")),
      ),
    ];
  }

  connected() {
    const { form, close, name } = this.parts;
    this.listen(close, "click", () => closeDialog(this));
    this.listen(form, "change", () => this.#kindChanged());
    this.listen(form, "submit", (event) => {
      event.preventDefault();
      this.#create();
    });
    this.#kindChanged();
    name.focus();
  }

  get #kind() {
    return String(new FormData(this.parts.form).get("kind"));
  }

  #kindChanged() {
    const { named, peopled, people, hint, submit } = this.parts;
    const isDirect = this.#kind === "direct";
    show(named, !isDirect);
    show(peopled, this.#kind !== "public");
    show(hint, !isDirect);
    people.setMax(isDirect ? 1 : Infinity);
    text(submit, this.context.texts.t(isDirect ? "action.open" : "action.create"));
  }

  async #create() {
    const { name, topic, people, submit } = this.parts;
    const { t } = this.context.texts;
    const kind = this.#kind;
    const isDirect = kind === "direct";
    this.#showError("");
    if (!isDirect && !name.value.trim()) return this.#showError(t("new_room.enter_name"), name);
    submit.disabled = true;
    try {
      const members = kind === "public" ? [] : (await people.settle()).map((/** @type {any} */ user) => user.user_id);
      if (isDirect && members.length !== 1) return this.#showError(t("new_room.choose_person"), people);
      const { actions } = this.context;
      await actions.createRoom(kind, name.value.trim(), members, { topic: topic.value.trim(), key: this.#key(kind, members) });
      closeDialog(this);
    } catch (problem) {
      this.#showError(/** @type {any} */ (problem).code === "no_such_user" ? t("people.none") : problemText(this.context.texts, problem));
    } finally {
      submit.disabled = false;
    }
  }

  /**
   * The same key for the same room: if the answer is lost, the next try makes no second one.
   * @param {string} kind
   * @param {string[]} members
   */
  #key(kind, members) {
    const { name, topic } = this.parts;
    const room = JSON.stringify([kind, name.value, topic.value, members]);
    if (room !== this.#asked.room) this.#asked = { room, key: this.context.environment.randomUUID() };
    return this.#asked.key;
  }

  /**
   * @param {string} words
   * @param {HTMLElement | null} [field]
   */
  #showError(words, field = null) {
    text(this.parts.error, words);
    attribute(this.parts.name, "aria-invalid", words && field === this.parts.name ? "true" : null);
    field?.focus();
  }
}

customElements.define("echo-new-room", NewRoom);
