// Emoji: their names in the user's language, search and completion, skin tones, and which messages consist of nothing else.

const LANGUAGES = ["en", "de"];
const ALONE_MAX = 8; // more of them are shown as text

// Built by name, since a browser that lacks a property would not even load a file with the pattern.
const PICTURE =
  "(?:\\p{RI}\\p{RI}|[0-9#*]\\ufe0f?\\u20e3|(?!\\p{RI})\\p{Emoji}(?:\\p{EMod}|\\ufe0f)?[\\u{e0020}-\\u{e007f}]*(?:\\u200d(?!\\p{RI})\\p{Emoji}(?:\\p{EMod}|\\ufe0f)?)*)";
const ALONE = new RegExp(`^(?:\\s*${PICTURE}){1,${ALONE_MAX}}\\s*$`, "u");
const DIGIT_OR_SIGN = /[0-9#*](?!\ufe0f?\u20e3)/u;
const PICTURE_SIGN = /\p{Emoji_Presentation}|\ufe0f|\u20e3/u;
const TONED_BASE = /\p{Emoji_Modifier_Base}\ufe0f?/gu;
const UNFINISHED = /(?:^|[\s({[>"'*_~])(:([\p{L}\p{N}_+-]{2,32}))$/u;

/** The skin tones, from the lightest. */
export const TONES = Object.freeze(["🏻", "🏼", "🏽", "🏾", "🏿"]);

/**
 * @typedef {object} NamedEmoji
 * @property {string} emoji
 * @property {string} name
 *
 * @typedef {object} Entry
 * @property {string} emoji
 * @property {string} name
 * @property {string} folded the name, to be searched
 * @property {string[]} words of the name and the keywords
 */

/** All emoji, in the order of Unicode, with their names in one language. */
export class EmojiNames {
  /** @type {Entry[]} */ #entries = [];
  /** @type {Map<string, string>} without U+FE0F → name */
  #names = new Map();
  /** @type {{ group: string, emoji: string[] }[]} */
  groups = [];

  /** @param {Record<string, unknown>} data the content of emoji/*.json */
  constructor(data) {
    for (const [group, list] of Object.entries(data)) {
      if (!Array.isArray(list)) continue;
      this.groups.push({ group, emoji: list.map(([emoji]) => emoji) });
      for (const [emoji, name, keywords] of list) {
        const folded = fold(name);
        const words = `${folded}|${fold(keywords)}`.split(/[\s|:,-]+/).filter(Boolean);
        this.#entries.push({ emoji, name, folded, words });
        this.#names.set(bare(emoji), name);
      }
    }
  }

  /**
   * The name of an emoji, with its skin tone left out; the emoji itself if it has none.
   * @param {string} emoji
   */
  name(emoji) {
    const plain = bare(emoji);
    return this.#names.get(plain) ?? this.#names.get(withTone(plain, null)) ?? emoji;
  }

  /**
   * The emoji whose name begins with the query, then those that have a word which does, then those that have all of its words.
   * @param {string} query words, or a name with `_` as in `:thumbs_up:`
   * @param {number} limit
   * @returns {NamedEmoji[]}
   */
  search(query, limit) {
    const wanted = fold(query.replace(/_/g, " ")).trim();
    if (!wanted) return [];
    const words = wanted.split(/\s+/);
    /** @type {[Entry[], Entry[], Entry[]]} */
    const found = [[], [], []];
    for (const entry of this.#entries) {
      if (entry.folded === wanted) found[0].unshift(entry);
      else if (entry.folded.startsWith(wanted)) found[0].push(entry);
      else if (entry.words.some((word) => word === wanted)) found[1].unshift(entry);
      else if (words.every((word) => entry.words.some((each) => each.startsWith(word)))) found[2].push(entry);
    }
    return [...found[0], ...found[1].reverse(), ...found[2]].slice(0, limit).map(({ emoji, name }) => ({ emoji, name }));
  }
}

/** @type {Map<string, Promise<EmojiNames>>} */
const loading = new Map();

/**
 * Loads the emoji when they are first needed; again if that failed.
 * @param {string} language
 * @param {(address: URL) => Promise<Response>} [fetcher]
 * @returns {Promise<EmojiNames>}
 */
export function loadEmoji(language, fetcher = (address) => fetch(address)) {
  const known = LANGUAGES.includes(language) ? language : LANGUAGES[0];
  const before = loading.get(known);
  if (before) return before;
  const loaded = fetcher(new URL(`../emoji/${known}.json`, import.meta.url)).then(async (response) => {
    if (!response.ok) throw new Error(`emoji: ${response.status}`);
    return new EmojiNames(await response.json());
  });
  loading.set(known, loaded);
  loaded.catch(() => loading.delete(known));
  return loaded;
}

/**
 * The name that is being written before the caret, after a colon; null if there is none. "10:30" and "see:" are none.
 * @param {string} text
 * @param {number} caret
 * @returns {{ start: number, query: string } | null} `start` is the place of the colon
 */
export function emojiBefore(text, caret) {
  const match = UNFINISHED.exec(text.slice(Math.max(0, caret - 40), caret));
  return match ? { start: caret - match[1].length, query: match[2] } : null;
}

/**
 * Whether a message consists of a few emoji, which are then shown large. Digits and signs of the text that could be drawn as emoji are none.
 * @param {string} text
 */
export function isEmojiOnly(text) {
  return text.length <= 400 && ALONE.test(text) && !DIGIT_OR_SIGN.test(text) && PICTURE_SIGN.test(text);
}

/**
 * An emoji with a skin tone; null takes it away.
 * @param {string} emoji
 * @param {string | null} tone
 */
export function withTone(emoji, tone) {
  const plain = emoji.replace(/[\u{1f3fb}-\u{1f3ff}]/gu, "");
  return tone ? plain.replace(TONED_BASE, (base) => `${base.replace("\ufe0f", "")}${tone}`) : plain;
}

/** @param {string} text */
function fold(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** @param {string} emoji */
function bare(emoji) {
  return emoji.replace(/\ufe0f/g, "");
}
