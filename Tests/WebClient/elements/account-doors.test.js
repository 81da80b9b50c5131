// An account that is over hears nothing, tells nothing and sends nothing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { AccountConnection, accountChanges } from "../../../nginx/html/elements/account-doors.js";
import { DetailEvent } from "../../../nginx/html/net/event-stream.js";
import { Changes } from "../../../nginx/html/state/changes.js";

class Connection extends EventTarget {
  isOnline = true;
  state = { name: "online" };
  sent = [];

  command(event) {
    this.sent.push(event);
    return Promise.resolve({});
  }

  send(event) {
    this.sent.push(event);
  }

  wake() {
    this.sent.push("wake");
  }
}

test("the connection passes while the account lasts", async () => {
  const ending = new AbortController();
  const connection = new Connection();
  const own = new AccountConnection(connection, ending.signal);
  const welcomes = [];
  own.addEventListener("welcome", ({ detail }) => welcomes.push(detail.name));

  connection.dispatchEvent(new DetailEvent("welcome", { name: "first" }));
  await own.command("mark", {});
  own.send("typing", {});
  own.wake();
  assert.ok(own.isOnline);
  assert.equal(own.state.name, "online");

  ending.abort();
  connection.dispatchEvent(new DetailEvent("welcome", { name: "second" }));
  await assert.rejects(own.command("send_message", {}));
  own.send("typing", {});
  own.wake();
  assert.equal(own.isOnline, false);
  assert.deepEqual(welcomes, ["first"]);
  assert.deepEqual(connection.sent, ["mark", "typing", "wake"]);
});

test("changes are told and heard while the account lasts", () => {
  const ending = new AbortController();
  const changes = new Changes({ schedule: () => {} });
  const own = accountChanges(changes, ending.signal);
  const heard = [];
  const seen = [];
  own.watch("rooms", (deltas) => heard.push(...deltas));
  changes.watch("rooms", (deltas) => seen.push(...deltas));

  own.tell("rooms", { room: "a" });
  changes.flush();
  ending.abort();
  own.tell("rooms", { room: "b" });
  changes.tell("rooms", { room: "c" });
  changes.flush();
  assert.deepEqual(heard, [{ room: "a" }]);
  assert.deepEqual(seen, [{ room: "a" }, { room: "c" }]);
});
