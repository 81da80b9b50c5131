// Makes nginx/html/icons.svg, the icons of the page as one sprite, from Debian's bootstrap-icons (MIT):
//
//   apt-get install bootstrap-icons && node nginx/tools/make-icons.mjs [/usr/share/bootstrap-icons/svg]

import { readFileSync, writeFileSync } from "node:fs";

const SOURCE = process.argv[2] ?? "/usr/share/bootstrap-icons/svg";

/** The page's name of each icon → that of bootstrap-icons. */
const ICONS = {
  attach: "paperclip",
  back: "arrow-left",
  bell: "bell",
  "bell-off": "bell-slash",
  bookmark: "bookmark",
  "bookmark-on": "bookmark-fill",
  "catch-up": "inbox",
  check: "check",
  "check-all": "check-all",
  "chevron-down": "chevron-down",
  clock: "clock",
  close: "x-lg",
  copy: "clipboard",
  delete: "trash",
  device: "laptop",
  download: "download",
  draft: "pencil-fill",
  edit: "pencil",
  emoji: "emoji-smile",
  eye: "eye",
  file: "file-earmark",
  format: "type",
  hash: "hash",
  link: "link-45deg",
  lock: "lock",
  menu: "list",
  more: "three-dots",
  panel: "layout-sidebar-reverse",
  people: "people",
  "person-add": "person-plus",
  pin: "pin-angle",
  plus: "plus-lg",
  quiet: "moon",
  reply: "reply",
  report: "flag",
  search: "search",
  send: "send-fill",
  settings: "gear",
  "sign-out": "box-arrow-right",
  warning: "exclamation-triangle",
};

const symbols = Object.entries(ICONS).map(([name, source]) => {
  const svg = readFileSync(`${SOURCE}/${source}.svg`, "utf8");
  const viewBox = /viewBox="([^"]+)"/.exec(svg)[1];
  const paths = [...svg.matchAll(/<(?:path|circle|rect)\b[^>]*\/>/g)].map(([path]) => path.replace(/\s+/g, " "));
  if (paths.length === 0) throw new Error(`${source} has no shape`);
  return `  <symbol id="${name}" viewBox="${viewBox}" fill="currentColor">${paths.join("")}</symbol>`;
});

const licence = `
  Icons: Bootstrap Icons 1.10.3, https://icons.getbootstrap.com/, Copyright 2019-2021 The Bootstrap Authors, MIT License:

  Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the
  "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish,
  distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to
  the following conditions: The above copyright notice and this permission notice shall be included in all copies or substantial portions
  of the Software. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
  WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE
  LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
  CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`;
const made = `<svg xmlns="http://www.w3.org/2000/svg">\n<!--${licence}-->\n${symbols.join("\n")}\n</svg>\n`;
writeFileSync(new URL("../html/icons.svg", import.meta.url), made);
