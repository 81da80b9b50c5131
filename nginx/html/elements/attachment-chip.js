// The chip of one file that waits to be sent: its name, a small picture if it is one, how far it has come, and what can be done about it.

import { attribute, h, icon, show, text } from "../parts/dom.js";

/** @typedef {import("../state/upload.js").Upload} Upload */
/** @typedef {import("../parts/texts.js").Texts} Texts */

const PICTURE = /^image\/(?:png|jpeg|gif|webp)$/;
const PICTURE_BYTES_MAX = 8 * 1024 * 1024; // a larger one takes long to be drawn so small

/**
 * @param {Upload} upload
 * @param {Texts} texts
 * @param {{ retry: () => void, remove: () => void }} actions
 */
export function chip(upload, texts, { retry, remove }) {
  const { t } = texts;
  const name = h("b", { class: "line", dir: "auto" });
  text(name, upload.name);
  const again = `${t("action.retry")}: ${upload.name}`;
  const away = t("file.remove", { name: upload.name });
  const node = h(
    "li",
    { class: "upload", "data-testid": "upload" },
    picture(upload) ?? icon("file"),
    h(
      "span",
      { class: "upload-names" },
      name,
      h("small", { class: "line upload-size" }),
      h("small", { class: "error", role: "alert", "data-testid": "upload-error" }),
    ),
    h("progress", { max: "1", "data-testid": "upload-progress", hidden: true }),
    h(
      "button",
      {
        ...{ type: "button", class: "link", title: again, "aria-label": again, "data-testid": "upload-retry", onclick: retry },
        ...{ hidden: true, tabindex: "-1" }, // of the list's one stop, once it is shown
      },
      t("action.retry"),
    ),
    h(
      "button",
      { type: "button", class: "icon-button", title: away, "aria-label": away, "data-testid": "upload-remove", onclick: remove },
      icon("close"),
    ),
  );
  updateChip(node, upload, texts);
  return node;
}

/**
 * @param {HTMLElement} node made by `chip`
 * @param {Upload} upload
 * @param {Texts} texts
 */
export function updateChip(node, { name, size, state, progress, error, mayRetry }, texts) {
  const { t } = texts;
  const part = (/** @type {string} */ selector) => /** @type {any} */ (node.querySelector(selector));
  const hasFailed = state === "failed";
  attribute(node, "data-state", state);
  text(part(".upload-size"), state === "waiting" ? `${texts.fileSize(size)} · ${t("message.waiting")}` : texts.fileSize(size));
  show(part(".upload-size"), !hasFailed);
  const problem = part(".error");
  text(problem, hasFailed ? (error ?? "") : "");
  show(problem, hasFailed);
  const bar = part("progress");
  show(bar, state === "uploading");
  const percent = Math.round(100 * progress);
  attribute(bar, "aria-label", t("file.uploading", { name, percent }));
  if (bar.value !== progress) bar.value = progress;
  show(part("[data-testid=upload-retry]"), hasFailed && mayRetry);
}

/** @param {Upload} upload */
function picture({ file }) {
  if (!file || !PICTURE.test(file.type) || file.size > PICTURE_BYTES_MAX) return null;
  const image = h("img", { class: "upload-picture", alt: "", draggable: "false" });
  const address = URL.createObjectURL(file);
  const release = () => URL.revokeObjectURL(address);
  image.addEventListener("load", release, { once: true });
  const failed = () => {
    release();
    image.replaceWith(icon("file"));
  };
  image.addEventListener("error", failed, { once: true });
  image.src = address;
  return image;
}
