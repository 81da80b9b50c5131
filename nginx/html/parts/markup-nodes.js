// Makes DOM nodes of a message's tree. Content only ever becomes text; the elements are those of this file, and no others.

import { h } from "./dom.js";

/**
 * @typedef {import("./markup.js").Block} Block
 * @typedef {import("./markup.js").Inline} Inline
 *
 * @typedef {object} NodeOptions
 * @property {string} [copyLabel] of the button that copies a block of code; without it there is none
 * @property {string} [site] the address of the page, with a slash at the end: links into it open in the same tab
 * @property {string} [me] my username in lower case, whose mentions are told from others
 */

/** The elements that a message may consist of. */
export const ELEMENTS = Object.freeze([
  "a",
  "blockquote",
  "button",
  "code",
  "del",
  "div",
  "em",
  "li",
  "ol",
  "p",
  "pre",
  "small",
  "strong",
  "ul",
  "b",
]);

const EMPHASIS = { bold: "strong", italic: "em", strike: "del" };
const START_MAX = 999_999_999;

/**
 * @param {readonly Block[]} blocks
 * @param {NodeOptions} [options]
 */
export function markupNodes(blocks, options = {}) {
  const fragment = document.createDocumentFragment();
  fragment.append(...blocks.map((block) => blockNode(block, options)));
  return fragment;
}

/**
 * Each block finds its direction by its own first letter: a quote in Hebrew under an answer in English.
 * @param {Block} block
 * @param {NodeOptions} options
 * @returns {HTMLElement}
 */
function blockNode(block, options) {
  switch (block.type) {
    case "paragraph":
      return h("p", { dir: "auto" }, ...inlineNodes(block.children, options));
    case "quote":
      return h("blockquote", { dir: "auto" }, ...block.children.map((child) => blockNode(child, options)));
    case "list": {
      const start = block.isOrdered && block.start !== 1 ? Math.min(block.start, START_MAX) : null;
      return h(
        block.isOrdered ? "ol" : "ul",
        { dir: "auto", start },
        ...block.children.map((item) => itemNode(item, block.isLoose, options)),
      );
    }
    default:
      return fenceNode(block, options);
  }
}

/**
 * @param {import("./markup.js").ItemNode} item
 * @param {boolean} isLoose
 * @param {NodeOptions} options
 */
function itemNode(item, isLoose, options) {
  return h(
    "li",
    {},
    ...item.children.flatMap((child) =>
      child.type === "paragraph" && !isLoose ? inlineNodes(child.children, options) : [blockNode(child, options)],
    ),
  );
}

/**
 * The button is no tab stop of its own: the list that the message stands in walks it with arrows.
 * @param {import("./markup.js").FenceNode} fence
 * @param {NodeOptions} options
 */
function fenceNode({ language, text }, { copyLabel }) {
  const button = copyLabel
    ? h("button", { type: "button", class: "code-copy", tabindex: "-1", "data-action": "copy-code", "data-testid": "copy-code" }, copyLabel)
    : null;
  return h(
    "div",
    { class: "code-block", dir: "ltr" },
    language || button ? h("div", { class: "code-head" }, h("small", {}, language), button) : null,
    h("pre", {}, h("code", {}, text)),
  );
}

/**
 * @param {readonly Inline[]} nodes
 * @param {NodeOptions} options
 * @returns {(HTMLElement | string)[]}
 */
function inlineNodes(nodes, options) {
  return nodes.map((node) => {
    switch (node.type) {
      case "text":
        return node.text;
      case "code":
        return h("code", { dir: "auto" }, node.text);
      case "mention":
        return h(
          "b",
          { class: node.name === options.me ? "mentioned-name me" : "mentioned-name", dir: "auto", "data-username": node.name },
          node.text,
        );
      case "autolink":
        return linkNode(node.address, [node.text], null, options);
      case "link":
        return linkNode(node.address, inlineNodes(node.children, options), node.address, options);
      default:
        return h(EMPHASIS[node.type], {}, ...inlineNodes(node.children, options));
    }
  });
}

/**
 * A link with a text of its own tells where it leads.
 * @param {string} address
 * @param {(HTMLElement | string)[]} children
 * @param {string | null} title
 * @param {NodeOptions} options
 */
function linkNode(address, children, title, { site }) {
  const isLocal = site !== undefined && address.startsWith(`${site}#/`);
  return h(
    "a",
    {
      href: isLocal ? address.slice(site.length) : address,
      title,
      target: isLocal ? null : "_blank",
      rel: isLocal ? null : "noopener noreferrer nofollow",
      dir: "auto",
    },
    ...children,
  );
}
