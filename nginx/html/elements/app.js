// The page: one of the splash, signing in, the first run and the main page; dialogs and toasts are shown over it. It has the context.

import { Element, h, text } from "../parts/element.js";

/** The settings of this device that the style sheets know. */
const LOOKS = /** @type {const} */ (["theme", "accent", "density"]);

export class App extends Element {
  /** @type {HTMLElement | null} */ #content = null;
  /** @type {HTMLElement | null} */ #splash = null;
  /** @type {string | null} of a link that was opened; for the next time that the user is asked to sign in */ registrationCode = null;

  /** What the link of a mail has led to; for whatever the user sees next. */ notice = "";

  /** Begins, once it has the context. */
  start() {
    this.#splash = this.querySelector(".splash");
    this.watch("settings", (/** @type {{ name: string }[]} */ deltas) => {
      if (deltas.some(({ name }) => name === "language")) location.reload(); // every text is in it
      this.#drawLook();
    });
    this.listen(this, "first-run-done", ({ detail }) => {
      this.#show(document.createElement("echo-main"));
      if (detail.browses) this.context.actions.browseRooms();
    });
    this.#drawLook();
  }

  /** @param {string} words */
  showSplash(words) {
    this.#splash ??= h("p", { class: "splash", role: "status", "data-testid": "splash" });
    text(this.#splash, words);
    this.#show(this.#splash);
  }

  /**
   * Asks the user to sign in; to sign up, with the registration code of a link; or to choose another password, with the token of a mail.
   * @param {{ notice?: string, code?: string, resetToken?: string }} options
   */
  showSignIn(options = {}) {
    const { host, texts } = this.context;
    if (host.isGuest) return this.showSplash(options.notice || texts.t("embed.signed_out"));
    const code = this.registrationCode ?? undefined;
    const notice = options.notice || this.#takeNotice();
    this.registrationCode = null;
    this.#show(Object.assign(document.createElement("echo-sign-in"), { options: { code, ...options, notice } }));
  }

  /** @param {{ isNew?: boolean }} options `isNew`: the account was created just now */
  showMain({ isNew = false } = {}) {
    const { route, store } = this.context;
    route.follow();
    const isFirst = isNew && store.rooms.size === 0 && !route.code && route.view === "none";
    this.#show(document.createElement(isFirst ? "echo-first-run" : "echo-main"));
    const notice = this.#takeNotice();
    if (notice) this.context.toasts.show(notice);
  }

  #takeNotice() {
    const { notice } = this;
    this.notice = "";
    return notice;
  }

  /** @param {HTMLElement} content */
  #show(content) {
    if (content === this.#content) return;
    (this.#content ?? this.#splash)?.remove();
    this.#content = content;
    this.prepend(content);
  }

  #drawLook() {
    const { settings, host } = this.context;
    for (const name of LOOKS) host.look.setAttribute(`data-${name}`, settings.get(name));
  }
}

customElements.define("echo-app", App);
