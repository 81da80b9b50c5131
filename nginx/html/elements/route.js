// Where the user is: the open room or view, in the address, so that links, reload and the browser's buttons lead there.

const ROOM = /^#\/room\/([^/]+)(?:\/(\d+))?$/;
const INVITE = /^#\/invite\/([^/]+)$/;
const CATCH_UP = "#/catch-up";

/**
 * `#/room/<room_id>`, `#/room/<room_id>/<seq>`, `#/catch-up`, `#/invite/<code>`. A seq and a code leave the address once they are read, so that
 * the same link works again, and a reload does not ask again.
 *
 * Topic of `changes`: `route`, with `{roomId, seq, view}`, told for each link, also for one that leads where the user is.
 */
export class Route {
  /** @type {string | null} */ roomId = null;
  /** @type {number | null} the message to bring in sight */ seq = null;
  /** @type {"room" | "catch-up" | "none"} */ view = "none";
  #changes;
  #page;
  /** @type {string | null} */ #code = null;

  /**
   * @param {object} options
   * @param {import("../state/changes.js").Changes} options.changes
   * @param {Window | import("./memory-address.js").MemoryAddress} options.page which has the address
   */
  constructor({ changes, page }) {
    this.#changes = changes;
    this.#page = page;
    page.addEventListener("hashchange", () => this.follow());
  }

  /**
   * Opens a room, at a message if one is named.
   * @param {string} roomId
   * @param {number | null} [seq]
   */
  open(roomId, seq = null) {
    this.#go(seq === null ? `#/room/${roomId}` : `#/room/${roomId}/${seq}`);
  }

  /** @param {"catch-up" | "none"} view */
  show(view) {
    this.#go(view === "catch-up" ? CATCH_UP : "#/");
  }

  /**
   * Asks about an invitation, as its link does.
   * @param {string} code
   */
  invite(code) {
    this.#code = code;
    this.#tell();
  }

  /** The code of an invitation that the user has not been asked about. */
  get code() {
    return this.#code;
  }

  /** The code, which is not there any more afterwards. */
  takeCode() {
    const code = this.#code;
    this.#code = null;
    return code;
  }

  /** Reads the address. */
  follow() {
    const { hash } = this.#page.location;
    const invite = INVITE.exec(hash);
    if (invite) {
      this.#replace("#/");
      this.#code = invite[1];
    }
    const [, roomId = null, seq = null] = ROOM.exec(hash) ?? [];
    this.roomId = roomId;
    this.seq = seq === null ? null : Number(seq);
    this.view = roomId ? "room" : hash === CATCH_UP ? "catch-up" : "none";
    if (seq !== null) this.#replace(`#/room/${roomId}`);
    this.#tell();
  }

  /** Forgets where the user was: the next one begins elsewhere. */
  reset() {
    this.#replace("#/");
    this.follow();
  }

  /**
   * The address of a room or a message, for others.
   * @param {string} roomId
   * @param {number | null} [seq]
   */
  link(roomId, seq = null) {
    return new URL(seq === null ? `#/room/${roomId}` : `#/room/${roomId}/${seq}`, this.#page.document.baseURI).href;
  }

  /**
   * The address of an invitation.
   * @param {string} code
   */
  inviteLink(code) {
    return new URL(`#/invite/${code}`, this.#page.document.baseURI).href;
  }

  /** @param {string} hash */
  #go(hash) {
    if (this.#page.location.hash === hash) this.follow();
    else this.#page.location.hash = hash;
  }

  /** @param {string} hash */
  #replace(hash) {
    this.#page.history.replaceState(null, "", hash);
  }

  #tell() {
    this.#changes.tell("route", { roomId: this.roomId, seq: this.seq, view: this.view });
  }
}
