// Fetches rooms that are new to the user; the events of a room wait until it is there.

const RETRY_FIRST_MS = 3_000;
const RETRY_MAX_MS = 60_000;
const FETCHES_MAX = 3; // in one go, of a room in which much happens

/** What counts or names something that a room has been fetched with, perhaps with this change and perhaps without. */
const COUNTED = new Set(["message_deleted", "messages_expired", "room_updated"]);

/**
 * @typedef {import("./types.js").Room} Room
 * @typedef {{event: string, data?: any}} Frame
 * @typedef {Frame[] & {room?: Promise<Room>, isUnsure?: boolean}} Loading events that arrived while a room was being fetched; `isUnsure`: some
 *   of them may be in it already
 *
 * @typedef {{
 *   clock: import("./types.js").Clock,
 *   fetchRoom(roomId: string): Promise<Room>,
 *   putRoom(room: Room): void,
 *   isMe(user: any): boolean,
 *   apply(frame: Frame): void,
 * }} Options
 */

/** `putRoom(room)` takes a room that the user is a member of; then `apply(frame)` takes each event that waited for it. */
export class RoomLoader {
  #options;
  /** @type {Map<string, Loading>} room_id → */
  #loading = new Map();
  /** @type {Map<string, symbol>} rooms that the user has joined and that are not as the server has them yet → the last attempt */
  #joining = new Map();

  /** @param {Options} options */
  constructor(options) {
    this.#options = options;
  }

  /** Whether a room is being fetched, so that the store lacks what the events say. */
  get isLoading() {
    return this.#loading.size + this.#joining.size > 0;
  }

  /**
   * Whether an event has to wait for its room; then it does.
   * @param {Frame} frame
   */
  holds(frame) {
    const { event, data } = frame;
    const queue = this.#loading.get(data?.room_id);
    if (!queue) return false;
    const isOfMembers = event.startsWith("member_");
    if (COUNTED.has(event) || (isOfMembers && !(event === "member_joined" && this.#options.isMe(data.user)))) queue.isUnsure = true;
    if (isOfMembers) return false;
    if (event !== "room_created") queue.push(frame); // older than the room in any case
    return true;
  }

  /**
   * Fetches a room and adds it if the user is a member; concurrent callers share one request.
   *
   * @param {string} roomId
   * @returns {Promise<Room>}
   */
  load(roomId, fetches = 1) {
    const running = this.#loading.get(roomId)?.room;
    if (running) return running;
    /** @type {Loading} */
    const queue = [];
    this.#loading.set(roomId, queue);
    let isMine = false;
    queue.room = this.#options
      .fetchRoom(roomId)
      .then((room) => {
        isMine = this.#loading.get(roomId) === queue && Boolean(room.me);
        if (isMine) this.#options.putRoom(room);
        return room;
      })
      .finally(() => {
        if (this.#loading.get(roomId) !== queue) return;
        this.#loading.delete(roomId);
        for (const frame of queue) this.#options.apply(frame);
        // Whether its numbers have these events in them, the room does not say; one that is fetched after them surely has.
        if (isMine && queue.isUnsure && fetches < FETCHES_MAX) this.join(roomId, { fetches: fetches + 1 });
      });
    return queue.room;
  }

  /**
   * Fetches a room that no other event brings: a fetch that fails is repeated, until the user has left.
   * @param {string} roomId
   */
  join(roomId, { retryMs = RETRY_FIRST_MS, fetches = 1 } = {}) {
    const attempt = Symbol();
    const isLast = () => this.#joining.get(roomId) === attempt;
    const done = () => isLast() && this.#joining.delete(roomId);
    const retry = () => isLast() && this.join(roomId, { retryMs: Math.min(2 * retryMs, RETRY_MAX_MS), fetches });
    this.#joining.set(roomId, attempt);
    this.load(roomId, fetches).then(done, (problem) => {
      if (problem.isTransient) this.#options.clock.setTimeout(retry, retryMs);
      else done(); // the user has left already
    });
  }

  /**
   * The user has left: what is on its way counts no more.
   * @param {string} roomId
   */
  forget(roomId) {
    this.#joining.delete(roomId);
    this.#loading.delete(roomId);
  }
}
