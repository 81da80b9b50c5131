// Sessions of all kinds, with a server that answers as the test says.

import { fakeEnvironment, fakeLock } from "./environment.js";
import { fakeFetch, json } from "./fetch.js";

const base = new URL("https://chat.example.org/api/v1/");

/** A session of this kind, the server's answers being those of `respond`; `ended` counts the event. */
export function makeSession(Kind, respond, options = {}) {
  const fetch = fakeFetch(respond);
  const environment = fakeEnvironment({ fetch, lock: options.lock ?? fakeLock() });
  const session = new Kind({ base, environment, ...options });
  const made = { session, environment, requests: fetch.requests, ended: 0 };
  session.addEventListener("ended", () => (made.ended += 1));
  return made;
}

/** Answers every request with the next pair of tokens. */
export function tokenPairs({ expires_in = 900 } = {}) {
  let count = 0;
  return () => {
    count += 1;
    return json(200, { access_token: `access ${count}`, refresh_token: `refresh ${count}`, expires_in });
  };
}

/** Where a program keeps its token. */
export function keeper(token = null) {
  const keep = {
    token,
    saved: [],
    load: async () => keep.token,
    save: async (value) => {
      keep.token = value;
      keep.saved.push(value);
    },
  };
  return keep;
}
