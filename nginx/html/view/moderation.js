// The lists of a room's reports and bans, for its moderators.

import { byId, h } from "./dom.js";
import { messageSummary } from "./format.js";
import { paginate } from "./pagination.js";

const EXCERPT_CHARACTERS_MAX = 120;

export class ModerationView {
  #store;
  #api;
  #onAction;
  #onMessageOpened;
  #onError;
  #roomId = null;

  /** `onAction(action)` runs an action and reloads the lists; `onMessageOpened()` is called when the user follows a link to a message. */
  constructor({ store, api, onAction, onMessageOpened, onError }) {
    this.#store = store;
    this.#api = api;
    this.#onAction = onAction;
    this.#onMessageOpened = onMessageOpened;
    this.#onError = onError;
  }

  clear() {
    byId("details-moderation").replaceChildren();
  }

  /** Loads both lists and shows them if `isWanted()` still holds; throws a Problem. */
  async load(roomId, isWanted) {
    const [bans, reports] = await Promise.all([this.#api.bans(roomId), this.#api.reports(roomId)]);
    if (!isWanted()) return;
    this.#roomId = roomId;
    byId("details-moderation").replaceChildren(
      ...this.#section("Reported", reports, (cursor) => this.#api.reports(roomId, cursor), (report) => this.#report(report)),
      ...this.#section("Banned", bans, (cursor) => this.#api.bans(roomId, cursor), (ban) => this.#ban(ban)));
  }

  #section(title, page, load, render) {
    if (!page.items.length) return [];
    const list = h("ul", { class: "members" });
    paginate(list, page, { load, render, onError: this.#onError });
    return [h("h3", {}, title), list];
  }

  #report({ seq, reporter, reason, message }) {
    const resolve = () => this.#api.resolveReports(this.#roomId, seq);
    return h("li", { "data-testid": "report" },
      h("span", { class: "names" },
        h("a", { href: `#/room/${this.#roomId}/${seq}`, dir: "auto", onclick: () => this.#onMessageOpened() },
          ((message && messageSummary(message)) || `Message ${seq}`).slice(0, EXCERPT_CHARACTERS_MAX)),
        h("small", { dir: "auto" }, [`by ${this.#store.displayName(reporter.user_id, reporter)}`, reason].filter(Boolean).join(": "))),
      h("button", { type: "button", "data-testid": "resolve-report", onclick: () => this.#onAction(resolve) }, "Resolve"));
  }

  #ban({ user, reason }) {
    const unban = () => this.#api.unban(this.#roomId, user.user_id);
    return h("li", { "data-testid": "banned" },
      h("span", { class: "names" }, h("b", { dir: "auto" }, this.#store.displayName(user.user_id, user)),
        h("small", { dir: "auto" }, [`@${user.username}`, reason].filter(Boolean).join(" · "))),
      h("button", { type: "button", "data-testid": "unban", onclick: () => this.#onAction(unban) }, "Unban"));
  }
}
