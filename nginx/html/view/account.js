// The sign-in form, which is also the sign-up form.

import { errorText } from "../net/client.js";
import { byId } from "./dom.js";
import { RecoveryView } from "./recovery.js";

export class AccountView {
  #session;
  #onSignedIn;
  #recovery;
  #isSigningUp = false;
  #registration = "open"; // who may register: "open", "invite" or "closed"
  #sendsMail = true;

  /** `onSignedIn()` is called after sign-in and sign-up, `onResetCancelled()` if the user does not choose another password after all. */
  constructor({ session, api, onSignedIn, onResetCancelled }) {
    this.#session = session;
    this.#onSignedIn = onSignedIn;
    this.#recovery = new RecoveryView({
      api,
      onForgotClosed: () => this.show(),
      onResetClosed: onResetCancelled,
      onReset: () => this.show("Your password is set. Sign in with it."),
    });
    byId("account-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    byId("account-switch").addEventListener("click", () => {
      this.#setMode(!this.#isSigningUp);
      byId("username").focus();
    });
    byId("forgot-open").addEventListener("click", () => {
      const name = byId("username").value.trim();
      byId("account-form").hidden = true;
      this.#recovery.showForgot(name.includes("@") ? name : "");
    });
  }

  /** Whether the user is asked to sign in or up. */
  get isShown() {
    return !byId("account").hidden && !byId("account-form").hidden;
  }

  show(notice = "") {
    this.#open();
    byId("account-form").hidden = false;
    this.#setMode(false);
    this.setNotice(notice);
    byId("password").value = "";
    byId("username").focus();
    this.#loadService();
  }

  /** Shows the form to create an account, with the registration code of a link. */
  showSignUp(code) {
    this.show();
    byId("registration-code").value = code;
    if (this.#registration !== "closed") this.#setMode(true);
  }

  /** Shows the form to choose another password, by the token of a mail. */
  showReset(token) {
    this.#open();
    byId("account-form").hidden = true;
    this.#recovery.showReset(token);
  }

  setNotice(notice) {
    byId("account-notice").textContent = notice;
    byId("account-notice").hidden = !notice;
  }

  hide() {
    byId("account").hidden = true;
    byId("account-form").reset();
    this.#recovery.hide();
  }

  #open() {
    byId("account").hidden = false;
    this.#recovery.hide();
  }

  // Without an answer the form stays as it was; the server refuses what it does not allow.
  async #loadService() {
    try {
      const { registration, mail } = await this.#session.service();
      this.#registration = registration ?? "open";
      this.#sendsMail = mail ?? true;
    } catch {
      return;
    }
    this.#setMode(this.#isSigningUp && this.#registration !== "closed", { keepError: true });
  }

  #setMode(isSigningUp, { keepError = false } = {}) {
    this.#isSigningUp = isSigningUp;
    const action = isSigningUp ? "Create account" : "Sign in";
    byId("account-title").textContent = action;
    byId("or-email").hidden = isSigningUp;
    for (const id of ["username-hint", "display-name-field", "email-field"]) byId(id).hidden = !isSigningUp;
    byId("registration-code-field").hidden = !isSigningUp || (this.#registration !== "invite" && !byId("registration-code").value);
    byId("forgot-link").hidden = isSigningUp || !this.#sendsMail;
    byId("forgot-no-mail").hidden = isSigningUp || this.#sendsMail;
    byId("email-hint").textContent = this.#sendsMail
      ? "Without it, a forgotten password cannot be replaced."
      : "You can sign in with it, too. This site sends no mail.";
    byId("account-switch-line").hidden = this.#registration === "closed";
    byId("registration-closed").hidden = this.#registration !== "closed";
    byId("password").autocomplete = isSigningUp ? "new-password" : "current-password";
    byId("account-submit").textContent = action;
    byId("account-submit").dataset.testid = isSigningUp ? "sign-up" : "sign-in";
    byId("account-switch-text").textContent = isSigningUp ? "Have an account?" : "New here?";
    byId("account-switch").textContent = isSigningUp ? "Sign in" : "Create an account";
    byId("account-switch").dataset.testid = isSigningUp ? "show-sign-in" : "show-sign-up";
    if (!keepError) this.#showError("");
  }

  async #submit() {
    const [username, password, displayName, email, code] =
      ["username", "password", "display-name", "email", "registration-code"].map((id) => byId(id).value);
    this.#showError("");
    if (!username.trim()) return this.#showError("Enter your username.", "username");
    if (!password) return this.#showError("Enter your password.", "password");
    const needsCode = this.#isSigningUp && this.#registration === "invite";
    if (needsCode && !code.trim()) return this.#showError("Enter your registration code.", "registration-code");

    const button = byId("account-submit");
    button.disabled = true;
    try {
      if (this.#isSigningUp) {
        await this.#session.register(filled({ username, display_name: displayName, email, registration_code: code }, { password }));
      } else {
        await this.#session.login({ username: username.trim(), password });
      }
      this.#onSignedIn();
    } catch (problem) {
      this.#showError(textFor(problem), fieldOf(problem));
      if (problem.code === "registration_closed") this.#loadService(); // it has changed since the form was opened
    } finally {
      button.disabled = false;
    }
  }

  #showError(text, field) {
    byId("account-error").textContent = text;
    for (const id of FIELDS) byId(id).toggleAttribute("aria-invalid", false);
    if (!field || byId(field).closest("[hidden]")) return;
    byId(field).setAttribute("aria-invalid", "true");
    byId(field).focus();
  }
}

const FIELDS = ["username", "password", "email", "registration-code"];

/** The texts that are not empty, trimmed, and `others`. */
function filled(texts, others) {
  const trimmed = Object.entries(texts).map(([name, text]) => [name, text.trim()]);
  return { ...Object.fromEntries(trimmed.filter(([, text]) => text)), ...others };
}

function textFor(problem) {
  if (problem.code === "bad_credentials") return "This username and password do not match.";
  if (problem.code === "username_taken") return "This username is taken. Choose another.";
  if (problem.code === "email_taken") return "This e-mail address belongs to another account.";
  if (problem.errors?.[0]?.field === "registration_code") return "This registration code does not work.";
  if (problem.retryAfterMs !== null && problem.retryAfterMs !== undefined && problem.status === 429) {
    return `Too many tries. Wait ${Math.ceil(problem.retryAfterMs / 1000)} seconds.`;
  }
  return errorText(problem);
}

function fieldOf(problem) {
  switch (problem.code) {
    case "username_taken": return "username";
    case "email_taken": return "email";
    case "bad_credentials": return "password";
    default: {
      const field = problem.errors?.[0]?.field;
      return field === "registration_code" ? "registration-code" : FIELDS.includes(field) ? field : null;
    }
  }
}
