// Rooms to load pages of, and the hands to let those pages come when a test wants them.

import { settle } from "./clock.js";
import { makeWorld } from "./world.js";

/** A room with `read` messages that the user has read and `unread` new ones. */
export const roomWith = (read, unread, more = {}) =>
  makeWorld({
    prepare: (server) => {
      server.addRoom("r", ["me", "alice"]);
      for (let seq = 1; seq <= read + unread; seq += 1) server.post("r", "alice", `words ${seq}`);
      server.mark("r", "me", { read_seq: read });
      server.take();
    },
    ...more,
  });

/** Lets the test answer each request for a page when it wants to. */
export function holdRequests(server) {
  const waiting = [];
  const { messages } = server.api;
  server.api.messages = (roomId, query) =>
    new Promise((resolve, reject) => waiting.push({ query, answer: () => messages(roomId, query).then(resolve, reject) }));
  return {
    waiting,
    answer: async () => {
      waiting.shift().answer();
      await settle();
    },
  };
}

/** Like `holdRequests`, but the server has read the page as soon as it was asked for: what happens before it comes is not in it. */
export function holdAnswers(server) {
  const waiting = [];
  const { messages } = server.api;
  server.api.messages = async (roomId, query) => {
    const page = await messages(roomId, query);
    return new Promise((resolve) => waiting.push(() => resolve(page)));
  };
  return {
    answer: async () => {
      waiting.shift()();
      await settle();
    },
  };
}

/** The first and the last message in the window of the room. */
export const range = ({ store }) => [store.timeline("r").first, store.timeline("r").last];
