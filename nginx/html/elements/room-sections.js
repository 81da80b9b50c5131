// Sorts the rooms of the sidebar into its sections, and finds the next unread one.

/**
 * @typedef {import("../state/types.js").Room} Room
 * @typedef {"unread" | "rooms" | "people"} SectionName
 * @typedef {{ name: SectionName, isCollapsed: boolean, count: number, rooms: Room[] }} Section `rooms` are those that are shown, `count` all
 * @typedef {{ key: string, section: Section } | { key: string, room: Room }} Item of the list
 */

/** @type {readonly SectionName[]} in their order */
export const SECTIONS = Object.freeze(["unread", "rooms", "people"]);

/**
 * A room that was unread when it was opened stays where it is as long as it is open: what is read must not move away under the pointer.
 * @param {readonly Room[]} rooms in the order of their activity
 * @param {{ isUnread: (room: Room) => boolean, openId?: string | null, heldId?: string | null, collapsed?: ReadonlySet<string> }} options
 *   `heldId`: the room that stays with the unread ones
 * @returns {Section[]} without those that are empty
 */
export function sectionsOf(rooms, { isUnread, openId = null, heldId = null, collapsed = new Set() }) {
  /** @type {Record<SectionName, Room[]>} */
  const sorted = { unread: [], rooms: [], people: [] };
  for (const room of rooms) {
    const isNew = room.room_id === heldId || isUnread(room);
    sorted[isNew ? "unread" : room.kind === "direct" ? "people" : "rooms"].push(room);
  }
  return SECTIONS.filter((name) => sorted[name].length > 0).map((name) => {
    const isCollapsed = collapsed.has(name);
    const shown = isCollapsed ? sorted[name].filter(({ room_id: roomId }) => roomId === openId) : sorted[name];
    return { name, isCollapsed, count: sorted[name].length, rooms: shown };
  });
}

/**
 * The sections as one list, so that a room that goes from one to another keeps its node, and with it the focus.
 * @param {readonly Section[]} sections
 * @returns {Item[]}
 */
export function itemsOf(sections) {
  return sections.flatMap((section) => [
    { key: `section ${section.name}`, section },
    ...section.rooms.map((room) => ({ key: room.room_id, room })),
  ]);
}

/**
 * The unread room that follows the open one in the list, or goes before it; after the last comes the first.
 * @param {readonly Room[]} rooms as the list has them
 * @param {{ isUnread: (room: Room) => boolean, openId: string | null, step: 1 | -1 }} options
 * @returns {Room | null}
 */
export function nextUnread(rooms, { isUnread, openId, step }) {
  const { length } = rooms;
  const open = rooms.findIndex(({ room_id: roomId }) => roomId === openId);
  const start = open >= 0 ? open : step > 0 ? -1 : length;
  for (let distance = 1; distance <= length; distance += 1) {
    const room = rooms[(((start + step * distance) % length) + length) % length];
    if (room.room_id !== openId && isUnread(room)) return room;
  }
  return null;
}
