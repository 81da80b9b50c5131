// Fills a list page by page: the first page at once, each further one when the user presses "More".

import { h } from "./dom.js";

/**
 * Replaces the children of `list` by the items of `page`. `load(cursor)` fetches a further page, `render(item)` returns an item's
 * element, `onError(problem)` reports why a page could not be loaded. Replacing the children of `list` ends the pagination.
 */
export function paginate(list, page, { load, render, onError }) {
  list.replaceChildren(...page.items.map(render));
  addMoreButton(list, page.next_cursor, { load, render, onError });
}

function addMoreButton(list, cursor, options) {
  if (!cursor) return;
  const button = h("button", { type: "button", "data-testid": "list-more", onclick: () => loadMore() }, "More");
  const row = h("li", {}, button);
  list.append(row);

  async function loadMore() {
    button.disabled = true;
    try {
      const page = await options.load(cursor);
      if (row.parentNode !== list) return; // the list was replaced in the meantime
      const items = page.items.map(options.render);
      row.replaceWith(...items);
      addMoreButton(list, page.next_cursor, options);
      items[0]?.querySelector("button, a, input")?.focus();
    } catch (problem) {
      button.disabled = false;
      options.onError(problem);
    }
  }
}
