// Says a message in one line: its words, without the signs of its markup.

import { parse } from "./markup.js";

/** @typedef {import("./markup.js").Block | import("./markup.js").ItemNode | import("./markup.js").Inline} Node */

/** What is looked at of a text of which little is shown. */
const LOOKED_AT = 480;

/**
 * The words of a text, without line breaks; an item of a list begins with a dot.
 * @param {string} content
 */
export function plainText(content) {
  return wordsOf(parse(content)).replace(/\s+/g, " ").trim();
}

/**
 * The beginning of `plainText`, of `max` characters, with an ellipsis if there is more.
 * @param {string} content
 * @param {number} max less than a quarter of 480
 */
export function shortText(content, max) {
  const line = plainText(content.slice(0, LOOKED_AT).replace(/[\ud800-\udbff]$/, "")); // no half of a character
  const characters = [...line];
  return characters.length > max ? `${characters.slice(0, max).join("")}…` : line;
}

/**
 * Whether `shortText` leaves nothing out.
 * @param {string} content
 * @param {number} max
 */
export function fitsIn(content, max) {
  return content.length <= LOOKED_AT && [...plainText(content)].length <= max;
}

/** @param {readonly Node[]} nodes @returns {string} */
function wordsOf(nodes) {
  return nodes.map(wordsOfNode).join("");
}

/** @param {Node} node @returns {string} */
function wordsOfNode(node) {
  switch (node.type) {
    case "text":
    case "code":
    case "mention":
    case "autolink":
      return node.text;
    case "fence":
      return `${node.text} `;
    case "item":
      return `• ${wordsOf(node.children)}`;
    case "paragraph":
    case "quote":
    case "list":
      return `${wordsOf(node.children)} `;
    default:
      return wordsOf(node.children);
  }
}
