// Who has received, previewed and read a message.

import { Roving } from "../parts/list.js";
import { PagedList, pagedListNodes } from "./paged-list.js";
import { PanelView } from "./panel-view.js";
import { personRow, updatePersonRow } from "./person-row.js";

const RELOAD_AFTER_MS = 500; // markers come in bursts

/** @typedef {{user_id: string, state: "sent" | "delivered" | "preview_read" | "read", at: string | null}} Receipt */

export class PanelReceipts extends PanelView {
  /** @param {any} context */
  static template({ texts }) {
    return pagedListNodes(texts, { testId: "receipts", stateTestId: "receipts-state", label: texts.t("receipts.title") });
  }

  /** @type {PagedList<Receipt> | undefined} */ #receipts;
  /** @type {(() => void) | null} */ #unwatch = null;
  #isWaiting = false;

  connected() {
    const { parts, context } = this;
    this.#receipts ??= new PagedList({
      texts: context.texts,
      parts,
      key: ({ user_id }) => user_id,
      make: (receipt) => this.#row(receipt),
      update: (node, receipt) => this.#update(node, receipt),
      empty: context.texts.t("receipts.none"),
    });
    const roving = new Roving({ box: parts.list, items: ".row-main" });
    this.ending(() => roving.disconnect());
    this.watch("users", () => this.write(() => this.#receipts?.draw()));
  }

  /** @param {any} data */
  open(data) {
    super.open(data);
    const { roomId, seq } = this;
    this.#unwatch?.();
    this.#unwatch = this.watch(`timeline:${roomId}`, (deltas) => deltas.some(({ what }) => what === "seen") && this.#seen());
    this.#isWaiting = false;
    this.#receipts?.pager.start((cursor) => this.context.api.receipts(roomId, seq, cursor));
  }

  get heading() {
    return this.context.texts.t("message.who_seen");
  }

  #seen() {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.later(RELOAD_AFTER_MS, () => {
      this.#isWaiting = false;
      this.#receipts?.pager.reload();
    });
  }

  /** @param {Receipt} receipt */
  #rowOf({ user_id, state, at }) {
    const { texts, store } = this.context;
    const word = state === "sent" ? texts.t("receipts.not_yet") : texts.t(`receipt.${state}`);
    const note = at && state !== "sent" ? `${word}, ${texts.dates.short(at)}` : word;
    return { person: store.users.get(user_id) ?? { user_id }, note };
  }

  /** @param {Receipt} receipt */
  #row(receipt) {
    const onOpen = () => this.context.panel.open("person", { userId: receipt.user_id, roomId: this.roomId });
    const node = personRow(this.context, this.#rowOf(receipt), { testId: "receipt", onOpen });
    node.dataset.state = receipt.state;
    return node;
  }

  /**
   * @param {HTMLElement} node
   * @param {Receipt} receipt
   */
  #update(node, receipt) {
    updatePersonRow(node, this.#rowOf(receipt));
    node.dataset.state = receipt.state;
  }
}

customElements.define("echo-panel-receipts", PanelReceipts);
