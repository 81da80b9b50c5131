// Says in the title of the page, in its icon and in the icon of the installed app what is unread.

import { SITE } from "./site.js";

// Named as from here, so that the service worker finds them: the icon changes offline, too.
const HERE = `${SITE}elements/`;
const QUIET_ICON = new URL("../icon.svg", HERE).href;
const UNREAD_ICON = new URL("../icon-unread.svg", HERE).href;
const EVERY_MS = 500; // at most: ten messages a second, each read as soon as it is in sight, would be twenty changes of all three

export class PageBadge {
  #document;
  #clock;
  #wanted = { title: "", count: 0 };
  #isResting = false;
  #count = -1; // that the installed app shows

  /**
   * @param {Document} document
   * @param {import("../state/types.js").Clock} clock
   */
  constructor(document, clock) {
    this.#document = document;
    this.#clock = clock;
  }

  /**
   * @param {{ title: string, count: number, texts: import("../parts/texts.js").Texts }} what `count`: of unread messages
   */
  set({ title, count, texts }) {
    this.#show(count ? texts.t("title.unread", { n: count, title }) : title, count);
  }

  /** Nothing is unread any more: nobody is signed in. */
  clear() {
    this.#show("EchoChat", 0);
  }

  /**
   * @param {string} title
   * @param {number} count
   */
  #show(title, count) {
    this.#wanted = { title, count };
    if (this.#isResting) return;
    this.#isResting = true;
    this.#write();
    this.#clock.setTimeout(() => {
      this.#isResting = false;
      const { title: newest, count: number } = this.#wanted;
      if (newest !== title || number !== count) this.#show(newest, number);
    }, EVERY_MS);
  }

  #write() {
    const { title, count } = this.#wanted;
    const document = this.#document;
    if (document.title !== title) document.title = title;
    const icon = /** @type {HTMLLinkElement | null} */ (document.querySelector('link[rel="icon"]'));
    const href = count ? UNREAD_ICON : QUIET_ICON;
    if (icon && icon.href !== href) icon.href = href;
    if (count === this.#count) return;
    this.#count = count;
    const navigator = /** @type {any} */ (document.defaultView?.navigator);
    // Only an installed page may have it; elsewhere it refuses.
    if (count) navigator?.setAppBadge?.(count)?.catch?.(() => {});
    else navigator?.clearAppBadge?.()?.catch?.(() => {});
  }
}
