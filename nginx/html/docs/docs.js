// Puts a button on each block of code that copies it, and remembers the language that the reader chose. The pages work without it.

const LANGUAGE = "echochat-docs-language";

for (const block of document.querySelectorAll("pre:not(.output)")) {
  if (!navigator.clipboard) break; // on plain http, but for localhost
  const text = block.textContent;
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "copy", textContent: "Copy" });
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1_500);
  });
  block.append(button);
}

for (const choice of document.querySelectorAll(".languages input")) {
  choice.addEventListener("change", () => remember(choice.id));
  if (choice.id === remembered()) choice.checked = true;
}

// A browser may forbid storage.
function remember(id) {
  try {
    localStorage.setItem(LANGUAGE, id);
  } catch { /* the choice lasts as long as the page */ }
}

function remembered() {
  try {
    return localStorage.getItem(LANGUAGE);
  } catch {
    return null;
  }
}
