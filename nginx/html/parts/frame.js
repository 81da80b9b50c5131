// Orders the work of a frame: first all that reads the layout, then all that writes, then what must measure the result. Mixed, each reading
// after a writing makes the browser lay out the page anew.

/** @typedef {() => void} Run */

const HIDDEN_MS = 250; // a hidden page has no animation frames, but its title still counts unread messages

export class Frame {
  /** @type {(run: Run) => void} */ #schedule;
  /** @type {Run[]} */ #reads = [];
  /** @type {Run[]} */ #writes = [];
  /** @type {Run[]} */ #settles = [];
  #isScheduled = false;

  /** @param {(run: Run) => void} [schedule] calls back with the next frame */
  constructor(schedule = (run) => frameSchedule(window)(run)) {
    this.#schedule = schedule;
  }

  /**
   * Runs before anything is written. What is asked for while this phase runs still belongs to this frame, so a listener that runs in it can
   * read and write without waiting for another one.
   * @param {Run} run
   */
  read(run) {
    this.#reads.push(run);
    this.#plan();
  }

  /**
   * Runs after all readings of the frame; must not read the layout.
   * @param {Run} run
   */
  write(run) {
    this.#writes.push(run);
    this.#plan();
  }

  /**
   * Runs after all writings of the frame, and may read: the browser lays out once, as it would have to anyway. For scroll positions only.
   * @param {Run} run
   */
  settle(run) {
    this.#settles.push(run);
    this.#plan();
  }

  /** Runs what is planned, at once. */
  flush() {
    this.#isScheduled = true; // what is asked for meanwhile belongs to this frame, or is planned below
    for (const phase of [this.#reads, this.#writes, this.#settles]) {
      for (const run of phase) {
        try {
          run();
        } catch (error) {
          // One element that fails does not keep the others from being drawn.
          queueMicrotask(() => {
            throw error;
          });
        }
      }
      phase.length = 0;
    }
    this.#isScheduled = false;
    if (this.#reads.length || this.#writes.length) this.#plan();
  }

  #plan() {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#schedule(() => this.#isScheduled && this.flush());
  }
}

/** The frame of the page, which all elements share. */
export const frame = new Frame();

/**
 * The `schedule` of a page: the next animation frame, or 250 ms if the page is hidden or becomes so.
 *
 * @param {Pick<Window & typeof globalThis, "document" | "requestAnimationFrame" | "cancelAnimationFrame" | "setTimeout" | "clearTimeout">} page
 * @returns {(run: Run) => void}
 */
export function frameSchedule(page) {
  return (run) => {
    let next = 0;
    const runOnce = () => {
      page.cancelAnimationFrame(next);
      page.clearTimeout(timer);
      run();
    };
    const timer = page.setTimeout(runOnce, HIDDEN_MS);
    if (page.document.visibilityState === "visible") next = page.requestAnimationFrame(runOnce);
  };
}
