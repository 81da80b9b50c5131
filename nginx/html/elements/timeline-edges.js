// Loads further messages when the user comes near the first or the last ones, and says what is going on there.

import { attribute, h, text } from "../parts/element.js";
import { Near } from "../parts/sight.js";
import { isModerator } from "./member-rules.js";
import { problemText } from "./problem-text.js";

const AHEAD_PX = 1_200;

export class TimelineEdges {
  #timeline;
  /** @type {Near[]} */ #nears = [];
  #isWaiting = false;

  /** @param {import("./timeline.js").Timeline} timeline */
  constructor(timeline) {
    this.#timeline = timeline;
    this.#observe();
  }

  disconnect() {
    for (const near of this.#nears.splice(0)) near.disconnect();
  }

  /**
   * A load has begun or ended: then the edges are looked at anew, since the user may still be near them. After a failure, only once the user
   * scrolls there again.
   */
  loaded() {
    const { context, roomId } = this.#timeline;
    if (!context.history.error(roomId)) this.#observeSoon();
  }

  /** The connection has changed: what failed may be there now. */
  retry() {
    const { context, roomId } = this.#timeline;
    if (roomId && context.history.error(roomId) && context.connection.isOnline !== false) this.#observeSoon();
  }

  #observeSoon() {
    const { context, roomId } = this.#timeline;
    if (this.#isWaiting || context.history.loading(roomId)) return;
    this.#isWaiting = true;
    context.frame.settle(() => {
      this.#isWaiting = false;
      if (this.#timeline.isConnected) this.#observe();
    });
  }

  // An observer tells first how things are, and then what changes.
  #observe() {
    this.disconnect();
    const { scroller, state, more } = this.#timeline.parts;
    const near = (/** @type {Element} */ node, /** @type {"loadOlder" | "loadNewer"} */ load) =>
      new Near({ scroller, node, above: AHEAD_PX, below: AHEAD_PX, onChange: (isNear) => isNear && this.#load(load) });
    this.#nears = [near(state, "loadOlder"), near(more, "loadNewer")];
  }

  /** @param {"loadOlder" | "loadNewer"} load */
  #load(load) {
    const { context, roomId, opening, list } = this.#timeline;
    if (!roomId || opening.isOpening || list.size === 0) return;
    context.history[load](roomId);
  }

  /** Says what there is at the start: more, nothing, a failure. */
  writeState() {
    const { context, roomId, parts, window: timeline, list } = this.#timeline;
    const { history, texts } = context;
    const { state, box } = parts;
    const error = history.error(roomId);
    const loading = history.loading(roomId);
    const isBusy = loading === "older" || (list.size === 0 && !timeline.loaded);
    attribute(box, "aria-busy", String(loading !== undefined));
    attribute(box, "role", list.size === 0 ? "group" : "feed"); // a feed has articles
    attribute(state, "data-state", error ? "failed" : isBusy ? "loading" : "done");
    if (error) {
      const words = error.status === 0 ? texts.t("timeline.not_here") : problemText(texts, error);
      if (state.dataset.error === words && state.querySelector("button")) return;
      state.dataset.error = words;
      const again = h("button", { type: "button", class: "link", "data-testid": "history-retry" }, texts.t("action.retry"));
      again.addEventListener("click", () => (timeline.loaded ? history.loadOlder(roomId) : this.#timeline.opening.open(null)));
      state.replaceChildren(`${words} `, again);
      return;
    }
    delete state.dataset.error;
    const isEmpty = timeline.loaded && timeline.last === 0 && list.size === 0; // nor is anything on its way
    const hasExpired = (context.store.rooms.get(roomId)?.first_seq ?? 1) > 1;
    if (isEmpty && !isBusy && !hasExpired && this.#isAlone) return this.#offerToInvite(state);
    const start = hasExpired ? "timeline.expired" : isEmpty ? "timeline.empty" : "timeline.start";
    text(state, isBusy ? texts.t("state.loading") : timeline.hasBefore ? "" : texts.t(start));
  }

  get #isAlone() {
    const { room } = this.#timeline;
    return room?.member_count === 1 && isModerator(room);
  }

  // In a room of one, nobody would answer.
  #offerToInvite(/** @type {HTMLElement} */ state) {
    const { panel, texts } = this.#timeline.context;
    if (state.querySelector('[data-testid="invite-people"]')) return;
    const invite = h("button", { type: "button", class: "primary", "data-testid": "invite-people" }, texts.t("timeline.invite"));
    invite.addEventListener("click", () => panel.open("details"));
    state.replaceChildren(h("span", {}, texts.t("timeline.alone")), invite);
  }
}
