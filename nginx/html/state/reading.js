// Tells the server what I have and how far I have read, once for a burst, and again after a reconnection that lost the news.

const TELL_AFTER_MS = 400;

export class Reading {
  #connection;
  #store;
  #told = new Map(); // room_id → the marks the server is known to have
  #toldMembersMax = Infinity;
  #timer = 0;
  #telling = false;

  constructor({ connection, store }) {
    this.#connection = connection;
    this.#store = store;
    connection.addEventListener("welcome", ({ detail: { limits } }) => {
      this.#toldMembersMax = limits?.receipts_told_members ?? Infinity;
      this.#plan();
    });
    store.on("rooms", () => this.#plan()); // what arrived is delivered
  }

  /** The state from /sync is the server's own word: start from there. */
  reset(rooms) {
    this.#told = new Map(rooms.map(({ room_id: roomId, me }) => [roomId, marksOf(me)]));
  }

  /** The server has these marks already: another device set them, or a message of mine did. */
  known(roomId, marks) {
    const told = this.#told.get(roomId);
    if (told) raise(told, marks);
  }

  read(roomId, seq) {
    this.#store.raiseRead(roomId, seq);
  }

  #plan() {
    this.#timer ||= setTimeout(() => {
      this.#timer = 0;
      this.#tellAll();
    }, TELL_AFTER_MS);
  }

  // One after another: after a long absence every room has something to tell, and none of it is urgent.
  async #tellAll() {
    if (this.#telling) return;
    this.#telling = true;
    try {
      for (const room of [...this.#store.rooms.values()]) {
        if (!this.#connection.isOnline) return; // the next welcome tells
        await this.#tell(room);
      }
    } finally {
      this.#telling = false;
    }
  }

  async #tell(room) {
    const { room_id: roomId, me } = room;
    if (!me) return;
    if (!this.#told.has(roomId)) this.#told.set(roomId, marksOf(me));
    const told = this.#told.get(roomId);
    const marks = {};
    if (me.read_seq > told.read_seq) marks.read_seq = me.read_seq;
    // In a larger room nobody is told of it: only reading is worth a write.
    if (room.last_seq > Math.max(told.delivered_seq, marks.read_seq ?? 0) && room.member_count <= this.#toldMembersMax) {
      marks.delivered_seq = room.last_seq;
    }
    if (Object.keys(marks).length === 0) return;
    const before = { ...told };
    raise(told, marks);
    try {
      await this.#connection.command("mark", { room_id: roomId, ...marks });
    } catch {
      if (this.#told.get(roomId) === told) Object.assign(told, before); // the next change, or the next welcome, tells again
    }
  }
}

const marksOf = (me) => ({ delivered_seq: me?.delivered_seq ?? 0, read_seq: me?.read_seq ?? 0 });

function raise(told, { delivered_seq: delivered = 0, read_seq: read = 0 }) {
  told.read_seq = Math.max(told.read_seq, read);
  told.delivered_seq = Math.max(told.delivered_seq, delivered, told.read_seq);
}
