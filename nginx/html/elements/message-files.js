// The files of a message: pictures in place, audio and video that play when they are wanted, others by name and size.

import { h, icon } from "../parts/element.js";

const PICTURE_WIDTH = 360;
const PICTURE_HEIGHT = 270;
const ROW_HEIGHT = 180; // of several pictures, which stand beside each other
const PICTURE_MIN = 24; // a smaller side could not be hit
const ORIGINAL_BYTES_MAX = 1024 * 1024; // without a thumbnail, a larger picture is shown as a file
const PICTURES = /^image\/(png|jpeg|gif|webp|avif)$/;
const PLAYED = /^(audio|video)\/(mpeg|mp3|mp4|x-m4a|aac|ogg|wav|x-wav|webm|flac|opus)$/;

/** @typedef {import("../net/types.js").Attachment} File */

/** @type {WeakMap<Element, string>} box → the files in it */
const made = new WeakMap();

/**
 * @param {import("./message.js").Message} node
 * @param {import("./message.js").View} view
 */
export function updateFiles(node, { message, context }) {
  /** @type {File[]} */
  const files = message.deleted ? [] : (message.attachments ?? []);
  if (files.length === 0) {
    node.removeSlot("files");
    return;
  }
  const box = node.slotFor("files", () => h("div", { class: "message-files" }));
  const sign = files.map((file) => file.file_id).join(" ");
  if (made.get(box) === sign) return;
  made.set(box, sign);
  const { texts } = context;
  const pictures = files.filter(isPicture);
  const height = pictures.length > 1 ? ROW_HEIGHT : PICTURE_HEIGHT;
  const others = files.filter((file) => !isPicture(file));
  box.replaceChildren(
    ...(pictures.length ? [h("div", { class: "pictures" }, ...pictures.map((file) => pictureNode(file, texts, height)))] : []),
    ...others.map((file) => (PLAYED.test(file.media_type) ? mediaNode(file, texts) : otherNode(file, texts))),
  );
}

/**
 * Whether a file is shown as a picture, in the timeline and in the lightbox.
 * @param {File} file
 */
export function isPicture(file) {
  return picturePath(file) !== null;
}

/**
 * The path of what is shown of a picture in the timeline; null if it is no picture, or too large to be shown there.
 * @param {File} file
 */
function picturePath({ media_type: type, width, height, size, url, thumbnail_url: thumbnail }) {
  if (!PICTURES.test(type) || !width || !height) return null;
  return thumbnail ?? (size <= ORIGINAL_BYTES_MAX ? url : null);
}

/**
 * @param {File} file
 * @param {import("../parts/texts.js").Texts} texts
 * @param {number} heightMax
 */
function pictureNode(file, texts, heightMax) {
  const [width, height] = [file.width ?? 0, file.height ?? 0];
  const scale = Math.min(1, PICTURE_WIDTH / width, heightMax / height);
  const side = (/** @type {number} */ length) => Math.max(PICTURE_MIN, Math.round(length * scale));
  const label = texts.t("file.picture", { name: file.name, size: texts.fileSize(file.size) });
  return h(
    "button",
    {
      ...{ type: "button", class: "plain picture", title: file.name, "aria-label": label },
      ...{ "data-testid": "picture", "data-action": "picture", "data-file-id": file.file_id },
    },
    h("echo-picture", { src: picturePath(file), alt: "", width: side(width), height: side(height) }),
  );
}

/**
 * @param {File} file
 * @param {import("../parts/texts.js").Texts} texts
 */
function mediaNode(file, texts) {
  const kind = file.media_type.startsWith("audio") ? "audio" : "video";
  return h("echo-media", { kind, src: file.url, "data-file-id": file.file_id, "data-testid": kind }, otherNode(file, texts));
}

/**
 * @param {File} file
 * @param {import("../parts/texts.js").Texts} texts
 */
function otherNode(file, texts) {
  const size = texts.fileSize(file.size);
  const label = texts.t("file.download", { name: file.name, size });
  return h(
    "p",
    { class: "file", "data-testid": "file", "data-file-id": file.file_id },
    icon("file"),
    h(
      "button",
      {
        ...{ type: "button", class: "link line", dir: "auto", title: file.name, "aria-label": label },
        ...{ "data-testid": "download", "data-action": "download", "data-file-id": file.file_id },
      },
      file.name,
    ),
    h("small", {}, size),
  );
}
