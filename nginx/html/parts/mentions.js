// Finds mentions in the content of a message, by the server's rule, which Sources/Shared/Domain/MentionedNames.swift explains.

import { findCode } from "./code-spans.js";

const NAME = /[a-z0-9_.-]*/iy;
const URL_REST = /[!#-&(-;=?-_a-~\p{L}\p{M}\p{N}]*/uy;
const LETTER = /[a-z0-9]/i;
const UNFINISHED = /@([\w.-]*)$/;
const NAME_CHARACTERS_MAX = 32;

/**
 * The mentions of `usernames` (in lower case), with their @, in order. The time grows with the length of the content.
 * @param {string} content
 * @param {readonly string[]} usernames
 * @returns {{ start: number, end: number }[]}
 */
export function findMentions(content, usernames) {
  /** @type {{ start: number, end: number }[]} */
  const mentions = [];
  if (usernames.length === 0 || !content.includes("@")) return mentions;
  const code = findCode(content);
  let nextCode = 0;
  let isInWord = false; // an @ here would belong to an address
  let hasDot = false; // with a slash after it, the word is the name of a host
  let index = 0;
  while (index < content.length) {
    const character = content[index];
    if (code[nextCode]?.start === index) {
      index = code[nextCode].end;
      nextCode += 1;
      isInWord = hasDot = false;
    } else if (character === "@" && !isInWord) {
      const run = matchAt(NAME, content, index + 1);
      const end = index + 1 + run.length;
      isInWord = isOnAnotherServer(run, content, end);
      hasDot = false;
      const name = isInWord ? undefined : spellings(run.toLowerCase()).find((spelling) => usernames.includes(spelling));
      if (name) mentions.push({ start: index, end: index + 1 + name.length });
      index = end;
    } else if (isInWord && ((character === ":" && content.startsWith("//", index + 1)) || (character === "/" && hasDot))) {
      index += 1 + matchAt(URL_REST, content, index + 1).length;
      isInWord = hasDot = false;
    } else {
      if (LETTER.test(character)) isInWord = true;
      else if (character === "." && isInWord) [isInWord, hasDot] = [false, true];
      else if (!"_-+@".includes(character)) isInWord = hasDot = false;
      index += 1;
    }
  }
  return mentions;
}

/**
 * The name that is being written before the caret, without its @; null if there is none. An @ inside a word belongs to a mail address.
 * @param {string} text
 * @param {number} caret
 * @returns {{ start: number, query: string } | null} `start` is the place of the @
 */
export function mentionBefore(text, caret) {
  const match = UNFINISHED.exec(text.slice(Math.max(0, caret - NAME_CHARACTERS_MAX - 1), caret));
  if (!match) return null;
  const start = caret - match[0].length;
  let before = start;
  while (before > 0 && "_+-".includes(text[before - 1])) before -= 1;
  if (before > 0 && LETTER.test(text[before - 1])) return null;
  return { start, query: match[1] };
}

/**
 * @param {RegExp} pattern sticky; matches the empty string
 * @param {string} content
 * @param {number} index
 */
function matchAt(pattern, content, index) {
  pattern.lastIndex = index;
  return pattern.exec(content)?.[0] ?? "";
}

/**
 * @param {string} name
 * @param {string} content
 * @param {number} end
 */
function isOnAnotherServer(name, content, end) {
  return /[a-z0-9_]$/i.test(name.slice(-1)) && content[end] === "@" && LETTER.test(content[end + 1] ?? "");
}

/**
 * The spellings of a name, longest first: as written, up to each end of a word, and with the first sign after that.
 * @param {string} run
 */
function spellings(run) {
  /** @type {boolean[]} */
  const isEnd = Array(run.length + 1).fill(true);
  for (let index = run.length - 1; index >= 0; index -= 1) {
    if (LETTER.test(run[index])) isEnd[index] = false;
    else if (run[index] === "_") isEnd[index] = isEnd[index + 1];
  }
  const found = [];
  for (let length = Math.min(NAME_CHARACTERS_MAX, run.length); length >= 3; length -= 1) {
    if (isEnd[length] && (length === run.length || LETTER.test(run[length - 1]) || LETTER.test(run[length - 2]))) {
      found.push(run.slice(0, length));
    }
  }
  return found;
}
