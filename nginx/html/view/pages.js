// Fills a list page by page: the first at once, each further one when it is asked for.

import { h } from "./dom.js";

/**
 * `load(cursor)` gives a page or throws, `item(thing)` its element; `failed(problem)` is told why a further page did not come.
 * Whatever replaces what is in `list` ends this.
 */
export function fill(list, page, { load, item, failed }) {
  list.replaceChildren(...page.items.map(item));
  offer(list, page.next_cursor, { load, item, failed });
}

function offer(list, cursor, how) {
  if (!cursor) return;
  const button = h("button", { type: "button", "data-testid": "list-more", onclick: () => more() }, "More");
  const place = h("li", {}, button);
  list.append(place);

  async function more() {
    button.disabled = true;
    try {
      const page = await how.load(cursor);
      if (place.parentNode !== list) return; // another list has taken its place
      const first = page.items.map(how.item);
      place.replaceWith(...first);
      offer(list, page.next_cursor, how);
      first[0]?.querySelector("button, a, input")?.focus();
    } catch (problem) {
      button.disabled = false;
      how.failed(problem);
    }
  }
}
