// The pinned messages of a room, the last one pinned first.

import { Roving } from "../parts/list.js";
import { mayPin } from "./member-rules.js";
import { messageCard, updateMessageCard } from "./message-card.js";
import { PagedList, pagedListNodes } from "./paged-list.js";
import { PanelView } from "./panel-view.js";

/** @type {{items: any[], next_cursor: string | null}} */
const NONE = { items: [], next_cursor: null };

export class PanelPins extends PanelView {
  /** @param {any} context */
  static template({ texts }) {
    return pagedListNodes(texts, { testId: "pins", stateTestId: "pins-state", label: texts.t("panel.pins") });
  }

  /** @type {PagedList<any> | undefined} */ #pins;
  /** @type {(() => void) | null} */ #unwatch = null;

  connected() {
    const { parts, context } = this;
    this.#pins ??= new PagedList({
      texts: context.texts,
      parts,
      key: ({ message }) => message.seq,
      make: ({ message }) => this.#card(message),
      update: (node, { message }) => updateMessageCard(node, this.#newest(message)),
      empty: context.texts.t("panel.no_pins"),
      isGone: ({ message }) => context.store.isExpired(message),
    });
    this.watch("rooms", () => this.#pins?.pager.prune());
    const roving = new Roving({ box: parts.list, items: ".message-card", inner: "a, button" });
    this.ending(() => roving.disconnect());
  }

  /** @param {any} data */
  open(data) {
    super.open(data);
    const { api } = this.context;
    const { roomId } = this;
    this.#unwatch?.();
    this.#unwatch = this.watch(`timeline:${roomId}`, (deltas) => this.write(() => this.#changed(deltas)));
    this.#pins?.pager.start((cursor) => api.pins(roomId, cursor).catch(absent));
  }

  get heading() {
    return this.room ? this.context.store.roomName(this.room) : "";
  }

  /** @param {{seq: number | null, what: string}[]} deltas */
  #changed(deltas) {
    const pager = this.#pins?.pager;
    if (!pager) return;
    const isShown = (/** @type {number | null} */ seq) => pager.items.some(({ message }) => message.seq === seq);
    for (const { seq, what } of deltas) if (what === "deleted" && seq !== null && isShown(seq)) pager.remove(seq);
    if (deltas.some(({ what }) => what === "pinned")) pager.reload();
    else if (deltas.some(({ seq, what }) => what === "content" && isShown(seq))) this.#pins?.draw();
  }

  /**
   * As edited meanwhile.
   * @param {any} message
   */
  #newest(message) {
    return this.context.store.timeline(message.room_id).get(message.seq) ?? message;
  }

  /** @param {any} message */
  #card(message) {
    const { actions, texts } = this.context;
    const unpin = { icon: "close", label: texts.t("message.unpin"), testId: "unpin", run: () => actions.pin(message, false) };
    const tools = mayPin(this.room) ? [unpin] : [];
    return messageCard(this.context, message, { testId: "pin", tools });
  }
}

/**
 * A server that knows no such list has none.
 * @param {any} problem
 */
function absent(problem) {
  if (problem.status === 404) return NONE;
  throw problem;
}

customElements.define("echo-panel-pins", PanelPins);
