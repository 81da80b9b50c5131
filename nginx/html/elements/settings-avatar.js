// The user's picture: shows, replaces and removes it.

import { attribute, Element, h, show, text } from "../parts/element.js";
import { problemText } from "./problem-text.js";

const TYPES = "image/png,image/jpeg,image/webp,image/gif,image/avif";

export class SettingsAvatar extends Element {
  /** @param {any} context */
  static template({ texts: { t } }) {
    return [
      h(
        "div",
        { class: "settings-section settings-avatar" },
        h("echo-picture", { class: "large", part: "face" }),
        h("input", {
          type: "file",
          accept: TYPES,
          hidden: true,
          part: "input",
          "aria-label": t("profile.choose_picture"),
          "data-testid": "avatar-input",
        }),
        h(
          "div",
          { class: "form" },
          h(
            "p",
            { class: "buttons" },
            h("button", { type: "button", part: "choose", "data-testid": "avatar-choose" }),
            h("button", { type: "button", class: "danger", part: "remove", "data-testid": "avatar-remove" }, t("profile.remove_picture")),
          ),
          h("p", { class: "hint", role: "status", part: "status", "data-testid": "avatar-status" }),
          h("p", { class: "error", role: "alert", part: "error", "data-testid": "avatar-error" }),
        ),
      ),
    ];
  }

  connected() {
    const { parts, context } = this;
    const { api, texts } = context;
    this.listen(parts.choose, "click", () => parts.input.click());
    this.listen(parts.input, "change", () => {
      const [file] = parts.input.files;
      parts.input.value = ""; // the same file may be chosen again
      const onProgress = (/** @type {number} */ fraction) => text(parts.status, this.#progress(fraction, file.name));
      if (file) this.#change(texts.t("profile.picture_shown"), () => api.setAvatar(file, { onProgress }));
    });
    this.listen(parts.remove, "click", () => this.#change(texts.t("profile.picture_removed"), () => api.removeAvatar()));
    this.watch("me", () => this.write(() => this.#draw()));
    this.#draw();
  }

  #draw() {
    const { parts, context } = this;
    const { me } = context.store;
    const url = context.store.avatarURL(me.user_id);
    attribute(parts.face, "user", me.user_id);
    text(parts.choose, context.texts.t(url ? "profile.change_picture" : "profile.choose_picture"));
    show(parts.remove, Boolean(url));
  }

  /**
   * @param {string} done
   * @param {() => Promise<unknown>} run
   */
  async #change(done, run) {
    const { parts, context } = this;
    const { api, store, texts } = context;
    parts.choose.disabled = parts.remove.disabled = true;
    text(parts.status, "");
    text(parts.error, "");
    try {
      await run();
      store.putUser(await api.me());
      text(parts.status, done);
    } catch (/** @type {any} */ problem) {
      text(parts.status, "");
      text(parts.error, problem.status === 413 ? texts.t("profile.picture_too_large") : problemText(texts, problem));
    }
    parts.choose.disabled = parts.remove.disabled = false;
    this.#draw();
    if (this.isConnected) parts.choose.focus();
  }

  /**
   * @param {number} fraction
   * @param {string} name
   */
  #progress(fraction, name) {
    const { t } = this.context.texts;
    return fraction < 1 ? t("file.uploading", { name, percent: Math.round(fraction * 100) }) : t("profile.checking_picture");
  }
}

customElements.define("echo-settings-avatar", SettingsAvatar);
