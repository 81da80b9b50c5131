// The sign-in form, which is also the sign-up form.

import { errorText } from "../net/client.js";
import { byId } from "./dom.js";

export class AccountView {
  #session;
  #onSignedIn;
  #isSigningUp = false;
  /** Who may register: open, invite or closed. */
  #registration = "open";

  constructor({ session, onSignedIn }) {
    this.#session = session;
    this.#onSignedIn = onSignedIn;
    byId("account-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    byId("account-switch").addEventListener("click", () => {
      this.#setMode(!this.#isSigningUp);
      byId("username").focus();
    });
  }

  get isShown() {
    return !byId("account").hidden;
  }

  show(notice = "") {
    byId("account").hidden = false;
    this.#setMode(false);
    this.setNotice(notice);
    byId("password").value = "";
    byId("username").focus();
    this.#askRegistration();
  }

  setNotice(notice) {
    byId("account-notice").textContent = notice;
    byId("account-notice").hidden = !notice;
  }

  hide() {
    byId("account").hidden = true;
    byId("account-form").reset();
  }

  /** Offers what the service allows. If it cannot be asked, registering tells. */
  async #askRegistration() {
    this.#registration = (await this.#session.registration().catch(() => null)) ?? "open";
    if (this.#registration === "closed") this.#setMode(false);
    this.#showRegistration();
  }

  #showRegistration() {
    byId("registration-code-field").hidden = !this.#isSigningUp || this.#registration !== "invite";
    byId("account-switch-line").hidden = this.#registration === "closed";
    byId("registration-closed").hidden = this.#registration !== "closed";
  }

  #setMode(isSigningUp) {
    this.#isSigningUp = isSigningUp;
    this.#showRegistration();
    const action = isSigningUp ? "Create account" : "Sign in";
    byId("account-title").textContent = action;
    byId("or-email").hidden = isSigningUp;
    byId("username-hint").hidden = !isSigningUp;
    byId("display-name-field").hidden = !isSigningUp;
    byId("password").autocomplete = isSigningUp ? "new-password" : "current-password";
    byId("account-submit").textContent = action;
    byId("account-submit").dataset.testid = isSigningUp ? "sign-up" : "sign-in";
    byId("account-switch-text").textContent = isSigningUp ? "Have an account?" : "New here?";
    byId("account-switch").textContent = isSigningUp ? "Sign in" : "Create an account";
    byId("account-switch").dataset.testid = isSigningUp ? "show-sign-in" : "show-sign-up";
    this.#showError("");
  }

  async #submit() {
    const username = byId("username").value.trim();
    const password = byId("password").value;
    const displayName = byId("display-name").value.trim();
    const code = byId("registration-code").value.trim();
    this.#showError("");
    if (!username) return this.#showError("Enter your username.", "username");
    if (!password) return this.#showError("Enter your password.", "password");
    const needsCode = this.#isSigningUp && this.#registration === "invite";
    if (needsCode && !code) return this.#showError("Enter your registration code.", "registration-code");

    const button = byId("account-submit");
    button.disabled = true;
    try {
      if (this.#isSigningUp) {
        await this.#session.register({
          username,
          password,
          ...(displayName ? { display_name: displayName } : {}),
          ...(needsCode ? { registration_code: code } : {}),
        });
      } else {
        await this.#session.login({ username, password });
      }
      this.#onSignedIn();
    } catch (problem) {
      this.#showError(textFor(problem), fieldOf(problem));
    } finally {
      button.disabled = false;
    }
  }

  #showError(text, field) {
    byId("account-error").textContent = text;
    for (const id of ["username", "password", "registration-code"]) byId(id).toggleAttribute("aria-invalid", false);
    if (!field) return;
    byId(field).setAttribute("aria-invalid", "true");
    byId(field).focus();
  }
}

function textFor(problem) {
  if (problem.code === "bad_credentials") return "This username and password do not match.";
  if (problem.code === "username_taken") return "This username is taken. Choose another.";
  if (problem.errors?.[0]?.field === "registration_code") return "This registration code does not work any more.";
  if (problem.retryAfterMs !== null && problem.retryAfterMs !== undefined && problem.status === 429) {
    return `Too many tries. Wait ${Math.ceil(problem.retryAfterMs / 1000)} seconds.`;
  }
  return errorText(problem);
}

function fieldOf(problem) {
  if (problem.code === "username_taken") return "username";
  if (problem.code === "bad_credentials") return "password";
  const field = problem.errors?.[0]?.field;
  if (field === "registration_code") return "registration-code";
  return field === "username" || field === "password" ? field : null;
}
