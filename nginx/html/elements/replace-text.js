// Changes the text of a field as if the user had typed it, so that Undo takes it back.

/**
 * @param {HTMLTextAreaElement} field
 * @param {{ from: number, to: number, insert: string, start?: number, end?: number }} replacement `start` and `end`: the selection afterwards
 */
export function replaceText(field, { from, to, insert, start = from + insert.length, end = start }) {
  field.focus();
  field.setSelectionRange(from, to);
  const isTyped = insert ? document.execCommand("insertText", false, insert) : from === to || document.execCommand("delete");
  if (!isTyped) {
    field.setRangeText(insert, from, to, "end");
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  field.setSelectionRange(start, end);
}
