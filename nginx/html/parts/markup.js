// Parses the content of a message: a subset of CommonMark, with strikethrough, mentions and bare links, as a tree; it never makes HTML.

import { findCode } from "./code-spans.js";
import { findLinks, isSafeAddress } from "./links.js";
import { parseBlocks } from "./markup-blocks.js";
import { findMentions } from "./mentions.js";

/**
 * @typedef {{ type: "text", text: string }} TextNode its line breaks are shown
 * @typedef {{ type: "code", text: string }} CodeNode
 * @typedef {{ type: "mention", text: string, name: string }} MentionNode `name` in lower case, without the @
 * @typedef {{ type: "autolink", text: string, address: string }} AutolinkNode
 * @typedef {{ type: "link", address: string, children: Inline[] }} LinkNode
 * @typedef {{ type: "bold" | "italic" | "strike", children: Inline[] }} EmphasisNode
 * @typedef {TextNode | CodeNode | MentionNode | AutolinkNode | LinkNode | EmphasisNode} Inline
 *
 * @typedef {{ type: "paragraph", children: Inline[] }} ParagraphNode
 * @typedef {{ type: "fence", language: string, text: string }} FenceNode
 * @typedef {{ type: "quote", children: Block[] }} QuoteNode
 * @typedef {{ type: "item", children: Block[] }} ItemNode
 * @typedef {{ type: "list", isOrdered: boolean, start: number, isLoose: boolean, children: ItemNode[] }} ListNode
 * @typedef {ParagraphNode | FenceNode | QuoteNode | ListNode} Block
 *
 * @typedef {{ start: number, end: number }} Line a line of the text, or what is left of it inside a quote or list
 * @typedef {{ start: number, end: number, node: Inline }} Atom a part of the text that means itself, whatever signs are in it
 *
 * @typedef {object} Source what all steps of the parsing need
 * @property {string} text
 * @property {import("./code-spans.js").CodeSpan[]} code
 * @property {Atom[]} atoms links and mentions
 * @property {(address: string) => boolean} allows
 */

/** Sends the arm of the well-known shrug through unharmed: elsewhere, a backslash before a sign hides itself. */
const SHRUG = "¯\\_(ツ)_/¯";

/**
 * The tree of a message. The rules, where chats differ from CommonMark:
 *
 * - Every line break is shown, and so is the indentation of a line: pasted code stays as it was.
 * - Code is what the server takes for code when it looks for mentions: see code-spans.js. Three backticks on one line are code in the line.
 * - A quote or an item ends with its last line: an answer written directly below a quote is not put into the other's mouth.
 * - Headings, rules, HTML, entities, images, titles, reference links and code by indentation are plain text, and so is an empty first item.
 * - A text with an address in it cannot be linked to another one.
 *
 * The time grows with the length of the text, whatever it is.
 * @param {string} text
 * @param {{ mentioned?: readonly string[], allows?: (address: string) => boolean }} [options] `mentioned`: usernames in lower case;
 *   `allows`: whether a link may lead to an address
 * @returns {Block[]}
 */
export function parse(text, options = {}) {
  const { mentioned = [], allows = isSafeAddress } = options;
  const code = findCode(text);
  return parseBlocks({ text, code, atoms: findAtoms(text, mentioned), allows }, linesOf(text));
}

/** @param {string} text */
function linesOf(text) {
  /** @type {Line[]} */
  const lines = [];
  let start = 0;
  for (;;) {
    const feed = text.indexOf("\n", start);
    const next = feed < 0 ? text.length : feed;
    lines.push({ start, end: next > start && text[next - 1] === "\r" ? next - 1 : next });
    if (feed < 0) return lines;
    start = next + 1;
  }
}

/**
 * Links, mentions and shrugs, in order and apart from each other. None has a backtick in it: those in code are skipped with the code.
 * @param {string} text
 * @param {readonly string[]} mentioned
 */
function findAtoms(text, mentioned) {
  /** @type {Atom[]} */
  const found = [];
  for (const { start, end, address } of findLinks(text)) {
    found.push({ start, end, node: { type: "autolink", text: text.slice(start, end), address } });
  }
  for (const { start, end } of findMentions(text, mentioned)) {
    const written = text.slice(start, end);
    found.push({ start, end, node: { type: "mention", text: written, name: written.slice(1).toLowerCase() } });
  }
  for (let start = text.indexOf(SHRUG); start >= 0; start = text.indexOf(SHRUG, start + SHRUG.length)) {
    found.push({ start, end: start + SHRUG.length, node: { type: "text", text: SHRUG } });
  }
  found.sort((one, other) => one.start - other.start);

  /** @type {Atom[]} */
  const atoms = [];
  for (const atom of found) {
    if (atoms.length === 0 || atom.start >= atoms[atoms.length - 1].end) atoms.push(atom);
  }
  return atoms;
}
