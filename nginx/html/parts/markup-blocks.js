// Parses the lines of a message into blocks: paragraphs, quotes, lists and fenced code.

import { parseInline } from "./markup-inline.js";
import { fenceIn, indentation, isBlank, isInCode, itemMarker, quoteMark } from "./markup-lines.js";

/**
 * @typedef {import("./markup.js").Source} Source
 * @typedef {import("./markup.js").Line} Line
 * @typedef {import("./markup.js").Block} Block
 * @typedef {import("./markup.js").ItemNode} ItemNode
 */

/** Quotes and lists in each other; deeper ones are plain text, so that time and depth of the page stay bounded. */
const DEPTH_MAX = 8;

const LANGUAGE = /^[\w+#.-]{1,32}$/;

/**
 * @param {Source} source
 * @param {Line[]} lines
 * @returns {Block[]}
 */
export function parseBlocks(source, lines) {
  return new BlockParser(source, lines, 0).parse().blocks;
}

/** Parses the lines of the text, of one quote or of one item. */
class BlockParser {
  /** @type {Source} */ #source;
  /** @type {Line[]} */ #lines;
  /** @type {number} */ #depth;
  #index = 0;
  /** @type {Line[]} of the paragraph that is being read */
  #paragraph = [];
  /** @type {Block[]} */
  #blocks = [];

  /**
   * @param {Source} source
   * @param {Line[]} lines
   * @param {number} depth
   */
  constructor(source, lines, depth) {
    this.#source = source;
    this.#lines = lines;
    this.#depth = depth;
  }

  /** `isSpaced`: a blank line stands between two of the blocks. */
  parse() {
    let isAfterBlank = false;
    let isSpaced = false;
    while (this.#index < this.#lines.length) {
      if (isBlank(this.#source, this.#lines[this.#index]) && !this.#isInCode(this.#index)) {
        this.#endParagraph();
        isAfterBlank = this.#blocks.length > 0;
        this.#index += 1;
      } else {
        isSpaced ||= isAfterBlank;
        isAfterBlank = false;
        this.#takeLine();
      }
    }
    this.#endParagraph();
    return { blocks: this.#blocks, isSpaced };
  }

  #takeLine() {
    const line = this.#lines[this.#index];
    const mayBegin = this.#depth < DEPTH_MAX && !this.#isInCode(this.#index);
    const marker = mayBegin ? itemMarker(this.#source, line, false) : null;
    const fence = fenceIn(this.#source, line);
    if (mayBegin && quoteMark(this.#source, line)) {
      this.#endParagraph();
      this.#takeQuote();
    } else if (marker && (this.#paragraph.length === 0 || marker.number === null || marker.number === 1)) {
      this.#endParagraph();
      this.#takeList(marker);
    } else if (fence) {
      const before = { start: line.start, end: fence.start };
      if (!isBlank(this.#source, before)) this.#paragraph.push(before);
      this.#endParagraph();
      this.#takeFence(fence);
    } else {
      this.#paragraph.push(line);
      this.#index += 1;
    }
  }

  #endParagraph() {
    if (this.#paragraph.length) this.#blocks.push({ type: "paragraph", children: parseInline(this.#source, this.#paragraph) });
    this.#paragraph = [];
  }

  #takeQuote() {
    /** @type {Line[]} */
    const inner = [];
    do {
      const line = this.#lines[this.#index];
      inner.push({ start: line.start + quoteMark(this.#source, line), end: line.end });
      this.#index += 1;
    } while (this.#index < this.#lines.length && (this.#isInCode(this.#index) || quoteMark(this.#source, this.#lines[this.#index])));
    this.#blocks.push({ type: "quote", children: new BlockParser(this.#source, inner, this.#depth + 1).parse().blocks });
  }

  /** @param {import("./markup-lines.js").Marker} first */
  #takeList(first) {
    /** @type {ItemNode[]} */
    const children = [];
    let isLoose = false;
    let blankLines = 0;
    /** @type {import("./markup-lines.js").Marker | null} */
    let marker = first;
    while (marker?.kind === first.kind) {
      isLoose ||= blankLines > 0;
      const inner = this.#takeItem(marker.width);
      blankLines = this.#countBlankAtEnd(inner);
      const { blocks, isSpaced } = new BlockParser(this.#source, inner.slice(0, inner.length - blankLines), this.#depth + 1).parse();
      isLoose ||= isSpaced;
      children.push({ type: "item", children: blocks });
      marker = this.#index < this.#lines.length ? itemMarker(this.#source, this.#lines[this.#index], true) : null;
    }
    this.#index -= blankLines; // they stand after the list
    this.#blocks.push({ type: "list", isOrdered: first.number !== null, start: first.number ?? 1, isLoose, children });
  }

  /**
   * The lines of an item, without the mark and the space before them.
   * @param {number} width
   */
  #takeItem(width) {
    const line = this.#lines[this.#index];
    const inner = [{ start: Math.min(line.start + width, line.end), end: line.end }];
    for (this.#index += 1; this.#index < this.#lines.length; this.#index += 1) {
      const next = this.#lines[this.#index];
      const { columns, length } = indentation(this.#source, next, width);
      if (columns < width && !isBlank(this.#source, next) && !this.#isInCode(this.#index)) break;
      inner.push({ start: next.start + length, end: next.end });
    }
    return inner;
  }

  /** @param {Line[]} lines */
  #countBlankAtEnd(lines) {
    let end = lines.length;
    while (end > 1 && isBlank(this.#source, lines[end - 1]) && !isInCode(this.#source, lines[end - 1].start)) end -= 1;
    return lines.length - end;
  }

  /**
   * What follows the code on its last line is a line of its own.
   * @param {import("./code-spans.js").CodeSpan} fence
   */
  #takeFence(fence) {
    const { text } = this.#source;
    const first = this.#lines[this.#index];
    const indent = text.slice(first.start, fence.start).trim() === "" ? fence.start - first.start : 0;
    const info = text.slice(fence.start + fence.length, first.end).trim();
    const isLanguage = LANGUAGE.test(info);
    // Whoever begins the code beside the marks must not lose this line.
    const content = info && !isLanguage ? [text.slice(fence.start + fence.length, first.end)] : [];
    for (this.#index += 1; this.#index < this.#lines.length; this.#index += 1) {
      const line = this.#lines[this.#index];
      const start = line.start + indentation(this.#source, line, indent).length;
      if (fence.isClosed && line.end >= fence.end) {
        const last = text.slice(start, fence.end).replace(/[`~]+$/, "");
        if (last.trim()) content.push(last);
        const rest = { start: fence.end, end: line.end };
        if (isBlank(this.#source, rest)) this.#index += 1;
        else this.#lines[this.#index] = rest;
        break;
      }
      content.push(text.slice(start, line.end));
    }
    this.#blocks.push({ type: "fence", language: isLanguage ? info : "", text: content.join("\n") });
  }

  /** @param {number} index */
  #isInCode(index) {
    return isInCode(this.#source, this.#lines[index].start);
  }
}
