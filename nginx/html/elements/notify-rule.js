// Whether a new message is worth a notification: the user's wishes for the room, do-not-disturb, and what is in front of them.

/** @typedef {{ from: string, to: string, time_zone?: string }} QuietHours each day, as "22:00" */
/** @typedef {{ hours?: QuietHours | null, until?: string | null }} Quiet `until`: a time of this device; empty: none */

/**
 * What to do about a new message: nothing, a sound (the page is in front of the user, but another room), or a notification with a sound.
 * @param {{
 *   message: import("../state/types.js").Message, room: import("../state/types.js").Room | undefined, myId: string, readThrough: number,
 *   hasAttention: boolean, isOpen: boolean, isQuiet: boolean, now: number,
 * }} situation `isOpen`: the room is shown
 * @returns {"nothing" | "sound" | "notification"}
 */
export function wayToNotify({ message, room, myId, readThrough, hasAttention, isOpen, isQuiet, now }) {
  if (!room?.me || message.user_id === myId || message.deleted || message.seq <= readThrough || isQuiet) return "nothing";
  const { notify, muted_until: mutedUntil } = room.me;
  if (notify === "none" || (mutedUntil && Date.parse(mutedUntil) > now)) return "nothing";
  if (notify === "mentions" && room.kind !== "direct" && !message.mentions?.includes(myId)) return "nothing";
  if (!hasAttention) return "notification";
  return isOpen ? "nothing" : "sound";
}

/**
 * Whether the user does not want to be disturbed now.
 * @param {Quiet} quiet
 * @param {number} now
 */
export function isQuietAt({ hours, until }, now) {
  if (until && now < Date.parse(until)) return true;
  if (!hours) return false;
  const [from, to, time] = [minutes(hours.from), minutes(hours.to), minutesAt(now, hours.time_zone)];
  return from <= to ? from <= time && time < to : time >= from || time < to;
}

/** @param {string} time */
function minutes(time) {
  const [hour, minute] = time.split(":").map(Number);
  return 60 * hour + minute;
}

/**
 * The minutes since midnight; in a time zone that this browser does not know, by its own clock.
 * @param {number} now
 * @param {string | undefined} timeZone
 */
function minutesAt(now, timeZone) {
  const time = (/** @type {string | undefined} */ zone) =>
    new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }).format(now);
  try {
    return minutes(time(timeZone));
  } catch {
    return minutes(time(undefined));
  }
}
