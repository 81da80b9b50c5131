// Tells listeners by topic that something changed, at most once a frame each, so that a burst of events is one redraw.

const HIDDEN_REDRAW_MS = 250; // a hidden tab has no animation frames, but its title still counts unread messages

export class Topics {
  #listeners = new Map();
  #changed = new Set();
  #planned = false;

  on(topic, listener) {
    if (!this.#listeners.has(topic)) this.#listeners.set(topic, new Set());
    this.#listeners.get(topic).add(listener);
  }

  off(topic, listener) {
    this.#listeners.get(topic)?.delete(listener);
  }

  touch(...topics) {
    for (const topic of topics) this.#changed.add(topic);
    if (this.#planned) return;
    this.#planned = true;
    if (document.visibilityState === "visible") {
      const frame = requestAnimationFrame(() => this.#tell());
      // The tab may be hidden before the frame comes; whichever is first tells.
      setTimeout(() => { cancelAnimationFrame(frame); this.#tell(); }, HIDDEN_REDRAW_MS);
    } else {
      setTimeout(() => this.#tell(), HIDDEN_REDRAW_MS);
    }
  }

  #tell() {
    if (!this.#planned) return;
    this.#planned = false;
    const changed = this.#changed;
    this.#changed = new Set();
    for (const topic of changed) {
      for (const listener of this.#listeners.get(topic) ?? []) listener();
    }
  }
}
