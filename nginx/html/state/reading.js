// Tells the server how far I have read, once for a burst, and again after a reconnection that lost the news.

const TELL_AFTER_MS = 400;

export class Reading {
  #connection;
  #store;
  #told = new Map(); // room_id → the seq the server is known to have
  #understood = true;
  #timer = 0;

  constructor({ connection, store }) {
    this.#connection = connection;
    this.#store = store;
    connection.addEventListener("welcome", () => {
      this.#understood = true;
      this.#plan();
    });
  }

  /** The state from /sync is the server's own word: start from there. */
  reset(rooms) {
    this.#told = new Map(rooms.map((room) => [room.room_id, room.me?.read_seq ?? 0]));
  }

  read(roomId, seq) {
    const room = this.#store.rooms.get(roomId);
    if (!room?.me) return;
    if (!this.#told.has(roomId)) this.#told.set(roomId, room.me.read_seq);
    this.#store.raiseRead(roomId, seq);
    if (seq > this.#told.get(roomId)) this.#plan();
  }

  #plan() {
    this.#timer ||= setTimeout(() => {
      this.#timer = 0;
      for (const room of this.#store.rooms.values()) this.#tell(room);
    }, TELL_AFTER_MS);
  }

  async #tell({ room_id, me }) {
    const told = this.#told.get(room_id);
    if (told === undefined || !me || me.read_seq <= told || !this.#understood || !this.#connection.isOnline) return;
    this.#told.set(room_id, me.read_seq);
    try {
      await this.#connection.command("mark", { room_id, read_seq: me.read_seq });
    } catch (problem) {
      this.#told.set(room_id, told); // lost on the way: the next reading, or the next welcome, tells again
      if (problem.code === "unknown_command") this.#understood = false; // an older server: ask no more on this line
    }
  }
}
