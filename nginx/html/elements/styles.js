// Loads style sheets that the first screen does not need.

import { h } from "../parts/dom.js";

/**
 * Resolves when all are there. Rejects if one cannot be loaded; it is tried again the next time.
 * @param {readonly string[]} names of styles/
 */
export async function loadStyles(names) {
  const missing = names.filter((name) => !document.querySelector(`link[data-style="${name}"]`));
  const links = missing.map((name) => {
    const href = new URL(`../styles/${name}.css`, import.meta.url).href;
    return h("link", { rel: "stylesheet", href, "data-style": name });
  });
  const loaded = links.map(
    (link) =>
      new Promise((resolve, reject) => {
        link.addEventListener("load", resolve);
        link.addEventListener("error", () => {
          link.remove();
          reject(new Error(`${link.href} cannot be loaded.`));
        });
      }),
  );
  document.head.append(...links); // in one go, so that they come in this order
  await Promise.all(loaded);
}
