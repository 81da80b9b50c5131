// The dialog that lists who has received and read a message.

import { errorText } from "../net/client.js";
import { avatar } from "./avatar.js";
import { byId, h } from "./dom.js";
import { briefTime } from "./format.js";
import { paginate } from "./pagination.js";

const STATES = { sent: "Not delivered yet", delivered: "Delivered", preview_read: "Has seen a preview", read: "Read" };

export class ReceiptsView {
  #store;
  #api;

  constructor({ store, api }) {
    this.#store = store;
    this.#api = api;
  }

  async open({ room_id: roomId, seq }) {
    byId("receipts-list").replaceChildren();
    this.#showStatus("Loading…");
    byId("receipts").showModal();
    try {
      const page = await this.#api.receipts(roomId, seq);
      paginate(byId("receipts-list"), page, {
        load: (cursor) => this.#api.receipts(roomId, seq, cursor),
        render: (receipt) => this.#item(receipt),
        onError: (problem) => this.#showStatus(errorText(problem)),
      });
      this.#showStatus(page.items.length === 0 ? "There are no receipts for this message." : "");
    } catch (problem) {
      this.#showStatus(errorText(problem));
    }
  }

  #item({ user_id: userId, state, at }) {
    const name = this.#store.displayName(userId);
    return h("li", { "data-testid": "receipt", "data-state": state }, 
      avatar(userId, name, { url: this.#store.avatarURL(userId) }),
      h("span", { class: "names" }, h("b", { dir: "auto" }, name),
        h("small", {}, `${STATES[state] ?? state}${at && state !== "sent" ? `, ${briefTime(at)}` : ""}`)));
  }

  #showStatus(text) {
    byId("receipts-state").textContent = text;
  }
}
