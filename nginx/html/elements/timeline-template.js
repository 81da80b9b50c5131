// The nodes that a timeline is made of.

import { h, icon } from "../parts/element.js";

/** @param {import("../parts/texts.js").Texts} texts */
export function timelineTemplate({ t }) {
  return [
    h(
      "div",
      { part: "scroller", class: "scroller timeline-scroller", "data-testid": "history" },
      h(
        "div",
        { part: "column", class: "timeline-column" },
        h("p", { part: "state", class: "timeline-state", "data-testid": "history-state" }),
        h("div", { part: "box", class: "timeline-messages", role: "group", "data-testid": "messages" }),
        h("div", { part: "more", class: "timeline-more" }),
      ),
    ),
    h("echo-unread-pill", { part: "pill" }),
    h(
      "button",
      { part: "jump", class: "jump", type: "button", "data-testid": "jump-to-end", hidden: true },
      icon("chevron-down"),
      h("span", { part: "jumpText" }, t("timeline.to_newest")),
    ),
    h("p", { part: "announcer", class: "visually-hidden", "aria-live": "polite" }),
  ];
}
