// The user's e-mail address: the notice while it is not confirmed, and the part of the account settings that changes it.

import { errorText } from "../net/client.js";
import { byId } from "./dom.js";
import { toast } from "./toast.js";

export class EmailView {
  #store;
  #api;
  #session;
  #sendsMail = true; // whether the site does
  #isNoticeHidden = false; // the user has closed it; a reload shows it again

  /** `onChangeWanted()` opens the account settings. */
  constructor({ store, api, session, onChangeWanted }) {
    this.#store = store;
    this.#api = api;
    this.#session = session;
    store.on("me", () => this.#draw());
    byId("email-banner-resend").addEventListener("click", () => this.#resend(byId("email-banner-resend"), toast));
    byId("email-banner-change").addEventListener("click", onChangeWanted);
    byId("email-banner-close").addEventListener("click", () => {
      this.#isNoticeHidden = true;
      this.#draw();
    });
    byId("email-resend").addEventListener("click", () => this.#resend(byId("email-resend"), (text) => this.#showResult(text)));
    byId("email-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#change();
    });
  }

  /** Reads the address and whether it is confirmed; later changes come as events. */
  async load() {
    try {
      const [me, service] = await Promise.all([this.#api.me(), this.#session.service()]);
      this.#sendsMail = service.mail ?? true;
      this.#store.putUser(me);
    } catch {
      // The page then shows what it knows.
    }
  }

  open() {
    byId("email-form").reset();
    this.#showError("");
    this.#draw();
    this.load();
  }

  // Only an address that a mail was sent to has the notice: a site without mail confirms none.
  #draw() {
    const { email, email_verified: isVerified, pending_email: pending } = this.#store.me ?? {};
    byId("email-banner").hidden = !pending || this.#isNoticeHidden;
    if (pending) byId("email-banner-text").textContent = `Confirm your e-mail address: open the link in the mail to ${pending}.`;
    byId("email-resend").hidden = !this.#sendsMail || (!pending && (!email || isVerified));
    byId("email-resend").textContent = pending ? "Send the mail again" : "Send a mail to confirm it";
    byId("email-state").textContent = [
      email ? `${email}${this.#sendsMail ? ` (${isVerified ? "confirmed" : "not confirmed"})` : ""}.` : "",
      pending ? `${pending} is not confirmed yet: open the link in the mail to it.` : "",
      email || pending ? "" : "You have given no address.",
      email || pending || !this.#sendsMail ? "" : "Without one, a forgotten password cannot be replaced.",
    ].filter(Boolean).join(" ");
    byId("email-save").textContent = email || pending ? "Change the address" : "Add the address";
  }

  async #resend(button, say) {
    button.disabled = true;
    try {
      await this.#api.resendVerification();
      say("The mail is on its way. Look into the spam folder, too.");
    } catch (problem) {
      say(`The mail was not sent: ${errorText(problem)}`);
    } finally {
      button.disabled = false;
    }
  }

  async #change() {
    const email = byId("new-email").value.trim();
    const password = byId("email-password").value;
    this.#showError("");
    if (!email.includes("@")) return this.#showError("Enter the new address.", "new-email");
    if (!password) return this.#showError("Enter your password.", "email-password");
    byId("email-save").disabled = true;
    try {
      this.#store.putUser(await this.#api.changeEmail(email, password));
      byId("email-form").reset();
      this.#isNoticeHidden = false;
      this.#showResult(this.#store.me.pending_email ? "A mail with a link is on its way to the new address." : "Your address is changed.");
    } catch (problem) {
      if (problem.code === "bad_credentials") this.#showError("This is not your password.", "email-password");
      else if (problem.code === "email_taken") this.#showError("This address belongs to another account.", "new-email");
      else this.#showError(errorText(problem), problem.errors?.length ? "new-email" : null);
    } finally {
      byId("email-save").disabled = false;
    }
  }

  #showResult(text) {
    byId("email-result").textContent = text;
  }

  #showError(text, fieldId) {
    this.#showResult("");
    byId("email-error").textContent = text;
    for (const id of ["new-email", "email-password"]) byId(id).toggleAttribute("aria-invalid", false);
    if (!fieldId) return;
    byId(fieldId).setAttribute("aria-invalid", "true");
    byId(fieldId).focus();
  }
}
