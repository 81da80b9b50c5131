// The forms for a forgotten password: ask for a mail, and choose another password by the link in it.

import { errorText } from "../net/client.js";
import { byId } from "./dom.js";

export class RecoveryView {
  #api;
  #onReset;
  #token = null;

  /** `onForgotClosed()` and `onResetClosed()` are called when the user goes back, `onReset()` when the password has been set. */
  constructor({ api, onForgotClosed, onResetClosed, onReset }) {
    this.#api = api;
    this.#onReset = onReset;
    for (const [id, submit, close] of [["forgot", () => this.#ask(), onForgotClosed], ["reset", () => this.#reset(), onResetClosed]]) {
      byId(`${id}-form`).addEventListener("submit", (event) => {
        event.preventDefault();
        submit();
      });
      byId(`${id}-back`).addEventListener("click", () => close());
    }
  }

  /** Shows the form that asks for the mail. */
  showForgot(email = "") {
    byId("forgot-form").hidden = false;
    byId("forgot-email").value = email;
    byId("forgot-sent").hidden = true;
    this.#showError("forgot", "");
    byId("forgot-email").focus();
  }

  /** Shows the form to choose another password, by the token of the mail. */
  showReset(token) {
    this.#token = token;
    byId("reset-form").hidden = false;
    byId("reset-password").value = "";
    this.#showError("reset", "");
    byId("reset-password").focus();
  }

  hide() {
    this.#token = null;
    byId("forgot-form").hidden = byId("reset-form").hidden = true;
    byId("reset-password").value = "";
  }

  async #ask() {
    const email = byId("forgot-email").value.trim();
    byId("forgot-sent").hidden = true;
    if (!email.includes("@")) return this.#showError("forgot", "Enter the e-mail address of your account.", "forgot-email");
    await this.#submit("forgot", async () => {
      await this.#api.forgotPassword(email);
      // The server does not say whether there is such an account, and neither may the page.
      byId("forgot-sent").textContent = `If an account has the address ${email}, a mail with a link is on its way to it. ` +
        "Look into the spam folder, too; if none comes, ask the operator of this site.";
      byId("forgot-sent").hidden = false;
    });
  }

  async #reset() {
    const password = byId("reset-password").value;
    if (!password) return this.#showError("reset", "Enter the new password.", "reset-password");
    await this.#submit("reset", async () => {
      await this.#api.resetPassword(this.#token, password);
      this.#onReset();
    });
  }

  async #submit(form, action) {
    this.#showError(form, "");
    byId(`${form}-submit`).disabled = true;
    try {
      await action();
    } catch (problem) {
      const wait = problem.status === 429 && problem.retryAfterMs ? Math.ceil(problem.retryAfterMs / 1000) : null;
      if (wait !== null) this.#showError(form, `Too many tries. Wait ${wait} seconds.`);
      else this.#showError(form, errorText(problem), problem.errors?.[0]?.field === "password" ? "reset-password" : null);
    } finally {
      byId(`${form}-submit`).disabled = false;
    }
  }

  #showError(form, text, fieldId) {
    byId(`${form}-error`).textContent = text;
    for (const id of ["forgot-email", "reset-password"]) byId(id).toggleAttribute("aria-invalid", false);
    if (!fieldId) return;
    byId(fieldId).setAttribute("aria-invalid", "true");
    byId(fieldId).focus();
  }
}
