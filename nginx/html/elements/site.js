// Where the site is, and which version of the page this is: what the service worker has kept comes from shell/VERSION/ below the site (sw.js).

const [, site, version] = /** @type {string[]} */ (/^(.*?\/)(?:shell\/(\d+)\/)?elements\/site\.js$/.exec(import.meta.url));

/** The address of the site, with a slash at its end. */
export const SITE = site;

/** Of the service worker; undefined if the page has come from the server. */
export const VERSION = /** @type {string | undefined} */ (version);
