// Makes the tree of a paragraph from its tokens and their marks.

/**
 * @typedef {import("./markup.js").Inline} Inline
 * @typedef {import("./markup-inline.js").Token} Token
 */

/** Emphasis in each other; deeper marks change nothing. */
const INLINE_DEPTH_MAX = 12;

/**
 * @param {Token[]} tokens
 * @returns {Inline[]}
 */
export function buildTree(tokens) {
  /** @type {Inline[]} */
  const root = [];
  const open = [root];
  for (const { text, node, opens, closes } of tokens) {
    for (let count = 0; count < closes; count += 1) open.pop();
    if (text) addText(open[open.length - 1], text);
    if (node) open[open.length - 1].push(node);
    for (const opening of [...opens].reverse()) {
      const outer = open[open.length - 1];
      if (open.length > INLINE_DEPTH_MAX) {
        open.push(outer);
        continue;
      }
      /** @type {Inline[]} */
      const children = [];
      outer.push({ ...opening, children });
      open.push(children);
    }
  }
  return root;
}

/**
 * @param {Inline[]} children
 * @param {string} text
 */
function addText(children, text) {
  const last = children[children.length - 1];
  if (last?.type === "text") last.text += text;
  else children.push({ type: "text", text });
}
