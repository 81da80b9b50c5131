// The form in which moderators change the name and the topic of a room.

import { Element, h, text } from "../parts/element.js";
import { errorLine, field, showError, whileBusy } from "./form.js";
import { problemText } from "./problem-text.js";

export class PanelChange extends Element {
  /** @param {any} context */
  static template({ texts: { t } }) {
    return [
      h(
        "details",
        { part: "details" },
        h("summary", { part: "summary", "data-testid": "change-room" }, t("details.change")),
        h(
          "form",
          { part: "form", class: "form", novalidate: true },
          field(
            t("details.name"),
            h("input", { part: "name", maxlength: 80, autocomplete: "off", dir: "auto", "data-testid": "new-name" }),
          ),
          field(
            t("details.topic"),
            h("input", { part: "topic", maxlength: 250, autocomplete: "off", dir: "auto", "data-testid": "new-topic" }),
          ),
          errorLine("panel-change-error", "change-error"),
          h("button", { class: "primary", part: "save", "data-testid": "save-room" }, t("action.save")),
        ),
      ),
    ];
  }

  /** @type {string | null} */ #roomId = null;

  connected() {
    const { parts } = this;
    this.listen(parts.form, "submit", (event) => {
      event.preventDefault();
      this.#save();
    });
    // Before it opens: "toggle" comes later, when the user may have begun to write.
    this.listen(parts.summary, "click", () => !parts.details.open && this.#fill());
  }

  /** @param {string | null} roomId */
  open(roomId) {
    if (roomId === this.#roomId) return; // what the user has written so far stays
    this.#roomId = roomId;
    this.parts.details.open = false;
  }

  #fill() {
    const room = this.context.store.rooms.get(this.#roomId);
    this.parts.name.value = room?.name ?? "";
    this.parts.topic.value = room?.topic ?? "";
    showError(this.parts.error, "");
  }

  async #save() {
    const { parts, context } = this;
    const { api, store, texts } = context;
    const roomId = this.#roomId;
    const name = parts.name.value.trim();
    if (!name) return showError(parts.error, texts.t("new_room.enter_name"), parts.name);
    return whileBusy(parts.save, async () => {
      try {
        store.updateRoom(await api.updateRoom(roomId, { name, topic: parts.topic.value.trim() }));
        text(parts.error, "");
        if (roomId === this.#roomId) parts.details.open = false;
      } catch (/** @type {any} */ problem) {
        const isTopic = problem.errors?.some((/** @type {any} */ { field: name }) => name === "topic");
        showError(parts.error, problemText(texts, problem), isTopic ? parts.topic : parts.name);
      }
    });
  }
}

customElements.define("echo-panel-change", PanelChange);
