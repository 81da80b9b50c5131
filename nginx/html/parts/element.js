// The base of the page's custom elements: builds its content once, finds the app's context, and ends with the element what it began.

import { frame } from "./frame.js";

export { append, attribute, focused, h, icon, isMirrored, show, text, toggle } from "./dom.js";

/**
 * An element in light DOM. A subclass has
 *
 * - `static template(context)`: nodes built with `h`, once for all elements of the class; each element gets a clone of them. What has a
 *   `data-part` becomes a member of `parts`. Listeners are not cloned: `connected` adds them.
 * - `connected()`: called when the element comes into the page, also after it was moved; begins what is needed there.
 * - `disconnected()`: for what the helpers below do not end.
 */
export class Element extends HTMLElement {
  /** @type {Map<Function, DocumentFragment>} */
  static #templates = new Map();

  /** @type {Record<string, any>} the nodes of the template that have a name */
  parts = {};
  /** @type {any} */ #context = null;
  /** @type {any} */ #last = null;
  /** @type {AbortController | null} */ #connection = null;
  /** @type {(() => void)[]} */ #ends = [];
  #isBuilt = false;

  /**
   * @param {any} _context of the app, for its words
   * @returns {readonly (Node | string)[]}
   */
  static template(_context) {
    return [];
  }

  connected() {}

  disconnected() {}

  /** What the app is made of: that of the nearest ancestor that was given one; in `disconnected`, the last one. */
  get context() {
    if (this.#context) return this.#context;
    for (let node = parentOf(this); node; node = parentOf(node)) {
      if (node instanceof Element && node.#context) return (this.#last = node.#context);
    }
    return this.#last;
  }

  set context(context) {
    this.#context = context;
  }

  connectedCallback() {
    if (this.#connection) return;
    this.#connection = new AbortController();
    if (!this.#isBuilt) this.#build();
    this.connected();
  }

  disconnectedCallback() {
    this.#connection?.abort();
    this.#connection = null;
    for (const end of this.#ends.splice(0)) end();
    this.disconnected();
  }

  /**
   * Calls `end` when the element leaves the page.
   * @param {() => void} end
   */
  ending(end) {
    this.#ends.push(end);
  }

  /**
   * Listens to changes of the state, once a frame.
   * @param {string} topic
   * @param {(deltas: any[]) => void} listener
   */
  watch(topic, listener) {
    const unwatch = this.context.changes.watch(topic, listener);
    const end = () => {
      this.#ends = this.#ends.filter((each) => each !== end);
      unwatch();
    };
    this.#ends.push(end);
    return end;
  }

  /**
   * Listens to events of a node, the window or anything else.
   * @param {EventTarget} target
   * @param {string} type
   * @param {(event: any) => void} listener
   * @param {AddEventListenerOptions} [options]
   */
  listen(target, type, listener, options = {}) {
    target.addEventListener(type, listener, { ...options, signal: this.#connection?.signal });
  }

  /**
   * Calls back after a time, by the clock of the app; returns what cancels it.
   * @param {number} ms
   * @param {() => void} run
   */
  later(ms, run) {
    const { clock } = this.context;
    const timer = clock.setTimeout(() => {
      this.#ends = this.#ends.filter((each) => each !== end);
      run();
    }, ms);
    const end = () => {
      this.#ends = this.#ends.filter((each) => each !== end);
      clock.clearTimeout(timer);
    };
    this.#ends.push(end);
    return end;
  }

  /**
   * Reads the layout in the frame's first phase, if the element is still there then.
   * @param {() => void} run
   */
  read(run) {
    frame.read(() => this.isConnected && run());
  }

  /**
   * Writes in the frame's second phase, if the element is still there then.
   * @param {() => void} run
   */
  write(run) {
    frame.write(() => this.isConnected && run());
  }

  /**
   * Tells the ancestors of something.
   * @param {string} type
   * @param {any} [detail]
   */
  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { bubbles: true, detail }));
  }

  #build() {
    this.#isBuilt = true;
    const make = /** @type {typeof Element} */ (this.constructor);
    let template = Element.#templates.get(make);
    if (!template) {
      template = document.createDocumentFragment();
      template.append(...make.template(this.context));
      Element.#templates.set(make, template);
    }
    const content = document.importNode(template, true);
    for (const node of content.querySelectorAll("[data-part]")) this.parts[node.getAttribute("data-part") ?? ""] = node;
    this.prepend(content);
  }
}

/**
 * @param {Node} node
 * @returns {Node | null}
 */
function parentOf(node) {
  return node.parentNode ?? (node instanceof ShadowRoot ? node.host : null);
}
