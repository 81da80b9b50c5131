// Says in the title of the page, in its icon and in the icon of the installed app what is unread.

// From here, as the service worker understands it: the icon changes offline, too.
const QUIET_ICON = new URL("../icon.svg", import.meta.url).href;
const UNREAD_ICON = new URL("../icon-unread.svg", import.meta.url).href;

export class PageBadge {
  #document;

  /** @param {Document} document */
  constructor(document) {
    this.#document = document;
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
    const document = this.#document;
    if (document.title !== title) document.title = title;
    const icon = /** @type {HTMLLinkElement | null} */ (document.querySelector('link[rel="icon"]'));
    const href = count ? UNREAD_ICON : QUIET_ICON;
    if (icon && icon.href !== href) icon.href = href;
    const navigator = /** @type {any} */ (document.defaultView?.navigator);
    // Only an installed page may have it; elsewhere it refuses.
    if (count) navigator?.setAppBadge?.(count)?.catch?.(() => {});
    else navigator?.clearAppBadge?.()?.catch?.(() => {});
  }
}
