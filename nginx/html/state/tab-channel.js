// Tells the other tabs of an account what has changed in the database.

/**
 * Called in the transaction that makes the change, before its commit: if this tab ends right after the commit, the others know all the same.
 * What they read waits for it.
 *
 * @param {{postMessage(data: object): void}|null} channel a BroadcastChannel
 * @param {object} data
 */
export function tellTabs(channel, data) {
  try {
    channel?.postMessage(data);
  } catch {
    // It is closed: this tab ends.
  }
}
