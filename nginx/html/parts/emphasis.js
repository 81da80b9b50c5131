// Pairs the marks of emphasis in a paragraph, by CommonMark's algorithm, whose time grows with the number of marks.

/**
 * @typedef {import("./markup-inline.js").Token} Token
 *
 * @typedef {object} Mark a run of equal signs
 * @property {Token} token
 * @property {string} sign
 * @property {number} length as it was written
 * @property {number} left signs that are not used yet
 * @property {boolean} canOpen
 * @property {boolean} canClose
 * @property {number} index
 * @property {Mark | null} before
 * @property {Mark | null} after
 */

const SPACE = /^\s$/;
// Scripts without spaces put marks right beside a word, and emoji are words, too: see isPunctuation.
const WORDLIKE =
  /^(?:[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff00-\uffef]|\p{Extended_Pictographic})$/u;
const PUNCTUATION = /^[\p{P}\p{S}]$/u;

export class MarkStack {
  /** @type {Mark | null} */ #first = null;
  /** @type {Mark | null} */ last = null;
  #count = 0;

  /**
   * Adds a run of signs.
   * @param {Token} token
   * @param {string} text
   * @param {number} start
   * @param {number} end
   * @param {{ start: number, end: number }} line
   */
  push(token, text, start, end, line) {
    const sign = text[start];
    const length = end - start;
    const before = start > line.start ? characterBefore(text, start) : "\n";
    const after = end < line.end ? String.fromCodePoint(text.codePointAt(end) ?? 10) : "\n";
    const opens = !SPACE.test(after) && (!isPunctuation(after) || SPACE.test(before) || PUNCTUATION.test(before) || WORDLIKE.test(before));
    const closes = !SPACE.test(before) && (!isPunctuation(before) || SPACE.test(after) || PUNCTUATION.test(after) || WORDLIKE.test(after));
    const isUnderscore = sign === "_";
    const isRight = sign !== "~" || length === 2;
    /** @type {Mark} */
    const mark = {
      token,
      sign,
      length,
      left: length,
      canOpen: isRight && opens && (!isUnderscore || !closes || isPunctuation(before)),
      canClose: isRight && closes && (!isUnderscore || !opens || isPunctuation(after)),
      index: this.#count,
      before: this.last,
      after: null,
    };
    this.#count += 1;
    if (this.last) this.last.after = mark;
    else this.#first = mark;
    this.last = mark;
  }

  /**
   * Pairs the marks after `bottom` and removes them; null: all.
   * @param {Mark | null} bottom
   */
  process(bottom) {
    /** @type {Record<string, number>} below this index there is no opener for a closer of this kind */
    const floors = {};
    let closer = bottom ? bottom.after : this.#first;
    while (closer) {
      const { after } = closer;
      const kind = `${closer.sign}${closer.canOpen}${closer.length % 3}`;
      const opener = closer.canClose ? findOpener(closer, floors[kind] ?? bottom?.index ?? -1) : null;
      if (opener) {
        this.#pair(opener, closer);
        if (closer.left > 0) continue;
        closer = after;
      } else {
        if (closer.canClose) {
          floors[kind] = closer.before?.index ?? -1;
          if (!closer.canOpen) this.#remove(closer);
        }
        closer = after;
      }
    }
    this.last = bottom;
    if (bottom) bottom.after = null;
    else this.#first = null;
  }

  /**
   * @param {Mark} opener
   * @param {Mark} closer
   */
  #pair(opener, closer) {
    const used = opener.left >= 2 && closer.left >= 2 ? 2 : 1;
    opener.token.opens.push({ type: opener.sign === "~" ? "strike" : used === 2 ? "bold" : "italic" });
    closer.token.closes += 1;
    for (const mark of [opener, closer]) {
      mark.left -= used;
      mark.token.text = mark.token.text.slice(used);
    }
    opener.after = closer; // marks between them stay as text
    closer.before = opener;
    if (opener.left === 0) this.#remove(opener);
    if (closer.left === 0) this.#remove(closer);
  }

  /** @param {Mark} mark */
  #remove(mark) {
    if (mark.before) mark.before.after = mark.after;
    else this.#first = mark.after;
    if (mark.after) mark.after.before = mark.before;
    else this.last = mark.before;
  }
}

/**
 * @param {Mark} closer
 * @param {number} floor
 */
function findOpener(closer, floor) {
  for (let opener = closer.before; opener && opener.index > floor; opener = opener.before) {
    if (opener.sign !== closer.sign || !opener.canOpen) continue;
    const isEither = opener.canClose || closer.canOpen;
    const isOdd = isEither && (opener.length + closer.length) % 3 === 0 && (opener.length % 3 !== 0 || closer.length % 3 !== 0);
    if (!isOdd) return opener;
  }
  return null;
}

/** @param {string} character */
function isPunctuation(character) {
  return PUNCTUATION.test(character) && !WORDLIKE.test(character);
}

/**
 * @param {string} text
 * @param {number} index
 */
function characterBefore(text, index) {
  const unit = text.charCodeAt(index - 1);
  const isLowSurrogate = unit >= 0xdc00 && unit <= 0xdfff;
  return isLowSurrogate && index >= 2 ? text.slice(index - 2, index) : text[index - 1];
}
