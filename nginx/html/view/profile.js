// The dialog in which the user edits their profile and privacy.

import { errorText } from "../net/client.js";
import { byId } from "./dom.js";

export class ProfileView {
  #store;
  #api;

  constructor({ store, api }) {
    this.#store = store;
    this.#api = api;
    byId("profile-open").addEventListener("click", () => this.#open());
    byId("profile-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save();
    });
  }

  async #open() {
    const { me } = this.#store;
    byId("profile-name").value = me.display_name ?? "";
    byId("profile-status").value = me.status_text ?? "";
    byId("profile-error").textContent = "";
    byId("profile-save").disabled = true; // until the settings are loaded
    byId("profile").showModal();
    try {
      byId("profile-hide").checked = Boolean((await this.#api.me()).hide_read_receipts);
      byId("profile-save").disabled = false;
    } catch (problem) {
      byId("profile-error").textContent = errorText(problem);
    }
  }

  async #save() {
    byId("profile-error").textContent = "";
    byId("profile-save").disabled = true;
    try {
      this.#store.putUser(await this.#api.updateMe({
        display_name: byId("profile-name").value.trim(),
        status_text: byId("profile-status").value.trim(),
        hide_read_receipts: byId("profile-hide").checked,
      }));
      byId("profile").close();
    } catch (problem) {
      byId("profile-error").textContent = errorText(problem);
    } finally {
      byId("profile-save").disabled = false;
    }
  }
}
