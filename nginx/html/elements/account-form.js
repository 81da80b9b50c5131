// The form to sign in, which is also the form to create an account.

import { attribute, Element, h, icon, show, text } from "../parts/element.js";
import { errorLine, field, input, showError, VERBATIM } from "./form.js";
import { problemText } from "./problem-text.js";

const FIELDS = ["username", "password", "display_name", "email", "registration_code"];

/** Emits `signed-in` (detail: `{isNew}`), `forgot` (detail: what may be the address). `service` is what the site says of itself. */
export class AccountForm extends Element {
  #isSigningUp = false;
  #service = { registration: "open", mail: true };

  /** @param {any} context */
  static template({ texts: { t } }) {
    const optional = () => h("span", { class: "hint" }, t("field.optional"));
    const eye = h("button", { type: "button", class: "icon-button", "aria-label": t("sign_in.show_password"), part: "eye" }, icon("eye"));
    const link = (/** @type {string} */ part, /** @type {string} */ testId, /** @type {string} */ words) =>
      h("button", { type: "button", class: "link", part, "data-testid": testId }, words);
    return [
      h(
        "form",
        { class: "card", part: "form", "data-testid": "account-form", novalidate: true },
        h("h2", { part: "title" }),
        h("p", { class: "notice", role: "status", part: "notice", "data-testid": "account-notice", dir: "auto", hidden: true }),
        field(
          h("span", { part: "username-label" }),
          input("username", { autocomplete: "username", maxlength: 254, required: true, ...VERBATIM }),
          { hint: t("sign_in.username_hint") },
        ),
        field(
          [t("sign_up.display_name"), " ", optional()],
          input("display_name", { "data-testid": "display-name", autocomplete: "name", maxlength: 64 }),
        ),
        field([t("sign_up.email"), " ", optional()], input("email", { type: "email", autocomplete: "email", maxlength: 254 }), {
          hint: "",
        }),
        field(
          t("sign_up.code"),
          input("registration_code", { "data-testid": "registration-code", autocomplete: "off", maxlength: 64, ...VERBATIM }),
          { hint: t("sign_up.code_hint") },
        ),
        field(t("sign_in.password"), input("password", { type: "password", maxlength: 1000, required: true }), {
          hint: t("sign_in.password_hint"),
          beside: eye,
        }),
        errorLine("account-error"),
        h("button", { type: "submit", class: "primary", part: "submit" }),
        h("p", { class: "switch", part: "forgot-line" }, link("forgot", "forgot-password", t("sign_in.forgot"))),
        h("p", { class: "switch hint", part: "no-mail", "data-testid": "forgot-no-mail" }, t("sign_in.forgot_no_mail")),
        h("p", { class: "switch hint", part: "closed", "data-testid": "registration-closed" }, t("sign_up.closed")),
        h("p", { class: "switch", part: "switch-line" }, h("span", { part: "switch-text" }), " ", link("switch", "show-sign-up", "")),
      ),
    ];
  }

