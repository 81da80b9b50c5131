// The words of the interface, in the user's language, with numbers, names and dates as it writes them.

import { Dates } from "./dates.js";

/** The languages of texts/, by what they call themselves. */
export const LANGUAGES = Object.freeze({ en: "English", de: "Deutsch" });

/** @type {Record<string, () => Promise<{ words: Record<string, Words> }>>} by name, so that the service worker finds all of them */
const LOADERS = { en: () => import("../texts/en.js"), de: () => import("../texts/de.js") };

/** Languages that are written from right to left; the page is then mirrored. */
const RIGHT_TO_LEFT = new Set(["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"]);
const SIZES = ["byte", "kilobyte", "megabyte", "gigabyte"];
const PARAMETER = /\{(\w+)\}/g;

/**
 * @typedef {string | { one: string, other: string }} Words a text, or its forms for a number `n`
 * @typedef {Record<string, string | number>} Parameters
 */

export class Texts {
  /** @type {Record<string, Words>} */ #words;
  /** @type {Intl.PluralRules} */ #plural;
  /** @type {Intl.NumberFormat} */ #numbers;
  /** @type {Intl.ListFormat} */ #list;

  /**
   * @param {string} language of the words
   * @param {Record<string, Words>} words
   * @param {{ locale?: string, now?: () => number }} options `locale`: how numbers and dates are written
   */
  constructor(language, words, { locale = language, now = Date.now } = {}) {
    this.language = language;
    this.locale = locale;
    this.direction = RIGHT_TO_LEFT.has(language.split("-")[0]) ? "rtl" : "ltr";
    this.#words = words;
    this.#plural = new Intl.PluralRules(language);
    this.#numbers = new Intl.NumberFormat(locale);
    this.#list = new Intl.ListFormat(language, { type: "conjunction" });
    this.dates = new Dates(locale, now);
    this.t = this.t.bind(this);
  }

  /**
   * A text: `t("room.members", { n: 3 })`. Numbers are written as the locale does.
   * @param {string} key
   * @param {Parameters} [parameters]
   * @returns {string}
   */
  t(key, parameters = {}) {
    return this.#form(key, parameters.n).replace(PARAMETER, (whole, name) => {
      const value = parameters[name];
      if (value === undefined) return whole;
      return typeof value === "number" ? this.number(value) : value;
    });
  }

  /**
   * A text with nodes in it, to be appended: `nodes("invite.title", { name: h("b", {}, name) })`.
   * @param {string} key
   * @param {Record<string, Node | string | number>} parameters
   * @returns {(Node | string)[]}
   */
  nodes(key, parameters) {
    const count = typeof parameters.n === "number" ? parameters.n : undefined;
    return this.#form(key, count)
      .split(/(\{\w+\})/)
      .map((piece) => {
        const value = /^\{\w+\}$/.test(piece) ? parameters[piece.slice(1, -1)] : undefined;
        if (value === undefined) return piece;
        return typeof value === "number" ? this.number(value) : value;
      })
      .filter((piece) => piece !== "");
  }

  /** @param {number} value */
  number(value) {
    return this.#numbers.format(value);
  }

  /**
   * "Alice, Bob and Carol".
   * @param {readonly string[]} names
   */
  list(names) {
    return this.#list.format(names);
  }

  /**
   * "1.5 MB", in steps of 1,024.
   * @param {number} bytes
   */
  fileSize(bytes) {
    if (!Number.isFinite(bytes)) return "";
    const step = Math.min(SIZES.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
    const format = new Intl.NumberFormat(this.locale, {
      style: "unit",
      unit: SIZES[step],
      unitDisplay: step ? "short" : "long",
      maximumFractionDigits: step > 1 ? 1 : 0,
    });
    return format.format(bytes / 1024 ** step);
  }

  /**
   * @param {string} key
   * @param {string | number | undefined} count
   */
  #form(key, count) {
    const words = this.#words[key];
    if (words === undefined) return key; // the tests let no key of the page be missing
    if (typeof words === "string") return words;
    return this.#plural.select(Number(count ?? 0)) === "one" ? words.one : words.other;
  }
}

/**
 * The language of the interface, and the locale for its numbers and dates: the one that the user has set, else the first of the browser's
 * that the page speaks.
 * @param {readonly string[]} preferred the browser's languages
 * @param {string | null} [setting]
 * @returns {{ language: keyof typeof LANGUAGES, locale: string }}
 */
export function chooseLanguage(preferred, setting = null) {
  const spoken = (/** @type {string} */ tag) => /** @type {keyof typeof LANGUAGES} */ (tag.split("-")[0].toLowerCase());
  const isSpoken = (/** @type {string} */ tag) => Object.hasOwn(LANGUAGES, spoken(tag));
  const language = setting && isSpoken(setting) ? spoken(setting) : spoken(preferred.find(isSpoken) ?? "en");
  return { language, locale: preferred.find((tag) => spoken(tag) === language) ?? language };
}

/**
 * @param {{ language: string, locale: string }} choice
 * @returns {Promise<Texts>}
 */
export async function loadTexts({ language, locale }) {
  const { words } = await LOADERS[language]();
  return new Texts(language, words, { locale });
}
