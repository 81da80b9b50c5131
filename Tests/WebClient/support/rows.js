// A scrolling list of rows in the page, for the tests of parts in Chromium.

import { h, text } from "../parts/dom.js";
import { frame } from "../parts/frame.js";
import { Anchor, KeyedList } from "../parts/list.js";

/** Rows `from` up to `to`, with it; `height` gives one another height. */
export function items(from, to, height = () => 40) {
  return Array.from({ length: to - from + 1 }, (_, index) => ({ seq: from + index, height: height(from + index) }));
}

export function makeRow({ seq, height }) {
  const row = h("li", { "data-seq": seq }, h("span", {}, `Message ${seq}`), h("button", { type: "button" }, "Reply"));
  row.style.setProperty("height", `${height}px`);
  return row;
}

export function updateRow(row, { seq, height }) {
  text(row.firstChild, `Message ${seq}`);
  if (row.style.getPropertyValue("height") !== `${height}px`) row.style.setProperty("height", `${height}px`);
}

/** A list in a scroller of 400 px, and its anchor. */
export function makeList(first = []) {
  const box = h("ol", { role: "list" });
  const scroller = h("div", { class: "scroller", id: "scroller" }, box);
  document.body.replaceChildren(scroller);
  const list = new KeyedList({ box, key: ({ seq }) => seq, make: makeRow, update: updateRow });
  list.set(first);
  const ends = [];
  const anchor = new Anchor({ scroller, box, isRow: (node) => node.hasAttribute("data-seq"), onEnd: (isAtEnd) => ends.push(isAtEnd) });
  return { box, scroller, list, anchor, ends };
}

/** After the observers of two frames. */
export const settled = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve))));

/** Does all that is planned, and waits for the observers. */
export async function drawn() {
  frame.flush();
  await settled();
}

/** Where a row is in the view. */
export function placeOf({ list, scroller }, seq) {
  return list.node(seq).getBoundingClientRect().top - scroller.getBoundingClientRect().top;
}

/** Counts the readings of the layout while `run` runs, and those that came after a writing of the same frame. */
export async function countReadings(run) {
  let count = 0;
  const restore = [];
  const wrap = (prototype, name, kind) => {
    const before = Object.getOwnPropertyDescriptor(prototype, name);
    const counted = { ...before };
    const original = before[kind];
    counted[kind] = function (...values) {
      count += 1;
      return original.apply(this, values);
    };
    Object.defineProperty(prototype, name, counted);
    restore.push(() => Object.defineProperty(prototype, name, before));
  };
  for (const name of ["getBoundingClientRect", "getClientRects"]) wrap(window.Element.prototype, name, "value");
  for (const name of ["scrollTop", "scrollHeight", "clientHeight", "clientWidth", "clientTop"]) wrap(window.Element.prototype, name, "get");
  for (const name of ["offsetTop", "offsetHeight", "offsetWidth", "offsetLeft"]) wrap(HTMLElement.prototype, name, "get");
  wrap(window, "getComputedStyle", "value");
  try {
    await run();
  } finally {
    for (const each of restore) each();
  }
  return count;
}
