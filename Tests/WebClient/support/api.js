// The API of a signed-in user, with a server that answers as the test says.

import { createAPI } from "../../../nginx/html/net/client.js";
import { FakeSession } from "./chat.js";
import { fakeEnvironment } from "./environment.js";
import { fakeFetch, json } from "./fetch.js";

export const FILE = Object.assign(new Blob(["x"]), { name: "a ü.txt" });

const LIST = { items: [{ username: "bob", user: { user_id: "u" } }], next_cursor: null };

export function makeAPI(respond = () => json(200, LIST), base = "https://chat.example.org/api/v1/") {
  const fetch = fakeFetch(respond);
  const environment = fakeEnvironment({ fetch });
  const session = new FakeSession(environment);
  return { api: createAPI({ base: new URL(base), session, environment }), session, requests: fetch.requests };
}
