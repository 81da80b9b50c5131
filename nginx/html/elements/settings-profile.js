// What the user is called, and what they are up to.

import { Element, h, text } from "../parts/element.js";
import { errorLine, field, showError, whileBusy } from "./form.js";
import { problemText } from "./problem-text.js";

export class SettingsProfile extends Element {
  /** @param {any} context */
  static template({ texts: { t } }) {
    const name = h("input", { part: "name", maxlength: 64, autocomplete: "name", dir: "auto", "data-testid": "profile-name" });
    const status = h("input", {
      part: "status",
      maxlength: 250,
      autocomplete: "off",
      dir: "auto",
      placeholder: t("profile.status_hint"),
      "data-testid": "profile-status",
    });
    return [
      h(
        "form",
        { class: "settings-section form", part: "form", novalidate: true },
        field(t("profile.name"), name),
        field(t("profile.status"), status),
        errorLine("settings-profile-error", "profile-error"),
        h("p", { class: "hint", role: "status", part: "done", "data-testid": "profile-done" }),
        h("button", { class: "primary", part: "save", "data-testid": "profile-save" }, t("action.save")),
      ),
    ];
  }

  #drawn = { name: "", status: "" };

  connected() {
    const { parts } = this;
    this.watch("me", () => this.write(() => this.#draw()));
    this.#draw();
    this.listen(parts.form, "input", () => text(parts.done, ""));
    this.listen(parts.form, "submit", (event) => {
      event.preventDefault();
      this.#save();
    });
  }

  // What the user has changed stays, whatever another device says.
  #draw() {
    const { parts, context } = this;
    const { display_name: name = "", status_text: status = "" } = context.store.me ?? {};
    if (parts.name.value === this.#drawn.name) parts.name.value = name;
    if (parts.status.value === this.#drawn.status) parts.status.value = status;
    this.#drawn = { name, status };
  }

  async #save() {
    const { parts, context } = this;
    const { api, store, texts } = context;
    showError(parts.error, "");
    text(parts.done, "");
    await whileBusy(parts.save, async () => {
      try {
        store.putUser(await api.updateMe({ display_name: parts.name.value.trim(), status_text: parts.status.value.trim() }));
        text(parts.done, texts.t("state.saved"));
      } catch (/** @type {any} */ problem) {
        const wrong = problem.errors?.[0]?.field;
        showError(parts.error, problemText(texts, problem), wrong === "status_text" ? parts.status : wrong ? parts.name : null);
      }
    });
  }
}

customElements.define("echo-settings-profile", SettingsProfile);
