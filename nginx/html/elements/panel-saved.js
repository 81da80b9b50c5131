// The messages that the user has saved for later, in all rooms, the last one saved first.

import { Roving } from "../parts/list.js";
import { messageCard, updateMessageCard } from "./message-card.js";
import { PagedList, pagedListNodes } from "./paged-list.js";
import { PanelView } from "./panel-view.js";

/** @type {{items: any[], next_cursor: string | null}} */
const NONE = { items: [], next_cursor: null };

export class PanelSaved extends PanelView {
  /** @param {any} context */
  static template({ texts }) {
    return pagedListNodes(texts, { testId: "saved", stateTestId: "saved-state", label: texts.t("saved.title") });
  }

  /** @type {PagedList<any> | undefined} */ #saved;

  connected() {
    const { parts, context } = this;
    this.#saved ??= new PagedList({
      texts: context.texts,
      parts,
      key: ({ message }) => `${message.room_id} ${message.seq}`,
      make: ({ message }) => this.#card(message),
      update: (node, { message }) => updateMessageCard(node, message),
      empty: context.texts.t("saved.none"),
      isGone: ({ message }) => context.store.isExpired(message),
    });
    this.watch("rooms", () => this.#saved?.pager.prune());
    this.watch("saved", () => this.#saved?.pager.reload());
    const roving = new Roving({ box: parts.list, items: ".message-card", inner: "a, button" });
    this.ending(() => roving.disconnect());
  }

  /** @param {any} data */
  open(data) {
    super.open(data);
    const { api } = this.context;
    this.#saved?.pager.start((cursor) => api.saved(cursor).catch(absent));
  }

  get heading() {
    return this.context.texts.t("saved.title");
  }

  /** @param {any} message */
  #card(message) {
    const { actions, texts } = this.context;
    const unsave = async () => {
      const key = `${message.room_id} ${message.seq}`;
      if ((await actions.save(message, false)) !== false) this.#saved?.pager.remove(key);
    };
    const tools = [{ icon: "close", label: texts.t("message.unsave"), testId: "unsave", run: unsave }];
    return messageCard(this.context, message, { testId: "saved-message", hasRoom: true, tools });
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

customElements.define("echo-panel-saved", PanelSaved);
