// Changes the user's password; that signs their other devices out.

import { attribute, Element, h, text } from "../parts/element.js";
import { errorLine, field, showError, whileBusy } from "./form.js";
import { problemText } from "./problem-text.js";

export class SettingsPassword extends Element {
  /** @param {any} context */
  static template({ texts: { t } }) {
    const old = h("input", {
      type: "password",
      part: "old",
      autocomplete: "current-password",
      maxlength: 1000,
      "data-testid": "old-password",
    });
    const fresh = h("input", {
      type: "password",
      part: "fresh",
      autocomplete: "new-password",
      maxlength: 1000,
      "data-testid": "new-password",
    });
    // For the browser's store of passwords.
    const username = h("input", { part: "username", autocomplete: "username", readonly: true, hidden: true, tabindex: "-1" });
    return [
      h(
        "section",
        { class: "settings-section" },
        h("h3", {}, t("password.title")),
        h(
          "form",
          { class: "form", part: "form", novalidate: true },
          username,
          field(t("password.old"), old),
          field(t("password.new"), fresh, { hint: t("password.hint") }),
          errorLine("settings-password-error", "password-error"),
          h("p", { class: "hint", role: "status", part: "done", "data-testid": "password-done" }),
          h("button", { part: "save", "data-testid": "password-save" }, t("password.change")),
        ),
      ),
    ];
  }

  connected() {
    const { parts, context } = this;
    attribute(parts.username, "value", context.store.me?.username);
    this.listen(parts.form, "submit", (event) => {
      event.preventDefault();
      this.#change();
    });
  }

  async #change() {
    const { parts, context } = this;
    const { api, texts } = context;
    const { old, fresh } = parts;
    showError(parts.error, "");
    text(parts.done, "");
    if (!old.value) return showError(parts.error, texts.t("password.enter_old"), old);
    if (!fresh.value) return showError(parts.error, texts.t("reset.enter"), fresh);
    return whileBusy(parts.save, async () => {
      try {
        await api.changePassword(old.value, fresh.value);
        parts.form.reset();
        text(parts.done, texts.t("password.changed"));
      } catch (/** @type {any} */ problem) {
        if (problem.code === "bad_credentials") showError(parts.error, texts.t("password.wrong"), old);
        else showError(parts.error, problemText(texts, problem), problem.errors?.length ? fresh : null);
      }
    });
  }
}

customElements.define("echo-settings-password", SettingsPassword);
