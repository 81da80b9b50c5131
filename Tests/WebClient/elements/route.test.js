// Where the user is, by the address.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Route } from "../../../nginx/html/elements/route.js";
import { Changes } from "../../../nginx/html/state/changes.js";

/** A window whose address changes as in a browser. */
function page(hash = "") {
  const target = new EventTarget();
  const seen = [];
  let current = hash;
  const location = {
    get hash() {
      return current;
    },
    set hash(value) {
      if (value === current) return;
      current = value;
      seen.push(value);
      target.dispatchEvent(new Event("hashchange"));
    },
  };
  const history = {
    replaceState: (_state, _title, value) => {
      current = value;
    },
  };
  return Object.assign(target, { location, history, seen, document: { baseURI: "https://chat.example/sub/" } });
}

function begin(hash) {
  const changes = new Changes({ schedule: () => {} });
  const told = [];
  changes.watch("route", (deltas) => told.push(...deltas));
  const window = page(hash);
  const route = new Route({ changes, page: window });
  const place = () => ({ roomId: route.roomId, seq: route.seq, view: route.view });
  return { changes, place, route, told, window };
}

test("the address of a message opens its room there, once", () => {
  const { place, route, window } = begin("#/room/r1/7");
  route.follow();
  assert.deepEqual(place(), { roomId: "r1", seq: 7, view: "room" });
  assert.equal(window.location.hash, "#/room/r1");
});

test("a link to a message works again where it has led to", () => {
  const { changes, told, window } = begin("#/");
  for (let clicks = 0; clicks < 2; clicks += 1) {
    window.location.hash = "#/room/r1/7";
    changes.flush();
  }
  assert.deepEqual(told, Array(2).fill({ roomId: "r1", seq: 7, view: "room" }));
});

test("opening the open room tells of it again", () => {
  const { changes, route, told } = begin("#/room/r1");
  route.follow();
  changes.flush();
  route.open("r1");
  changes.flush();
  assert.deepEqual(told, Array(2).fill({ roomId: "r1", seq: null, view: "room" }));
});

test("views have an address, and what is none is no view", () => {
  const { place, route, window } = begin("#/elsewhere");
  route.follow();
  assert.deepEqual(place(), { roomId: null, seq: null, view: "none" });
  route.show("catch-up");
  assert.equal(window.location.hash, "#/catch-up");
  assert.equal(place().view, "catch-up");
  route.show("none");
  assert.deepEqual(window.seen, ["#/catch-up", "#/"]);
});

test("an invitation leaves the address, and is asked about once", () => {
  const { place, route, window } = begin("#/invite/abc");
  route.follow();
  assert.equal(window.location.hash, "#/");
  assert.equal(place().view, "none");
  route.follow();
  assert.equal(route.takeCode(), "abc");
  assert.equal(route.takeCode(), null);
});

test("links for others are whole addresses", () => {
  const { route } = begin("#/");
  assert.equal(route.link("r1", 7), "https://chat.example/sub/#/room/r1/7");
  assert.equal(route.link("r1"), "https://chat.example/sub/#/room/r1");
  assert.equal(route.inviteLink("abc"), "https://chat.example/sub/#/invite/abc");
});
