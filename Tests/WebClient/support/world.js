// The state of a client, wired to a server of the tests as the page wires it, with a clock that stands still.

import { Changes } from "../../../nginx/html/state/changes.js";
import { EventReducer } from "../../../nginx/html/state/events.js";
import { History } from "../../../nginx/html/state/history.js";
import { Marks } from "../../../nginx/html/state/marks.js";
import { Reading } from "../../../nginx/html/state/reading.js";
import { Store } from "../../../nginx/html/state/store.js";
import { FakeClock } from "./clock.js";
import { FakeServer } from "./server.js";

/** Begins with the state of /sync after `prepare(server, clock)`; changes are told when a test says `changes.flush()`. */
export async function makeWorld({ prepare = () => {}, cache = null, restore = null } = {}) {
  const clock = new FakeClock();
  const server = new FakeServer({ clock });
  await prepare(server, clock);
  return startClient({ clock, server, cache, restore });
}

/** Another client of the same server: a reload, if the one before is used no more. */
export function startClient({ clock, server, cache = null, restore = null }) {
  const calls = { removed: [], own: [], drafts: [], preferences: [] };
  const changes = new Changes({ schedule: () => {} });
  const store = new Store({ changes, clock });
  if (restore) store.restore(restore);
  else store.load(server.sync());
  const history = new History({ api: server.api, store, cache, clock });
  const marks = new Marks({ api: server.api, connection: server.connection, store, clock });
  const reading = new Reading({
    clock,
    onRead: (roomId, seq) => marks.read(roomId, seq),
    onPreviewed: (roomId, seq) => marks.previewed(roomId, seq),
    readThrough: store.readThrough,
    previewThrough: store.previewThrough,
  });
  const reducer = new EventReducer({
    store,
    clock,
    fetchRoom: (roomId) => server.api.room(roomId),
    onGap: (roomId) => history.fillGap(roomId),
    onOwnMessage: (message) => calls.own.push(message),
    onRoomRemoved: (room, reason) => calls.removed.push([room.room_id, reason]),
    onDraft: (roomId, draft) => calls.drafts.push([roomId, draft]),
    onPreferences: (preferences) => calls.preferences.push(preferences),
  });
  /** Applies the next events of the server. */
  const deliver = (count) => {
    for (const frame of server.take(count)) reducer.apply(frame);
  };
  /** The deltas of a topic, as they are told. */
  const log = (topic) => {
    const deltas = [];
    changes.watch(topic, (told) => deltas.push(...told));
    return deltas;
  };
  const seqs = (roomId) => [...store.timeline(roomId)].map(({ seq }) => seq);
  return { clock, server, changes, store, history, marks, reading, reducer, calls, deliver, log, seqs };
}

/** The seed of a random test: a new one each time, or the one of the environment variable `SEED`; printed with a failure. */
export async function withSeed(run) {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
  try {
    await run(seed);
  } catch (error) {
    error.message = `SEED=${seed}: ${error.message}`;
    throw error;
  }
}
