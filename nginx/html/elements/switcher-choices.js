// What the switcher offers for a few letters: rooms, and people without a room of their own.

import { matching } from "./name-match.js";
import { namesOf } from "./people-search.js";
import { needsReading } from "./room-summary.js";

const SHOWN_MAX = 12;

/**
 * @typedef {import("../state/types.js").Room} Room
 * @typedef {import("../state/types.js").User} User
 * @typedef {{ key: string, room: Room } | { key: string, user: User }} Choice
 */

/**
 * Rooms first, those with news before the others that fit as well; then people without a room of their own.
 * @param {string} query
 * @param {{ store: import("../state/store.js").Store, people: readonly User[] }} options
 * @returns {Choice[]}
 */
export function choicesFor(query, { store, people }) {
  const all = store.roomsByActivity();
  const isUnread = (/** @type {Room} */ room) => needsReading(room, store);
  const ordered = [...all.filter(isUnread), ...all.filter((room) => !isUnread(room))];
  const named = ordered.map((room) => ({ key: room.room_id, room, ...namesOfRoom(room, store) }));
  const rooms = matching(query, named, SHOWN_MAX);
  const partners = new Set(all.map((room) => room.kind === "direct" && room.with?.user_id));
  const others = people.filter((user) => !partners.has(user.user_id)).map((user) => ({ key: `user-${user.user_id}`, user }));
  return [...rooms, ...others].slice(0, SHOWN_MAX);
}

/**
 * @param {Room} room
 * @param {import("../state/store.js").Store} store
 */
function namesOfRoom(room, store) {
  const name = store.roomName(room);
  return { name, hint: room.kind === "direct" && room.with ? namesOf(room.with).hint : "" };
}
