// Finds the code in a text: what stands between backticks or in a fenced block, by the server's rule (Sources/Shared/Domain/CodeSpans.swift).

/**
 * @typedef {object} CodeSpan
 * @property {number} start with its marks
 * @property {number} end
 * @property {number} length of the marks
 * @property {boolean} isClosed false: a block that goes on to the end of the text
 *
 * @typedef {object} Run consecutive equal marks
 * @property {number} start
 * @property {number} length
 * @property {string} mark
 * @property {number} paragraph blank lines before it
 * @property {boolean} beginsLine only spaces, three at most, are before it on its line
 * @property {boolean} isEscaped
 */

/**
 * The code in a text, in order and apart from each other. The time grows with the length of the text, whatever it is.
 * @param {string} text
 * @returns {CodeSpan[]}
 */
export function findCode(text) {
  if (!text.includes("`") && !text.includes("~~~")) return [];
  const runs = findRuns(text);
  const closers = findClosers(runs);
  /** @type {CodeSpan[]} */
  const code = [];
  for (let index = 0; index < runs.length; index += 1) {
    const { start, length, beginsLine, isEscaped } = runs[index];
    const closer = closers[index];
    if (isEscaped) continue;
    if (closer !== undefined) {
      code.push({ start, end: runs[closer].start + runs[closer].length, length, isClosed: true });
      index = closer;
    } else if (length >= 3 && beginsLine) {
      code.push({ start, end: text.length, length, isClosed: false });
      break;
    }
  }
  return code;
}

/**
 * All runs of backticks, and those of `~` that can begin or end a block.
 * @param {string} text
 */
function findRuns(text) {
  /** @type {Run[]} */
  const runs = [];
  let paragraph = 0;
  let lineStart = 0;
  let isBlank = true;
  let backslashes = 0;
  let index = 0;
  while (index < text.length) {
    const character = text[index];
    let end = index + 1;
    if (character === "\n") {
      if (isBlank) paragraph += 1;
      isBlank = true;
      lineStart = end;
    } else if (character === "`" || character === "~") {
      while (text[end] === character) end += 1;
      const length = end - index;
      const beginsLine = isBlank && index - lineStart <= 3;
      if (character === "`" || (length >= 3 && beginsLine)) {
        runs.push({ start: index, length, mark: character, paragraph, beginsLine, isEscaped: backslashes % 2 === 1 });
      }
      isBlank = false;
    } else if (!" \t\r".includes(character)) {
      isBlank = false;
    }
    backslashes = character === "\\" ? backslashes + 1 : 0;
    index = end;
  }
  return runs;
}

/**
 * For each run the index of the one that would close it.
 * @param {Run[]} runs
 */
function findClosers(runs) {
  /** @type {(number | undefined)[]} */
  const closers = [];
  /** @type {Map<number, number>} */
  const nextOfLength = new Map();
  /** @type {Record<string, number[]>} the next runs, without those that a longer one hides */
  const visible = { "`": [], "~": [] };
  for (let index = runs.length - 1; index >= 0; index -= 1) {
    const { length, mark, paragraph } = runs[index];
    const candidates = visible[mark];
    while (candidates.length && runs[candidates[candidates.length - 1]].length < length) candidates.pop();
    const next = nextOfLength.get(length);
    if (length >= 3) closers[index] = candidates[candidates.length - 1];
    else if (next !== undefined && runs[next].paragraph === paragraph) closers[index] = next;
    candidates.push(index);
    if (mark === "`") nextOfLength.set(length, index);
  }
  return closers;
}
