// The dialog in which the user edits their profile and privacy.

import { errorText } from "../net/client.js";
import { AvatarEditor } from "./avatar-editor.js";
import { byId } from "./dom.js";

export class ProfileView {
  #store;
  #api;
  #avatar;

  constructor({ store, api }) {
    this.#store = store;
    this.#api = api;
    this.#avatar = new AvatarEditor({ store, api });
    byId("profile-open").addEventListener("click", () => this.#open());
    byId("profile-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save();
    });
  }

  async #open() {
    byId("profile-name").value = this.#store.me.display_name ?? "";
    byId("profile-status").value = this.#store.me.status_text ?? "";
    byId("profile-error").textContent = "";
    byId("profile-save").disabled = true; // until the settings are loaded
    this.#avatar.open();
    byId("profile").showModal();
    try {
      const [me, preferences] = await Promise.all([this.#api.me(), this.#api.preferences()]);
      byId("profile-hide").checked = Boolean(me.hide_read_receipts);
      byId("profile-contacts").checked = preferences.added_by === "contacts";
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
      await this.#api.updatePreferences({ added_by: byId("profile-contacts").checked ? "contacts" : "everyone" });
      byId("profile").close();
    } catch (problem) {
      byId("profile-error").textContent = errorText(problem);
    } finally {
      byId("profile-save").disabled = false;
    }
  }
}
