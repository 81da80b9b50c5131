// The form that makes a room: public, for a group, or for two.

import { Element, h, icon, show, text } from "../parts/element.js";
import { errorLine, field, showError } from "./form.js";
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
    const words = { autocomplete: "off", dir: "auto" };
    const name = h("input", { part: "name", "data-testid": "room-name-input", maxlength: NAME_MAX, ...words });
    const topic = h("input", { part: "topic", "data-testid": "room-topic-input", maxlength: TOPIC_MAX, ...words });
    return [
      head,
      h(
        "form",
        { part: "form", novalidate: true, class: "stack" },
        h("fieldset", { class: "kinds" }, h("legend", { class: "visually-hidden" }, t("new_room.kind")), ...kinds),
        h(
          "div",
          { part: "named", class: "stack" },
          field(t("new_room.name"), name),
          field(`${t("new_room.topic")} ${t("field.optional")}`, topic),
        ),
        h(
          "div",
          { part: "peopled", class: "field", hidden: true },
          h("p", { class: "label", "aria-hidden": "true" }, t("new_room.people")),
          h("echo-people", { part: "people" }),
          h("p", { class: "hint", part: "hint" }, t("new_room.people_hint")),
        ),
        errorLine("create-error"),
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
    const { error } = this.parts;
    showError(error, "");
    if (!isDirect && !name.value.trim()) return showError(error, t("new_room.enter_name"), name);
    submit.disabled = true;
    try {
      const members = kind === "public" ? [] : (await people.settle()).map((/** @type {any} */ user) => user.user_id);
      if (isDirect && members.length !== 1) {
        showError(error, t("new_room.choose_person"));
        return people.focus();
      }
      const { actions } = this.context;
      await actions.createRoom(kind, name.value.trim(), members, { topic: topic.value.trim(), key: this.#key(kind, members) });
      closeDialog(this);
    } catch (problem) {
      const isUnknown = /** @type {any} */ (problem).code === "no_such_user";
      showError(error, isUnknown ? t("people.none") : problemText(this.context.texts, problem));
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
}

customElements.define("echo-new-room", NewRoom);
