// Finds the messages that others answer: in the window of the room, or from the server, each once.

const KEPT_MAX = 500;

/** @typedef {import("../state/types.js").Message} Message */

/** @type {WeakMap<object, Map<string, Message | Promise<void>>>} of a store: room and seq → the message, or its fetch */
const fetched = new WeakMap();

/**
 * The message, or null; then `onFetched` is called when it is there.
 * @param {any} context
 * @param {string} roomId
 * @param {number} seq
 * @param {() => void} onFetched
 * @returns {Message | null}
 */
export function quotedMessage({ store, api }, roomId, seq, onFetched) {
  if (store.isExpired({ room_id: roomId, seq })) return null;
  const shown = store.timeline(roomId).get(seq);
  if (shown) return shown;
  const kept = fetched.get(store) ?? new Map();
  fetched.set(store, kept);
  const key = `${roomId} ${seq}`;
  const known = kept.get(key);
  if (known instanceof Promise) known.then(() => !(kept.get(key) instanceof Promise) && onFetched());
  else if (known) return known;
  else {
    if (kept.size >= KEPT_MAX) kept.clear();
    const fetch = Promise.resolve(api.message?.(roomId, seq))
      .then((message) => {
        if (message) kept.set(key, message);
        if (message) onFetched();
      })
      .catch(() => {}); // it then stays "an earlier message"
    kept.set(key, fetch);
  }
  return null;
}

/**
 * A message that was edited or deleted is fetched again when it is next needed.
 * @param {any} store
 * @param {string} roomId
 * @param {number} seq
 */
export function forgetQuoted(store, roomId, seq) {
  fetched.get(store)?.delete(`${roomId} ${seq}`);
}
