// Finds rooms and people by what the user types: words of their names, in any order, without regard to case and accents.

/**
 * @typedef {{ name: string, hint?: string }} Candidate `hint`: what it can also be found by, such as a username
 */

const COMBINING = /\p{M}+/gu;

/**
 * As it is compared: without case and accents.
 * @param {string} text
 */
export function folded(text) {
  return text.normalize("NFKD").replace(COMBINING, "").toLowerCase();
}

/**
 * How well a candidate fits, the lower the better; null if it does not. Every word of the query must begin a word of the name, or at least be in
 * it.
 * @param {string} query
 * @param {Candidate} candidate
 * @returns {number | null}
 */
export function distance(query, { name, hint = "" }) {
  const wanted = folded(query).trim().replace(/^[@#]/, "");
  if (!wanted) return 0;
  const has = folded(name);
  if (has === wanted) return 0;
  if (has.startsWith(wanted)) return 1;
  if (folded(hint).startsWith(wanted)) return 2;
  const words = wanted.split(/\s+/);
  const beginnings = ` ${has.replace(/[^\p{L}\p{N}]+/gu, " ")}`;
  if (words.every((word) => beginnings.includes(` ${word}`))) return 3;
  const whole = `${has} ${folded(hint)}`;
  return words.every((word) => whole.includes(word)) ? 4 : null;
}

/**
 * Those that fit, the best first; among equals the order stays.
 * @template {Candidate} Item
 * @param {string} query
 * @param {readonly Item[]} candidates
 * @param {number} [max]
 * @returns {Item[]}
 */
export function matching(query, candidates, max = Infinity) {
  /** @type {{ item: Item, rank: number }[]} */
  const found = [];
  for (const item of candidates) {
    const rank = distance(query, item);
    if (rank !== null) found.push({ item, rank });
  }
  return found
    .sort((one, other) => one.rank - other.rank)
    .slice(0, max)
    .map(({ item }) => item);
}
