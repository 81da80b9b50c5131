// A message and the replies to it.

import { h, show, text } from "../parts/element.js";
import { Roving } from "../parts/list.js";
import { messageCard, updateMessageCard } from "./message-card.js";
import { PagedList, pagedListNodes } from "./paged-list.js";
import { giveWay, PanelView } from "./panel-view.js";
import { problemText } from "./problem-text.js";

/** @typedef {import("../state/types.js").Message} Message */

export class PanelThread extends PanelView {
  /** @param {any} context */
  static template({ texts }) {
    return [
      h("ul", { class: "rows thread-root", role: "list", part: "root" }),
      h("p", { class: "error", role: "alert", part: "error" }),
      ...pagedListNodes(texts, { testId: "replies", stateTestId: "replies-state", label: texts.t("panel.thread") }),
      h(
        "button",
        { type: "button", class: "primary", part: "reply", hidden: true, "data-testid": "thread-reply" },
        texts.t("action.reply"),
      ),
    ];
  }

  /** @type {PagedList<Message> | undefined} */ #replies;
  /** @type {Message | null} */ #root = null;
  /** @type {(() => void) | null} */ #unwatch = null;

  connected() {
    const { parts, context } = this;
    this.#replies ??= new PagedList({
      texts: context.texts,
      parts,
      key: ({ seq }) => seq,
      make: (message) => this.#card(message, "thread-message"),
      update: (node, message) => updateMessageCard(node, this.#newest(message)),
      empty: context.texts.t("thread.none"),
      describe: (n, hasMore) => (hasMore ? "" : context.texts.t("message.replies", { n })),
      isGone: context.store.isExpired,
    });
    for (const box of [parts.root, parts.list]) {
      const roving = new Roving({ box, items: ".message-card", inner: "a, button" });
      this.ending(() => roving.disconnect());
    }
    this.watch("rooms", () => this.#roomsChanged());
    this.listen(parts.reply, "click", () => {
      if (!this.#root) return;
      giveWay(context);
      context.compose.reply(this.#root);
    });
  }

  /** @param {any} data */
  open(data) {
    super.open(data);
    const { roomId, seq } = this;
    const { api } = this.context;
    this.#unwatch?.();
    this.#unwatch = this.watch(`timeline:${roomId}`, (deltas) => this.write(() => this.#changed(deltas)));
    this.#setRoot(this.context.store.timeline(roomId).get(seq) ?? (data?.user_id ? data : null));
    if (!this.#root) this.#loadRoot();
    this.#replies?.pager.start((cursor) =>
      api.replies(roomId, seq, cursor).catch((/** @type {any} */ problem) => {
        if (problem.status !== 404) throw problem;
        return { items: this.#repliesHere(), next_cursor: null }; // a server that knows no threads: those that are at hand
      }),
    );
  }

  get heading() {
    return this.context.texts.t("panel.thread");
  }

  async #loadRoot() {
    const { api, texts } = this.context;
    const { roomId, seq, data } = this;
    try {
      const message = await api.message(roomId, seq);
      if (data === this.data) this.#setRoot(message);
    } catch (problem) {
      if (data === this.data) text(this.parts.error, problemText(texts, problem));
    }
  }

  /** @param {Message | null} found */
  #setRoot(found) {
    const message = found && this.context.store.isExpired(found) ? null : found;
    this.#root = message;
    text(this.parts.error, "");
    this.parts.root.replaceChildren(...(message ? [this.#card(message, "thread-root")] : []));
    show(this.parts.reply, Boolean(message && !message.deleted));
  }

  #repliesHere() {
    return [...this.context.store.timeline(this.roomId)].filter(({ reply_to: to }) => to === this.seq);
  }

  #roomsChanged() {
    this.#lastChanged();
    this.#replies?.pager.prune();
    if (this.#root && this.context.store.isExpired(this.#root)) this.#setRoot(null);
  }

  // The timeline may show another part of the room, and not have the reply that has just come.
  #lastChanged() {
    const last = this.room?.last_message;
    const pager = this.#replies?.pager;
    if (last?.reply_to === this.seq && !pager?.isLoading && !pager?.items.some(({ seq }) => seq === last.seq)) pager?.reload();
  }

  /** @param {{seq: number | null, what: string}[]} deltas */
  #changed(deltas) {
    const pager = this.#replies?.pager;
    if (!pager) return;
    if (deltas.some(({ seq }) => seq === this.seq) && this.#root) {
      const root = (this.#root = this.#newest(this.#root));
      updateMessageCard(this.parts.root.firstElementChild, root);
      show(this.parts.reply, !root.deleted);
    }
    const isReply = (/** @type {number | null} */ seq) =>
      seq !== null && this.context.store.timeline(this.roomId).get(seq)?.reply_to === this.seq;
    if (deltas.some(({ what, seq }) => what === "added" && isReply(seq))) pager.reload();
    else if (deltas.some(({ what }) => what === "content" || what === "deleted")) this.#replies?.draw();
  }

  /**
   * As edited or deleted meanwhile.
   * @param {Message} message
   */
  #newest(message) {
    return this.context.store.timeline(message.room_id).get(message.seq) ?? message;
  }

  /**
   * @param {Message} message
   * @param {string} testId
   */
  #card(message, testId) {
    return messageCard(this.context, message, { testId });
  }
}

customElements.define("echo-panel-thread", PanelThread);
