// The part of the account settings in which the user changes their password.

import { errorText } from "../net/client.js";
import { byId } from "./dom.js";

export class PasswordView {
  #store;
  #api;
  #onChanged;

  /** `onChanged()` is called when the server has ended the user's other sessions. */
  constructor({ store, api, onChanged }) {
    this.#store = store;
    this.#api = api;
    this.#onChanged = onChanged;
    byId("password-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#change();
    });
  }

  open() {
    byId("password-form").reset();
    byId("password-username").value = this.#store.me.username; // for the browser's store of passwords
    byId("password-done").hidden = true;
    this.#showError("");
  }

  async #change() {
    const oldPassword = byId("old-password").value;
    const newPassword = byId("new-password").value;
    this.#showError("");
    byId("password-done").hidden = true;
    if (!oldPassword) return this.#showError("Enter your present password.", "old-password");
    if (!newPassword) return this.#showError("Enter the new password.", "new-password");
    byId("password-save").disabled = true;
    try {
      await this.#api.changePassword(oldPassword, newPassword);
      byId("password-form").reset();
      byId("password-done").textContent = "Your password is changed. Your other devices are signed out.";
      byId("password-done").hidden = false;
      this.#onChanged();
    } catch (problem) {
      if (problem.code === "bad_credentials") this.#showError("This is not your present password.", "old-password");
      else this.#showError(errorText(problem), problem.errors?.length ? "new-password" : null);
    } finally {
      byId("password-save").disabled = false;
    }
  }

  #showError(text, fieldId) {
    byId("password-error").textContent = text;
    for (const id of ["old-password", "new-password"]) byId(id).toggleAttribute("aria-invalid", false);
    if (!fieldId) return;
    byId(fieldId).setAttribute("aria-invalid", "true");
    byId(fieldId).focus();
  }
}