  connected() {
    const { parts } = this;
    this.listen(parts.form, "submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.listen(parts.switch, "click", () => {
      this.setMode(!this.#isSigningUp);
      parts.username.focus();
    });
    this.listen(parts.forgot, "click", () => this.tell("forgot", parts.username.value.includes("@") ? parts.username.value.trim() : ""));
    this.listen(parts.eye, "click", () => {
      const isShown = parts.password.type === "text";
      parts.password.type = isShown ? "password" : "text";
      attribute(parts.eye, "aria-pressed", String(!isShown));
    });
    this.setMode(this.#isSigningUp);
  }

  /** @param {string} words */
  set notice(words) {
    text(this.parts.notice, words);
    show(this.parts.notice, Boolean(words));
  }

  set service(/** @type {{ registration: string, mail: boolean }} */ service) {
    this.#service = service;
    this.setMode(this.#isSigningUp && service.registration !== "closed", { keepsError: true });
  }

  /**
   * Puts in the registration code of a link.
   * @param {string} code
   */
  offerCode(code) {
    this.parts.registration_code.value = code;
    if (this.#service.registration !== "closed") this.setMode(true);
  }

  /** @param {boolean} isSigningUp */
  setMode(isSigningUp, { keepsError = false } = {}) {
    const { parts } = this;
    const { t } = this.context.texts;
    const { registration, mail } = this.#service;
    this.#isSigningUp = isSigningUp;
    text(parts.title, t(isSigningUp ? "sign_up.title" : "sign_in.title"));
    text(parts["username-label"], t(isSigningUp ? "sign_in.username" : "sign_in.username_or_email"));
    for (const part of ["username-hint", "display_name-field", "email-field", "password-hint"]) show(parts[part], isSigningUp);
    show(parts["registration_code-field"], isSigningUp && (registration === "invite" || Boolean(parts.registration_code.value)));
    text(parts["email-hint"], t(mail ? "sign_up.email_hint" : "sign_up.email_no_mail"));
    show(parts["forgot-line"], !isSigningUp && mail);
    show(parts["no-mail"], !isSigningUp && !mail);
    show(parts.closed, registration === "closed");
    show(parts["switch-line"], registration !== "closed");
    attribute(parts.password, "autocomplete", isSigningUp ? "new-password" : "current-password");
    text(parts.submit, t(isSigningUp ? "sign_up.submit" : "sign_in.submit"));
    attribute(parts.submit, "data-testid", isSigningUp ? "sign-up" : "sign-in");
    text(parts["switch-text"], t(isSigningUp ? "sign_up.have_account" : "sign_in.new_here"));
    text(parts.switch, t(isSigningUp ? "sign_in.title" : "sign_in.to_sign_up"));
    attribute(parts.switch, "data-testid", isSigningUp ? "show-sign-in" : "show-sign-up");
    if (!keepsError) this.#showError("");
  }

  async #submit() {
    const { session, texts } = this.context;
    const { t } = texts;
    const [username, password, displayName, email, code] = FIELDS.map((name) => this.parts[name].value);
    const isSigningUp = this.#isSigningUp;
    this.#showError("");
    if (!username.trim()) return this.#showError(t("sign_in.enter_username"), "username");
    if (!password) return this.#showError(t("sign_in.enter_password"), "password");
    const lacksCode = isSigningUp && this.#service.registration === "invite" && !code.trim();
    if (lacksCode) return this.#showError(t("sign_up.enter_code"), "registration_code");
    this.parts.submit.disabled = true;
    try {
      if (isSigningUp) {
        const account = filled({ username, display_name: displayName, email, registration_code: code });
        await session.register({ ...account, username: username.trim(), password });
      } else {
        await session.login({ username: username.trim(), password });
      }
      this.tell("signed-in", { isNew: isSigningUp });
    } catch (/** @type {any} */ problem) {
      this.#showError(errorOf(problem, texts), fieldOf(problem));
      if (problem.code === "registration_closed") this.tell("registration-changed");
    } finally {
      this.parts.submit.disabled = false;
    }
  }

  /**
   * @param {string} words
   * @param {string | null} [name]
   */
  #showError(words, name = null) {
    showError(this.parts.error, words, name && this.parts[name]);
  }
}

/**
 * Those that are not empty, trimmed.
 * @param {Record<string, string>} values
 */
function filled(values) {
  const trimmed = Object.entries(values).map(([name, value]) => [name, value.trim()]);
  return Object.fromEntries(trimmed.filter(([, value]) => value));
}

/**
 * @param {any} problem
 * @param {import("../parts/texts.js").Texts} texts
 */
function errorOf(problem, texts) {
  const { t } = texts;
  if (problem.code === "bad_credentials") return t("sign_in.wrong");
  if (problem.code === "username_taken" || problem.code === "email_taken") return t(`sign_up.${problem.code}`);
  if (problem.errors?.[0]?.field === "registration_code") return t("sign_up.code_used");
  if (problem.status === 429) return t("sign_in.too_often", { n: Math.max(1, Math.ceil((problem.retryAfterMs ?? 1_000) / 1_000)) });
  return problemText(texts, problem);
}

/** @param {any} problem */
function fieldOf(problem) {
  const fields = /** @type {Record<string, string>} */ ({ username_taken: "username", email_taken: "email", bad_credentials: "password" });
  const name = fields[problem.code] ?? problem.errors?.[0]?.field;
  return FIELDS.includes(name) ? name : null;
}

customElements.define("echo-account-form", AccountForm);
