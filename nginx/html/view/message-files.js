// Renders the files of a message: pictures in place, others by name and size.

import { h } from "./dom.js";
import { fileSize } from "./format.js";

const PICTURE_WIDTH = 320;
const PICTURE_HEIGHT = 240;
const PICTURE_MIN = 24; // a smaller side could not be hit
const ORIGINAL_BYTES_MAX = 1024 * 1024; // without a thumbnail, a larger picture is shown as a file

/** `actions`: `showPicture(file)` and `download(file)`. */
export function messageFiles(files, actions) {
  return files.map((file) => (picturePath(file) ? picture(file, actions) : otherFile(file, actions)));
}

/** The path of what is shown of a picture in the timeline; null if it is no picture, or too large to be shown there. */
function picturePath({ media_type: type, width, height, size, url, thumbnail_url: thumbnail }) {
  if (!/^image\/(png|jpeg|gif|webp|avif)$/.test(type) || !width || !height) return null;
  return thumbnail ?? (size <= ORIGINAL_BYTES_MAX ? url : null);
}

function picture(file, actions) {
  const scale = Math.min(1, PICTURE_WIDTH / file.width, PICTURE_HEIGHT / file.height);
  const side = (length) => String(Math.max(PICTURE_MIN, Math.round(length * scale)));
  return h("button", {
    type: "button", class: "picture", title: file.name, "aria-label": `Picture ${file.name}, ${fileSize(file.size)}. Open it`,
    "data-testid": "picture", "data-file-id": file.file_id, onclick: () => actions.showPicture(file),
  }, h("private-image", { src: picturePath(file), alt: "", width: side(file.width), height: side(file.height) }));
}

function otherFile(file, actions) {
  return h("p", { class: "file", "data-testid": "file", "data-file-id": file.file_id },
    h("button", {
      type: "button", class: "link", dir: "auto", "aria-label": `Download ${file.name}, ${fileSize(file.size)}`, "data-testid": "download",
      onclick: () => actions.download(file),
    }, file.name), " ", h("small", {}, fileSize(file.size)));
}
