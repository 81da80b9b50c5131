// A server's history for the tests of the cache, and tabs that hear of it.

import { Cache } from "../../../nginx/html/state/cache.js";
import { FakeBrowser } from "../support/browser.js";
import { MessageServer } from "../support/message-server.js";

/** The messages of a server, and its events. */
export class History {
  rooms = new Map();
  #first = new Map(); // room_id → the first message that has not expired
  frames = [];
  epoch = "e1";

  post(roomId, content = `m${this.cursor + 1}`) {
    const messages = this.rooms.get(roomId) ?? [];
    this.rooms.set(roomId, messages);
    const seq = messages.length + 1;
    messages.push({
      room_id: roomId,
      seq,
      user_id: "bob",
      content,
      reactions: {},
      attachments: [],
      mentions: [],
      edited_at: null,
      deleted: false,
    });
    return this.#tell("new_message", messages[seq - 1]);
  }

  edit(roomId, seq, content) {
    const message = this.rooms.get(roomId)[seq - 1];
    if (message.deleted) return null;
    Object.assign(message, { content, edited_at: `t${String(this.cursor).padStart(6, "0")}` });
    return this.#tell("message_edited", message);
  }

  delete(roomId, seq) {
    Object.assign(this.rooms.get(roomId)[seq - 1], { content: "", reactions: {}, deleted: true });
    return this.#tell("message_deleted", { room_id: roomId, seq, deleted_by: "bob" });
  }

  react(roomId, seq, emoji, userId, isAdded) {
    const message = this.rooms.get(roomId)[seq - 1];
    if (message.deleted || (message.reactions[emoji] ?? []).includes(userId) === isAdded) return null;
    const others = (message.reactions[emoji] ?? []).filter((id) => id !== userId);
    message.reactions[emoji] = isAdded ? [...others, userId] : others;
    if (message.reactions[emoji].length === 0) delete message.reactions[emoji];
    return this.#tell(isAdded ? "reaction_added" : "reaction_removed", { room_id: roomId, seq, emoji, user_id: userId });
  }

  expire(roomId, firstSeq) {
    this.#first.set(roomId, firstSeq);
    return this.#tell("messages_expired", { room_id: roomId, first_seq: firstSeq });
  }

  get cursor() {
    return this.frames.length;
  }

  /** The first message that the room still has. */
  first(roomId) {
    return this.#first.get(roomId) ?? 1;
  }

  page(roomId, { before = Infinity, after = 0, limit }) {
    const all = this.rooms.get(roomId) ?? [];
    const start = this.first(roomId);
    const found = all.filter(({ seq }) => seq >= start && seq > after && seq < before);
    const messages = before === Infinity ? found.slice(0, limit) : found.slice(-limit);
    const [first, last] = [messages[0]?.seq ?? start, messages.at(-1)?.seq ?? all.length];
    return JSON.parse(JSON.stringify({ messages, has_before: first > start, has_after: last < all.length }));
  }

  #tell(event, data) {
    const frame = { event, id: this.cursor + 1, data: JSON.parse(JSON.stringify(data)) };
    this.frames.push(frame);
    return frame;
  }
}

/** A tab with a cache that hears the events of `history` from its cursor on. */
export async function openCache(browser, history, options = {}) {
  const tab = await browser.openTab();
  const cache = new Cache({ database: tab.database, environment: tab.environment, userId: "alice", ...options });
  const loaded = await cache.load();
  const isCurrent = loaded && loaded.epoch === history.epoch;
  const view = { tab, cache, loaded, cursor: isCurrent ? loaded.cursor : history.cursor };
  view.hear = (upTo = history.cursor) => {
    for (const frame of history.frames.slice(view.cursor, upTo)) cache.apply(frame);
    view.cursor = Math.max(view.cursor, upTo);
  };
  view.save = () => cache.save({ seen: view.cursor }, view.cursor, history.epoch);
  view.replace = () => cache.replace({ seen: view.cursor }, view.cursor, history.epoch);
  if (!isCurrent) await view.replace();
  await browser.calm();
  return view;
}

export const newBrowser = (open) => new FakeBrowser(new MessageServer(), open);

export function fill(history, roomId, count) {
  for (let i = 1; i <= count; i += 1) history.post(roomId, `${roomId}${i}`);
}
