// Turns the content of a message into nodes: http(s) addresses become links, mentions become bold.

import { h } from "./dom.js";
import { findMentions } from "./mentions.js";

const LINK = /https?:\/\/[!#-&(-;=?-_a-~\p{L}\p{M}\p{N}]+/gu;

/** `mentioned` holds the mentioned usernames in lower case. Punctuation after a link or a name is not part of it. */
export function messageText(content, mentioned = []) {
  const parts = findMentions(content, mentioned)
    .map(({ start, end }) => ({ start, end, node: h("b", { class: "mentioned-name" }, content.slice(start, end)) }));
  for (const { 0: match, index } of content.matchAll(LINK)) {
    const address = match.replace(/[.,;:!?)\]}]+$/, "");
    if (!URL.canParse(address)) continue;
    const node = h("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow" }, address);
    parts.push({ start: index, end: index + address.length, node });
  }
  const nodes = [];
  let from = 0;
  for (const { start, end, node } of parts.sort((one, other) => one.start - other.start)) {
    if (start < from) continue;
    nodes.push(content.slice(from, start), node);
    from = end;
  }
  nodes.push(content.slice(from));
  return nodes;
}
