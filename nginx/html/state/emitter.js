// Calls listeners when a topic has changed, at most once a frame each, so that a burst of events causes one redraw.

const HIDDEN_TAB_REDRAW_MS = 250; // a hidden tab has no animation frames, but its title still counts unread messages

export class Emitter {
  #listeners = new Map();
  #changedTopics = new Set();
  #isScheduled = false;

  on(topic, listener) {
    if (!this.#listeners.has(topic)) this.#listeners.set(topic, new Set());
    this.#listeners.get(topic).add(listener);
  }

  off(topic, listener) {
    this.#listeners.get(topic)?.delete(listener);
  }

  /** Schedules a call of the topics' listeners. */
  notify(...topics) {
    for (const topic of topics) this.#changedTopics.add(topic);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    if (document.visibilityState === "visible") {
      const frame = requestAnimationFrame(() => this.#callListeners());
      // The tab may be hidden before the frame comes: whichever comes first calls the listeners.
      setTimeout(() => { cancelAnimationFrame(frame); this.#callListeners(); }, HIDDEN_TAB_REDRAW_MS);
    } else {
      setTimeout(() => this.#callListeners(), HIDDEN_TAB_REDRAW_MS);
    }
  }

  #callListeners() {
    if (!this.#isScheduled) return;
    this.#isScheduled = false;
    const changedTopics = this.#changedTopics;
    this.#changedTopics = new Set();
    for (const topic of changedTopics) {
      for (const listener of this.#listeners.get(topic) ?? []) listener();
    }
  }
}
