// What the files of the page may not use: what makes HTML of text, and what a browser of 2022 lacks.

import { BROWSER, LANGUAGE } from "./newer-scripts.js";
import { STYLE } from "./newer-styles.js";

/**
 * `example` has to be found, in a file of the first of `in`. `guard` is a use that is fine, since it asks first whether the browser has it
 * (`guards`: how a line may ask, beside the usual ways of check.js). What has no `guard` is never fine.
 *
 * @typedef {object} Rule
 * @property {string} name
 * @property {RegExp} pattern
 * @property {string} example
 * @property {string} [guard]
 * @property {RegExp} [guards]
 * @property {(line: string) => boolean} [isFine] of style sheets: whether the line does no harm where it is not known
 * @property {("js"|"css"|"html")[]} [in] js by default
 */

/** User data only ever becomes text. @type {Rule[]} */
const UNSAFE = [
  { name: "innerHTML", pattern: /\binnerHTML\b/, example: "box.innerHTML = name;" },
  { name: "outerHTML", pattern: /\bouterHTML\b/, example: 'box["outerHTML"] = name;' },
  { name: "insertAdjacentHTML", pattern: /\binsertAdjacentHTML\b/, example: 'box.insertAdjacentHTML("beforeend", name);' },
  { name: "setHTML", pattern: /\b(?:setHTML|setHTMLUnsafe|parseHTML|parseHTMLUnsafe)\b/, example: "box.setHTMLUnsafe(name);" },
  { name: "document.write", pattern: /\bdocument\s*\.\s*write(?:ln)?\b/, example: "document.write(name);" },
  { name: "DOMParser", pattern: /\bDOMParser\b/, example: 'new DOMParser().parseFromString(name, "text/html");' },
  { name: "createContextualFragment", pattern: /\bcreateContextualFragment\b/, example: "range.createContextualFragment(name);" },
  { name: "srcdoc", pattern: /\bsrcdoc\b/, example: '<iframe srcdoc="x">', in: ["html", "js"] },
  { name: "eval", pattern: /\beval\s*\(|\bnew Function\b/, example: "eval(name);" },
  { name: "a timer of text", pattern: /\bset(?:Timeout|Interval)\(\s*["'`]/, example: 'setTimeout("run()", 1);' },
  { name: "a style attribute", pattern: /\sstyle\s*=\s*["']/i, example: '<p style="color: red">', in: ["html", "js"] },
  { name: "setAttribute of a style", pattern: /\bsetAttribute\(\s*["'](?:style|on\w+)["']/i, example: 'box.setAttribute("style", name);' },
  { name: "cssText", pattern: /\bcssText\b/, example: "box.style.cssText = name;" },
  { name: "a handler attribute", pattern: /<[^>]*\son[a-z]+\s*=/i, example: '<button onclick="run()">', in: ["html", "js"] },
  { name: "a script in the page", pattern: /<script(?![^>]*\ssrc=)[^>]*>/i, example: "<script>run()</script>", in: ["html"] },
  { name: "a javascript: address", pattern: /["'`]\s*javascript:/i, example: '<a href="javascript:run()">', in: ["html", "js"] },
];

export const RULES = [...UNSAFE, ...LANGUAGE, ...BROWSER, ...STYLE];
