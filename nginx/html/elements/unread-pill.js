// The element <echo-unread-pill>: what is unread above what the user sees, with a way there, and to say that it is read.

import { Element, h, icon, show, text } from "../parts/element.js";

export class UnreadPill extends Element {
  static template(/** @type {any} */ { texts: { t } }) {
    return [
      h(
        "div",
        { part: "pill", class: "unread-pill", "data-testid": "unread-pill", hidden: true },
        h(
          "button",
          { part: "jump", type: "button", class: "plain", title: t("timeline.to_unread"), "data-testid": "jump-to-unread" },
          icon("chevron-down"),
          h("span", { part: "text", class: "line" }),
        ),
        h("button", { part: "read", type: "button", class: "plain", "data-testid": "mark-read" }, t("timeline.mark_read")),
      ),
    ];
  }

  connected() {
    const timeline = /** @type {import("./timeline.js").Timeline} */ (this.parentElement);
    this.listen(this.parts.jump, "click", () => timeline.opening.toUnread());
    this.listen(this.parts.read, "click", () => {
      if (timeline.roomId) this.context.marks.readAll(timeline.roomId);
      this.show(null);
      this.context.compose.focus();
    });
  }

  /** @param {{ count: number, since: string | null } | null} unread null: there is nothing above */
  show(unread) {
    const { pill, text: label } = this.parts;
    const { texts } = this.context;
    show(pill, unread !== null);
    if (!unread) return;
    const { count: n, since } = unread;
    text(label, since ? texts.t("timeline.new_since", { n, time: texts.dates.brief(since) }) : texts.t("timeline.new_count", { n }));
  }
}

customElements.define("echo-unread-pill", UnreadPill);
