// Generates random UUIDs, also on plain http, where crypto.randomUUID does not exist.

/**
 * A version 4 UUID (RFC 9562). Where there is no `crypto` (Node 18) it is of Math.random: unique enough for a `client_id`, but no secret.
 *
 * @param {Partial<Crypto>} [source]
 * @returns {string}
 */
export function uuid(source = globalThis.crypto ?? {}) {
  if (source.randomUUID) return source.randomUUID();
  const bytes = new Uint8Array(16);
  if (source.getRandomValues) source.getRandomValues(bytes);
  else for (let at = 0; at < bytes.length; at += 1) bytes[at] = Math.random() * 256;
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
