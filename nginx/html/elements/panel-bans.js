// Who is banned from a room, for its moderators.

import { Element, h, show, text } from "../parts/element.js";
import { PagedList, pagedListNodes } from "./paged-list.js";
import { personRow } from "./person-row.js";
import { problemText } from "./problem-text.js";

export class PanelBans extends Element {
  /** @param {any} context */
  static template({ texts }) {
    return [
      h(
        "section",
        { class: "panel-section", part: "section", hidden: true },
        h("h3", {}, texts.t("members.banned")),
        h("p", { class: "error", role: "alert", part: "error" }),
        ...pagedListNodes(texts, { label: texts.t("members.banned") }),
      ),
    ];
  }

  /** @type {string | null} */ #roomId = null;
  /** @type {PagedList<any> | undefined} */ #bans;

  connected() {
    const { parts, context } = this;
    this.#bans ??= new PagedList({
      texts: context.texts,
      parts,
      key: ({ user }) => user.user_id,
      make: (ban) => this.#row(ban),
      onChange: () => show(parts.section, Boolean(this.#bans?.pager.items.length || this.#bans?.pager.error)),
    });
  }

  /** @param {string | null} roomId */
  open(roomId) {
    this.#roomId = roomId;
    text(this.parts.error, "");
    if (roomId) this.#bans?.pager.start((cursor) => this.context.api.bans(roomId, cursor));
    else this.#bans?.pager.stop();
  }

  /** @param {any} ban */
  #row({ user, reason }) {
    const { t } = this.context.texts;
    const note = [`@${user.username}`, reason].filter(Boolean).join(" · ");
    const unban = h("button", { type: "button", "data-testid": "unban", onclick: () => this.#unban(user.user_id) }, t("members.unban"));
    return personRow(this.context, { person: user, note }, { testId: "banned", tools: [unban] });
  }

  /** @param {string} userId */
  async #unban(userId) {
    const { api, texts } = this.context;
    text(this.parts.error, "");
    try {
      await api.unban(this.#roomId, userId);
      await this.#bans?.pager.reload();
    } catch (problem) {
      text(this.parts.error, problemText(texts, problem));
    }
  }
}

customElements.define("echo-panel-bans", PanelBans);
