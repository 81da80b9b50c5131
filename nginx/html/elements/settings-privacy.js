// What others learn of the user, and who may add them to rooms.

import { Element, h, text } from "../parts/element.js";
import { check, whileBusy } from "./form.js";
import { problemText } from "./problem-text.js";

export class SettingsPrivacy extends Element {
  /** @param {any} context */
  static template({ texts: { t } }) {
    const box = { type: "checkbox", disabled: true };
    return [
      h(
        "section",
        { class: "settings-section form" },
        check(
          t("privacy.receipts"),
          h("input", { ...box, part: "receipts", "data-testid": "profile-receipts" }),
          t("privacy.receipts_hint"),
        ),
        check(t("privacy.contacts"), h("input", { ...box, part: "contacts", "data-testid": "profile-contacts" })),
        h("p", { class: "error", role: "alert", part: "error", "data-testid": "privacy-error" }),
      ),
    ];
  }

  connected() {
    const { parts, context } = this;
    const { api, preferences } = context;
    this.listen(parts.receipts, "change", () =>
      this.#save(parts.receipts, async () => context.store.putUser(await api.updateMe({ hide_read_receipts: !parts.receipts.checked }))),
    );
    this.listen(parts.contacts, "change", () =>
      this.#save(parts.contacts, () => preferences.set({ added_by: parts.contacts.checked ? "contacts" : "everyone" })),
    );
    this.watch("preferences", () => this.write(() => this.#draw()));
    this.watch("me", () => this.write(() => this.#draw()));
    this.#load();
  }

  async #load() {
    const { api, preferences, store, texts } = this.context;
    try {
      const [me, values] = await Promise.all([api.me(), api.preferences()]);
      store.putUser(me);
      preferences.load(values);
      this.parts.receipts.disabled = this.parts.contacts.disabled = false;
    } catch (problem) {
      text(this.parts.error, problemText(texts, problem));
    }
    this.#draw();
  }

  #draw() {
    const { parts, context } = this;
    parts.receipts.checked = !context.store.me?.hide_read_receipts;
    parts.contacts.checked = context.preferences.get("added_by") === "contacts";
  }

  /**
   * @param {HTMLInputElement} control
   * @param {() => Promise<unknown>} run
   */
  async #save(control, run) {
    text(this.parts.error, "");
    await whileBusy(control, async () => {
      try {
        await run();
      } catch (problem) {
        text(this.parts.error, problemText(this.context.texts, problem));
      }
      this.#draw();
    });
  }
}

customElements.define("echo-settings-privacy", SettingsPrivacy);
