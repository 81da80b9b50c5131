// Opens the account of a user with the words that an earlier visit has left, and lets it hear the connection of the page.

import { openDatabase } from "../state/database.js";
import { Account } from "./account.js";

/** @typedef {(name: string) => Promise<import("../state/database.js").Database>} OpenDatabase */

/**
 * @param {any} context of the app
 * @param {string} userId
 * @param {OpenDatabase} [open]
 */
export async function openAccount(context, userId, open = (name) => openDatabase({ name, environment: context.environment })) {
  const { api, attention, changes, connection, environment } = context;
  const onRoomRemoved = (/** @type {any} */ room, /** @type {string} */ reason) => context.actions.roomRemoved(room, reason);
  const path = new URL(context.site).pathname;
  const database = await open(`echochat-${path}-${userId}`);
  const account = new Account({ api, attention, changes, connection, environment, path, onRoomRemoved }, userId, database);
  await account.restoreWords();
  return account;
}

/**
 * Tells the account what the connection hears, until it ends.
 * @param {any} context
 * @param {Account} account
 */
export function connectAccount({ connection, route }, account) {
  const { history, signal, store } = account;
  connection.addEventListener("server-event", (/** @type {any} */ { detail }) => account.apply(detail), { signal });
  const welcomed = (/** @type {any} */ { detail: { limits } }) => {
    store.limits = limits ?? {};
    account.loadOwn();
    store.clearPresence(); // events for those who are here follow; there are none for the others
    if (route.roomId) history.fillGap(route.roomId); // what failed without a connection
  };
  connection.addEventListener("welcome", welcomed, { signal });
}
