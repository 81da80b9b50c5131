// Writes times as the user's locale does: of the day, of the conversation, since when somebody is away.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export class Dates {
  /** @type {string} */ #locale;
  /** @type {() => number} */ #now;
  /** @type {Map<string, Intl.DateTimeFormat>} */ #formats = new Map();
  /** @type {Intl.RelativeTimeFormat} */ #relative;

  /**
   * @param {string} locale
   * @param {() => number} [now] milliseconds
   */
  constructor(locale, now = Date.now) {
    this.#locale = locale;
    this.#now = now;
    this.#relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  }

  /**
   * The time of the day.
   * @param {string} iso
   */
  time(iso) {
    return this.#format(iso, { hour: "numeric", minute: "2-digit" });
  }

  /**
   * Day and time in full.
   * @param {string} iso
   */
  full(iso) {
    return this.#format(iso, { dateStyle: "full", timeStyle: "short" });
  }

  /**
   * Day and time, short, for lists and forms.
   * @param {string} iso
   */
  short(iso) {
    return this.#format(iso, { dateStyle: "medium", timeStyle: "short" });
  }

  /**
   * The same for all times of one day, here.
   * @param {string} iso
   */
  dayKey(iso) {
    return dayOf(new Date(iso));
  }

  /**
   * The day, as a heading: "Today", "Yesterday", "Monday, 2 February", "2 February 2025".
   * @param {string} iso
   */
  day(iso) {
    const days = this.#daysAgo(iso);
    if (days === 0 || days === 1) return capitalized(this.#relative.format(-days, "day"), this.#locale);
    const isThisYear = new Date(iso).getFullYear() === new Date(this.#now()).getFullYear();
    return this.#format(
      iso,
      isThisYear ? { weekday: "long", day: "numeric", month: "long" } : { day: "numeric", month: "long", year: "numeric" },
    );
  }

  /**
   * For a row of a list: the time if it is today, the weekday within a week, else the date.
   * @param {string} iso
   */
  brief(iso) {
    const days = this.#daysAgo(iso);
    if (days === 0) return this.time(iso);
    if (days > 0 && days < 7) return this.#format(iso, { weekday: "short" });
    const isThisYear = new Date(iso).getFullYear() === new Date(this.#now()).getFullYear();
    return this.#format(iso, isThisYear ? { day: "numeric", month: "short" } : { day: "numeric", month: "numeric", year: "2-digit" });
  }

  /**
   * How long ago: "5 minutes ago", "yesterday", "on 2 Feb" as far as the language says it.
   * @param {string} iso
   */
  ago(iso) {
    const passed = this.#now() - new Date(iso).getTime(); // less than 0 if this clock is behind the server's
    if (passed < MINUTE) return this.#relative.format(0, "second");
    if (passed < HOUR) return this.#relative.format(-Math.floor(passed / MINUTE), "minute");
    if (passed < DAY) return this.#relative.format(-Math.floor(passed / HOUR), "hour");
    const days = this.#daysAgo(iso);
    return days < 30 ? this.#relative.format(-days, "day") : this.#format(iso, { dateStyle: "medium" });
  }

  /** The milliseconds until the day changes, and with it "Today". */
  untilMidnight() {
    const now = new Date(this.#now());
    return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1).getTime() - now.getTime();
  }

  /** @param {string} iso */
  #daysAgo(iso) {
    const date = new Date(iso);
    const now = new Date(this.#now());
    // Of the calendar: a day of a change of the clocks has not 24 hours.
    const days = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()) - Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
    return days / DAY;
  }

  /**
   * @param {string} iso
   * @param {Intl.DateTimeFormatOptions} options
   */
  #format(iso, options) {
    const key = JSON.stringify(options);
    let format = this.#formats.get(key);
    if (!format) {
      format = new Intl.DateTimeFormat(this.#locale, options);
      this.#formats.set(key, format);
    }
    return format.format(new Date(iso));
  }
}

/** @param {Date} date */
function dayOf(date) {
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

/**
 * @param {string} text
 * @param {string} locale
 */
function capitalized(text, locale) {
  return text.replace(/^\p{Ll}/u, (first) => first.toLocaleUpperCase(locale));
}
