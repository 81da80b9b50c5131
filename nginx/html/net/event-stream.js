// The user's events in their order, and how far they have come: the cursor, and the history and the user that it belongs to.

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {{cursor: number, epoch: string, userId: string}} Position */
/**
 * Loads the whole state and says where its events go on. It discards its result if `isWanted()` has become false.
 * @typedef {(isWanted: () => boolean) => Promise<Position>} Resync
 */

export class EventStream {
  #resync;
  #onEvent;
  /** @type {Position|null} */
  #position = null;
  /** @type {Frame[]|null} */
  #queued = null; // events that wait for a resync; null if none is running

  /**
   * @param {{resync: Resync, onEvent: (frame: Frame) => void}} options `onEvent` gets each durable event once and in order
   */
  constructor({ resync, onEvent }) {
    this.#resync = resync;
    this.#onEvent = onEvent;
  }

  /** Null: the whole state has to be loaded first. */
  get position() {
    return this.#position && { ...this.#position };
  }

  /** @param {Position|null} position */
  restart(position) {
    this.#position = position && { cursor: position.cursor, epoch: position.epoch, userId: position.userId };
    this.#queued = null;
  }

  /**
   * Whether the server goes on from here. Another tab may have signed in as another user, whose cookie, and so whose token, this tab then
   * uses; and a backup may have been put back.
   *
   * @param {import("./types.js").Welcome} welcome
   */
  isContinuedBy({ resumed, epoch, user }) {
    return resumed && epoch === this.#position?.epoch && user?.user_id === this.#position?.userId;
  }

  /** @param {() => boolean} isWanted */
  async load(isWanted) {
    const position = await this.#resync(isWanted);
    if (!isWanted()) return;
    const queued = this.#queued;
    this.restart(position);
    this.#queued = queued;
  }

  /** From now on, events wait. */
  hold() {
    this.#queued ??= [];
  }

  /**
   * Delivers those that waited, as long as they are wanted.
   * @param {() => boolean} isWanted
   */
  release(isWanted) {
    const queued = this.#queued ?? [];
    this.#queued = null;
    for (const frame of queued) if (isWanted()) this.receive(frame);
  }

  /** Forgets those that wait: the server sends them again. */
  drop() {
    this.#queued = null;
  }

  /** @param {Frame} frame */
  receive(frame) {
    if (this.#queued) {
      this.#queued.push(frame);
      return;
    }
    if (frame.id !== undefined && this.#position) {
      if (frame.id <= this.#position.cursor) return; // already part of the loaded state
      this.#position.cursor = frame.id;
    }
    this.#onEvent(frame);
  }
}

/**
 * An event with a detail: CustomEvent, which Node 18 lacks.
 * @template T
 */
export class DetailEvent extends Event {
  /**
   * @param {string} type
   * @param {T} detail
   */
  constructor(type, detail) {
    super(type);
    this.detail = detail;
  }
}
