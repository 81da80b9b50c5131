// Whom the user has blocked.

import { Element, h, text } from "../parts/element.js";
import { whileBusy } from "./form.js";
import { PagedList, pagedListNodes } from "./paged-list.js";
import { nameOf, personRow } from "./person-row.js";
import { problemText } from "./problem-text.js";

export class SettingsBlocks extends Element {
  /** @param {any} context */
  static template({ texts }) {
    const title = texts.t("privacy.blocked");
    return [
      h(
        "section",
        { class: "settings-section" },
        h("h3", {}, title),
        h("p", { class: "error", role: "alert", part: "error" }),
        ...pagedListNodes(texts, { testId: "blocked", stateTestId: "blocked-state", label: title }),
      ),
    ];
  }

  /** @type {PagedList<{user: import("../net/types.js").User}> | undefined} */ #blocks;

  connected() {
    const { parts, context } = this;
    this.#blocks ??= new PagedList({
      texts: context.texts,
      parts,
      key: ({ user }) => user.user_id,
      make: ({ user }) => this.#row(user),
      empty: context.texts.t("privacy.none_blocked"),
    });
    this.#blocks.pager.start((cursor) => context.api.blocks(cursor));
  }

  /** @param {import("../net/types.js").User} user */
  #row(user) {
    const { api, texts, toasts } = this.context;
    const name = nameOf(this.context, user);
    const label = texts.t("privacy.unblock", { name });
    const button = h("button", { type: "button", "aria-label": label, "data-testid": "blocked-unblock" }, texts.t("action.unblock"));
    button.addEventListener("click", () =>
      whileBusy(button, async () => {
        text(this.parts.error, "");
        try {
          await api.unblock(user.user_id);
          this.#blocks?.pager.remove(user.user_id);
          toasts.show(texts.t("user.unblocked", { name }));
        } catch (problem) {
          text(this.parts.error, problemText(texts, problem));
        }
      }),
    );
    return personRow(this.context, { person: user, note: `@${user.username}` }, { testId: "blocked-person", tools: [button] });
  }
}

customElements.define("echo-settings-blocks", SettingsBlocks);
