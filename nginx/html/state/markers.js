// Compares markers: delivered, previewed, read, each of which only moves forward and implies those before it.

/** @typedef {import("./types.js").Markers} Markers */

/**
 * @param {Partial<Markers> | null} [marks]
 * @returns {Markers}
 */
export function markersOf(marks) {
  return { delivered_seq: marks?.delivered_seq ?? 0, preview_seq: marks?.preview_seq ?? 0, read_seq: marks?.read_seq ?? 0 };
}

/**
 * Moves `marks` forward in place, and keeps read ≤ preview ≤ delivered, as the server does.
 *
 * @param {Markers} marks
 * @param {Partial<Markers>} arriving
 */
export function advance(marks, { delivered_seq: delivered = 0, preview_seq: preview = 0, read_seq: read = 0 }) {
  marks.read_seq = Math.max(marks.read_seq, read);
  marks.preview_seq = Math.max(marks.preview_seq, preview, marks.read_seq);
  marks.delivered_seq = Math.max(marks.delivered_seq, delivered, marks.preview_seq);
}
