// The session of a page of the site: the access token in memory, the refresh token in a cookie that no script can read.

import { AccountSession } from "./account-session.js";

/** For pages of the site and their workers; all tabs of a browser share one session. */
export class CookieSession extends AccountSession {
  /** @protected */
  get credentials() {
    return { refresh: "cookie" };
  }

  /** @protected */
  get headers() {
    return { "X-EchoChat": "1" }; // a form of another site cannot set it, so it cannot use our cookie
  }
}
