// Makes of the fields of the search what the server is asked for.

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/**
 * @typedef {{words: string, roomId: string | null, from: string | null, firstDay: string, lastDay: string, isBestFirst: boolean}} SearchFields
 *   `from` a user_id; the days as a date field has them, empty for none
 */

/**
 * The days are those of the user's calendar, both with it: the server is asked for times.
 * @param {SearchFields} fields
 * @returns {{q: string, roomId: string | null, from?: string, after?: string, before?: string, sort?: string} | null} null: nothing to look for
 */
export function searchQuery({ words, roomId, from, firstDay, lastDay, isBestFirst }) {
  const q = words.trim();
  if (!q) return null;
  return {
    q,
    roomId,
    from: from ?? undefined,
    after: startOfDay(firstDay, 0),
    before: startOfDay(lastDay, 1),
    sort: isBestFirst ? "best" : undefined,
  };
}

/**
 * The moment at which a day, or one that many later, begins here.
 * @param {string} day
 * @param {number} later
 */
function startOfDay(day, later) {
  const [, year, month, date] = DAY.exec(day) ?? [];
  if (!year) return undefined;
  const start = new Date(Number(year), Number(month) - 1, Number(date) + later);
  return Number.isNaN(start.getTime()) ? undefined : start.toISOString();
}
