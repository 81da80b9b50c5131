// The forms for a forgotten password: asks for the mail with a link, and sets another password by that link.

import { Element, h, show, text } from "../parts/element.js";
import { errorLine, field, input, showError } from "./form.js";
import { problemText } from "./problem-text.js";

/** What both have: a title, a hint, one field, and the way back. Emits `back`; the second one `reset`. */
class RecoveryForm extends Element {
  connected() {
    this.listen(this.parts.form, "submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.listen(this.parts.back, "click", () => this.tell("back"));
  }

  async submit() {}

  /** @param {() => Promise<any>} action */
  async try(action) {
    const { texts } = this.context;
    this.showError("");
    this.parts.submit.disabled = true;
    try {
      await action();
    } catch (/** @type {any} */ problem) {
      this.showError(problemText(texts, problem), problem.errors?.[0]?.field === "password" ? "reset-password" : null);
    } finally {
      this.parts.submit.disabled = false;
    }
  }

  /**
   * @param {string} words
   * @param {string | null} [name]
   */
  showError(words, name = null) {
    showError(this.parts.error, words, name && this.parts[name]);
  }
}

/**
 * @param {"forgot" | "reset"} name
 * @param {(key: string) => string} t
 * @param {Node[]} content
 */
function form(name, t, content) {
  return h(
    "form",
    { class: "card", part: "form", "data-testid": `${name}-form`, novalidate: true },
    h("h2", {}, t(`${name}.title`)),
    h("p", { class: "hint" }, t(`${name}.hint`)),
    ...content,
    errorLine(`${name}-error`),
    h("p", { class: "notice", role: "status", part: "sent", "data-testid": `${name}-sent`, dir: "auto", hidden: true }),
    h("button", { type: "submit", class: "primary", part: "submit", "data-testid": `${name}-submit` }, t(`${name}.submit`)),
    h(
      "p",
      { class: "switch" },
      h("button", { type: "button", class: "link", part: "back", "data-testid": `${name}-back` }, t("forgot.back")),
    ),
  );
}

export class ForgotForm extends RecoveryForm {
  /** @param {any} context */
  static template({ texts: { t } }) {
    const attributes = { type: "email", autocomplete: "email", maxlength: 254, required: true };
    return [form("forgot", t, [field(t("sign_up.email"), input("forgot-email", attributes))])];
  }

  /** @param {string} email */
  set email(email) {
    this.parts["forgot-email"].value = email;
    show(this.parts.sent, false);
    this.parts["forgot-email"].focus();
  }

  async submit() {
    const { api, texts } = this.context;
    const email = this.parts["forgot-email"].value.trim();
    show(this.parts.sent, false);
    if (!email.includes("@")) return this.showError(texts.t("forgot.enter_email"), "forgot-email");
    await this.try(async () => {
      await api.forgotPassword(email);
      // The server does not say whether there is such an account, and neither does the page.
      text(this.parts.sent, `${texts.t("forgot.sent", { email })} ${texts.t("forgot.spam")}`);
      show(this.parts.sent, true);
    });
  }
}

export class ResetForm extends RecoveryForm {
  token = "";

  /** @param {any} context */
  static template({ texts: { t } }) {
    const attributes = { type: "password", autocomplete: "new-password", maxlength: 1000, required: true };
    return [form("reset", t, [field(t("reset.new_password"), input("reset-password", attributes), { hint: t("sign_in.password_hint") })])];
  }

  connected() {
    super.connected();
    this.parts["reset-password"].focus();
  }

  async submit() {
    const { api, texts } = this.context;
    const password = this.parts["reset-password"].value;
    if (!password) return this.showError(texts.t("reset.enter"), "reset-password");
    await this.try(async () => {
      await api.resetPassword(this.token, password);
      this.tell("reset");
    });
  }
}

customElements.define("echo-forgot-form", ForgotForm);
customElements.define("echo-reset-form", ResetForm);
