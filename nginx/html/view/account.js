// Shows the sign-in form, which is also the sign-up form.

import { byId } from "./dom.js";

export class AccountView {
  #session;
  #onSignedIn;
  #signingUp = false;

  constructor({ session, onSignedIn }) {
    this.#session = session;
    this.#onSignedIn = onSignedIn;
    byId("account-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    byId("account-other").addEventListener("click", () => {
      this.#mode(!this.#signingUp);
      byId("username").focus();
    });
  }

  get shown() {
    return !byId("account").hidden;
  }

  show(notice = "") {
    byId("account").hidden = false;
    this.#mode(false);
    byId("account-notice").textContent = notice;
    byId("account-notice").hidden = !notice;
    byId("password").value = "";
    byId("username").focus();
  }

  hide() {
    byId("account").hidden = true;
    byId("account-form").reset();
  }

  #mode(signingUp) {
    this.#signingUp = signingUp;
    const verb = signingUp ? "Create account" : "Sign in";
    byId("account-title").textContent = verb;
    byId("or-email").hidden = signingUp;
    byId("username-hint").hidden = !signingUp;
    byId("display-name-field").hidden = !signingUp;
    byId("password").autocomplete = signingUp ? "new-password" : "current-password";
    byId("account-submit").textContent = verb;
    byId("account-submit").dataset.testid = signingUp ? "sign-up" : "sign-in";
    byId("account-other-text").textContent = signingUp ? "Have an account?" : "New here?";
    byId("account-other").textContent = signingUp ? "Sign in" : "Create an account";
    byId("account-other").dataset.testid = signingUp ? "show-sign-in" : "show-sign-up";
    this.#complain("");
  }

  async #submit() {
    const username = byId("username").value.trim();
    const password = byId("password").value;
    const displayName = byId("display-name").value.trim();
    this.#complain("");
    if (!username) return this.#complain("Enter your username.", "username");
    if (!password) return this.#complain("Enter your password.", "password");

    const button = byId("account-submit");
    button.disabled = true;
    try {
      if (this.#signingUp) {
        await this.#session.register({ username, password, ...(displayName ? { display_name: displayName } : {}) });
      } else {
        await this.#session.login({ username, password });
      }
      this.#onSignedIn();
    } catch (problem) {
      this.#complain(sentenceFor(problem), fieldOf(problem));
    } finally {
      button.disabled = false;
    }
  }

  #complain(sentence, field) {
    byId("account-error").textContent = sentence;
    for (const id of ["username", "password"]) byId(id).toggleAttribute("aria-invalid", false);
    if (!field) return;
    byId(field).setAttribute("aria-invalid", "true");
    byId(field).focus();
  }
}

function sentenceFor(problem) {
  if (problem.code === "bad_credentials") return "This username and password do not match.";
  if (problem.code === "username_taken") return "This username is taken. Choose another.";
  if (problem.retryAfterMs !== null && problem.retryAfterMs !== undefined && problem.status === 429) {
    return `Too many tries. Wait ${Math.ceil(problem.retryAfterMs / 1000)} seconds.`;
  }
  return problem.sentence ?? problem.message;
}

function fieldOf(problem) {
  if (problem.code === "username_taken") return "username";
  if (problem.code === "bad_credentials") return "password";
  const named = problem.errors?.[0]?.field;
  return named === "username" || named === "password" ? named : null;
}
