// The dialog that shows one picture as large as the window allows.

import { byId, h } from "./dom.js";
import { download } from "./download.js";
import { fileSize } from "./format.js";

export class PictureView {
  #file = null;

  constructor({ api }) {
    byId("picture").addEventListener("close", () => byId("picture-place").replaceChildren()); // lets go of the picture
    byId("picture-download").addEventListener("click", async () => {
      byId("picture-download").disabled = true;
      await download(api, this.#file);
      byId("picture-download").disabled = false;
    });
  }

  open(file) {
    this.#file = file;
    byId("picture-name").textContent = file.name;
    byId("picture-state").textContent = `${fileSize(file.size)} · ${file.width} × ${file.height}`;
    const [width, height] = [String(file.width), String(file.height)];
    const picture = h("private-image", { src: file.url, alt: file.name, width, height, "data-testid": "large-picture" });
    byId("picture-place").replaceChildren(picture);
    byId("picture").showModal();
  }
}
