// The dialog with the user's account: e-mail address, password and devices.

import { DevicesView } from "./devices.js";
import { byId } from "./dom.js";
import { EmailView } from "./email.js";
import { PasswordView } from "./password.js";

export class SettingsView {
  #email;
  #password;
  #devices;

  constructor({ store, api, session }) {
    this.#email = new EmailView({ store, api, session, onChangeWanted: () => this.#open("new-email") });
    this.#devices = new DevicesView({ api });
    this.#password = new PasswordView({ store, api, onChanged: () => this.#devices.load() });
    byId("settings-open").addEventListener("click", () => {
      byId("profile").close();
      this.#open();
    });
    byId("settings").addEventListener("close", () => {
      this.#password.open(); // no password stays in a closed dialog
      this.#devices.clear();
    });
  }

  /** Reads what only the user's own account says: the e-mail address and its state. */
  load() {
    return this.#email.load();
  }

  #open(fieldId = null) {
    this.#email.open();
    this.#password.open();
    byId("settings").showModal();
    if (fieldId) byId(fieldId).focus();
    this.#devices.load();
  }
}
