// What a context has of the page that it stands in, as app.js makes it.

import { PageBadge } from "../elements/badge.js";

/** The badge is written at most twice a second by the clock of the browser, whatever the test's own clock says. */
const clock = { setTimeout: (run, ms) => window.setTimeout(run, ms) };

export const pageHost = () => ({
  site: new URL("./", document.baseURI).href,
  host: { root: document, look: document.documentElement, keys: window, badge: new PageBadge(document, clock) },
});
