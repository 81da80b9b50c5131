// Offers some emoji to react with.

import { byId, h } from "./dom.js";

const CHOICES = ["👍", "❤️", "😂", "🎉", "😮", "😢", "🙏", "👀", "✅", "❌", "🔥", "🤔", "👏", "💯", "🚀", "👋"];

/** The emoji that the user chooses, or null. */
export function pickEmoji() {
  const dialog = byId("emoji-picker");
  byId("emoji-choices").replaceChildren(...CHOICES.map((emoji) =>
    h("button", { type: "submit", value: emoji, "data-testid": "emoji" }, emoji)));
  dialog.returnValue = ""; // Escape chooses nothing
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue || null), { once: true });
  });
}
