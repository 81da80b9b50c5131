// What a context has of the page that it stands in, as app.js makes it.

import { PageBadge } from "../elements/badge.js";

export const pageHost = () => ({
  site: new URL("./", document.baseURI).href,
  host: { root: document, look: document.documentElement, keys: window, badge: new PageBadge(document) },
});
