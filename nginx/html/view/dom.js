// Builds elements from plain values; user data only ever becomes text, never markup.

export const byId = (id) => document.getElementById(id);

/** `h("button", { class: "link", onclick, "data-testid": "x", hidden: false }, "text", child, null)` */
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
 * Makes `parent`'s children those of `items` (`{key, signature, build}`), touching only what differs:
 * focus, selection and half-written edits elsewhere survive. `nodes` is the caller's memory of the last call.
 */
export function reconcile(parent, nodes, items) {
  const gone = new Set(nodes.keys());
  let place = parent.firstChild;
  for (const { key, signature, build } of items) {
    gone.delete(key);
    let known = nodes.get(key);
    if (!known || known.signature !== signature) {
      const node = build();
      if (known) {
        if (known.node === place) place = place.nextSibling;
        known.node.remove();
      }
      known = { node, signature };
      nodes.set(key, known);
    }
    if (known.node === place) place = place.nextSibling;
    else parent.insertBefore(known.node, place);
  }
  for (const key of gone) {
    nodes.get(key).node.remove();
    nodes.delete(key);
  }
}
