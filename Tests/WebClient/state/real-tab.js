// One real tab for test_page_storage.py: outbox, drafts and files over IndexedDB, navigator.locks and BroadcastChannel; `/send` is the server.

import { openDatabase } from "../../../nginx/html/state/database.js";
import { Drafts } from "../../../nginx/html/state/drafts.js";
import { Outbox } from "../../../nginx/html/state/outbox.js";
import { Uploads } from "../../../nginx/html/state/uploads.js";

class HTTPConnection extends EventTarget {
  isOnline = false;

  online() {
    this.isOnline = true;
    this.dispatchEvent(new CustomEvent("welcome", { detail: { user: { user_id: "alice" } } }));
  }

  wake() {}

  async command(_event, data) {
    const reply = await fetch("/send", { method: "POST", body: JSON.stringify(data) });
    return { message: await reply.json() };
  }
}

/** Opens the account of Alice, and waits until what earlier tabs have left is loaded. */
export async function openTab() {
  const database = await openDatabase({ name: "echochat-alice" });
  const connection = new HTTPConnection();
  const environment = {
    now: () => Date.now(),
    setTimeout: (run, ms) => setTimeout(run, ms),
    clearTimeout: (timer) => clearTimeout(timer),
    randomUUID: () => crypto.randomUUID(),
    lock: (name, work) => navigator.locks.request(name, work),
    signals: new EventTarget(),
  };
  const store = { me: { user_id: "alice" }, limits: {}, addMessage: () => {} };
  const shared = { database, connection, store, environment, channel: new BroadcastChannel("alice"), changes: { tell: () => {} }, api: {} };
  const [drafts, uploads, outbox] = [new Drafts(shared), new Uploads(shared), new Outbox(shared)];
  await Promise.all([drafts.restore(), uploads.restore(), outbox.restore()]);
  return { database, connection, drafts, uploads, outbox };
}
