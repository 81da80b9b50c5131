// Shows a list of the server page by page: its items, a line that says how it stands, and a button for more.

import { focused, h, show, text } from "../parts/dom.js";
import { KeyedList } from "../parts/list.js";
import { Pager } from "./pager.js";
import { problemText } from "./problem-text.js";

/**
 * The nodes of a list, for the template of an element: the parts `list`, `state` and `more`, with a name before them if there are several.
 * @param {import("../parts/texts.js").Texts} texts
 * @param {{testId?: string, stateTestId?: string, label?: string, name?: string}} options
 */
export function pagedListNodes({ t }, { testId, stateTestId, label, name = "" } = {}) {
  return [
    h("p", { class: "hint", role: "status", part: `${name}state`, "data-testid": stateTestId }),
    h("ul", { class: "rows", role: "list", part: `${name}list`, "aria-label": label, "data-testid": testId }),
    h("button", { type: "button", part: `${name}more`, "data-testid": "list-more", hidden: true }, t("action.show_more")),
  ];
}

/** @template Item */
export class PagedList {
  /** @type {Pager<Item>} */ pager;
  /** @type {KeyedList<Item>} */ list;
  #options;
  #isShowingMore = false;

  /**
   * @param {{
   *   texts: import("../parts/texts.js").Texts, parts: Record<string, any>, name?: string, key: (item: Item) => string | number,
   *   make: (item: Item) => HTMLElement, update?: (node: any, item: Item) => void, empty?: string, onChange?: () => void,
   *   describe?: (count: number, hasMore: boolean) => string, isGone?: (item: Item) => boolean,
   * }} options `parts` of the element; `empty`: what is said if there are no items; `describe`: else; `isGone`: as of a `Pager`
   */
  constructor(options) {
    const { parts, name = "", key, make, update, isGone } = options;
    this.#options = options;
    this.nodes = { list: parts[`${name}list`], state: parts[`${name}state`], more: parts[`${name}more`] };
    this.list = new KeyedList({ box: this.nodes.list, key, make, update });
    this.pager = new Pager({ key, isGone, onChange: () => this.draw() });
    this.nodes.more.addEventListener("click", () => this.#showMore());
  }

  /** Draws all items anew, in place. */
  draw() {
    const { texts, empty = "", describe, onChange } = this.#options;
    const { items, error, isLoading, hasStarted, hasMore } = this.pager;
    this.list.set(items);
    const isFirst = isLoading && items.length === 0;
    const settled = items.length > 0 ? (describe?.(items.length, hasMore) ?? "") : hasStarted ? empty : "";
    text(this.nodes.state, error ? problemText(texts, error) : isFirst ? texts.t("state.loading") : settled);
    const canRetry = Boolean(error) && (hasMore || !hasStarted);
    show(this.nodes.more, hasMore || canRetry);
    text(this.nodes.more, texts.t(canRetry ? "action.retry" : "action.show_more"));
    onChange?.();
  }

  // The focus goes to the first item that is new, where the button was.
  async #showMore() {
    const { pager, list, nodes } = this;
    if (this.#isShowingMore) return;
    this.#isShowingMore = true;
    const before = new Set(list.keys());
    await (pager.hasStarted ? pager.more() : pager.reload());
    this.#isShowingMore = false;
    const added = [...list.keys()].find((key) => !before.has(key));
    const focus = focused(nodes.more);
    if (added === undefined || (focus && focus !== nodes.more)) return;
    const row = list.node(added);
    const target = row?.matches("[tabindex]") ? row : row?.querySelector("a, button, input");
    if (target instanceof HTMLElement) target.focus();
  }
}
