// Offers a handful of emoji to react with.

import { byId, h } from "./dom.js";

const OFFERED = ["👍", "❤️", "😂", "🎉", "😮", "😢", "🙏", "👀", "✅", "❌", "🔥", "🤔", "👏", "💯", "🚀", "👋"];

/** The one that was picked, or null. */
export function pickEmoji() {
  const dialog = byId("picker");
  byId("picker-choices").replaceChildren(...OFFERED.map((emoji) =>
    h("button", { type: "submit", value: emoji, "data-testid": "emoji" }, emoji)));
  dialog.returnValue = ""; // Escape picks nothing
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue || null), { once: true });
  });
}
