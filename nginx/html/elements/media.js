// The element <echo-media>: a file with sound or moving pictures. It is fetched when the user wants to play it, not before.

import { Element, h, show, text } from "../parts/element.js";
import { problemText } from "./problem-text.js";

/** `kind`: `audio` or `video`; `src`: the path that the server names; its child is what stands for the file. */
export class Media extends Element {
  /** @type {string | null} */ #url = null;

  static template(/** @type {any} */ { texts }) {
    return [
      h(
        "button",
        {
          ...{ part: "play", type: "button", class: "play icon-button", "data-testid": "play" },
          ...{ "aria-label": texts.t("action.play"), title: texts.t("action.play") },
        },
        h("span", { "aria-hidden": "true" }, "▶"),
      ),
      h("p", { part: "error", class: "error", role: "alert" }),
    ];
  }

  connected() {
    this.listen(this.parts.play, "click", () => this.#play());
  }

  disconnected() {
    this.querySelector("audio, video")?.remove();
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = null;
    show(this.parts.play, true);
  }

  async #play() {
    const { api, texts } = this.context;
    const kind = this.getAttribute("kind") === "video" ? "video" : "audio";
    this.parts.play.disabled = true;
    text(this.parts.error, "");
    try {
      const blob = await api.blob(this.getAttribute("src"));
      if (!this.isConnected) return;
      this.#url = URL.createObjectURL(blob);
      const name = this.querySelector(".file button")?.textContent ?? "";
      const label = texts.t(`file.${kind}`, { name });
      const player = h(kind, { controls: true, autoplay: true, tabindex: "-1", "aria-label": label, class: "player" });
      player.src = this.#url;
      this.prepend(player);
      player.focus({ preventScroll: true });
      show(this.parts.play, false);
    } catch (problem) {
      if (this.isConnected) text(this.parts.error, problemText(texts, problem));
    } finally {
      this.parts.play.disabled = false;
    }
  }
}

customElements.define("echo-media", Media);
