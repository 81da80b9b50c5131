// The messages of a room that were reported, for its moderators.

import { Element, h, show, text } from "../parts/element.js";
import { PagedList, pagedListNodes } from "./paged-list.js";
import { nameOf } from "./person-row.js";
import { problemText } from "./problem-text.js";

const EXCERPT_MAX = 120; // characters

export class PanelReports extends Element {
  /** @param {any} context */
  static template({ texts }) {
    return [
      h(
        "section",
        { class: "panel-section", part: "section", hidden: true },
        h("h3", {}, texts.t("members.reports")),
        h("p", { class: "error", role: "alert", part: "error" }),
        ...pagedListNodes(texts, { label: texts.t("members.reports") }),
      ),
    ];
  }

  /** @type {string | null} */ #roomId = null;
  /** @type {PagedList<any> | undefined} */ #reports;

  connected() {
    const { parts, context } = this;
    this.#reports ??= new PagedList({
      texts: context.texts,
      parts,
      key: ({ seq, reporter }) => `${seq} ${reporter.user_id}`,
      make: (report) => this.#row(report),
      onChange: () => show(parts.section, Boolean(this.#reports?.pager.items.length || this.#reports?.pager.error)),
    });
  }

  /** @param {string | null} roomId */
  open(roomId) {
    this.#roomId = roomId;
    text(this.parts.error, "");
    if (roomId) this.#reports?.pager.start((cursor) => this.context.api.reports(roomId, cursor));
    else this.#reports?.pager.stop();
  }

  /** @param {any} report */
  #row({ seq, reporter, reason, message }) {
    const { context } = this;
    const { t } = context.texts;
    const by = t("members.report_by", { seq, name: nameOf(context, reporter) });
    const words = message?.deleted ? t("message.deleted") : (message?.content ?? "");
    const resolve = async () => {
      try {
        await context.api.resolveReports(this.#roomId, seq);
        await this.#reports?.pager.reload();
      } catch (problem) {
        text(this.parts.error, problemText(context.texts, problem));
      }
    };
    return h(
      "li",
      { class: "person-row", "data-testid": "report" },
      h(
        "span",
        { class: "row-names" },
        h("a", { class: "line", href: `#/room/${this.#roomId}/${seq}`, dir: "auto" }, [...(words || by)].slice(0, EXCERPT_MAX).join("")),
        h("small", { dir: "auto" }, [words ? by : "", reason].filter(Boolean).join(": ")),
      ),
      h("button", { type: "button", "data-testid": "resolve-report", onclick: resolve }, t("members.resolve")),
    );
  }
}

customElements.define("echo-panel-reports", PanelReports);
