// Takes files out of the clipboard, and those that are dropped on the page.

/**
 * The files that are pasted. An office program copies text together with a picture of it: then the text is meant.
 * @param {ClipboardEvent} event
 * @returns {File[]}
 */
export function pastedFiles({ clipboardData }) {
  if (!clipboardData) return [];
  const { files, types } = clipboardData;
  if (types.includes("text/plain") && types.includes("text/html")) return [];
  return [...files];
}

/**
 * Takes what is dropped on `target`; a file that is dropped beside it does not replace the page.
 * @param {import("../parts/element.js").Element} element with which it ends
 * @param {HTMLElement} target
 * @param {{ onHover: (isOver: boolean) => void, onFiles: (files: File[], hasFolder: boolean) => void }} options
 */
export function listenForDrops(element, target, { onHover, onFiles }) {
  let depth = 0;
  const end = () => {
    depth = 0;
    onHover(false);
  };
  const hasFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files") ?? false;
  element.listen(window, "dragover", (event) => hasFiles(event) && event.preventDefault());
  element.listen(window, "drop", (event) => {
    if (hasFiles(event)) event.preventDefault();
    end();
  });
  // Each element in the target is entered and left in turn: it is over once all are left.
  element.listen(target, "dragenter", (event) => {
    if (!hasFiles(event)) return;
    depth += 1;
    onHover(true);
  });
  element.listen(target, "dragleave", (event) => {
    if (!hasFiles(event)) return;
    depth -= 1;
    if (depth <= 0) end();
  });
  element.listen(target, "drop", (event) => hasFiles(event) && onFiles(...droppedFiles(event.dataTransfer)));
}

/**
 * @param {DataTransfer} transfer
 * @returns {[files: File[], hasFolder: boolean]}
 */
function droppedFiles({ items }) {
  const all = [...items].filter(({ kind }) => kind === "file");
  const isFolder = (/** @type {DataTransferItem} */ item) => item.webkitGetAsEntry?.()?.isDirectory ?? false;
  const files = all.filter((item) => !isFolder(item)).map((item) => item.getAsFile());
  return [/** @type {File[]} */ (files.filter(Boolean)), all.some(isFolder)];
}
