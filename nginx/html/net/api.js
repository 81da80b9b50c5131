// The REST calls: one method each, of the signed-in user unless it says otherwise.

import { accountCalls } from "./api-account.js";
import { messageCalls } from "./api-messages.js";
import { moderationCalls } from "./api-moderation.js";
import { ownCalls } from "./api-own.js";
import { roomCalls } from "./api-rooms.js";
import { userCalls } from "./api-users.js";
import { Requests } from "./requests.js";

/**
 * Each method returns the response's data or throws a Problem; none needs `this`. After a 401 the request is repeated once with a new token,
 * unless that is about a password in it; nothing else is repeated. The last parameter of a search is `{signal}`: an AbortSignal that gives
 * it up.
 *
 * @typedef {ReturnType<typeof createAPI>} API
 */

/**
 * @param {{base: URL, session: import("./requests.js").TokenSource, environment: import("./environment.js").Environment}} options
 */
export function createAPI(options) {
  const requests = new Requests(options);
  return {
    ...roomCalls(requests),
    ...moderationCalls(requests),
    ...messageCalls(requests),
    ...userCalls(requests),
    ...ownCalls(requests),
    ...accountCalls(requests),
  };
}
