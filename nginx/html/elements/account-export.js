// Collects everything that the server stores about the user, as one JSON file.

/**
 * @param {(cursor: string | null) => Promise<Record<string, any>>} load a page: the first has the account, all have messages
 * @param {(messages: number) => void} [onProgress]
 * @returns {Promise<Blob>}
 */
export async function collectExport(load, onProgress = () => {}) {
  /** @type {Record<string, any>} */
  const account = {};
  /** @type {any[]} */
  const messages = [];
  /** @type {string | null} */
  let cursor = null;
  do {
    /** @type {Record<string, any>} */
    const page = await load(cursor);
    const { messages: found = [], next_cursor: next = null, ...rest } = page;
    Object.assign(account, rest);
    messages.push(...found);
    onProgress(messages.length);
    cursor = next;
  } while (cursor !== null);
  return new Blob([JSON.stringify({ ...account, messages }, null, 2)], { type: "application/json" });
}
