// Reads the address of a link: what stands in parentheses after the text in brackets.

/** The signs that a backslash hides. */
export const ESCAPABLE = /[!-/:-@[-`{-~]/;

const ESCAPED = /\\([!-/:-@[-`{-~])/g;
/** Parentheses in each other: bounds how often the same text is read. */
const PARENTHESES_MAX = 32;

/**
 * The address in parentheses after a text in brackets; null if there is none.
 * @param {string} text
 * @param {number} start
 * @param {number} end of the line
 */
export function destination(text, start, end) {
  if (text[start] !== "(") return null;
  let at = skipSpaces(text, start + 1, end);
  const isEnclosed = text[at] === "<";
  const from = isEnclosed ? at + 1 : at;
  let open = 0;
  for (at = from; at < end; at += 1) {
    const sign = text[at];
    if (sign === "\\" && ESCAPABLE.test(text[at + 1] ?? "")) at += 1;
    else if (sign === "<" || sign === ">" || sign === "`") break;
    else if (!isEnclosed && sign <= " ") break;
    else if (!isEnclosed && sign === "(") open += 1;
    else if (!isEnclosed && sign === ")") open -= 1;
    if (open < 0 || open > PARENTHESES_MAX) break;
  }
  const address = text.slice(from, Math.min(at, end)).replace(ESCAPED, "$1");
  if (open > 0 || (isEnclosed && text[at] !== ">")) return null;
  at = skipSpaces(text, isEnclosed ? at + 1 : at, end);
  if (address === "" || at >= end || text[at] !== ")") return null;
  return { address, end: at + 1, length: at + 2 - start };
}

/**
 * @param {string} text
 * @param {number} from
 * @param {number} end
 */
function skipSpaces(text, from, end) {
  let at = from;
  while (at < end && (text[at] === " " || text[at] === "\t")) at += 1;
  return at;
}
