// Sends the user's delivered and read markers to the server: once for a burst of changes, and again if a send was lost.

const SEND_AFTER_MS = 400;

export class ReadMarkerSync {
  #connection;
  #store;
  #serverMarkers = new Map(); // room_id → the markers that the server has
  #deliveredMembersMax = Infinity; // in larger rooms nobody is shown the delivered marker
  #timer = 0;
  #isSending = false;

  constructor({ connection, store }) {
    this.#connection = connection;
    this.#store = store;
    connection.addEventListener("welcome", ({ detail: { limits } }) => {
      this.#deliveredMembersMax = limits?.receipts_told_members ?? Infinity;
      this.#schedule();
    });
    store.on("rooms", () => this.#schedule()); // a message that has arrived counts as delivered
  }

  /** Starts from the markers in the response of /sync. */
  reset(rooms) {
    this.#serverMarkers = new Map(rooms.map(({ room_id: roomId, me }) => [roomId, markersOf(me)]));
  }

  /** Records that the server has these markers already: another device set them, or an own message did. */
  advanceServerMarkers(roomId, markers) {
    const serverMarkers = this.#serverMarkers.get(roomId);
    if (serverMarkers) advance(serverMarkers, markers);
  }

  markRead(roomId, seq) {
    this.#store.advanceRead(roomId, seq);
  }

  #schedule() {
    this.#timer ||= setTimeout(() => {
      this.#timer = 0;
      this.#sendAll();
    }, SEND_AFTER_MS);
  }

  // One room after another: after a long absence every room has new markers, and none of them is urgent.
  async #sendAll() {
    if (this.#isSending) return this.#schedule(); // the loop may have passed the room that has changed
    this.#isSending = true;
    try {
      for (const room of [...this.#store.rooms.values()]) {
        if (!this.#connection.isOnline) return; // the next welcome schedules it again
        await this.#send(room);
      }
    } finally {
      this.#isSending = false;
    }
  }

  async #send(room) {
    const { room_id: roomId, me } = room;
    if (!me) return;
    // What the server has of a new room is unknown: `me` may be ahead of it, since it advances before it is sent.
    if (!this.#serverMarkers.has(roomId)) this.#serverMarkers.set(roomId, markersOf());
    const serverMarkers = this.#serverMarkers.get(roomId);
    const markers = {};
    if (me.read_seq > serverMarkers.read_seq) markers.read_seq = me.read_seq;
    if (room.last_seq > Math.max(serverMarkers.delivered_seq, markers.read_seq ?? 0) && room.member_count <= this.#deliveredMembersMax) {
      markers.delivered_seq = room.last_seq;
    }
    if (Object.keys(markers).length === 0) return;
    const before = { ...serverMarkers };
    advance(serverMarkers, markers);
    try {
      await this.#connection.command("mark", { room_id: roomId, ...markers });
    } catch {
      // The next change or the next welcome sends them again.
      if (this.#serverMarkers.get(roomId) === serverMarkers) Object.assign(serverMarkers, before);
    }
  }
}

const markersOf = (me) => ({ delivered_seq: me?.delivered_seq ?? 0, read_seq: me?.read_seq ?? 0 });

function advance(markers, { delivered_seq: delivered = 0, read_seq: read = 0 }) {
  markers.read_seq = Math.max(markers.read_seq, read);
  markers.delivered_seq = Math.max(markers.delivered_seq, delivered, markers.read_seq);
}
