// Finds web and mail addresses in a text, so that they can be shown as links.

// What a URL in a text goes on with, as in the server's rule for mentions: letters of any script, and ASCII but quotes, backticks, < and >.
// "](" ends it: "[https://a.example](https://b.example)" has two.
const WEB = /(?:https?:\/\/|www\.)(?:(?!\]\()[!#-&(-;=?-_a-~\p{L}\p{M}\p{N}])+/giu;
const WWW_HOST = /^www\.[\p{L}\p{N}-]+\.[\p{L}\p{N}]/iu;
const LOCAL = /[\w.+%-]/;
const HOST = /[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\.[a-z]{2,}/iy;
const LOCAL_CHARACTERS_MAX = 64;
const HOST_CHARACTERS_MAX = 253;
const WORD = /[\p{L}\p{N}]/u;
const OPENING = { ")": "(", "]": "[", "}": "{" };

/**
 * @typedef {object} Link
 * @property {number} start
 * @property {number} end
 * @property {string} address with its scheme
 */

/**
 * The addresses in a text, in order and apart from each other. Punctuation after an address is not part of it; a closing bracket is, if it
 * was opened in the address. The time grows with the length of the text.
 * @param {string} text
 * @returns {Link[]}
 */
export function findLinks(text) {
  const web = findWeb(text);
  const mail = text.includes("@") ? findMail(text) : [];
  if (mail.length === 0) return web;
  /** @type {Link[]} */
  const links = [];
  for (const link of [...web, ...mail].sort((one, other) => one.start - other.start)) {
    if (links.length === 0 || link.start >= links[links.length - 1].end) links.push(link);
  }
  return links;
}

/**
 * Whether a link may lead there: scripts and the schemes of other programs are refused.
 * @param {string} address
 */
export function isSafeAddress(address) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop these from addresses, which would hide what one is
  return /^(?:https?:\/\/|mailto:)[^\s\x00-\x1f\x7f]+$/i.test(address) && parses(address);
}

/** @param {string} text */
function findWeb(text) {
  /** @type {Link[]} */
  const links = [];
  for (const match of text.matchAll(WEB)) {
    const start = match.index ?? 0;
    const isBare = match[0].slice(0, 4).toLowerCase() === "www.";
    const before = text[start - 1] ?? " ";
    if (/[a-z0-9]/i.test(before) || (isBare && "@./:_-".includes(before))) continue;
    const isEnclosed = before === "<" && text[start + match[0].length] === ">";
    const written = isEnclosed ? match[0] : withoutPunctuation(match[0]);
    if (isBare && !WWW_HOST.test(written)) continue;
    const address = isBare ? `https://${written}` : written;
    if (parses(address)) links.push({ start, end: start + written.length, address });
  }
  return links;
}

/** @param {string} text */
function findMail(text) {
  /** @type {Link[]} */
  const links = [];
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    let start = at;
    while (start > 0 && at - start <= LOCAL_CHARACTERS_MAX && LOCAL.test(text[start - 1])) start -= 1;
    while (start < at && ".-_+%".includes(text[start])) start += 1; // emphasis and lists put signs before an address
    if (start === at || at - start > LOCAL_CHARACTERS_MAX || text[at - 1] === ".") continue;
    if (start > 0 && ("@/".includes(text[start - 1]) || WORD.test(text[start - 1]))) continue;
    const host = text.slice(at + 1, at + 2 + HOST_CHARACTERS_MAX);
    HOST.lastIndex = 0;
    const found = HOST.exec(host)?.[0];
    // "@bob@m.example" names a user of another server; a longer word is no host.
    if (!found || /^(?:[a-z0-9@]|_\w)/i.test(host.slice(found.length))) continue;
    const end = at + 1 + found.length;
    links.push({ start, end, address: `mailto:${text.slice(start, end)}` });
    at = end - 1;
  }
  return links;
}

/**
 * Cuts the punctuation of the sentence around it from the end of an address.
 * @param {string} address
 */
function withoutPunctuation(address) {
  /** @type {Record<string, number>} */
  const count = {};
  for (const character of address) count[character] = (count[character] ?? 0) + 1;
  let end = address.length;
  while (end > 0) {
    const last = address[end - 1];
    const opening = OPENING[/** @type {keyof OPENING} */ (last)];
    const isUnbalanced = opening !== undefined && count[last] > (count[opening] ?? 0);
    if (!isUnbalanced && !".,;:!?*_~|\\&".includes(last)) break;
    count[last] -= 1;
    end -= 1;
  }
  return address.slice(0, end);
}

/** @param {string} address */
function parses(address) {
  try {
    new URL(address); // URL.canParse is newer than the browsers that the page supports
    return true;
  } catch {
    return false;
  }
}
