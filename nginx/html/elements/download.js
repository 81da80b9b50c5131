// Saves a file of the server on the user's device.

import { h } from "../parts/dom.js";

const REVOKE_AFTER_MS = 60_000; // the browser reads the blob after the click

/**
 * Fetches a file with the access token, and has the browser save it under its name. Throws a Problem.
 * @param {import("../net/client.js").API} api
 * @param {{ url: string, name: string }} file
 */
export async function saveFile(api, { url, name }) {
  const blob = await api.blob(url);
  // Of no type that a browser would show: the file must not become a page of this site.
  const address = URL.createObjectURL(new Blob([blob], { type: "application/octet-stream" }));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), REVOKE_AFTER_MS);
}
