// Tells the others that the user is typing, every few seconds while they do.

const EVERY_MS = 3_000;

export class TypingSender {
  #connection;
  #clock;
  /** @type {string | null} */ #roomId = null;
  #sentAt = -Infinity;
  #length = 0;

  /** @param {{ connection: { send(event: string, data: object): void }, clock: { now(): number } }} context */
  constructor({ connection, clock }) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /**
   * The user has changed the words of a message that is to be sent. Nobody waits for one that gets shorter: it may end as none, which no event
   * tells.
   * @param {string} roomId
   * @param {string} text
   */
  changed(roomId, text) {
    if (roomId !== this.#roomId) this.over();
    this.#roomId = roomId;
    const isShorter = text.length < this.#length;
    this.#length = text.length;
    const now = this.#clock.now();
    if (isShorter || !text.trim() || now - this.#sentAt < EVERY_MS) return;
    this.#sentAt = now;
    this.#connection.send("typing", { room_id: roomId });
  }

  /** The message is sent: the next word is told at once. */
  over() {
    this.#sentAt = -Infinity;
    this.#length = 0;
  }
}
