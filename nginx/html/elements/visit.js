// Who is here: opens the account of the session, as it was left and then as the server says, and closes it when the session ends.

import { Account } from "./account.js";
import { connectionWords } from "./connection-words.js";
import { LastUser } from "./last-user.js";
import { problemText } from "./problem-text.js";

const SAVE_AFTER_MS = 30_000;
const TABS = "echochat";

/**
 * `context` gets the members of the account. `view` shows what there is: `showSplash(text)`, `showSignIn(options)`, `showMain({isNew})`.
 */
export class Visit {
  /** @type {Account | null} */ account = null;
  #context;
  #view;
  #path;
  #lastUser;
  #isNew = false; // the user has just created the account
  #isShown = false; // the account
  #tabs = "BroadcastChannel" in globalThis ? new BroadcastChannel(TABS) : null;
  /** @type {any} */ #saving = null;

  /**
   * @param {any} context
   * @param {{ showSplash(text: string): void, showSignIn(options: object): void, showMain(options: object): void }} view
   * @param {{ path: string }} options of the site
   */
  constructor(context, view, { path }) {
    this.#context = context;
    this.#view = view;
    this.#path = path;
    this.#lastUser = new LastUser(path);
    const { connection, session } = context;
    session.addEventListener("ended", () => this.#sessionEnded());
    connection.addEventListener("state", (/** @type {any} */ { detail }) => this.#stateChanged(detail));
    connection.addEventListener("server-event", (/** @type {any} */ { detail }) => this.#heard(detail));
    connection.addEventListener("welcome", (/** @type {any} */ { detail }) => this.#welcomed(detail));
    this.#tabs?.addEventListener("message", ({ data }) => {
      if (data === "signed-in" && !this.account) this.begin();
      if (data === "signed-out" && this.account) this.#sessionEnded();
    });
  }

  /** Goes on with the session of an earlier visit, at once from what is kept here; without one, the user is asked to sign in. */
  async begin() {
    const userId = this.#lastUser.get();
    const position = userId ? await (await this.#open(userId)).restoreState() : null;
    if (position) this.#show();
    this.#context.connection.start(position);
  }

  /** The user has signed in, or up. */
  signedIn({ isNew = false } = {}) {
    this.#isNew = isNew;
    this.#tabs?.postMessage("signed-in");
    this.#view.showSplash(this.#context.texts.t("app.opening"));
    this.#context.connection.start();
  }

  /** Signs out, after a question if words would be lost. */
  async signOut() {
    const { dialogs, session, texts, toasts } = this.#context;
    const { t } = texts;
    const account = this.account;
    if (!account) return;
    await account.flush().catch(() => {});
    const n = account.outbox.count || (account.drafts.hasUntold ? 1 : 0);
    const isSure = n === 0 || (await dialogs.confirm(t("sign_out.unsent", { n }), t("sign_out.title"), { cancel: t("sign_out.stay") }));
    if (!isSure) return;
    try {
      await session.logout();
    } catch (problem) {
      toasts.show(t("sign_out.failed", { reason: problemText(texts, problem) }), { isError: true });
      return;
    }
    this.#tabs?.postMessage("signed-out");
    await this.forgetAccount();
  }

  /** The account is gone from this device: the user has signed out of it, or deleted it. */
  async forgetAccount(notice = "") {
    const account = this.account;
    this.leave();
    this.#context.route.reset();
    this.#view.showSignIn({ notice });
    await account?.forget();
  }

  /** Closes all that belongs to the user; what is unsent stays on this device. */
  leave() {
    const { connection, dialogs, panel, clock } = this.#context;
    clock.clearTimeout(this.#saving);
    this.#saving = null;
    connection.stop();
    this.account?.stop();
    this.account = null;
    this.#isShown = false;
    this.#lastUser.set(null);
    dialogs.closeAll();
    panel.close();
  }

  /**
   * Loads the whole state, for a connection that has no cursor to go on from.
   * @param {() => boolean} isWanted
   */
  async resync(isWanted) {
    const state = await this.#context.api.sync();
    const { user_id: userId } = state.me;
    if (isWanted()) {
      const isSame = this.account !== null && this.account.userId === userId;
      const account = /** @type {Account} */ (isSame ? this.account : await this.#open(userId));
      this.#lastUser.set(userId);
      const loaded = account.load(state);
      this.#show();
      await loaded;
    }
    return { cursor: state.cursor, epoch: state.epoch, userId };
  }

  /** Keeps what would be lost: the page goes. */
  pause() {
    this.account?.flush();
    this.account?.save();
  }

  /** Whether words are in the memory of this tab only. */
  get hasUnstored() {
    return this.account?.hasUnstored ?? false;
  }

  /** @param {string} userId */
  async #open(userId) {
    const { api, attention, changes, connection, environment } = this.#context;
    this.account?.stop(); // another user has signed in, in another tab
    this.#isShown = false;
    const onRoomRemoved = (/** @type {any} */ room, /** @type {string} */ reason) => this.#roomRemoved(room, reason);
    const site = { api, attention, changes, connection, environment, path: this.#path, onRoomRemoved };
    const account = await Account.open(site, userId);
    this.account = account;
    Object.assign(this.#context, account.members);
    await account.restoreWords();
    return account;
  }

  #show() {
    if (this.#isShown) return;
    this.#isShown = true;
    const isNew = this.#isNew;
    this.#isNew = false;
    this.#view.showMain({ isNew });
  }

  #sessionEnded() {
    const { texts } = this.#context;
    const n = this.account?.outbox.count ?? 0;
    const kept = n ? ` ${texts.t("sign_in.words_kept", { n })}` : "";
    const notice = this.account ? texts.t("sign_in.ended") + kept : "";
    this.leave();
    this.#view.showSignIn({ notice });
  }

  /** @param {import("../net/types.js").ConnectionState} state */
  #stateChanged(state) {
    const { changes, texts } = this.#context;
    changes.tell("connection", state);
    if (state.name === "signed-out") return this.#sessionEnded();
    if (this.#isShown) return;
    const isUnreached = ["network", "server"].includes(state.reason ?? "");
    if (state.name === "waiting") this.#view.showSplash(isUnreached ? texts.t("connection.unreachable") : connectionWords(texts.t, state));
    if (state.name === "stopped") this.#view.showSignIn({ notice: connectionWords(texts.t, state) });
  }

  /** @param {any} welcome */
  #welcomed({ limits }) {
    const { account } = this;
    if (!account) return;
    account.store.limits = limits ?? {};
    account.store.clearPresence(); // events for those who are here follow; there are none for the others
    if (this.#context.route.roomId) account.history.fillGap(this.#context.route.roomId); // what failed without a connection
  }

  /** @param {import("../net/types.js").Frame} frame */
  #heard(frame) {
    const { account } = this;
    if (!account) return;
    account.apply(frame);
    this.#saving ??= this.#context.clock.setTimeout(() => {
      this.#saving = null;
      account.save();
    }, SAVE_AFTER_MS);
  }

  /**
   * @param {any} room
   * @param {string} reason
   */
  #roomRemoved(room, reason) {
    const { panel, route, store, texts, toasts } = this.#context;
    if (route.roomId === room.room_id) {
      panel.close();
      route.show("none");
    }
    if (reason === "left") return;
    toasts.show(texts.t(reason === "deleted" ? "room.deleted" : "room.removed", { room: store.roomName(room) }));
  }
}
