// Shows a short message at the edge of the page for a few seconds.

import { byId, h } from "./dom.js";

const SHOWN_MS = 7_000;

export function toast(text) {
  const item = h("p", { "data-testid": "toast" }, h("span", {}, text),
    h("button", { type: "button", "aria-label": "Dismiss", onclick: () => item.remove() }, "✕"));
  byId("toasts").append(item);
  setTimeout(() => item.remove(), SHOWN_MS);
}
