// The chat, or one room of it, in the page of another application: the element <echo-chat>. nginx/html/net/README.md has an example.

import "./elements/app.js";
import { MemoryAddress } from "./elements/memory-address.js";
import { Route } from "./elements/route.js";
import { loadStyles } from "./elements/styles.js";
import { Visit } from "./elements/visit.js";
import { browserEnvironment, createClient } from "./net/client.js";
import { hostSession } from "./net/host-session.js";
import { h } from "./parts/dom.js";
import { frame } from "./parts/frame.js";
import { chooseLanguage, loadTexts } from "./parts/texts.js";
import { Toasts } from "./parts/toast.js";
import { Attention } from "./state/attention.js";
import { Changes } from "./state/changes.js";
import { Settings } from "./state/settings.js";

const SITE = new URL("./", import.meta.url).href;
const environment = browserEnvironment(); // it listens to the window: one is enough
const STYLES = ["../styles/tokens.css", "../styles/base.css", "../styles/controls.css", "../styles/floating.css", "../styles/embed.css"];

/** @typedef {() => Promise<string | null> | string | null} TokenSource */

/**
 * The property `token` is a function that gives an access token of the user, whom the application vouches for, or null if nobody is signed in;
 * it is called again before each token ends. The chat begins when it is set, and begins anew when it is set again: another user may have come.
 *
 * Attributes: `room`, the id of the one room that is shown (without it: the whole chat, which needs 720 px of width); `theme` (`light`, `dark`),
 * `accent`, which the user's own choice gives way to; `lang`. Styles of the page do not reach into it, nor its own out of it.
 */
export class EchoChat extends HTMLElement {
  static observedAttributes = ["room"];
  /** @type {TokenSource | null} */ #token = null;
  /** @type {{ visit: Visit, address: MemoryAddress, attention: Attention, ending: AbortController } | null} */ #chat = null;
  #root = this.attachShadow({ mode: "open" });
  #generation = 0; // rises with each beginning and end

  /** @returns {TokenSource | null} */
  get token() {
    return this.#token;
  }

  set token(source) {
    this.#token = source;
    if (this.isConnected) this.#begin();
  }

  connectedCallback() {
    if (Object.hasOwn(this, "token")) this.#takeOver();
    else if (this.#token) this.#begin();
  }

  // The property was set before this class was there.
  #takeOver() {
    const { token } = this;
    delete (/** @type {any} */ (this).token);
    this.token = token;
  }

  disconnectedCallback() {
    this.#end();
  }

  attributeChangedCallback() {
    if (this.#chat) this.#chat.address.location.hash = this.#start;
  }

  get #start() {
    const room = this.getAttribute("room");
    return room ? `#/room/${encodeURIComponent(room)}` : "#/";
  }

  #end() {
    this.#generation += 1;
    this.#chat?.visit.pause();
    this.#chat?.visit.leave();
    this.#chat?.attention.stop();
    this.#chat?.ending.abort();
    this.#chat = null;
    this.#root.replaceChildren(...this.#root.querySelectorAll("link"));
  }

  async #begin() {
    this.#end();
    const token = this.#token;
    if (!token) return;
    const generation = this.#generation;
    const ending = new AbortController(); // of what listens to the window
    const changes = new Changes({ schedule: (run) => frame.read(run) });
    const settings = new Settings({ storage: () => localStorage, changes, page: window, signal: ending.signal });
    const languages = [/** @type {HTMLElement | null} */ (this.closest("[lang]"))?.lang ?? "", ...navigator.languages].filter(Boolean);
    const [texts] = await Promise.all([
      loadTexts(chooseLanguage(languages, settings.get("language") || null)),
      loadStyles(this.#root, STYLES),
    ]);
    if (generation !== this.#generation) return ending.abort();
    const address = new MemoryAddress(SITE, this.#start);
    const attention = new Attention(window, this);
    const app = /** @type {import("./elements/app.js").App} */ (document.createElement("echo-app"));
    const toasts = h("div", { class: "toasts" });
    const client = createClient({
      site: SITE,
      environment,
      session: hostSession({ token }),
      resync: (isWanted) => visit.resync(isWanted),
    });
    /** @type {any} */
    const context = { ...client, site: SITE, environment, clock: environment, changes, settings, texts, frame, attention };
    context.host = { root: this.#root, look: { setAttribute: this.#look }, keys: app, badge: { set() {}, clear() {} }, isGuest: true };
    context.ending = ending.signal;
    context.route = new Route({ changes, page: address });
    context.toasts = new Toasts(toasts, { clock: environment, dismissLabel: texts.t("action.dismiss") });
    context.emoji = () => import("./parts/emoji.js").then(({ loadEmoji }) => loadEmoji(texts.language));
    const visit = new Visit(context, app, { isGuest: true });
    context.visit = visit;
    app.context = context;
    Object.assign(app, { lang: texts.language, dir: texts.direction });
    app.addEventListener("click", (event) => this.#follow(event, address));
    this.#chat = { visit, address, attention, ending };
    app.append(toasts);
    this.#root.append(app);
    app.start();
    visit.signedIn();
  }

  // The application's choice comes before the user's.
  #look = (/** @type {string} */ name, /** @type {string} */ value) => {
    this.setAttribute(name, this.getAttribute(name.replace("data-", "")) || value);
  };

  // Links within the chat lead to its own address; those out of the one room that is shown, to the site.
  #follow(/** @type {MouseEvent} */ event, /** @type {MemoryAddress} */ address) {
    const link = event.target instanceof Element ? event.target.closest('a[href^="#/"]') : null;
    if (!link || event.defaultPrevented) return;
    event.preventDefault();
    const hash = link.getAttribute("href") ?? "";
    const isElsewhere = this.hasAttribute("room") && hash !== this.#start && !hash.startsWith(`${this.#start}/`);
    if (isElsewhere) window.open(new URL(hash, SITE), "_blank", "noopener");
    else address.location.hash = hash;
  }
}

customElements.define("echo-chat", EchoChat);
