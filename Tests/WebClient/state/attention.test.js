// Attention is a visible page in a focused window.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Attention } from "../../../nginx/html/state/attention.js";

class FakeWindow extends EventTarget {
  document = Object.assign(new EventTarget(), { visibilityState: "visible", hasFocus: () => this.isFocused });
  isFocused = true;

  focus(isFocused) {
    this.isFocused = isFocused;
    this.dispatchEvent(new Event(isFocused ? "focus" : "blur"));
  }

  show(isVisible) {
    this.document.visibilityState = isVisible ? "visible" : "hidden";
    this.document.dispatchEvent(new Event("visibilitychange"));
  }
}

function watched(window) {
  const attention = new Attention(window);
  const log = [];
  attention.addEventListener("change", ({ detail }) => log.push(detail));
  return { attention, log };
}

test("a window that loses the focus, or a page that is hidden, has no attention; each change is told once", () => {
  const window = new FakeWindow();
  const { attention, log } = watched(window);
  assert.equal(attention.hasAttention, true);
  window.focus(false);
  window.show(false);
  window.focus(true);
  assert.equal(attention.hasAttention, false);
  window.show(true);
  assert.deepEqual(log, [false, true]);
});

test("a page that goes away has none, until it is shown again", () => {
  const window = new FakeWindow();
  const { log } = watched(window);
  window.dispatchEvent(new Event("pagehide"));
  window.dispatchEvent(new Event("pageshow"));
  assert.deepEqual(log, [false, true]);
});

test("a page that was opened in the background has none; once stopped, nothing changes any more", () => {
  const window = new FakeWindow();
  window.isFocused = false;
  const { attention, log } = watched(window);
  assert.equal(attention.hasAttention, false);
  window.focus(true);
  attention.stop();
  window.focus(false);
  window.focus(true);
  assert.deepEqual(log, [true, false]);
});
