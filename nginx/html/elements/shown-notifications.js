// The browser's notifications that are shown now, one a room. Where a page may not show any (Chrome on Android), its service worker does.

import { SITE } from "./site.js";

const WORKER = `${SITE}sw.js`;
const TAG = "echochat-";

export class ShownNotifications {
  /** @type {Map<string, Notification>} */ #byRoom = new Map();
  #onOpen;
  #isOver = false;

  /** @param {{ onOpen: (roomId: string, seq: number) => void }} options called when the user goes to the message of a notification */
  constructor({ onOpen }) {
    this.#onOpen = onOpen;
  }

  get roomIds() {
    return [...this.#byRoom.keys()];
  }

  /**
   * In the place of the room's last one. False if the browser does not let it.
   * @param {string} roomId
   * @param {number} seq
   * @param {{ title: string, body: string, lang: string }} words
   */
  async show(roomId, seq, { title, ...words }) {
    if (!("Notification" in globalThis) || Notification.permission !== "granted") return false;
    const options = { ...words, tag: TAG + roomId, data: { roomId, seq } };
    this.close(roomId);
    try {
      this.#keepOfPage(roomId, seq, new Notification(title, options));
      return true;
    } catch {
      return this.#showByWorker(title, options).catch(() => false);
    }
  }

  /** Takes over what the worker still shows from an earlier visit. */
  async begin() {
    this.#isOver = false;
    const worker = await registration().catch(() => null);
    this.#keep((await worker?.getNotifications?.().catch(() => [])) ?? []);
  }

  /** @param {string} roomId */
  close(roomId) {
    this.#byRoom.get(roomId)?.close();
    this.#byRoom.delete(roomId);
  }

  closeAll() {
    this.#isOver = true;
    for (const roomId of this.roomIds) this.close(roomId);
  }

  /**
   * @param {string} roomId
   * @param {number} seq
   * @param {Notification} notification
   */
  #keepOfPage(roomId, seq, notification) {
    this.#byRoom.set(roomId, notification);
    notification.onclick = () => {
      window.focus();
      this.#onOpen(roomId, seq);
      this.close(roomId);
    };
    notification.onclose = () => this.#byRoom.get(roomId) === notification && this.#byRoom.delete(roomId);
  }

  /**
   * A click on it is the worker's.
   * @param {string} title
   * @param {NotificationOptions} options
   */
  async #showByWorker(title, options) {
    const worker = await registration();
    if (!worker || this.#isOver) return false;
    await worker.showNotification(title, options);
    this.#keep(await worker.getNotifications({ tag: options.tag }));
    return true;
  }

  /** @param {readonly Notification[]} notifications of the worker */
  #keep(notifications) {
    for (const notification of notifications) {
      if (!notification.tag.startsWith(TAG)) continue;
      if (this.#isOver) notification.close();
      else this.#byRoom.set(notification.tag.slice(TAG.length), notification);
    }
  }
}

/** Of the page's own worker, if it has been registered: not of one that the application around the chat has. */
async function registration() {
  const found = await navigator.serviceWorker?.getRegistration();
  return found?.active?.scriptURL === WORKER ? found : null;
}
