// Finds mentions in the content of a message, by the server's rule, which Sources/Shared/Domain/MentionedNames.swift explains.

const NAME = /[a-z0-9_.-]*/iy;
const URL_REST = /[!#-&(-;=?-_a-~\p{L}\p{M}\p{N}]*/uy;
const LETTER = /[a-z0-9]/i;

/** The mentions of `usernames` (in lower case), with their @, as `{start, end}` in order. The time grows with the length of the content. */
export function findMentions(content, usernames) {
  const mentions = [];
  if (!content.includes("@")) return mentions;
  const code = findCode(content);
  let isInWord = false; // an @ here would belong to an address
  let hasDot = false; // with a slash after it, the word is the name of a host
  let index = 0;
  while (index < content.length) {
    const character = content[index];
    if (code[0]?.start === index) {
      index = code.shift().end;
      isInWord = hasDot = false;
    } else if (character === "@" && !isInWord) {
      const run = matchAt(NAME, content, index + 1);
      const end = index + 1 + run.length;
      isInWord = isOnAnotherServer(run, content, end);
      hasDot = false;
      const name = isInWord ? undefined : spellings(run.toLowerCase()).find((spelling) => usernames.includes(spelling));
      if (name) mentions.push({ start: index, end: index + 1 + name.length });
      index = end;
    } else if (isInWord && (character === ":" && content.startsWith("//", index + 1) || character === "/" && hasDot)) {
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

function matchAt(pattern, content, index) {
  pattern.lastIndex = index;
  return pattern.exec(content)[0];
}

function isOnAnotherServer(name, content, end) {
  return /[a-z0-9_]$/i.test(name.slice(-1)) && content[end] === "@" && LETTER.test(content[end + 1] ?? "");
}

/** The spellings of a name, longest first: as written, up to each end of a word, and with the first sign after that. */
function spellings(run) {
  const isEnd = Array(run.length + 1).fill(true);
  for (let index = run.length - 1; index >= 0; index -= 1) {
    if (LETTER.test(run[index])) isEnd[index] = false;
    else if (run[index] === "_") isEnd[index] = isEnd[index + 1];
  }
  const found = [];
  for (let length = Math.min(32, run.length); length >= 3; length -= 1) {
    if (isEnd[length] && (length === run.length || LETTER.test(run[length - 1]) || LETTER.test(run[length - 2]))) {
      found.push(run.slice(0, length));
    }
  }
  return found;
}

/** The code in a text, with its marks, as `{start, end}` in order. */
function findCode(content) {
  const runs = findMarks(content);
  const closers = findClosers(runs);
  const code = [];
  for (let index = 0; index < runs.length; index += 1) {
    const { start, length, beginsLine, isEscaped } = runs[index];
    const closer = closers[index];
    if (isEscaped) continue;
    if (closer !== undefined) {
      code.push({ start, end: runs[closer].start + runs[closer].length });
      index = closer;
    } else if (length >= 3 && beginsLine) {
      code.push({ start, end: content.length });
      break;
    }
  }
  return code;
}

/** All runs of backticks, and those of `~` that can begin or end a block. */
function findMarks(content) {
  const runs = [];
  let paragraph = 0;
  let lineStart = 0;
  let isBlank = true;
  let backslashes = 0;
  let index = 0;
  while (index < content.length) {
    const character = content[index];
    let end = index + 1;
    if (character === "\n") {
      if (isBlank) paragraph += 1;
      isBlank = true;
      lineStart = end;
    } else if (character === "`" || character === "~") {
      while (content[end] === character) end += 1;
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

/** For each run the index of the one that would close it. */
function findClosers(runs) {
  const closers = [];
  const nextOfLength = new Map();
  const visible = { "`": [], "~": [] }; // the next runs, without those that a longer one hides
  for (let index = runs.length - 1; index >= 0; index -= 1) {
    const { length, mark, paragraph } = runs[index];
    const candidates = visible[mark];
    while (candidates.length && runs[candidates.at(-1)].length < length) candidates.pop();
    const next = nextOfLength.get(length);
    if (length >= 3) closers[index] = candidates.at(-1);
    else if (next !== undefined && runs[next].paragraph === paragraph) closers[index] = next;
    candidates.push(index);
    if (mark === "`") nextOfLength.set(length, index);
  }
  return closers;
}
