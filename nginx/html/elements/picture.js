// The element <echo-picture>: an image that the server asks the access token for, or the avatar of a user.

import { attribute, Element, h, text, toggle } from "../parts/element.js";

const NEAR_PX = 400; // around what is in sight
const RETRY_AFTER_MS = 5_000;
const HUES = 8; // classes hue-0 to hue-7 of message.css
const SMALL_PX = 64;

/** @type {IntersectionObserver | undefined} */
let nearness;

/**
 * `src`: the path that the server names, with `alt` and, so that nothing moves when the image comes, `width` and `height`. Or `user`: a user_id,
 * whose picture and initial are shown and kept up to date; `name` and `avatar` (a path) say so of users that the store does not know. The image is
 * fetched once it comes near what is in sight, and held while the element is in the page. `data-state`: `loading`, `shown`, `failed`.
 */
export class Picture extends Element {
  /** @type {HTMLImageElement | HTMLCanvasElement | null} */ #image = null;
  /** @type {{ url: string | null, loaded: Promise<string | null>, release(): void } | null} */ #held = null;
  #path = ""; // of the picture that is shown or awaited

  static get observedAttributes() {
    return ["src", "alt", "width", "height", "user", "name", "avatar"];
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#show();
  }

  connected() {
    if (this.getAttribute("user")) {
      this.watch("users", (deltas) => {
        const user = this.getAttribute("user");
        if (deltas.some((delta) => delta.what === "changed" && (delta.user === null || delta.user === user))) this.#show();
      });
    }
    this.#show();
  }

  disconnected() {
    nearness?.unobserve(this);
    this.#release();
  }

  /** Fetches the picture, now. */
  load() {
    nearness?.unobserve(this);
    const path = this.#path;
    if (!path || this.#held || !this.isConnected) return;
    const held = (this.#held = this.context.images.acquire(path));
    if (held.url) return this.#draw(held.url);
    this.dataset.state = "loading";
    held.loaded.then(
      (/** @type {string | null} */ url) => held === this.#held && url && this.#draw(url),
      (/** @type {any} */ problem) => {
        if (held !== this.#held) return;
        this.#held?.release();
        this.#held = null;
        this.dataset.state = "failed";
        if (problem.isTransient) this.later(problem.retryAfterMs ?? RETRY_AFTER_MS, () => this.load());
      },
    );
  }

  #show() {
    const user = this.getAttribute("user");
    if (user) this.#showInitial(user);
    else this.#showSize();
    const path = (user ? this.#avatarPath(user) : this.getAttribute("src")) ?? "";
    if (path === this.#path) return;
    this.#release();
    this.#path = path;
    if (!path) {
      this.#image?.remove();
      this.#image = null;
      return;
    }
    if (this.context.images.has(path)) return this.load();
    nearness ??= new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) if (isIntersecting) /** @type {Picture} */ (target).load();
      },
      { rootMargin: `${NEAR_PX}px` },
    );
    nearness.observe(this);
  }

  /** @param {string} user */
  #showInitial(user) {
    const name = this.context.store.displayName(user, { display_name: this.getAttribute("name") ?? "" });
    toggle(this, "avatar", true);
    for (let hue = 0; hue < HUES; hue += 1) toggle(this, `hue-${hue}`, hue === hueOf(user));
    attribute(this, "aria-hidden", "true"); // the name stands beside it
    if (!this.parts.initial) this.prepend((this.parts.initial = h("span")));
    text(this.parts.initial, initialOf(name));
  }

  /** @param {string} user */
  #avatarPath(user) {
    const url = this.context.store.avatarURL(user, { avatar_url: this.getAttribute("avatar") });
    return url && devicePixelRatio <= 1.5 ? `${url}${url.includes("?") ? "&" : "?"}size=${SMALL_PX}` : url;
  }

  #showSize() {
    for (const side of ["width", "height"]) {
      const length = Number(this.getAttribute(side));
      if (length > 0) this.style.setProperty(`--picture-${side}`, String(length));
    }
    if (this.#image) describe(this.#image, this.getAttribute("alt") ?? "");
  }

  /** @param {string} url */
  #draw(url) {
    if (this.context.host.isGuest) return this.#paint(this.#path);
    const image = this.#image instanceof HTMLImageElement ? this.#image : new Image();
    image.draggable = false;
    image.src = url;
    return this.#place(image);
  }

  // The policy of another application's page may forbid blob URLs; to paint is allowed everywhere. Pictures that move stand still there.
  async #paint(/** @type {string} */ path) {
    const blob = this.context.images.blob(path);
    const bitmap = blob && (await createImageBitmap(blob).catch(() => null));
    if (path !== this.#path) return bitmap?.close();
    if (!bitmap) return void (this.dataset.state = "failed");
    const canvas = h("canvas", { width: bitmap.width, height: bitmap.height, role: "img" });
    canvas.getContext("bitmaprenderer")?.transferFromImageBitmap(bitmap);
    if (this.#image instanceof HTMLCanvasElement) this.#image.remove();
    return this.#place(canvas);
  }

  /** @param {HTMLImageElement | HTMLCanvasElement} image */
  #place(image) {
    this.#image = image;
    describe(image, this.getAttribute("alt") ?? "");
    if (this.getAttribute("user")) image.setAttribute("data-testid", "avatar-picture");
    if (image.parentNode !== this) this.append(image);
    this.dataset.state = "shown";
  }

  #release() {
    this.#held?.release();
    this.#held = null;
    this.#path = "";
    delete this.dataset.state;
  }
}

/**
 * @param {HTMLImageElement | HTMLCanvasElement} image
 * @param {string} words
 */
function describe(image, words) {
  attribute(image, image instanceof HTMLImageElement ? "alt" : "aria-label", words);
}

/**
 * The colour of a user depends on the id alone.
 * @param {string} id
 */
function hueOf(id) {
  let sum = 0;
  for (const sign of String(id)) sum = (sum * 31 + (sign.codePointAt(0) ?? 0)) >>> 0;
  return sum % HUES;
}

/** @param {string} name */
function initialOf(name) {
  return ([...name.trim()][0] ?? "?").toUpperCase();
}

customElements.define("echo-picture", Picture);
