// What the buttons for bold, lists and the like do to a text: pure functions of the text and what is selected in it.

/** @typedef {"bold" | "italic" | "strike" | "code" | "link" | "list" | "quote"} Format */

/**
 * @typedef {object} Replacement of a piece of the text
 * @property {number} from
 * @property {number} to
 * @property {string} insert
 * @property {number} start of the selection afterwards
 * @property {number} end
 */

/**
 * The signs around a text. Underscores, since a star would be mistaken for one half of the bold ones.
 * @type {Record<string, string>}
 */
const SIGNS = { bold: "**", italic: "_", strike: "~~" };
/**
 * The signs before a line.
 * @type {Record<string, string>}
 */
const PREFIXES = { list: "- ", quote: "> " };
const ADDRESS = /^(?:https?:\/\/|mailto:)\S+$/i;
const LINE = /^(\s*)(.*?)(\s*)$/s;

/**
 * Gives what is selected a format, or takes it away if it has it.
 * @param {string} text
 * @param {number} start
 * @param {number} end
 * @param {Format} format
 * @returns {Replacement}
 */
export function formatted(text, start, end, format) {
  const prefix = PREFIXES[format];
  if (prefix) return prefixed(text, start, end, prefix);
  if (format === "link") return linked(text, start, end);
  if (format === "code") return coded(text, start, end);
  return wrapped(text, start, end, SIGNS[format]);
}

/**
 * Signs hug words: the space at the ends of the selection stays outside, and each line has its own, since a paragraph ends them.
 * @param {string} text
 * @param {number} start
 * @param {number} end
 * @param {string} sign
 * @returns {Replacement}
 */
function wrapped(text, start, end, sign) {
  const { length } = sign;
  const selected = text.slice(start, end);
  if (start >= length && text.slice(start - length, start) === sign && text.slice(end, end + length) === sign) {
    return { from: start - length, to: end + length, insert: selected, start: start - length, end: end - length };
  }
  if (!selected.trim()) {
    const caret = start + length + selected.length;
    return { from: start, to: end, insert: sign + selected + sign, start: start + length, end: caret };
  }
  const lines = selected.split("\n").map((line) => /** @type {RegExpExecArray} */ (LINE.exec(line)));
  const hasSign = (/** @type {string} */ words) => words.length > 2 * length && words.startsWith(sign) && words.endsWith(sign);
  const isOn = lines.every(([, , words]) => !words || hasSign(words));
  const changed = lines.map(([, before, words, after]) => {
    if (!words) return before + after;
    return before + (isOn ? words.slice(length, -length) : sign + words + sign) + after;
  });
  const insert = changed.join("\n");
  const [, space] = lines[0];
  const inner = lines.length === 1 && !isOn ? space.length + length : 0;
  const outer = lines.length === 1 && !isOn ? length + lines[0][3].length : 0;
  return { from: start, to: end, insert, start: start + inner, end: start + insert.length - outer };
}

/**
 * @param {string} text
 * @param {number} start
 * @param {number} end
 * @param {string} prefix
 * @returns {Replacement}
 */
function prefixed(text, start, end, prefix) {
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const next = text.indexOf("\n", end);
  const to = next < 0 ? text.length : next;
  const lines = text.slice(from, to).split("\n");
  const isOn = lines.every((line) => line.startsWith(prefix));
  const changed = lines.map((line) => (isOn ? line.slice(prefix.length) : prefix + line));
  const insert = changed.join("\n");
  const shift = isOn ? -Math.min(prefix.length, start - from) : prefix.length;
  const isCaret = start === end;
  const last = from + insert.length;
  return { from, to, insert, start: start + shift, end: isCaret ? start + shift : last };
}

/**
 * @param {string} text
 * @param {number} start
 * @param {number} end
 * @returns {Replacement}
 */
function linked(text, start, end) {
  const selected = text.slice(start, end);
  if (ADDRESS.test(selected)) return { from: start, to: end, insert: `[](${selected})`, start: start + 1, end: start + 1 };
  const place = start + selected.length + (selected ? 3 : 1);
  return { from: start, to: end, insert: `[${selected}]()`, start: place, end: place };
}

/**
 * Code of one line in it, of several lines in a block of its own; with more back-ticks than are in the code.
 * @param {string} text
 * @param {number} start
 * @param {number} end
 * @returns {Replacement}
 */
function coded(text, start, end) {
  const selected = text.slice(start, end);
  const longest = Math.max(0, ...(selected.match(/`+/g) ?? []).map((ticks) => ticks.length));
  if (!selected.includes("\n")) {
    if (longest === 0) return wrapped(text, start, end, "`");
    const ticks = "`".repeat(longest + 1);
    const insert = `${ticks} ${selected} ${ticks}`;
    return { from: start, to: end, insert, start, end: start + insert.length };
  }
  const fence = "`".repeat(Math.max(3, longest + 1));
  const before = start === 0 || text[start - 1] === "\n" ? "" : "\n";
  const after = end === text.length || text[end] === "\n" ? "" : "\n";
  const insert = `${before}${fence}\n${selected.replace(/\n$/, "")}\n${fence}${after}`;
  const first = start + before.length + fence.length + 1;
  return { from: start, to: end, insert, start: first, end: start + insert.length - after.length - fence.length - 1 };
}

/** @type {Record<string, Format>} */
const KEYS = { b: "bold", i: "italic", e: "code", "shift x": "strike" };

/**
 * The format that a key stands for, with Ctrl or, on a Mac, Command; null if it is none.
 * @param {{ key: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean, shiftKey: boolean }} event
 * @returns {Format | null}
 */
export function formatOfKey({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  if (altKey || ctrlKey === metaKey) return null;
  return KEYS[`${shiftKey ? "shift " : ""}${key.toLowerCase()}`] ?? null;
}
