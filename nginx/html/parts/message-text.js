// What a message may consist of, by the server's rule (Sources/Shared/Domain/Message.swift), and when Enter sends it.

const CHARACTERS_MAX = 4000;
/** A character may be built of many scalars; this bounds the bytes that one message can occupy. */
export const BYTES_MAX = 48 * 1024;
/** From so many characters on, the composer counts what is left. */
const COUNTED_FROM = 3500;

// Blank without being white space: the empty braille pattern, the anchors of annotations, the place of an object, the filler of Khitan script,
// the joiners of hieroglyphs, and the null notehead of music.
const INVISIBLE =
  /^(?:[\0-\x20\x7f-\xa0\u2800\ufff9-\ufffc]|[\u{16fe4}\u{13430}-\u{13440}]|\u{1d159}|\p{White_Space}|\p{Default_Ignorable_Code_Point})*$/u;

// For browsers without Intl.Segmenter: a base with its marks, modifiers and joined parts; two regional indicators; CR LF.
const MARK = "\\p{M}|\\p{EMod}|[\\u{e0020}-\\u{e007f}]|\\u200c";
const CLUSTER = new RegExp(`\\r\\n|\\p{RI}\\p{RI}|(?:\\p{Extended_Pictographic}(?:${MARK})*\\u200d)*[^](?:${MARK}|\\u200d)*`, "gu");

/** @type {Intl.Segmenter | null | undefined} */
let segmenter;

/**
 * The text as it is sent: the space at its end is cut; the indentation of its first line belongs to it.
 * @param {string} written
 */
export function sendable(written) {
  return written.trimEnd();
}

/**
 * The characters that a reader sees, as the server counts them: a family of emoji is one.
 * @param {string} text
 */
export function countCharacters(text) {
  // ASCII without a carriage return needs no search for what belongs together.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII but CR
  if (/^[\0-\x0c\x0e-\x7f]*$/.test(text)) return text.length;
  if (segmenter === undefined) segmenter = "Segmenter" in Intl ? new Intl.Segmenter("en", { granularity: "grapheme" }) : null;
  if (!segmenter) return countClusters(text);
  let count = 0;
  for (const _ of segmenter.segment(text)) count += 1;
  return count;
}

/**
 * As `countCharacters`, for browsers that cannot tell the characters of all scripts.
 * @param {string} text
 */
export function countClusters(text) {
  return text.match(CLUSTER)?.length ?? 0;
}

/**
 * Why the server would refuse the text: null if it would not. A message with files may show nothing.
 * @param {string} text as it would be sent
 * @param {{ hasFiles?: boolean }} options
 * @returns {{ code: "empty" | "characters" | "bytes" | "nul", count: number } | null}
 */
export function refusalOf(text, { hasFiles = false } = {}) {
  if (text.includes("\0")) return { code: "nul", count: 0 };
  if (text.length > CHARACTERS_MAX) {
    // The server looks at the bytes first: counting characters of a longer text would take long.
    const bytes = text.length * 3 > BYTES_MAX ? new TextEncoder().encode(text).length : 0;
    const count = text.length > BYTES_MAX ? text.length : countCharacters(text);
    if (count > CHARACTERS_MAX) return { code: "characters", count };
    if (bytes > BYTES_MAX) return { code: "bytes", count: bytes };
  }
  if (!hasFiles && showsNothing(text)) return { code: "empty", count: 0 };
  return null;
}

/**
 * How many more characters the text may have; null while there are many.
 * @param {string} text
 */
export function charactersLeft(text) {
  if (text.length < COUNTED_FROM) return null;
  const count = text.length > BYTES_MAX ? text.length : countCharacters(text);
  return count < COUNTED_FROM ? null : CHARACTERS_MAX - count;
}

/**
 * Whether no character of the text is visible.
 * @param {string} text
 */
export function showsNothing(text) {
  return INVISIBLE.test(text);
}

/**
 * Whether a key belongs to an input method, which it confirms or cancels a word of. Safari tells the key that confirms after the composition
 * has ended (`isComposing` is false then), with the key code that stands for "in composition".
 * @param {{ isComposing?: boolean, keyCode?: number }} event
 */
export function isComposingKey({ isComposing, keyCode }) {
  return isComposing === true || keyCode === 229;
}

/**
 * What Enter does in a text field: it sends, or begins a line with Shift; on a touch screen, whose keyboard has no Shift for Enter, it begins
 * a line and the button sends, but Ctrl or Command with it send everywhere.
 * @param {{ key: string, shiftKey?: boolean, altKey?: boolean, ctrlKey?: boolean, metaKey?: boolean, isComposing?: boolean, keyCode?: number }} event
 * @param {{ isTouch: boolean }} options
 */
export function sends(event, { isTouch }) {
  if (event.key !== "Enter" || isComposingKey(event)) return false;
  if (event.ctrlKey || event.metaKey) return true;
  return !isTouch && !event.shiftKey && !event.altKey;
}
