// Pictures as blob URLs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Images } from "../../../nginx/html/state/images.js";

function opened(bytes = () => 1, type = "image/png") {
  const state = { loads: [], live: new Map(), count: 0 };
  const urls = {
    createObjectURL: (blob) => {
      state.count += 1;
      state.live.set(`blob:${state.count}`, blob);
      return `blob:${state.count}`;
    },
    revokeObjectURL: (url) => state.live.delete(url),
  };
  const api = {
    blob: async (path) => {
      state.loads.push(path);
      if (state.fault) throw state.fault;
      return { size: bytes(path), type, __proto__: Blob.prototype };
    },
  };
  return { images: new Images({ api, urls }), state };
}

test("a picture is loaded once for all who show it, and kept for the next", async () => {
  const { images, state } = opened();
  const [one, two] = [images.acquire("/a"), images.acquire("/a")];
  assert.equal(await one.loaded, await two.loaded);
  one.release();
  one.release();
  two.release();
  assert.ok(images.has("/a"));
  assert.equal(images.acquire("/a").url, "blob:1");
  assert.deepEqual(state.loads, ["/a"]);
});

test("of those that are not shown, 200 or 16 MiB are kept, the last ones", async () => {
  const { images, state } = opened();
  for (let i = 0; i < 205; i += 1) {
    const held = images.acquire(`/${i}`);
    await held.loaded;
    held.release();
  }
  assert.deepEqual([state.live.size, images.has("/4"), images.has("/5")], [200, false, true]);
  const large = opened(() => 9 * 1024 * 1024);
  const [shown, first, second] = ["/shown", "/first", "/second"].map((path) => large.images.acquire(path));
  await Promise.all([shown.loaded, first.loaded, second.loaded]);
  first.release();
  second.release();
  assert.deepEqual(
    ["/shown", "/first", "/second"].map((path) => large.images.has(path)),
    [true, false, true],
  );
});

test("after a failure the next one to show it tries again", async () => {
  const { images, state } = opened();
  state.fault = new Error("down");
  await assert.rejects(images.acquire("/a").loaded, /down/);
  state.fault = null;
  assert.equal(await images.acquire("/a").loaded, "blob:1");
});

test("what is cleared is revoked, also if it arrives afterwards", async () => {
  const { images, state } = opened();
  await images.acquire("/a").loaded;
  const late = images.acquire("/b");
  images.clear();
  assert.equal(await late.loaded, null);
  assert.deepEqual([state.live.size, images.has("/a"), images.has("/b")], [0, false, false]);
});

test("what is no picture becomes nothing that a browser opens", async () => {
  const state = { blobs: [] };
  const images = new Images({
    api: { blob: async () => new Blob(["<script>"], { type: "text/html" }) },
    urls: { createObjectURL: (blob) => `blob:${state.blobs.push(blob)}`, revokeObjectURL: () => {} },
  });
  await images.acquire("/a").loaded;
  assert.equal(state.blobs[0].type, "application/octet-stream");
});
