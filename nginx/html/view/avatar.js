// Builds the small elements that stand for a user or room: the avatar and the presence dot.

import { h } from "./dom.js";

const HUES = 8; // classes hue-0 to hue-7 of the style sheet

/** A coloured circle with the first character of `name` or `sign`, or the picture at `url`. The colour depends on the id alone. */
export function avatar(id, name, { sign, url } = {}) {
  let sum = 0;
  for (const char of String(id)) sum = (sum * 31 + char.codePointAt(0)) >>> 0;
  const text = sign ?? ([...String(name).trim()][0] ?? "?").toUpperCase();
  return h("span", { class: `avatar hue-${sum % HUES}`, "aria-hidden": "true" }, text,
    url ? h("private-image", { src: devicePixelRatio > 1.5 ? url : `${url}&size=64`, "data-testid": "avatar-picture" }) : null);
}

/** A dot for "active" or "idle"; null for an offline or unknown user. */
export function presenceDot(state) {
  if (!state || state === "offline") return null;
  return h("i", { class: `dot ${state}`, title: state, role: "img", "aria-label": state, "data-testid": "presence" });
}
