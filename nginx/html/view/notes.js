// Says a short sentence at the edge of the page for a while, and asks yes-or-no questions.

import { byId, h } from "./dom.js";

const SHOWN_MS = 7_000;

export function note(sentence) {
  const item = h("p", { "data-testid": "note" }, h("span", {}, sentence),
    h("button", { type: "button", "aria-label": "Dismiss", onclick: () => item.remove() }, "✕"));
  byId("notes").append(item);
  setTimeout(() => item.remove(), SHOWN_MS);
}

/** As `ask`, for a line of text; null: no. */
export async function askFor(question, label, yes) {
  byId("question-field").hidden = false;
  byId("question-label").textContent = label;
  byId("question-line").value = "";
  try {
    return (await ask(question, yes)) ? byId("question-line").value.trim() : null;
  } finally {
    byId("question-field").hidden = true;
  }
}

export function ask(question, yes) {
  const dialog = byId("question");
  byId("question-text").textContent = question;
  byId("question-yes").textContent = yes;
  dialog.returnValue = "no"; // Escape leaves it as it is
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
