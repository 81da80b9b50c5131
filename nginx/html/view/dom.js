// Builds and updates elements; user data only ever becomes text, never markup.

export const byId = (id) => document.getElementById(id);

/**
 * Creates an element: `h("button", { class: "link", onclick, hidden: false }, "text", child, null)`. Attributes and children that
 * are null, undefined or false are left out.
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/**
 * Makes the children of `parent` those of `items` (`{key, signature, build}`). Rebuilds only items whose signature has changed, so
 * focus and selection in the others survive. `nodes` (key → `{node, signature}`) keeps the state between calls.
 */
export function reconcile(parent, nodes, items) {
  const unusedKeys = new Set(nodes.keys());
  let next = parent.firstChild;
  for (const { key, signature, build } of items) {
    unusedKeys.delete(key);
    let entry = nodes.get(key);
    if (!entry || entry.signature !== signature) {
      const node = build();
      if (entry) {
        if (entry.node === next) next = next.nextSibling;
        entry.node.remove();
      }
      entry = { node, signature };
      nodes.set(key, entry);
    }
    if (entry.node === next) next = next.nextSibling;
    else parent.insertBefore(entry.node, next);
  }
  for (const key of unusedKeys) {
    nodes.get(key).node.remove();
    nodes.delete(key);
  }
}
