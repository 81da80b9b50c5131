// All that belongs to one account: made when its user comes, with what earlier visits have left, and ended when they go.

import { Cache } from "../state/cache.js";
import { Drafts } from "../state/drafts.js";
import { EventReducer } from "../state/events.js";
import { FlagLoads } from "../state/flag-loads.js";
import { History } from "../state/history.js";
import { Images } from "../state/images.js";
import { Marks } from "../state/marks.js";
import { Outbox } from "../state/outbox.js";
import { Preferences } from "../state/preferences.js";
import { Reading } from "../state/reading.js";
import { Settling } from "../state/settling.js";
import { Store } from "../state/store.js";
import { Uploads } from "../state/uploads.js";
import { AccountConnection, accountChanges } from "./account-doors.js";

const SAVING = { quietMs: 2_000, latestMs: 30_000 }; // not only as the page goes: browsers end what is begun then

/**
 * @typedef {object} Site what accounts share
 * @property {import("../net/client.js").API} api
 * @property {import("../net/connection.js").Connection} connection
 * @property {import("../net/environment.js").Environment} environment
 * @property {import("../state/changes.js").Changes} changes
 * @property {import("../state/attention.js").Attention} attention
 * @property {string} path of the site: two sites of one origin are two
 * @property {(room: any, reason: string) => void} onRoomRemoved
 */

export class Account {
  #ending = new AbortController();
  #site;
  #channel;
  /** @type {Settling} */ #saving;
  #lacksOwn = true; // whether the store lacks what only the user sees of themself
  /** @type {string | null} of the state that is here */ #epoch = null;

