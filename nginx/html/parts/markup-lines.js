// What the lines of a message begin with: space, the marks of quotes and items, code.

/**
 * @typedef {import("./markup.js").Source} Source
 * @typedef {import("./markup.js").Line} Line
 *
 * @typedef {object} Marker of an item
 * @property {string} kind items of one list have the same: the sign, or what follows the number
 * @property {number} width up to the item's content
 * @property {number | null} number
 */

const QUOTE = / {0,3}>[ \t]?/y;
const ITEM = / {0,3}(?:([-+*])|(\d{1,9})([.)]))(?:([ \t]+)(?=\S)|[ \t]*(?=[\r\n]|$))/y;
const RULE = / {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,})(?=[\r\n]|$)/y;
const TAB_COLUMNS = 4;
const SPACE_MAX = 4;

/**
 * @param {Source} source
 * @param {Line} line
 */
export function isBlank({ text }, line) {
  return text.slice(line.start, line.end).trim() === "";
}

/**
 * The space at the start of a line: how many columns it takes, and of how many characters it consists. Stops at `columnsMax`.
 * @param {Source} source
 * @param {Line} line
 * @param {number} columnsMax
 */
export function indentation({ text }, line, columnsMax) {
  let columns = 0;
  let length = 0;
  while (columns < columnsMax && line.start + length < line.end) {
    const character = text[line.start + length];
    if (character === " ") columns += 1;
    else if (character === "\t") columns += TAB_COLUMNS - (columns % TAB_COLUMNS);
    else break;
    length += 1;
  }
  return { columns, length };
}

/**
 * The length of the mark of a quote at the start of a line; 0 if there is none.
 * @param {Source} source
 * @param {Line} line
 */
export function quoteMark({ text }, line) {
  QUOTE.lastIndex = line.start;
  const length = QUOTE.exec(text)?.[0].length ?? 0;
  return line.start + length <= line.end ? length : 0;
}

/**
 * The mark of an item at the start of a line. A line of signs only is none.
 * @param {Source} source
 * @param {Line} line
 * @param {boolean} mayBeEmpty the item has no content in this line: only inside a list, since "-" may be all that somebody says
 * @returns {Marker | null}
 */
export function itemMarker({ text }, line, mayBeEmpty) {
  ITEM.lastIndex = line.start;
  const match = ITEM.exec(text);
  if (!match || (line.start + match[0].length >= line.end && !mayBeEmpty)) return null;
  RULE.lastIndex = line.start;
  if (RULE.test(text)) return null;
  const [whole, sign, number, delimiter, space = ""] = match;
  // More space belongs to the content.
  const width = space.length > SPACE_MAX ? whole.length - space.length + 1 : whole.length;
  return { kind: sign ?? delimiter, width, number: number === undefined ? null : Number(number) };
}

/**
 * Whether code has begun before this place and not ended.
 * @param {Source} source
 * @param {number} offset
 */
export function isInCode({ code }, offset) {
  const span = code[firstEndingAfter(code, offset)];
  return span !== undefined && span.start < offset;
}

/**
 * The block of code that begins in a line: three marks or more, and it goes on after the line or to the end of the text.
 * @param {Source} source
 * @param {Line} line
 */
export function fenceIn({ code }, line) {
  for (let index = firstEndingAfter(code, line.start); index < code.length && code[index].start < line.end; index += 1) {
    const span = code[index];
    if (span.length >= 3 && span.start >= line.start && (span.end > line.end || !span.isClosed)) return span;
  }
  return null;
}

/**
 * @template {{ end: number }} Part
 * @param {Part[]} parts in order
 * @param {number} offset
 */
export function firstEndingAfter(parts, offset) {
  let low = 0;
  let high = parts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (parts[middle].end > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}
