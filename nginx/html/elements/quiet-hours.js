// The time of every day in which the user is sent nothing.

/**
 * What the server is told of the two fields; null turns it off. Equal times would be a whole day or none: none.
 * @param {string} from such as "22:00"
 * @param {string} to
 * @param {string} timeZone
 */
export function quietHours(from, to, timeZone) {
  return from && to && from !== to ? { from, to, time_zone: timeZone } : null;
}
