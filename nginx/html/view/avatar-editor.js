// The part of the profile in which the user chooses or removes their picture.

import { errorText } from "../net/client.js";
import { avatar } from "./avatar.js";
import { byId } from "./dom.js";

export class AvatarEditor {
  #store;
  #api;

  constructor({ store, api }) {
    this.#store = store;
    this.#api = api;
    store.on("me", () => this.#draw());
    byId("avatar-choose").addEventListener("click", () => byId("avatar-input").click());
    byId("avatar-input").addEventListener("change", ({ target }) => {
      const [file] = target.files;
      target.value = "";
      const onProgress = (fraction) => this.#showProgress(fraction);
      if (file) this.#change("Others see your picture now.", () => this.#api.setAvatar(file, { onProgress }));
    });
    byId("avatar-remove").addEventListener("click", () => this.#change("Your picture is removed.", () => this.#api.removeAvatar()));
  }

  open() {
    byId("avatar-status").textContent = "";
    byId("avatar-error").textContent = "";
    this.#draw();
  }

  #draw() {
    const { me } = this.#store;
    const url = this.#store.avatarURL(me.user_id);
    byId("profile-avatar").replaceChildren(avatar(me.user_id, this.#store.displayName(me.user_id), { url }));
    byId("avatar-choose").textContent = url ? "Choose another picture" : "Choose a picture";
    byId("avatar-remove").hidden = !url;
  }

  async #change(done, action) {
    const buttons = [byId("avatar-choose"), byId("avatar-remove")];
    for (const button of buttons) button.disabled = true;
    byId("avatar-error").textContent = "";
    byId("avatar-status").textContent = "";
    try {
      await action();
      this.#store.putUser(await this.#api.me());
      byId("avatar-status").textContent = done;
    } catch (problem) {
      byId("avatar-status").textContent = "";
      byId("avatar-error").textContent = problem.status === 413 ? "This picture is too large." : errorText(problem);
    } finally {
      for (const button of buttons) button.disabled = false;
      byId("avatar-choose").focus();
    }
  }

  #showProgress(fraction) {
    byId("avatar-status").textContent = fraction < 1 ? `Uploading: ${Math.round(fraction * 100)} %` : "Checking the picture…";
  }
}