  /**
   * @param {Site} site
   * @param {string} userId
   * @param {import("../state/database.js").Database} database
   */
  constructor(site, userId, database) {
    const { api, environment, attention } = site;
    const { signal } = this.#ending;
    const changes = accountChanges(site.changes, signal);
    const connection = /** @type {any} */ (new AccountConnection(site.connection, signal));
    const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(`echochat-${site.path}-${userId}`) : null;
    this.#site = site;
    this.#channel = channel;
    this.#saving = new Settling({ clock: environment, run: () => this.save(), ...SAVING });
    this.userId = userId;
    this.database = database;
    const store = (this.store = new Store({ changes, clock: environment }));
    const shared = { database, api, connection, store, changes, channel, environment, userId };
    this.cache = new Cache({ database, environment, userId, onWriter: () => this.#saving.touch() });
    this.history = new History({ api, store, cache: this.cache, clock: environment });
    this.flagLoads = new FlagLoads({ api, store });
    this.marks = new Marks({ api: /** @type {any} */ (api), connection, store, clock: environment });
    this.outbox = new Outbox(shared);
    this.drafts = new Drafts(shared);
    this.uploads = new Uploads(shared);
    this.images = new Images({ api });
    this.preferences = new Preferences({ api, changes });
    this.reading = new Reading({
      clock: environment,
      onRead: (roomId, seq) => this.marks.read(roomId, seq),
      onPreviewed: (roomId, seq) => this.marks.previewed(roomId, seq),
      readThrough: store.readThrough,
      previewThrough: store.previewThrough,
    });
    this.reading.setAttention(attention.hasAttention);
    attention.addEventListener("change", (/** @type {any} */ { detail }) => this.reading.setAttention(detail), { signal });
    this.events = new EventReducer({
      store,
      clock: environment,
      fetchRoom: (roomId) => /** @type {any} */ (api.room(roomId)),
      onGap: (roomId) => this.history.fillGap(roomId),
      onOwnMessage: (message) => this.outbox.confirmed(message),
      onRoomRemoved: (room, reason) => {
        this.uploads.clear(room.room_id);
        site.onRoomRemoved(room, reason);
      },
      onDraft: (roomId, draft) => this.drafts.arrived(roomId, draft),
      onPreferences: (preferences) => this.preferences.load(preferences),
    });
  }

  /** Aborts when it ends. */
  get signal() {
    return this.#ending.signal;
  }

  /** What elements find in the context. */
  get members() {
    const { userId, database, store, cache, history, marks, flagLoads, outbox, drafts, uploads, images, preferences, reading } = this;
    const loadRoom = (/** @type {string} */ roomId) => this.events.loadRoom(roomId);
    return { userId, database, store, cache, history, marks, flagLoads, outbox, drafts, uploads, images, preferences, reading, loadRoom };
  }

  /** Loads the words that an earlier visit has left. */
  restoreWords() {
    return Promise.all([this.outbox.restore(), this.drafts.restore(), this.uploads.restore()]);
  }

  /**
   * Loads the state of the last visit; where it stood, or null if there is none.
   * @returns {Promise<import("../net/event-stream.js").Position | null>}
   */
  async restoreState() {
    const kept = await this.cache.load();
    if (kept?.dump?.me?.user_id !== this.userId || this.store.me) return null; // the server was faster
    this.store.restore(kept.dump);
    this.#epoch = kept.epoch;
    this.#lacksOwn = kept.dump.me.email === undefined;
    return { cursor: kept.cursor, epoch: kept.epoch, userId: this.userId };
  }

  /**
   * Takes the whole state of the server; events that led to it may have been missed.
   * @param {import("../net/types.js").Snapshot} state
   */
  async load(state) {
    const isSameHistory = this.#epoch === null || this.#epoch === state.epoch;
    this.#epoch = state.epoch;
    this.#lacksOwn = true;
    this.store.load(/** @type {any} */ (state));
    this.drafts.load(state.rooms, { isSameHistory });
    await this.cache.replace(this.store.dump(), state.cursor, state.epoch);
    const failed = () => {}; // events tell of later ones
    this.#site.api.invitations().then((invitations) => this.store.setInvitations(invitations), failed);
    this.preferences.fetch();
  }

  /** Fetches the user's own account, unless it is here: the state of all rooms has only what others see of it. Events bring changes. */
  async loadOwn() {
    const me = this.#lacksOwn && (await this.#site.api.me().catch(() => null));
    if (!me || !this.#lacksOwn) return; // an event has brought a newer one meanwhile
    this.#lacksOwn = false;
    this.store.putUser(me);
    this.#saving.touch();
  }

  /**
   * Applies an event of the server.
   * @param {import("../net/types.js").Frame} frame
   */
  apply(frame) {
    if (frame.event === "user_updated" && frame.data.email !== undefined) this.#lacksOwn = false;
    this.events.apply(frame);
    this.cache.apply(/** @type {any} */ (frame));
    this.#saving.touch();
  }

  /**
   * Keeps the state for the next visit, unless a room of it is still on its way: no later event would bring that room.
   * @returns {Promise<void>}
   */
  async save() {
    const { position } = this.#site.connection;
    if (position?.userId !== this.userId || !this.store.me || this.#ending.signal.aborted) return;
    if (this.events.isLoading) return this.#saving.touch();
    await this.cache.save(this.store.dump(), position.cursor, position.epoch);
  }

  /** Whether words are in the memory of this tab only. */
  get hasUnstored() {
    return this.outbox.hasUnstored || this.drafts.hasUnstored || this.uploads.hasUnstored;
  }

  /** Keeps here and tells the server what waits: the page goes. */
  flush() {
    this.marks.leave();
    return this.drafts.flush();
  }

  /** Ends it; what is unsent stays on this device. Done once it is stored. */
  async stop() {
    this.#saving.stop();
    const stops = [this.drafts, this.outbox, this.uploads, this.cache].map((part) => part.stop());
    this.reading.setAttention(false);
    this.#ending.abort();
    this.images.clear();
    this.#channel?.close();
    await Promise.all(stops);
  }

  /** Forgets all of it on this device: the user has signed out. */
  async forget() {
    await this.stop().then(() => this.database.clear().catch(() => {}));
  }
}
