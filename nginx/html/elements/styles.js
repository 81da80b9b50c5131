// Loads style sheets that the first screen does not need.

import { h } from "../parts/dom.js";

/** Those of the page of a user who is signed in. */
const PAGE_STYLES = [
  "../styles/layout.css",
  "../styles/markup.css",
  "../styles/picture.css",
  "../styles/sidebar.css",
  "../styles/rooms.css",
  "../styles/pickers.css",
  "../styles/catch-up.css",
  "../styles/room.css",
  "../styles/timeline.css",
  "../styles/message.css",
  "../styles/message-tools.css",
  "../styles/composer.css",
  "../styles/completer.css",
  "../styles/attachments.css",
];

/** @type {WeakMap<Element, Promise<unknown>>} link → resolves when it is loaded */
const loading = new WeakMap();

/** @param {Document | ShadowRoot} root */
export const loadPage = (root) => loadStyles(root, PAGE_STYLES);

/**
 * Resolves when all are there. Rejects if one cannot be loaded; it is tried again the next time.
 * @param {Document | ShadowRoot} root what they are for
 * @param {readonly string[]} paths from here, written out where they are asked for: the service worker finds there what the page needs
 */
export async function loadStyles(root, paths) {
  const links = paths.map((path) => root.querySelector(`link[data-style="${path}"]`) ?? makeLink(path));
  const missing = links.filter((link) => !link.isConnected);
  (root instanceof Document ? root.head : root).append(...missing); // in one go, so that they come in this order
  await Promise.all(links.map((link) => loading.get(link)));
}

/** @param {string} path */
function makeLink(path) {
  const link = h("link", { rel: "stylesheet", href: new URL(path, import.meta.url).href, "data-style": path });
  const loaded = new Promise((resolve, reject) => {
    link.addEventListener("load", resolve);
    link.addEventListener("error", () => {
      link.remove();
      reject(new Error(`${link.href} cannot be loaded.`));
    });
  });
  loading.set(link, loaded);
  return link;
}
