// The state of an account for a page with one room: the real parts of state/, a server in memory, and actions that reach it.

import { frame } from "../parts/frame.js";
import { Attention } from "../state/attention.js";
import { Changes } from "../state/changes.js";
import { EventReducer } from "../state/events.js";
import { History } from "../state/history.js";
import { Images } from "../state/images.js";
import { Marks } from "../state/marks.js";
import { Reading } from "../state/reading.js";
import { Store } from "../state/store.js";
import { FakeClock } from "./clock.js";
import { FakeServer } from "./server.js";

const browserClock = {
  now: () => Date.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer),
};

export async function fakeAccount({ prepare = () => {}, isLive, hasAttention, log }) {
  const clock = isLive ? browserClock : new FakeClock();
  const server = new FakeServer({ clock });
  await prepare(server, clock);
  const changes = new Changes({ schedule: (run) => frame.read(run) });
  const store = new Store({ changes, clock });
  store.load(server.sync());
  const { connection } = server;
  const api = {
    ...server.api,
    message: async (roomId, seq) => server.message(roomId, seq),
    user: async (userId) => ({ ...server.user(userId), presence: "active", last_seen_at: null }),
    blob: async (path) => server.files.get(path),
  };
  const history = new History({ api, store, clock });
  const marks = new Marks({ api, connection, store, clock });
  const reading = new Reading({
    clock,
    onRead: (roomId, seq) => {
      log.push(["read", seq]);
      marks.read(roomId, seq);
    },
    onPreviewed: (roomId, seq) => marks.previewed(roomId, seq),
    readThrough: store.readThrough,
    previewThrough: store.previewThrough,
  });
  const attention = isLive ? new Attention(window) : Object.assign(new EventTarget(), { hasAttention });
  reading.setAttention(attention.hasAttention);
  attention.addEventListener("change", () => reading.setAttention(attention.hasAttention));
  const reducer = new EventReducer({
    ...{ store, clock, fetchRoom: (roomId) => api.room(roomId), onGap: (roomId) => history.fillGap(roomId) },
    ...{ onOwnMessage: () => {}, onRoomRemoved: () => {}, onDraft: () => {}, onPreferences: () => {} },
  });
  /** Applies the events of the server that have not been told. */
  const deliver = () => {
    for (const event of server.take()) reducer.apply(event);
  };
  const act = (run) => {
    run();
    deliver();
  };
  const actions = {
    react: ({ room_id: roomId, seq }, emoji) => {
      const isAdded = !store.timeline(roomId).get(seq).reactions[emoji]?.includes("me");
      act(() => server.react(roomId, seq, emoji, "me", isAdded));
    },
    remove: ({ room_id: roomId, seq }) => act(() => server.delete(roomId, seq)),
    markUnread: ({ room_id: roomId, seq }) => {
      reading.hold(roomId);
      marks.markUnread(roomId, seq);
    },
    save: ({ room_id: roomId, seq }, isSaved) => store.flags.set("saved", roomId, seq, isSaved),
    pin: ({ room_id: roomId, seq }, isPinned) => store.flags.set("pinned", roomId, seq, isPinned),
    joinRoom: async (roomId) => act(() => server.join(roomId, "me")),
  };
  for (const name of ["openPerson", "download", "report", "copyText", "copyLink", "copy", "resendMail"]) {
    actions[name] = (about) => log.push([name, about?.seq ?? about?.name ?? about]);
  }
  const outbox = {
    messages: [],
    messagesIn: (roomId) => outbox.messages.filter((message) => message.room_id === roomId),
    retry: (clientId) => log.push(["retry", clientId]),
    discard: (clientId) => log.push(["discard", clientId]),
  };
  /** Shows a message that waits to be sent, or changes it. */
  const setUnsent = (messages, what = "changed") => {
    outbox.messages = messages;
    for (const { room_id: roomId, client_id } of messages) changes.tell(`unsent:${roomId}`, { client_id, what });
  };
  const images = new Images({ api });
  return {
    ...{ clock, server, changes, store, api, connection, history, marks, reading, attention, reducer, deliver },
    actions,
    flagLoads: { load: () => {} },
    outbox,
    images,
    setUnsent,
  };
}
