// Messages, pages and windows of a room whose messages are all there.

import { Timeline } from "../../../nginx/html/state/timeline.js";

export const message = (seq, more = {}) => ({
  room_id: "r",
  seq,
  user_id: "alice",
  username: "alice",
  display_name: "Alice",
  content: `words ${seq}`,
  client_id: null,
  reply_to: null,
  attachments: [],
  mentions: [],
  reactions: {},
  created_at: "2026-01-05T09:00:00.000Z",
  edited_at: null,
  deleted: false,
  ...more,
});

export const page = (from, to, newest = to) => ({
  messages: Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => message(from + index)),
  has_before: from > 1,
  has_after: to < newest,
});

export function timelineOf(from, to, newest = to) {
  const timeline = new Timeline();
  timeline.merge(page(from, to, newest), "around");
  return timeline;
}

export const range = (timeline) => [timeline.first, timeline.last];
