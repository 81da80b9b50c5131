// Installs the page as an app of this device, where the browser lets it.

import { Element, h, show } from "../parts/element.js";
import { whileBusy } from "./form.js";

export class SettingsInstall extends Element {
  /** @param {any} context */
  static template({ texts: { t } }) {
    return [
      h(
        "section",
        { class: "settings-section" },
        h("p", { class: "hint" }, t("install.hint")),
        h("button", { type: "button", part: "install", "data-testid": "install" }, t("install.title")),
      ),
    ];
  }

  connected() {
    const { install } = this.parts;
    this.listen(install, "click", () => whileBusy(install, () => this.#install()));
    this.watch("install", () => this.write(() => this.#draw()));
    this.#draw();
  }

  // The browser asks the user. It can do so once, and says it again if it still can.
  async #install() {
    const { host } = this.context;
    const prompt = host.installPrompt;
    host.installPrompt = null;
    await prompt?.prompt();
    if (this.isConnected) this.#draw();
  }

  #draw() {
    show(this, Boolean(this.context.host.installPrompt));
  }
}

customElements.define("echo-settings-install", SettingsInstall);
