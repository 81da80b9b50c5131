// Parses the lines of a paragraph: emphasis, code, links and mentions, by CommonMark's rules for nested and unbalanced marks.

import { MarkStack } from "./emphasis.js";
import { destination, ESCAPABLE } from "./link-destination.js";
import { firstEndingAfter } from "./markup-lines.js";
import { buildTree } from "./markup-tree.js";

/**
 * @typedef {import("./markup.js").Source} Source
 * @typedef {import("./markup.js").Line} Line
 * @typedef {import("./markup.js").Inline} Inline
 *
 * @typedef {object} Token a piece of text or a finished node, with the marks that begin before and end after it
 * @property {string} text
 * @property {Inline | null} node
 * @property {Opening[]} opens the outermost last
 * @property {number} closes how many
 *
 * @typedef {{ type: "bold" | "italic" | "strike" } | { type: "link", address: string }} Opening
 *
 * @typedef {object} Bracket an opening one, which may begin a link
 * @property {Token} token
 * @property {number} count of the tokens up to it
 * @property {import("./emphasis.js").Mark | null} mark the one before it
 */

const SPECIAL = /[\\`*_~[\]<\n]/g;

/**
 * @param {Source} source
 * @param {Line[]} lines
 * @returns {Inline[]}
 */
export function parseInline(source, lines) {
  return buildTree(new InlineParser(source, lines).parse());
}

class InlineParser {
  /** @type {Source} */ #source;
  /** @type {Line[]} */ #lines;
  /** @type {Token[]} */ #tokens = [];
  /** @type {Bracket[]} */ #brackets = [];
  #linkless = 0; // so many of them, from the first, have a link after them; links do not stand in links
  #visible = 0; // the tokens up to the last one that shows something
  #marks = new MarkStack();
  #line = 0;
  #at = 0;
  #special = -1;

  /**
   * @param {Source} source
   * @param {Line[]} lines
   */
  constructor(source, lines) {
    this.#source = source;
    this.#lines = lines;
  }

  parse() {
    const { text, code, atoms } = this.#source;
    this.#at = this.#lines[0].start;
    let nextCode = firstEndingAfter(code, this.#at);
    let nextAtom = firstEndingAfter(atoms, this.#at);
    for (;;) {
      const { end } = this.#lines[this.#line];
      while (nextCode < code.length && code[nextCode].start < this.#at) nextCode += 1;
      while (nextAtom < atoms.length && atoms[nextAtom].start < this.#at) nextAtom += 1;
      const codeStart = code[nextCode]?.start ?? text.length;
      const atom = atoms[nextAtom];
      if (this.#at >= end) {
        if (this.#line + 1 >= this.#lines.length) break;
        this.#line += 1;
        this.#at = this.#lines[this.#line].start;
        this.#add("\n");
      } else if (this.#at === codeStart) {
        this.#takeCode(code[nextCode]);
      } else if (atom && this.#at === atom.start) {
        this.#takeAtom(atom);
      } else {
        const stop = Math.min(end, codeStart, atom?.start ?? end);
        const special = this.#nextSpecial();
        if (special === this.#at) this.#takeSpecial(stop, atom);
        else this.#takeText(Math.min(special, stop));
      }
    }
    this.#marks.process(null);
    return this.#tokens;
  }

  /** The place of the next sign that may mean something. Each part of the text is looked through once. */
  #nextSpecial() {
    if (this.#special < this.#at) {
      SPECIAL.lastIndex = this.#at;
      this.#special = SPECIAL.exec(this.#source.text)?.index ?? this.#source.text.length;
    }
    return this.#special;
  }

  /**
   * @param {string} text
   * @param {Inline | null} [node]
   */
  #add(text, node = null) {
    /** @type {Token} */
    const token = { text, node, opens: [], closes: 0 };
    this.#tokens.push(token);
    if (node || text.trim()) this.#visible = this.#tokens.length;
    return token;
  }

  /** @param {number} end */
  #takeText(end) {
    this.#add(this.#source.text.slice(this.#at, end));
    this.#at = end;
  }

  /** @param {import("./markup.js").Atom} atom */
  #takeAtom({ end, node }) {
    this.#add("", node);
    this.#at = end;
    if (node.type === "autolink") this.#linkless = this.#brackets.length;
  }

  /**
   * Code may go on over the lines of a paragraph.
   * @param {import("./code-spans.js").CodeSpan} span
   */
  #takeCode({ start, end, length }) {
    const { text } = this.#source;
    let content = "";
    let from = start + length;
    while (this.#lines[this.#line].end < end && this.#line + 1 < this.#lines.length) {
      content += `${text.slice(from, this.#lines[this.#line].end)} `;
      this.#line += 1;
      from = this.#lines[this.#line].start;
    }
    content += text.slice(from, Math.min(end - length, this.#lines[this.#line].end));
    if (/^ .*\S.* $/.test(content)) content = content.slice(1, -1);
    this.#add("", { type: "code", text: content });
    this.#at = end;
  }

  /**
   * @param {number} stop the end of what may be taken
   * @param {import("./markup.js").Atom | undefined} atom the next
   */
  #takeSpecial(stop, atom) {
    const { text } = this.#source;
    const sign = text[this.#at];
    if (sign === "\\" && this.#at + 1 < stop && ESCAPABLE.test(text[this.#at + 1])) {
      this.#add(text[this.#at + 1]);
      this.#at += 2;
    } else if (sign === "<" && atom?.node.type === "autolink" && atom.start === this.#at + 1 && text[atom.end] === ">") {
      this.#takeAtom({ ...atom, end: atom.end + 1 });
    } else if (sign === "[") {
      const token = this.#add("[");
      this.#brackets.push({ token, count: this.#tokens.length, mark: this.#marks.last });
      this.#at += 1;
    } else if (sign === "]") {
      this.#takeClosingBracket();
    } else if (sign === "*" || sign === "_" || sign === "~") {
      let end = this.#at + 1;
      while (end < stop && text[end] === sign) end += 1;
      this.#marks.push(this.#add(text.slice(this.#at, end)), text, this.#at, end, this.#lines[this.#line]);
      this.#at = end;
    } else {
      this.#takeText(this.#at + 1);
    }
  }

  #takeClosingBracket() {
    const bracket = this.#brackets.pop();
    const mayLink = this.#brackets.length >= this.#linkless;
    this.#linkless = Math.min(this.#linkless, this.#brackets.length);
    const hasText = bracket !== undefined && this.#visible > bracket.count;
    const target = hasText && mayLink ? destination(this.#source.text, this.#at + 1, this.#lines[this.#line].end) : null;
    const closing = this.#add(target ? "" : "]");
    this.#at = target?.end ?? this.#at + 1;
    if (!bracket || !target) return;
    if (!this.#source.allows(target.address)) {
      closing.text = this.#source.text.slice(this.#at - target.length, this.#at);
      return;
    }
    bracket.token.text = "";
    bracket.token.opens.push({ type: "link", address: target.address });
    this.#marks.process(bracket.mark);
    closing.closes = 1;
    this.#linkless = this.#brackets.length;
  }
}
