// Leaves expired messages out of pages that were read before they expired, so that windows and caches agree.

/** @typedef {import("./types.js").Page} Page */

/**
 * What is left of a page, now that the room begins with the message `firstSeq`.
 *
 * @param {Page} page
 * @param {number} firstSeq
 * @returns {Page}
 */
export function withoutExpired(page, firstSeq) {
  if (page.messages.length === 0 || page.messages[0].seq > firstSeq) return page;
  return { ...page, messages: page.messages.filter(({ seq }) => seq >= firstSeq), has_before: false };
}
