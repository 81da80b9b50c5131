// Follows the links of mails and of the operator: `#verify=<token>`, `#reset=<token>`, `#register=<code>`.

import { problemText } from "./problem-text.js";

const LINK = /^#(verify|reset|register)=(.+)$/;
const RETRY_MS = 3_000;

/**
 * Follows the address, if it is such a link. Its secret leaves the address at once, so that it is in no history and no bookmark.
 * @param {any} context of the app
 * @param {import("./app.js").App} app
 * @returns {boolean} whether it is one
 */
export function mailLink(context, app) {
  const [, kind, secret] = LINK.exec(location.hash) ?? [];
  if (!kind) return false;
  history.replaceState(null, "", "#/");
  if (kind === "verify") verify(context, app, secret);
  else if (kind === "reset") reset(context, app, secret);
  else register(context, app, secret);
  return true;
}

/**
 * @param {any} context
 * @param {import("./app.js").App} app
 * @param {string} token
 */
async function verify(context, app, token) {
  const { api, clock, texts, toasts, visit } = context;
  let notice = texts.t("email.confirmed");
  try {
    await api.verifyEmail(token);
  } catch (/** @type {any} */ problem) {
    notice = problem.code === "email_taken" ? texts.t("sign_up.email_taken") : problemText(texts, problem);
    if (problem.isTransient) {
      if (!visit.account) app.showSplash(notice);
      clock.setTimeout(() => verify(context, app, token), problem.retryAfterMs ?? RETRY_MS);
      return;
    }
  }
  if (!visit.account) {
    app.notice = notice;
    visit.begin();
    return;
  }
  toasts.show(notice);
  api.me().then(
    (/** @type {any} */ me) => context.store.putUser(me),
    () => {},
  );
}

/**
 * @param {any} context
 * @param {import("./app.js").App} app
 * @param {string} resetToken
 */
function reset({ visit }, app, resetToken) {
  visit.leave(); // all sessions of the account end with it
  app.showSignIn({ resetToken });
}

/**
 * @param {any} context
 * @param {import("./app.js").App} app
 * @param {string} code
 */
function register({ texts, toasts, visit }, app, code) {
  app.registrationCode = code;
  if (visit.account) toasts.show(texts.t("sign_up.signed_in"));
  else visit.begin();
}
