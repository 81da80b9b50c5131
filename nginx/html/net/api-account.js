// REST calls about signing in: the service, passwords, addresses and devices.

import { path } from "./requests.js";

/** @param {import("./requests.js").Requests} requests */
export function accountCalls(requests) {
  return {
    /** @type {(oldPassword: string, newPassword: string) => Promise<any>} Ends all other sessions. */
    changePassword: (oldPassword, newPassword) =>
      requests.call("POST", "auth/password/change", { body: { old_password: oldPassword, new_password: newPassword } }),

    /** @type {(cursor?: string|null) => Promise<import("./types.js").Page<any>>} A page of the signed-in devices. */
    sessions: (cursor) => requests.call("GET", "auth/sessions", { query: { cursor } }),

    /** @type {(sessionId: string) => Promise<null>} */
    endSession: (sessionId) => requests.call("DELETE", path`auth/sessions/${sessionId}`),

    /** @returns {Promise<any>} Ends all sessions but this one. */
    endOtherSessions: () => requests.call("DELETE", "auth/sessions"),

    /** @returns {Promise<{ticket: string, expires_in: number}>} For `/ws?ticket=` of another program: valid once, for 30 s. */
    createTicket: () => requests.call("POST", "auth/ws-ticket"),

    /**
     * Returns the user: the address is `pending_email` until it is confirmed.
     * @type {(email: string, password: string) => Promise<import("./types.js").OwnUser>}
     */
    changeEmail: (email, password) => requests.call("PATCH", "users/me", { body: { email, password } }),

    /** @returns {Promise<any>} */
    resendVerification: () => requests.call("POST", "auth/verify-email/resend", { body: {} }),

    /** @type {(token: string) => Promise<any>} Confirms an e-mail address by the token of a mail. Needs no session. */
    verifyEmail: (token) => requests.open("POST", "auth/verify-email", { body: { token } }),

    /**
     * Asks for a mail with a link to choose another password. Needs no session, and does not say whether there is such an account.
     * @type {(email: string) => Promise<any>}
     */
    forgotPassword: (email) => requests.open("POST", "auth/password/forgot", { body: { email } }),

    /**
     * Sets another password by the token of a mail. Needs no session, and ends all there are.
     * @type {(token: string, password: string) => Promise<any>}
     */
    resetPassword: (token, password) => requests.open("POST", "auth/password/reset", { body: { token, password } }),
  };
}
