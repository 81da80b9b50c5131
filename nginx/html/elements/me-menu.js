// The user themself at the bottom of the sidebar: their status, do-not-disturb, theme, settings, and at last the way out.

import { Element, h, icon, show, text } from "../parts/element.js";
import { openMenu } from "./floating-menu.js";
import { quietChoices, setQuiet } from "./quiet.js";
import { faceNode, updateFace } from "./room-face.js";
import { openSettings } from "./sidebar-doors.js";

const STATUS_MAX = 250; // characters
const THEMES = ["system", "light", "dark"];

/** `echo-me-menu` */
export class MeMenu extends Element {
  /** @type {import("./floating-menu.js").OpenMenu | null} */ #menu = null;
  /** @type {(() => void) | null} */ #endOfQuiet = null;

  static template() {
    return [
      h(
        "button",
        {
          type: "button",
          class: "me-button plain",
          part: "button",
          "aria-haspopup": "menu",
          "aria-expanded": "false",
          "data-testid": "my-profile",
        },
        faceNode({ part: "face" }),
        h(
          "span",
          { class: "me-names" },
          h("strong", { class: "line", part: "name", dir: "auto", "data-testid": "my-name" }),
          h("small", { class: "line", part: "status", dir: "auto", "data-testid": "my-status" }),
        ),
        h("span", { class: "room-sign", part: "quiet", hidden: true, "data-testid": "quiet" }, icon("quiet")),
        icon("chevron-down"),
      ),
    ];
  }

  connected() {
    this.listen(this.parts.button, "click", () => this.#open());
    this.watch("me", () => this.write(() => this.#draw()));
    this.watch("settings", () => this.write(() => this.#draw()));
    this.#draw();
  }

  disconnected() {
    this.#menu?.close();
  }

  #draw() {
    const { store, texts, settings, clock } = this.context;
    const { me } = store;
    if (!me) return;
    const { button, face, name, status, quiet } = this.parts;
    const shown = store.displayName(me.user_id);
    updateFace(face, { userId: me.user_id, name: shown }, texts);
    text(name, shown);
    text(status, me.status_text || `@${me.username}`);
    button.setAttribute("aria-label", texts.t("sidebar.me", { name: shown }));
    const until = Date.parse(settings.get("quietUntil"));
    const left = until - clock.now();
    show(quiet, left > 0);
    quiet.title = left > 0 ? texts.t("notify.quiet_until", { time: texts.dates.time(settings.get("quietUntil")) }) : "";
    this.#endOfQuiet?.();
    this.#endOfQuiet = left > 0 ? this.later(left, () => this.#draw()) : null;
  }

  #open() {
    if (this.#menu?.isOpen) return this.#menu.close();
    const { texts } = this.context;
    this.#menu = openMenu(this.#items(), {
      label: texts.t("sidebar.me", { name: this.context.store.displayName(this.context.store.me.user_id) }),
      host: this,
      by: this.parts.button,
      side: "above",
      head: [this.#statusForm()],
      testId: "me-menu",
    });
    return undefined;
  }

  /** @returns {import("./floating-menu.js").MenuItem[]} */
  #items() {
    const { context } = this;
    const { host, settings, texts, visit } = context;
    const { t } = texts;
    const theme = settings.get("theme");
    return [
      ...quietChoices(context).map(({ name, label, isChecked }) => ({
        group: t("notify.quiet"),
        label,
        isChecked,
        testId: `quiet-${name}`,
        run: () => setQuiet(context, name),
      })),
      ...THEMES.map((name) => ({
        group: t("appearance.theme"),
        label: t(`appearance.theme_${name}`),
        isChecked: name === theme,
        testId: `theme-${name}`,
        run: () => settings.set("theme", name),
      })),
      { label: t("settings.profile"), icon: "edit", testId: "open-profile", run: () => openSettings(context, "profile") },
      { label: t("settings.devices"), icon: "device", testId: "open-devices", run: () => openSettings(context, "devices") },
      { label: t("settings.title"), icon: "settings", testId: "open-settings", run: () => openSettings(context) },
      ...(host.isGuest
        ? []
        : [{ label: t("sign_out.title"), icon: "sign-out", testId: "sign-out", isLast: true, run: () => visit.signOut() }]),
    ];
  }

  #statusForm() {
    const { store, texts, api, actions } = this.context;
    const { t } = texts;
    const before = store.me.status_text ?? "";
    const input = h("input", {
      type: "text",
      value: before,
      maxlength: STATUS_MAX,
      "aria-label": t("profile.status"),
      placeholder: t("profile.status_hint"),
      "data-testid": "status-input",
      autocomplete: "off",
      enterkeyhint: "done",
      dir: "auto",
    });
    const save = async (/** @type {Event} */ event) => {
      event.preventDefault();
      const words = input.value.trim();
      this.#menu?.close();
      if (words !== before) await actions.try(async () => store.putUser(await api.updateMe({ status_text: words })));
    };
    return h("form", { class: "status-form", onsubmit: save }, input);
  }
}

customElements.define("echo-me-menu", MeMenu);
