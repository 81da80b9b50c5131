// How this device tells the user of new messages, and what is sent to them when no page is open.

import { Element, focused, h, show, text } from "../parts/element.js";
import { check, choices, field, whileBusy } from "./form.js";
import { problemText } from "./problem-text.js";
import { quietChoices, setQuiet } from "./quiet.js";
import { quietHours } from "./quiet-hours.js";

/** What a server may know of; the fields of those that it does not are hidden. */
const LEVELS = /** @type {const} */ (["push", "email"]);
const MAIL_MINUTES = [10, 30, 60, 180, 1_440];

export class SettingsNotifications extends Element {
  /** @param {any} context */
  static template({ texts: { t } }) {
    const levels = /** @type {[string, string][]} */ (["all", "mentions", "none"].map((level) => [level, t(`notify.level_${level}`)]));
    const minutes = /** @type {[string, string][]} */ (MAIL_MINUTES.map((n) => [String(n), t("notify.email_after", { n })]));
    const quietField = (/** @type {string} */ name) => h("input", { type: "time", part: name, "data-testid": `quiet-hours-${name}` });
    return [
      h(
        "section",
        { class: "settings-section form" },
        check(
          t("notify.allow"),
          h("input", { type: "checkbox", part: "allow", "data-testid": "allow-notifications" }),
          t("notify.allow_hint"),
        ),
        h("p", { class: "notice", part: "denied", hidden: true }, t("notify.denied")),
        check(t("notify.sound"), h("input", { type: "checkbox", part: "sound", "data-testid": "sound" })),
        field(t("notify.quiet"), h("select", { part: "quiet", "data-testid": "quiet-until" })),
      ),
      h(
        "section",
        { class: "settings-section form", part: "server", hidden: true },
        field(t("notify.push"), choices({ part: "push", "data-testid": "notify-push" }, levels)),
        field(t("notify.email"), choices({ part: "email", "data-testid": "notify-email" }, levels)),
        choices({ part: "minutes", "aria-label": t("notify.email_when"), "data-testid": "notify-email-after" }, minutes),
        h(
          "fieldset",
          { class: "form-pair", part: "hours" },
          h("legend", {}, t("notify.quiet_daily")),
          field(t("notify.quiet_from"), quietField("from")),
          field(t("notify.quiet_to"), quietField("to")),
        ),
        h("p", { class: "error", role: "alert", part: "error", "data-testid": "notify-error" }),
      ),
    ];
  }

  connected() {
    const { parts, context } = this;
    const { settings } = context;
    this.listen(parts.allow, "change", () => this.#allow());
    this.listen(parts.sound, "change", () => settings.set("sound", parts.sound.checked));
    this.listen(parts.quiet, "change", () => setQuiet(context, parts.quiet.value));
    for (const name of LEVELS) this.listen(parts[name], "change", () => this.#save(parts[name], { [name]: parts[name].value }));
    this.listen(parts.minutes, "change", () => this.#save(parts.minutes, { email_after_minutes: Number(parts.minutes.value) }));
    for (const name of ["from", "to"]) this.listen(parts[name], "change", () => this.#saveHours());
    this.watch("settings", () => this.write(() => this.#draw()));
    this.watch("preferences", () => this.write(() => this.#drawServer()));
    this.#draw();
    this.#drawServer();
    context.preferences.fetch();
  }

  // The browser is asked when the user wishes for notifications, and only then.
  async #allow() {
    const { settings } = this.context;
    const isWanted = this.parts.allow.checked;
    if (isWanted && "Notification" in window && Notification.permission === "default") await Notification.requestPermission();
    settings.set("notifications", isWanted && permission() === "granted");
    if (this.isConnected) this.#draw();
  }

  #draw() {
    const { parts, context } = this;
    const { settings } = context;
    parts.allow.checked = settings.get("notifications") && permission() === "granted";
    parts.allow.disabled = permission() === "denied";
    show(parts.denied, permission() === "denied");
    parts.sound.checked = settings.get("sound");
    const quiet = quietChoices(context);
    const options = quiet.map(({ name, label }) => h("option", { value: name }, label));
    parts.quiet.replaceChildren(...options);
    parts.quiet.value = quiet.find(({ isChecked }) => isChecked)?.name ?? "off";
  }

  #drawServer() {
    const { parts, context } = this;
    const { preferences } = context;
    const isKnown = (/** @type {string} */ name) => preferences.get(name) !== undefined;
    for (const name of LEVELS) {
      show(parts[`${name}-field`], isKnown(name));
      if (isKnown(name)) parts[name].value = preferences.get(name);
    }
    show(parts.minutes, isKnown("email_after_minutes") && preferences.get("email") !== "none");
    if (isKnown("email_after_minutes")) parts.minutes.value = String(preferences.get("email_after_minutes"));
    show(parts.hours, isKnown("quiet_hours"));
    const { from = "", to = "" } = preferences.get("quiet_hours") ?? {};
    for (const [field, value] of [
      [parts.from, from],
      [parts.to, to],
    ])
      if (field !== focused(field)) field.value = value;
    show(parts.server, [...LEVELS, "email_after_minutes", "quiet_hours"].some(isKnown));
  }

  #saveHours() {
    const { from, to } = this.parts;
    if (Boolean(from.value) !== Boolean(to.value)) return undefined; // the other one follows
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
    return this.#save(from, { quiet_hours: quietHours(from.value, to.value, timeZone) });
  }

  /**
   * @param {HTMLInputElement | HTMLSelectElement} control
   * @param {Record<string, any>} changes
   */
  async #save(control, changes) {
    const { preferences, texts } = this.context;
    text(this.parts.error, "");
    await whileBusy(control, async () => {
      try {
        await preferences.set(changes);
      } catch (problem) {
        text(this.parts.error, problemText(texts, problem));
      }
    });
    this.#drawServer();
  }
}

/** What the browser lets this page do; a browser without notifications denies them. */
function permission() {
  return "Notification" in window ? Notification.permission : "denied";
}

customElements.define("echo-settings-notifications", SettingsNotifications);
