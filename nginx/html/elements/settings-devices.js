// The devices that are signed in, and how to sign them out.

import { Element, h, show, text } from "../parts/element.js";
import { whileBusy } from "./form.js";
import { PagedList, pagedListNodes } from "./paged-list.js";
import { problemText } from "./problem-text.js";

export class SettingsDevices extends Element {
  /** @param {any} context */
  static template({ texts }) {
    const { t } = texts;
    return [
      h(
        "section",
        { class: "settings-section" },
        h("h3", {}, t("settings.devices")),
        h("p", { class: "hint", role: "status", part: "said", "data-testid": "devices-state" }),
        ...pagedListNodes(texts, { testId: "devices", label: t("settings.devices") }),
        h(
          "button",
          { type: "button", class: "danger", part: "others", hidden: true, "data-testid": "end-other-devices" },
          t("devices.sign_out_others"),
        ),
      ),
    ];
  }

  /** @type {PagedList<any> | undefined} */ #devices;

  connected() {
    const { parts, context } = this;
    this.#devices ??= new PagedList({
      texts: context.texts,
      parts,
      key: ({ session_id }) => session_id,
      make: (device) => this.#row(device),
      onChange: () => {
        const pager = this.#devices?.pager;
        show(parts.others, Boolean(pager && (pager.items.length > 1 || pager.hasMore)));
      },
    });
    this.listen(parts.others, "click", () => this.#endOthers());
    this.#devices.pager.start((cursor) => context.api.sessions(cursor));
  }

  /** @param {any} device */
  #row({ session_id: id, device_name: name, user_agent: userAgent, address, last_seen_at: at, current }) {
    const { texts, api } = this.context;
    const { t } = texts;
    const when = current ? t("devices.this") : t("devices.last_used", { when: texts.dates.ago(at) });
    const button = h(
      "button",
      { type: "button", "aria-label": t("devices.sign_out", { device: name }), "data-testid": "end-device" },
      t("sign_out.title"),
    );
    button.addEventListener("click", () => this.#end(button, () => api.endSession(id), t("devices.signed_out")));
    return h(
      "li",
      { class: "person-row", "data-testid": "device", "data-current": String(current), title: userAgent },
      h(
        "span",
        { class: "row-names" },
        h("b", { class: "line", dir: "auto" }, name),
        h("small", {}, [when, address].filter(Boolean).join(" · ")),
      ),
      current ? null : button,
    );
  }

  async #endOthers() {
    const { api, dialogs, texts } = this.context;
    const { t } = texts;
    if (!(await dialogs.confirm(t("devices.sign_out_others_question"), t("sign_out.title")))) return;
    await this.#end(this.parts.others, () => api.endOtherSessions(), t("devices.others_signed_out"));
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {() => Promise<unknown>} run
   * @param {string} done
   */
  async #end(button, run, done) {
    const { texts } = this.context;
    await whileBusy(button, async () => {
      let said = done;
      try {
        await run();
      } catch (/** @type {any} */ problem) {
        if (problem.status !== 404) said = problemText(texts, problem); // else it was signed out already
      }
      await this.#devices?.pager.reload();
      text(this.parts.said, said);
    });
  }
}

customElements.define("echo-settings-devices", SettingsDevices);
