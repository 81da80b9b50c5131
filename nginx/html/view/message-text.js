// Turns the content of a message into nodes: http(s) addresses become links, mentions become bold.

import { h } from "./dom.js";

const LINK_OR_MENTION = /https?:\/\/[^\s<>"']+|(?<![\w+-])@[\w.-]+/g; // an @ inside a word belongs to an e-mail address

/** `mentioned` holds the mentioned usernames in lower case. Punctuation after a link or a name is not part of it. */
export function messageText(content, mentioned = []) {
  const nodes = [];
  let from = 0;
  for (const match of content.matchAll(LINK_OR_MENTION)) {
    if (match[0].startsWith("@")) {
      const spellings = [match[0], match[0].replace(/[^a-z0-9]+$/i, "")];
      const name = spellings.find((spelling) => mentioned.includes(spelling.slice(1).toLowerCase()));
      if (!name) continue;
      nodes.push(content.slice(from, match.index), h("b", { class: "mentioned-name" }, name));
      from = match.index + name.length;
      continue;
    }
    const address = match[0].replace(/[.,;:!?)\]}]+$/, "");
    if (!URL.canParse(address)) continue;
    nodes.push(content.slice(from, match.index));
    nodes.push(h("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow" }, address));
    from = match.index + address.length;
  }
  nodes.push(content.slice(from));
  return nodes;
}
