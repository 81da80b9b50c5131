// What style sheets may not use without another way: newer than Safari 15.4, Chrome 100 or Firefox 100.

/** @typedef {import("./forbidden.js").Rule} Rule */

const ASKED = "@supports (width: 1dvh) {\n  .a { ";

/** Style sheets: fine below `@supports`, or after the same property with a value that every browser knows. @type {Rule[]} */
export const STYLE = [
  { name: ":has() in a script", pattern: /:has\(/, example: 'box.querySelector(".a:has(.b)");' },
  {
    ...{
      name: ":has()",
      pattern: /:has\(/,
      example: ".a:has(.b), .c { color: red; }",
      guard: ".a:has(.b), .c:has(.d) { color: red; }",
      in: ["css"],
    },
    // A browser that does not know it drops the rule: fine if all of the rule is about it.
    isFine: (line) =>
      line.split(/[{}]/).every((part) => !part.includes(":has(") || selectors(part).every((each) => each.includes(":has("))),
  },
  { name: "container queries", pattern: /@container\b|\bcontainer-type\b/, example: "@container (width > 1px) {}", in: ["css"] },
  { name: "nesting", pattern: /^\s*&/, example: "  &:hover { color: red; }", in: ["css"] },
  { name: "@scope", pattern: /@scope\b|@starting-style\b|@property\b/, example: "@scope (.a) {}", in: ["css"] },
  {
    name: "new colours",
    pattern: /\b(?:color-mix|light-dark|oklch|oklab|lch|lab|color)\(/,
    example: "a { color: oklch(1 0 0); }",
    guard: `${ASKED}color: oklch(1 0 0); } }`,
    in: ["css"],
  },
  {
    name: "heights of the screen",
    pattern: /\b\d*\.?\d+[dsl]v[hwib]\b/,
    example: "a { height: 100dvh; }",
    guard: "a { height: 100vh;\n height: 100dvh; }",
    in: ["css"],
  },
  {
    name: "overflow: clip",
    pattern: /overflow(?:-[xy])?:\s*clip/,
    example: "a { overflow-x: clip; }",
    guard: "a { overflow-x: hidden;\n overflow-x: clip; }",
    in: ["css"],
  },
  { name: "media ranges", pattern: /@media[^{]*[<>]/, example: "@media (width < 720px) {}", in: ["css"] },
  {
    name: "subgrid",
    pattern: /\bsubgrid\b/,
    example: "a { grid-template-rows: subgrid; }",
    guard: `${ASKED}grid-template-rows: subgrid; } }`,
    in: ["css"],
  },
];

/** The parts of a list of selectors. */
function selectors(list) {
  return list.split(/,(?![^(]*\))/).filter((each) => each.trim());
}
