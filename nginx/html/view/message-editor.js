// The form in place of a message's content while the user edits it.

import { errorText } from "../net/client.js";
import { h } from "./dom.js";
import { toast } from "./toast.js";

/** `save(message, content)` stores the new content or throws; `close(message)` ends the editing. */
export function messageEditor(message, { save, close }) {
  const area = h("textarea", { "aria-label": "Edit message", "data-testid": "edit-input", rows: "2", dir: "auto" });
  area.value = message.content;
  const form = h("form", { class: "editor", onsubmit: (event) => { event.preventDefault(); submit(); } },
    area,
    h("div", { class: "row" },
      h("button", { type: "submit", class: "primary", "data-testid": "edit-save" }, "Save"),
      h("button", { type: "button", "data-testid": "edit-cancel", onclick: () => close(message) }, "Cancel"),
      h("small", { class: "hint" }, "Enter saves, Escape cancels")));
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close(message);
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
  });
  return form;

  async function submit() {
    const content = area.value.trim();
    if ((!content && !message.attachments?.length) || content === message.content) return close(message);
    for (const control of form.elements) control.disabled = true;
    try {
      await save(message, content);
      close(message);
    } catch (problem) {
      for (const control of form.elements) control.disabled = false;
      toast(`Not saved: ${errorText(problem)}`);
    }
  }
}
