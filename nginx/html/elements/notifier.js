// The element <echo-notifier>: notifies of new messages while the page is open, by the browser's notifications and a sound.

import { Element } from "../parts/element.js";
import { isQuietAt, wayToNotify } from "./notify-rule.js";
import { playNote } from "./sound.js";
import { summaryOf } from "./summary.js";

const WAIT_MS = 500; // in which another tab or device may say that the user has seen it
const TEXT_CHARACTERS_MAX = 140;

/** @typedef {import("../state/types.js").Message} Message */

/**
 * Of several tabs, the one that holds a lock notifies. It asks the others first whether the room is in front of the user there; they answer by
 * the channel `echochat-notify-<user_id>`.
 */
export class Notifier extends Element {
  #isLeader = false;
  /** @type {BroadcastChannel | null} */ #channel = null;
  /** @type {Map<string, Notification>} room_id → the one that is shown */ #shown = new Map();
  /** @type {Set<string>} messages that the user has in front of them in another tab, as "room seq" */ #seenElsewhere = new Set();

  connected() {
    const { connection, store, environment } = this.context;
    const name = `echochat-notify-${store.me.user_id}`;
    this.#channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(name) : null;
    if (this.#channel) this.listen(this.#channel, "message", ({ data }) => this.#asked(data));
    this.listen(connection, "server-event", ({ detail }) => detail.event === "new_message" && this.#arrived(detail.data));
    this.watch("rooms", () => this.#closeRead());
    const isOver = new Promise((resolve) => this.ending(() => resolve(null)));
    environment
      .lock(name, () => {
        this.#isLeader = this.isConnected;
        return isOver;
      })
      .catch(() => {});
  }

  disconnected() {
    this.#isLeader = false;
    this.#channel?.close();
    for (const notification of this.#shown.values()) notification.close();
    this.#shown.clear();
  }

  /** @param {Message} message */
  #arrived(message) {
    if (!this.#isLeader || this.#wayFor(message) === "nothing") return;
    this.#channel?.postMessage({ ask: { room_id: message.room_id, seq: message.seq } });
    this.later(WAIT_MS, () => this.#notify(message));
  }

  /** @param {Message} message */
  #notify(message) {
    const { room_id: roomId, seq } = message;
    const isSeen = this.#seenElsewhere.delete(keyOf(message));
    const known = this.context.store.timeline(roomId).get(seq) ?? message;
    const way = isSeen ? "nothing" : this.#wayFor(known);
    if (way === "nothing") return;
    const { settings } = this.context;
    const isShown = way === "notification" && settings.get("notifications") && this.#show(known);
    if (settings.get("sound") && (isShown || way === "sound")) playNote();
  }

  /** @param {Message} message */
  #wayFor(message) {
    const { attention, environment, preferences, route, settings, store } = this.context;
    const now = environment.now();
    return wayToNotify({
      message,
      room: store.rooms.get(message.room_id),
      myId: store.me.user_id,
      readThrough: store.readThrough(message.room_id),
      hasAttention: attention.hasAttention,
      isOpen: route.view === "room" && route.roomId === message.room_id,
      isQuiet: isQuietAt({ hours: preferences?.get("quiet_hours"), until: settings.get("quietUntil") }, now),
      now,
    });
  }

  /**
   * Shows the words, which are previewed then. False if the browser does not let it.
   * @param {Message} message
   */
  #show(message) {
    if (!("Notification" in globalThis) || Notification.permission !== "granted") return false;
    const { room_id: roomId, seq } = message;
    const { title, ...options } = this.#wordsOf(message);
    try {
      this.#shown.get(roomId)?.close();
      const notification = new Notification(title, options);
      notification.onclick = () => this.#open(roomId, seq);
      notification.onclose = () => this.#shown.get(roomId) === notification && this.#shown.delete(roomId);
      this.#shown.set(roomId, notification);
    } catch {
      // On Android, only the service worker may.
      const registration = navigator.serviceWorker?.ready;
      if (!registration) return false;
      registration.then((worker) => worker.showNotification(title, { ...options, data: { roomId, seq } })).catch(() => {});
    }
    this.context.reading.previewed(roomId, seq);
    return true;
  }

  /** @param {Message} message */
  #wordsOf(message) {
    const { store, texts } = this.context;
    const room = store.rooms.get(message.room_id);
    const name = store.displayName(message.user_id, message) || texts.t("names.deleted_user");
    const title = room.kind === "direct" ? name : texts.t("notify.new_message", { name, room: store.roomName(room) });
    const words = summaryOf(message, texts.t) || texts.t("notify.hidden");
    const body = [...words].slice(0, TEXT_CHARACTERS_MAX).join("");
    return { title, body, tag: `echochat-${message.room_id}`, lang: texts.language };
  }

  /**
   * @param {string} roomId
   * @param {number} seq
   */
  #open(roomId, seq) {
    window.focus();
    this.context.route.open(roomId, seq);
    this.#shown.get(roomId)?.close();
  }

  // What has been read, here or elsewhere, needs no notification any more.
  #closeRead() {
    const { store } = this.context;
    for (const [roomId, notification] of this.#shown) {
      const room = store.rooms.get(roomId);
      if (!room || store.unreadCount(room) === 0) notification.close();
    }
  }

  /** @param {{ ask?: { room_id: string, seq: number }, seen?: { room_id: string, seq: number } }} data of another tab */
  #asked({ ask, seen }) {
    const { attention, route } = this.context;
    if (seen) this.#seenElsewhere.add(keyOf(seen));
    if (ask && attention.hasAttention && route.roomId === ask.room_id) this.#channel?.postMessage({ seen: ask });
  }
}

customElements.define("echo-notifier", Notifier);

/** @param {{ room_id: string, seq: number }} place */
function keyOf({ room_id: roomId, seq }) {
  return `${roomId} ${seq}`;
}
