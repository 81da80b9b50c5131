// Asks the user to confirm an action, or to enter one line of text.

import { byId } from "./dom.js";

/** True if the user presses the button labelled `yes`. */
export function confirm(question, yes) {
  const dialog = byId("confirm");
  byId("confirm-text").textContent = question;
  byId("confirm-yes").textContent = yes;
  dialog.returnValue = "no"; // Escape leaves it unchanged
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

/** As `confirm`, with a text field; returns its trimmed text, or null if the user cancels. */
export async function promptText(question, label, yes) {
  byId("confirm-field").hidden = false;
  byId("confirm-label").textContent = label;
  byId("confirm-input").value = "";
  try {
    return (await confirm(question, yes)) ? byId("confirm-input").value.trim() : null;
  } finally {
    byId("confirm-field").hidden = true;
  }
}
