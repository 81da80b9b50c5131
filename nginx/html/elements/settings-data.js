// The user's data: a copy of all of it, and the end of the account.

import { attribute, Element, h, text } from "../parts/element.js";
import { collectExport } from "./account-export.js";
import { errorLine, field, showError, whileBusy } from "./form.js";
import { problemText } from "./problem-text.js";

const REVOKE_AFTER_MS = 60_000; // the browser reads the file after the click

export class SettingsData extends Element {
  /** @param {any} context */
  static template({ site, texts: { t } }) {
    const password = h("input", {
      type: "password",
      part: "password",
      autocomplete: "current-password",
      maxlength: 1000,
      "data-testid": "delete-password",
    });
    return [
      h(
        "section",
        { class: "settings-section form" },
        h("h3", {}, t("data.export")),
        h("p", { class: "hint" }, t("data.export_hint")),
        h("p", { class: "hint", role: "status", part: "state", "data-testid": "export-state" }),
        h("button", { type: "button", part: "export", "data-testid": "export" }, t("action.download")),
        h("p", {}, h("a", { href: `${site}docs/`, target: "_blank", rel: "noopener", "data-testid": "docs-in-profile" }, t("data.api"))),
      ),
      h(
        "section",
        { class: "settings-section" },
        h("h3", {}, t("data.delete")),
        h("p", { class: "hint" }, t("data.delete_hint")),
        h(
          "form",
          { class: "form", part: "form", novalidate: true },
          // For the browser's store of passwords.
          h("input", { part: "username", autocomplete: "username", readonly: true, hidden: true, tabindex: "-1" }),
          field(t("password.old"), password),
          errorLine("settings-delete-error", "delete-error"),
          h("button", { class: "primary danger", part: "delete", "data-testid": "delete-account" }, t("data.delete")),
        ),
      ),
    ];
  }

  connected() {
    const { parts, context } = this;
    attribute(parts.username, "value", context.store.me?.username);
    this.listen(parts.export, "click", () => whileBusy(parts.export, () => this.#export()));
    this.listen(parts.form, "submit", (event) => {
      event.preventDefault();
      this.#delete();
    });
  }

  async #export() {
    const { api, clock, store, texts } = this.context;
    const { state } = this.parts;
    try {
      text(state, texts.t("state.loading"));
      const file = await collectExport(
        (cursor) => api.exportAccount(cursor),
        (n) => text(state, texts.t("data.collected", { n })),
      );
      const href = URL.createObjectURL(file);
      h("a", { href, download: `echochat-${store.me.username}.json` }).click();
      clock.setTimeout(() => URL.revokeObjectURL(href), REVOKE_AFTER_MS);
    } catch (problem) {
      text(state, problemText(texts, problem));
    }
  }

  async #delete() {
    const { parts, context } = this;
    const { api, dialogs, texts, visit } = context;
    const { t } = texts;
    const password = parts.password.value;
    showError(parts.error, "");
    if (!password) return showError(parts.error, t("sign_in.enter_password"), parts.password);
    if (!(await dialogs.confirm(t("data.delete_sure"), t("data.delete")))) return undefined;
    return whileBusy(parts.delete, async () => {
      try {
        await api.deleteAccount(password);
      } catch (/** @type {any} */ problem) {
        if (problem.code === "bad_credentials") showError(parts.error, t("password.wrong"), parts.password);
        else showError(parts.error, problemText(texts, problem));
        return;
      }
      await visit.forgetAccount(t("data.deleted"));
    });
  }
}

customElements.define("echo-settings-data", SettingsData);
