// Says what went wrong, in the user's language: by the code of the server's answer.

import { errorText } from "../net/client.js";

const SAME_AS = /** @type {Record<string, string>} */ ({
  cancelled: "network",
  connection_lost: "network",
  timeout: "network",
  not_a_member: "forbidden",
  overloaded: "busy",
});

/**
 * @param {import("../parts/texts.js").Texts} texts
 * @param {any} problem
 * @returns {string}
 */
export function problemText(texts, problem) {
  const { t } = texts;
  const isOfLink = problem.errors?.[0]?.field === "token";
  const code = isOfLink ? "dead_link" : (SAME_AS[problem.code] ?? problem.code);
  const detail = errorText(problem) ?? String(problem);
  if (problem.status === 429) {
    const n = Math.max(1, Math.ceil((problem.retryAfterMs ?? 1_000) / 1_000));
    return t("problem.rate_limited", { n });
  }
  const key = `problem.${code}`;
  const text = t(key, { detail });
  return text === key ? t("problem.other", { title: detail }) : text;
}
