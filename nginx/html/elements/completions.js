// What the composer offers to complete: which word is being written, and which people and rooms match it.

import { emojiBefore } from "../parts/emoji.js";
import { mentionBefore } from "../parts/mentions.js";

const ROOM = /(?:^|[\s({["'])(#([\p{L}\p{N}_-]{0,32}))$/u;
const WORD_SIGNS = /[\s._-]+/;
const ADDRESS = /:\/\/|www\.|@/i;
const SPECIAL = /[\\[\]*_~`<>]/g;

/** @typedef {{ kind: "person" | "room" | "emoji", start: number, query: string }} Wanted what is being written, from its first sign on */
/** @typedef {{ user_id: string, username?: string | null, display_name?: string | null, avatar_url?: string | null }} Person */
/** @typedef {import("../state/types.js").Message} Message */
/** @typedef {import("../state/types.js").Room} Room */

/**
 * What is being written before the caret: `@name`, `#room` or `:emoji`; null if it is none of them.
 * @param {string} text
 * @param {number} caret
 * @returns {Wanted | null}
 */
export function wantedAt(text, caret) {
  const person = mentionBefore(text, caret);
  if (person) return { kind: "person", ...person };
  const emoji = emojiBefore(text, caret);
  if (emoji) return { kind: "emoji", ...emoji };
  const room = ROOM.exec(text.slice(Math.max(0, caret - 40), caret));
  return room ? { kind: "room", start: caret - room[1].length, query: room[2] } : null;
}

/**
 * How well names match a query: 2 if one begins with it, 1 if a word of one does, 0 if none; letters with and without accents are the same.
 * @param {string} query
 * @param {readonly (string | null | undefined)[]} names
 */
export function likeness(query, names) {
  const wanted = fold(query);
  let best = 0;
  for (const name of names) {
    const folded = fold(name ?? "");
    if (folded.startsWith(wanted)) return 2;
    if (folded.split(WORD_SIGNS).some((word) => word.startsWith(wanted))) best = 1;
  }
  return best;
}

/**
 * The authors of the messages, who spoke last first.
 * @param {Iterable<Message>} messages in the order of the room
 * @param {ReadonlyMap<string, Person>} users
 * @returns {Person[]}
 */
export function speakers(messages, users) {
  /** @type {Map<string, Person>} */
  const found = new Map();
  for (const { user_id: userId, username, display_name } of messages) {
    found.delete(userId);
    found.set(userId, users.get(userId) ?? { user_id: userId, username, display_name });
  }
  return [...found.values()].reverse();
}

/**
 * The people who match, each once: those whose name begins with the query first, and among them those who spoke lately.
 * @param {string} query
 * @param {readonly Person[]} people who spoke lately, then the others
 * @param {{ without: string, limit: number }} options
 */
export function matchingPeople(query, people, { without, limit }) {
  const seen = new Set([without]);
  /** @type {Person[][]} */
  const found = [[], [], []];
  for (const person of people) {
    if (seen.has(person.user_id) || !person.username) continue;
    seen.add(person.user_id);
    found[likeness(query, [person.username, person.display_name])].push(person);
  }
  return [...found[2], ...found[1]].slice(0, limit);
}

/**
 * The rooms that match, best first.
 * @param {string} query
 * @param {readonly Room[]} rooms
 * @param {number} limit
 */
export function matchingRooms(query, rooms, limit) {
  const named = rooms.filter(({ name, kind }) => kind !== "direct" && name);
  const score = (/** @type {Room} */ { name }) => likeness(query, [name]);
  return [...named.filter((room) => score(room) === 2), ...named.filter((room) => score(room) === 1)].slice(0, limit);
}

/**
 * A link to a room, as it is written in a message.
 * @param {Pick<Room, "room_id" | "name">} room
 * @param {string} page the address of the chat
 */
export function roomLink({ room_id: roomId, name }, page) {
  const address = new URL(`#/room/${encodeURIComponent(roomId)}`, page).href;
  if (!name || ADDRESS.test(name)) return address; // an address in a link would be a link of its own
  return `[#${name.replace(SPECIAL, "\\$&")}](${address})`;
}

/** @param {string} text */
function fold(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
