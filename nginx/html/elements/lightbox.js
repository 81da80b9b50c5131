// The element <echo-lightbox>: a picture as large as the window allows, and the others of its message beside it. It stands in a dialog.

import { attribute, Element, h, icon, isMirrored, show, text } from "../parts/element.js";
import { isPicture } from "./message-files.js";
import "./picture.js";

/** Properties: `file`, the picture to show, and `files`, those of its message. */
export class Lightbox extends Element {
  /** @type {any} */ file = null;
  /** @type {readonly any[]} */ files = [];

  static template(/** @type {any} */ { texts: { t } }) {
    const button = (/** @type {string} */ part, /** @type {string} */ label, /** @type {string} */ sign) =>
      h(
        "button",
        { part, type: "button", class: `icon-button ${part}`, title: t(label), "aria-label": t(label), "data-testid": `picture-${part}` },
        icon(sign),
      );
    return [
      h(
        "header",
        { class: "lightbox-head" },
        h("h2", { part: "name", class: "line", dir: "auto" }),
        h("p", { part: "about", class: "hint" }),
        button("download", "action.download", "download"),
        button("close", "action.close", "close"),
      ),
      h(
        "div",
        { class: "lightbox-stage" },
        button("previous", "lightbox.previous", "back"),
        h("div", { part: "place", class: "lightbox-place" }),
        button("next", "lightbox.next", "back"),
      ),
      h("p", { part: "state", class: "hint", role: "status" }),
    ];
  }

  connected() {
    const { previous, next, download, close } = this.parts;
    this.setAttribute("data-testid", "picture-dialog");
    this.listen(previous, "click", () => this.#step(-1));
    this.listen(next, "click", () => this.#step(1));
    this.listen(download, "click", async () => {
      download.disabled = true;
      await this.context.actions.download(this.file);
      download.disabled = false;
    });
    this.listen(close, "click", () => this.closest("dialog")?.close(""));
    this.listen(this.closest("dialog") ?? this, "keydown", (event) => {
      const forwards = isMirrored(this) ? -1 : 1;
      const step = { ArrowRight: forwards, ArrowLeft: -forwards }[/** @type {string} */ (event.key)];
      if (step) this.#step(step);
    });
    this.#draw();
  }

  get #pictures() {
    const pictures = this.files.filter(isPicture);
    return pictures.includes(this.file) ? pictures : [this.file];
  }

  /** @param {number} step */
  #step(step) {
    const pictures = this.#pictures;
    const next = pictures[pictures.indexOf(this.file) + step];
    if (!next) return;
    this.file = next;
    this.#draw();
  }

  #draw() {
    const { texts } = this.context;
    const { name, about, place, previous, next, state } = this.parts;
    const pictures = this.#pictures;
    const { file } = this;
    const index = pictures.indexOf(file);
    text(name, file.name);
    text(about, `${texts.fileSize(file.size)} · ${file.width} × ${file.height}`);
    for (const [button, other] of /** @type {const} */ ([
      [previous, pictures[index - 1]],
      [next, pictures[index + 1]],
    ])) {
      show(button, pictures.length > 1);
      attribute(button, "aria-disabled", other ? null : "true"); // at the end it keeps the focus
    }
    text(state, pictures.length > 1 ? texts.t("lightbox.place", { place: index + 1, n: pictures.length }) : "");
    const { url: src, width, height } = file;
    place.replaceChildren(h("echo-picture", { src, alt: file.name, width, height, "data-testid": "large-picture" }));
  }
}

customElements.define("echo-lightbox", Lightbox);
