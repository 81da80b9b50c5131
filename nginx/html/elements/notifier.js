// The element <echo-notifier>: notifies of new messages while the page is open, by the browser's notifications and a sound.

import { Element } from "../parts/element.js";
import { isQuietAt, wayToNotify } from "./notify-rule.js";
import { ShownNotifications } from "./shown-notifications.js";
import { playNote } from "./sound.js";
import { inOneLine } from "./summary.js";

const WAIT_MS = 500; // in which another tab or device may say that the user has seen it
const TEXT_CHARACTERS_MAX = 140;
const SOUND_EVERY_MS = 1_000;

/** @typedef {import("../state/types.js").Message} Message */
/** @typedef {{ room_id: string, seq: number, isOpen: boolean }} Answer `isOpen`: the tab shows the room */

/**
 * Of several tabs, the one that holds a lock notifies. It asks the others first, by the channel `echochat-notify-<user_id>`: the one that the user
 * looks at answers.
 */
export class Notifier extends Element {
  #isLeader = false;
  /** @type {BroadcastChannel | null} */ #channel = null;
  #shown = new ShownNotifications({ onOpen: (roomId, seq) => this.context.route.open(roomId, seq) });
  /** @type {Map<string, Message>} room_id → the newest that waits to be told: after a break, hundreds may come at once */ #waiting =
    new Map();
  /** @type {Map<string, Answer>} room_id → the answer of a tab that the user looks at */ #answers = new Map();
  #playedAt = -Infinity;

  connected() {
    const { connection, store, environment } = this.context;
    const name = `echochat-notify-${store.me.user_id}`;
    this.#channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(name) : null;
    if (this.#channel) this.listen(this.#channel, "message", ({ data }) => this.#asked(data));
    this.listen(connection, "server-event", ({ detail }) => detail.event === "new_message" && this.#arrived(detail.data));
    this.watch("rooms", () => this.#closeRead());
    this.#shown.begin().then(() => this.isConnected && this.#closeRead());
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
    this.#waiting.clear();
    this.#channel?.close();
    this.#shown.closeAll();
  }

  /** @param {Message} message */
  #arrived(message) {
    const { room_id: roomId, seq } = message;
    if (!this.#isLeader || this.#wayFor(message) === "nothing") return;
    this.#channel?.postMessage({ ask: { room_id: roomId, seq } });
    if (!this.#waiting.has(roomId)) this.later(WAIT_MS, () => this.#notify(roomId));
    this.#waiting.set(roomId, message);
  }

  /** @param {string} roomId */
  async #notify(roomId) {
    const message = /** @type {Message} */ (this.#waiting.get(roomId));
    this.#waiting.delete(roomId);
    const { environment, settings, store } = this.context;
    const known = store.timeline(roomId).get(message.seq) ?? message; // it may have been edited or deleted
    const answer = this.#answers.get(roomId);
    const way = this.#wayFor(known, answer?.seq === message.seq ? answer : null);
    const isShown = way === "notification" && settings.get("notifications") && (await this.#show(known));
    if (!settings.get("sound") || !(isShown || way === "sound")) return;
    const now = environment.now();
    if (now - this.#playedAt >= SOUND_EVERY_MS) playNote();
    this.#playedAt = now;
  }

  /**
   * @param {Message} message
   * @param {Answer | null} [answer] of another tab
   */
  #wayFor(message, answer = null) {
    const { attention, environment, preferences, route, settings, store } = this.context;
    const now = environment.now();
    const isHere = attention.hasAttention;
    const isOpenHere = route.view === "room" && route.roomId === message.room_id;
    return wayToNotify({
      message,
      room: store.rooms.get(message.room_id),
      myId: store.me.user_id,
      readThrough: store.readThrough(message.room_id),
      hasAttention: isHere || answer !== null,
      isOpen: isHere ? isOpenHere : (answer?.isOpen ?? false),
      isQuiet: isQuietAt({ hours: preferences?.get("quiet_hours"), until: settings.get("quietUntil") }, now),
      now,
    });
  }

  /**
   * Shows the words, which are previewed then. False if the browser does not let it.
   * @param {Message} message
   */
  async #show(message) {
    const { room_id: roomId, seq } = message;
    const { reading } = this.context;
    const isShown = await this.#shown.show(roomId, seq, this.#wordsOf(message));
    if (isShown) reading.previewed(roomId, seq);
    return isShown;
  }

  /** @param {Message} message */
  #wordsOf(message) {
    const { store, texts } = this.context;
    const room = store.rooms.get(message.room_id);
    const name = store.displayName(message.user_id, message) || texts.t("names.deleted_user");
    const title = room.kind === "direct" ? name : texts.t("notify.new_message", { name, room: store.roomName(room) });
    const words = inOneLine(message, texts.t) || texts.t("notify.hidden");
    const body = [...words].slice(0, TEXT_CHARACTERS_MAX).join("");
    return { title, body, lang: texts.language };
  }

  // What has been read, here or elsewhere, needs no notification any more.
  #closeRead() {
    const { store } = this.context;
    for (const roomId of this.#shown.roomIds) {
      const room = store.rooms.get(roomId);
      if (!room || store.unreadCount(room) === 0) this.#shown.close(roomId);
    }
  }

  /** @param {{ ask?: { room_id: string, seq: number }, answer?: Answer }} data of another tab */
  #asked({ ask, answer }) {
    const { attention, route } = this.context;
    if (answer) this.#answers.set(answer.room_id, answer);
    if (!ask || !attention.hasAttention) return;
    this.#channel?.postMessage({ answer: { ...ask, isOpen: route.view === "room" && route.roomId === ask.room_id } });
  }
}

customElements.define("echo-notifier", Notifier);
