// Do-not-disturb of this device: off, for an hour, or until tomorrow morning. The notifier reads the setting `quietUntil`, a time.

const HOUR_MS = 3_600_000;
const MORNING = 8; // o'clock

/** @typedef {"off" | "hour" | "morning"} QuietName */

/**
 * When a time without disturbance ends that begins now; empty for none.
 * @param {QuietName} name
 * @param {number} now
 */
export function quietEnd(name, now) {
  if (name === "off") return "";
  if (name === "hour") return new Date(now + HOUR_MS).toISOString();
  const date = new Date(now);
  const days = date.getHours() < MORNING ? 0 : 1;
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days, MORNING).toISOString();
}

/**
 * What may be chosen; of one that runs, how long it still does.
 * @param {any} context
 * @returns {{ name: QuietName | "on", label: string, isChecked: boolean }[]}
 */
export function quietChoices({ settings, texts, clock }) {
  const { t } = texts;
  const until = settings.get("quietUntil");
  const isOn = Date.parse(until) > clock.now();
  /** @type {{ name: QuietName | "on", label: string, isChecked: boolean }[]} */
  const choices = [
    { name: "off", label: t("notify.quiet_off"), isChecked: !isOn },
    { name: "hour", label: t("notify.quiet_hour"), isChecked: false },
    { name: "morning", label: t("notify.quiet_morning"), isChecked: false },
  ];
  if (isOn) choices.push({ name: "on", label: t("notify.quiet_until", { time: texts.dates.time(until) }), isChecked: true });
  return choices;
}

/**
 * @param {any} context
 * @param {QuietName | "on"} name `on`: as it is
 */
export function setQuiet({ settings, clock }, name) {
  if (name !== "on") settings.set("quietUntil", quietEnd(name, clock.now()));
}
