// The emoji that the user took last, on this device.

const FIRST = ["👍", "❤️", "😂", "🎉", "😮", "😢", "🙏", "👀"];
const SHOWN_MAX = 16;
const STORED_CHARACTERS_MAX = 200; // of a setting

/** @typedef {{ get(name: "lastEmoji"): string, set(name: "lastEmoji", value: string): void }} EmojiSettings */

/**
 * The newest first; after them, those that most people want.
 * @param {EmojiSettings} settings
 */
export function recentEmoji(settings) {
  const taken = settings.get("lastEmoji").split(" ").filter(Boolean);
  return [...new Set([...taken, ...FIRST])].slice(0, SHOWN_MAX);
}

/**
 * @param {EmojiSettings} settings
 * @param {string} emoji
 */
export function rememberEmoji(settings, emoji) {
  const taken = settings.get("lastEmoji").split(" ").filter(Boolean);
  const all = [...new Set([emoji, ...taken])].slice(0, SHOWN_MAX);
  while (all.length > 1 && all.join(" ").length > STORED_CHARACTERS_MAX) all.pop();
  settings.set("lastEmoji", all.join(" "));
}
