// Whether a person is here, or when they were, in words.

const MINUTE_MS = 60_000;

/**
 * Empty while it is not known.
 * @param {{ state?: string, last_seen_at?: string | null } | null | undefined} presence
 * @param {{ texts: import("../parts/texts.js").Texts, clock: { now(): number } }} context
 */
export function presenceWords(presence, { texts, clock }) {
  if (!presence?.state) return "";
  const { t, dates } = texts;
  const { state, last_seen_at: at } = presence;
  if (state === "active" || state === "idle") return t(`presence.${state}`);
  if (!at) return t("presence.offline");
  const isRecent = clock.now() - Date.parse(at) < MINUTE_MS;
  return isRecent ? t("presence.just_left") : t("presence.last_seen", { when: dates.ago(at) });
}
