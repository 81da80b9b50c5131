// Writes the tree of a message as HTML, to compare it with CommonMark's examples; the page never does.

const TAGS = { bold: "strong", italic: "em", strike: "del" };

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");

export const html = (blocks) => blocks.map((block) => blockHTML(block, true)).join("");

function inlineHTML(nodes) {
  return nodes
    .map((node) => {
      if (node.type === "text" || node.type === "mention") return escaped(node.text);
      if (node.type === "code") return `<code>${escaped(node.text)}</code>`;
      if (node.type === "autolink") return `<a href="${escaped(node.address)}">${escaped(node.text)}</a>`;
      if (node.type === "link") return `<a href="${escaped(node.address)}">${inlineHTML(node.children)}</a>`;
      return `<${TAGS[node.type]}>${inlineHTML(node.children)}</${TAGS[node.type]}>`;
    })
    .join("");
}

function blockHTML(block, isLoose) {
  if (block.type === "paragraph") return isLoose ? `<p>${inlineHTML(block.children)}</p>\n` : `${inlineHTML(block.children)}\n`;
  if (block.type === "quote") return `<blockquote>\n${html(block.children)}</blockquote>\n`;
  if (block.type === "fence") {
    const name = block.language ? ` class="language-${block.language}"` : "";
    return `<pre><code${name}>${escaped(block.text)}${block.text ? "\n" : ""}</code></pre>\n`;
  }
  const tag = block.isOrdered ? "ol" : "ul";
  const start = block.isOrdered && block.start !== 1 ? ` start="${block.start}"` : "";
  const items = block.children.map((item) => `<li>${item.children.map((child) => blockHTML(child, block.isLoose)).join("")}</li>\n`);
  return `<${tag}${start}>\n${items.join("")}</${tag}>\n`;
}

/** Without what differs on purpose: the page shows each line break, and keeps the space at the start of a line. */
export function comparable(written) {
  return written
    .replace(/<br \/>/g, "")
    .replace(/[ \t]*\n[ \t]*/g, "\n")
    .replace(/\n*(<\/?(?:p|li|ul|ol|blockquote)\b[^>]*>)\n*/g, "$1")
    .replace(/>[ \t]+/g, ">")
    .replace(/[ \t]+<\//g, "</")
    .trim();
}
