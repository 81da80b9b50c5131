// The element <private-image src alt width height>: a picture for which the server asks for the access token.

const NEAR_PX = 400; // around what is in sight
const RETRY_AFTER_MS = 5_000;

/**
 * Defines the element. It takes its picture from `images` once it comes near what is in sight, and holds it while it is in the document.
 * `data-state` is "loading", "shown" or "failed". Without `width` and `height` it shows nothing until the picture is there.
 */
export function definePrivateImage(images) {
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) if (isIntersecting) target.load();
  }, { rootMargin: `${NEAR_PX}px` });

  class PrivateImage extends HTMLElement {
    #image = null;
    #held = null;
    #timer = 0;

    connectedCallback() {
      this.#image ??= this.appendChild(this.#build());
      if (images.has(this.getAttribute("src"))) this.load();
      else observer.observe(this);
    }

    disconnectedCallback() {
      observer.unobserve(this);
      clearTimeout(this.#timer);
      this.#held?.release();
      this.#held = null;
    }

    async load() {
      observer.unobserve(this);
      const held = (this.#held = images.acquire(this.getAttribute("src")));
      if (held.url) return this.#show(held.url);
      this.dataset.state = "loading";
      try {
        const url = await held.loaded;
        if (held === this.#held && url) this.#show(url);
      } catch (problem) {
        if (held !== this.#held) return;
        held.release();
        this.#held = null;
        this.dataset.state = "failed";
        if (problem.isTransient) this.#timer = setTimeout(() => this.load(), problem.retryAfterMs ?? RETRY_AFTER_MS);
      }
    }

    #build() {
      const image = new Image();
      image.alt = this.getAttribute("alt") ?? "";
      image.draggable = false;
      const [width, height] = [this.getAttribute("width"), this.getAttribute("height")];
      if (width && height) Object.assign(image, { width, height, src: emptyPicture(width, height) });
      else image.hidden = true;
      return image;
    }

    #show(url) {
      this.#image.src = url;
      this.#image.hidden = false;
      this.dataset.state = "shown";
    }
  }
  customElements.define("private-image", PrivateImage);
}

/** Takes the place of a picture until that is there. An <img> without a source would have no height. */
function emptyPicture(width, height) {
  return `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"/>`)}`;
}
