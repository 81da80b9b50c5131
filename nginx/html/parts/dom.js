// Builds and updates nodes. User data only ever becomes text, never markup; what is the same already is not touched, so that focus,
// selection and an input method survive.

const SVG = "http://www.w3.org/2000/svg";
const ICONS = new URL("../icons.svg", import.meta.url).href;

/**
 * @typedef {string | number | boolean | null | undefined | ((event: any) => void)} AttributeValue
 * @typedef {Node | string | number | null | undefined | false | readonly (Node | string | null | undefined | false)[]} Child
 */

/**
 * Makes an element: `h("button", { class: "link", onclick, hidden: false }, "text", child, null)`. Attributes and children that are null,
 * undefined or false are left out; `part` is short for `data-part`.
 * @template {string} Tag
 * @param {Tag} tag
 * @param {Record<string, AttributeValue>} [attributes]
 * @param {...Child} children
 * @returns {Tag extends keyof HTMLElementTagNameMap ? HTMLElementTagNameMap[Tag] : HTMLElement}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else attribute(element, name === "part" ? "data-part" : name, value);
  }
  append(element, children);
  return /** @type {any} */ (element);
}

/**
 * Appends what is not null, undefined or false.
 * @param {ParentNode} parent
 * @param {readonly Child[]} children
 */
export function append(parent, children) {
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) parent.append(child instanceof Node ? child : String(child));
  }
}

/**
 * Sets an attribute; null, undefined and false remove it, true is an empty one.
 * @param {Element} element
 * @param {string} name
 * @param {string | number | boolean | null | undefined} value
 */
export function attribute(element, name, value) {
  if (value === null || value === undefined || value === false) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
    return;
  }
  const written = value === true ? "" : String(value);
  if (element.getAttribute(name) !== written) element.setAttribute(name, written);
}

/**
 * Sets the text of a node.
 * @param {Node} node
 * @param {string | number} value
 */
export function text(node, value) {
  const written = String(value);
  const only = node.childNodes.length === 1 ? node.firstChild : null;
  if (only instanceof Text) {
    if (only.data !== written) only.data = written;
  } else if (node.firstChild || written) {
    node.textContent = written;
  }
}

/**
 * Adds or removes a class.
 * @param {Element} node
 * @param {string} name
 * @param {boolean} isOn
 */
export function toggle(node, name, isOn) {
  if (node.classList.contains(name) !== isOn) node.classList.toggle(name, isOn);
}

/**
 * The element that has the focus, in the page or the shadow tree that a node is in; null if it is elsewhere, or nowhere.
 * @param {Node} node
 * @returns {Element | null}
 */
export function focused(node) {
  const root = node.getRootNode();
  const { activeElement } = root instanceof ShadowRoot ? root : document;
  return activeElement === document.body ? null : activeElement;
}

/**
 * The element that has the focus, in whatever shadow tree it is.
 * @returns {Element | null}
 */
export function deepFocus() {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node;
}

/**
 * Whether lines are written from right to left where a node is.
 * @param {Element} node
 */
export function isMirrored(node) {
  return getComputedStyle(node).direction === "rtl";
}

/**
 * Shows or hides an element.
 * @param {HTMLElement} node
 * @param {boolean} isShown
 */
export function show(node, isShown) {
  if (node.hidden === isShown) node.hidden = !isShown;
}

/**
 * An icon of icons.svg; hidden from screen readers, since the control it stands in has a name.
 * @param {string} name
 */
export function icon(name) {
  const image = document.createElementNS(SVG, "svg");
  image.setAttribute("class", `icon icon-${name}`);
  image.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${ICONS}#${name}`);
  image.append(use);
  return image;
}
