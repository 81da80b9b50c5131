// Finds what rules forbid in a file of the page. Comments do not count, and neither does what asks first whether the browser has it.

const GUARD_LINES = 8; // how far before its use a guard may stand

/** The kind of a file, by its name; null if nothing is looked for in it. */
export function kindOf(name) {
  return /\.(js|css|html)$/.exec(name)?.[1] ?? null;
}

/** The faults of a text: `{line, name}`. */
export function faults(text, kind, rules) {
  const lines = withoutComments(text, kind).split("\n");
  const found = [];
  for (const rule of rules.filter(({ in: kinds = ["js"] }) => kinds.includes(kind))) {
    lines.forEach((line, at) => {
      const match = rule.pattern.exec(line);
      if (match && !(rule.guard && isGuarded(rule, kind, match, lines, at))) found.push({ line: at + 1, name: rule.name });
    });
  }
  return found;
}

function isGuarded(rule, kind, match, lines, at) {
  if (kind === "css") {
    const before = [...lines.slice(0, at), lines[at].slice(0, match.index + match[0].length)].join("\n");
    return isSupported(before) || hasFallback(before) || Boolean(rule.isFine?.(lines[at]));
  }
  const name = /\w+(?=\W*$)/.exec(match[0])[0];
  const ways = [
    `["']${name}["'] in\\b`,
    `\\btypeof [\\w.]*\\b${name}\\b`,
    `\\b${name}\\?\\.`,
    `\\bif \\([^()]*\\b${name}\\)`,
    `\\b${name} (?:&&|\\?)`,
  ];
  const asks = new RegExp([...ways, ...(rule.guards ? [rule.guards.source] : [])].join("|"));
  const near = lines.slice(Math.max(0, at - GUARD_LINES), at + 1);
  // It may have asked before, and kept the answer.
  const answers = lines.slice(0, at).flatMap((line) => (asks.test(line) ? (/\bconst (\w+) =/.exec(line)?.slice(1) ?? []) : []));
  return near.some((line) => asks.test(line) || answers.some((answer) => new RegExp(`\\b${answer}\\b`).test(line)));
}

/** Whether an `@supports` is open at the end of this text. */
function isSupported(before) {
  const open = before.lastIndexOf("@supports");
  if (open < 0) return false;
  let depth = 0;
  for (const character of before.slice(before.indexOf("{", open))) {
    if (character === "{") depth += 1;
    if (character === "}") depth -= 1;
    if (depth === 0) return false;
  }
  return true;
}

/** Whether the rule at the end of this text has set the same property before: with a value that every browser knows. */
function hasFallback(before) {
  const declarations = before.slice(before.lastIndexOf("{") + 1).split(";");
  const property = /^\s*([\w-]+)\s*:/.exec(declarations.pop())?.[1];
  return declarations.some((each) => each.trim().startsWith(`${property}:`));
}

const COMMENTS = {
  // Strings, templates and regular expressions are kept; a slash begins one of these where a value may stand.
  js: /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|(?<=[(,=:[!&|?{};>]\s*|\breturn\s+|^\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/\w*)|\/\/[^\n]*|\/\*[\s\S]*?\*\//gm,
  css: /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|\/\*[\s\S]*?\*\//g,
  html: /(?!)()|<!--[\s\S]*?-->/g,
};

/** The text with its comments blanked: lines stay where they are. */
function withoutComments(text, kind) {
  return text.replace(COMMENTS[kind], (whole, kept) => kept ?? whole.replace(/[^\n]/g, " "));
}
