// Who is here: the account of the session, as it was left and then as the server says, is shown until the session ends.

import { connectionWords, splashWords } from "./connection-words.js";
import { LastUser } from "./last-user.js";

const AGAIN_MS = 1_000; // after what did not open

/**
 * Loads the page of a signed-in user, with its styles. The links of index.html let the browser ask for all its modules at once, and not for
 * one after another as it finds them.
 * @param {Document | ShadowRoot} root that gets the styles
 */
export async function loadWhole(root) {
  for (const link of root.querySelectorAll("link[data-rel]")) link.setAttribute("rel", link.getAttribute("data-rel") ?? "");
  return (await Promise.all([import("./page.js"), import("./styles.js").then((styles) => styles.loadPage(root))]))[0];
}

/** `context` gets the members of the account. `view` shows what there is: `showSplash(text)`, `showSignIn(options)`, `showMain({isNew})`. */
export class Visit {
  /** @type {import("./account.js").Account | null} */ account = null;
  #context;
  #view;
  #loadPage;
  #lastUser;
  /** @type {Promise<typeof import("./page.js")> | null} */ #page = null;
  #isNew = false; // the user has just created the account
  #isShown = false; // the account
  #generation = 0; // rises with each account that is opened or left
  #tabs;

  /**
   * @param {any} context @param {import("./app.js").App} view
   * @param {{ isGuest?: boolean, loadPage?: () => Promise<any> }} options `isGuest`: in the page of another application, which signs the user
   *   in and out: apart from the site's own sessions in this browser
   */
  constructor(context, view, { isGuest = false, loadPage = () => loadWhole(context.host.root) } = {}) {
    this.#context = context;
    this.#view = view;
    this.#loadPage = loadPage;
    this.#lastUser = new LastUser(isGuest ? null : new URL(context.site).pathname);
    this.#tabs = !isGuest && "BroadcastChannel" in globalThis ? new BroadcastChannel("echochat") : null;
    const { connection, session } = context;
    session.addEventListener("ended", () => this.#sessionEnded());
    connection.addEventListener("state", (/** @type {any} */ { detail }) => this.#stateChanged(detail));
    this.#tabs?.addEventListener("message", ({ data }) => {
      if (data === "signed-in" && !this.account) this.begin();
      if (data === "signed-out" && this.account) this.#sessionEnded();
    });
  }

  /** Loads the page of a signed-in user; called early, it is there when the user is. */
  async load() {
    const furnish = async (/** @type {any} */ page) => page.furnish(this.#context, this.#view);
    this.#page ??= this.#loadPage().then(async (page) => furnish(page).then(() => page));
    this.#page.catch(() => (this.#page = null));
    return this.#page;
  }

  /** Goes on with the session of an earlier visit, at once from what is kept here; without one, the user is asked to sign in. */
  async begin() {
    const userId = this.#lastUser.get();
    const position = userId ? await this.#openKept(userId) : null;
    this.#context.connection.start(position);
    if (userId && !position) this.#planKept(userId);
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
    const { endSession } = await this.load();
    if (!this.account || !(await endSession(this.#context))) return;
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
    const { connection, dialogs, panel, texts } = this.#context;
    if (this.#isShown) this.#view.showSplash(texts.t("app.opening")); // its elements end before what they are about
    this.#generation += 1;
    connection.stop();
    this.account?.stop();
    this.account = null;
    this.#isShown = false;
    this.#lastUser.set(null);
    dialogs?.closeAll();
    panel?.close();
  }

  /** Loads the whole state, for a connection that has no cursor to go on from. */
  async resync(/** @type {() => boolean} */ isWanted) {
    const state = await this.#context.api.sync();
    const { user_id: userId } = state.me;
    const account = isWanted() ? await this.#open(userId) : null;
    if (account && isWanted()) {
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

  /** The account of a user, which takes the place of another one: that user has signed in, perhaps in another tab. */
  async #open(/** @type {string} */ userId) {
    const generation = (this.#generation += 1);
    if (this.account?.userId === userId && (this.#isShown || !this.account.database.failure)) return this.account;
    const page = await this.load();
    const account = await page.openAccount(this.#context, userId);
    if (generation !== this.#generation) {
      account.stop();
      throw new Error("Somebody else has come, or gone, meanwhile.");
    }
    if (this.#isShown) this.#view.showSplash(this.#context.texts.t("app.opening"));
    this.account?.stop();
    this.account = account;
    this.#isShown = false;
    Object.assign(this.#context, account.members);
    page.connectAccount(this.#context, account);
    return account;
  }

  /** Shows the account as it was left; null if it does not open: storage is slow, or a file of the page not there. */
  async #openKept(/** @type {string} */ userId) {
    const account = await this.#open(userId).catch(() => null);
    const position = (await account?.restoreState()) ?? null;
    if (!position || this.account !== account) return null;
    this.#show();
    return position;
  }

  /** Tries again each second to show the account as it was left. */
  #planKept(/** @type {string} */ userId) {
    this.#context.environment.setTimeout(async () => (await this.#openKeptLater(userId)) || this.#planKept(userId), AGAIN_MS);
  }

  /** Whenever the server is not reached, as long as there is nothing to show; true once that is over. */
  async #openKeptLater(/** @type {string} */ userId) {
    const { connection } = this.#context;
    if (this.#isShown || this.#lastUser.get() !== userId) return true;
    const position = connection.state.name === "waiting" ? await this.#openKept(userId) : null;
    if (position) connection.start(position);
    return position !== null;
  }

  #show() {
    if (this.#isShown) return;
    this.#isShown = true;
    this.#view.showMain({ isNew: this.#isNew });
    this.#isNew = false;
  }

  #sessionEnded() {
    const { t } = this.#context.texts;
    const n = this.account?.outbox.count ?? 0;
    const notice = this.account ? t("sign_in.ended") + (n ? ` ${t("sign_in.words_kept", { n })}` : "") : "";
    this.leave();
    this.#view.showSignIn({ notice });
  }

  #stateChanged(/** @type {import("../net/types.js").ConnectionState} */ state) {
    const { changes, texts } = this.#context;
    changes.tell("connection", state);
    if (state.name === "signed-out") return this.#sessionEnded();
    if (this.#isShown) return;
    const isClosed = this.#lastUser.get() !== null && !(this.account && !this.account.database.failure);
    if (state.name === "waiting") this.#view.showSplash(splashWords(texts.t, state, { isClosed }));
    if (state.name === "stopped") this.#view.showSignIn({ notice: connectionWords(texts.t, state) });
  }
}
