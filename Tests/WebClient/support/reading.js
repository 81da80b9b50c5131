// What a user reads, with a log of the markers that it moves.

import { Reading } from "../../../nginx/html/state/reading.js";
import { FakeClock } from "./clock.js";

export const seqs = (from, to) => Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);

/** With attention, and rooms that are read up to `through`. */
export function readingWith({ through = {} } = {}) {
  const clock = new FakeClock();
  const log = [];
  const marker = { read: new Map(Object.entries(through)), previewed: new Map(Object.entries(through)) };
  const move = (name) => (roomId, seq) => {
    log.push([name, roomId, seq]);
    marker[name].set(roomId, Math.max(seq, marker[name].get(roomId) ?? 0));
  };
  const reading = new Reading({
    clock,
    onRead: move("read"),
    onPreviewed: move("previewed"),
    readThrough: (roomId) => marker.read.get(roomId) ?? 0,
    previewThrough: (roomId) => Math.max(marker.previewed.get(roomId) ?? 0, marker.read.get(roomId) ?? 0),
  });
  reading.setAttention(true);
  const show = (from, to, lowest = to) => reading.setInSight("r", lowest, seqs(from, to));
  return { clock, log, reading, marker, show };
}
