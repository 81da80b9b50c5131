// Saves a file of the server on the user's device.

import { errorText } from "../net/client.js";
import { h } from "./dom.js";
import { toast } from "./toast.js";

const REVOKE_AFTER_MS = 60_000; // the browser reads the blob after the click

/** Fetches a file with the access token and has the browser save it under its name. False, after a notice to the user, if that failed. */
export async function download(api, { url, name }) {
  try {
    const blob = await api.blob(url);
    // Of no type that a browser would show: the file must not become a page of this site.
    const blobURL = URL.createObjectURL(new Blob([blob], { type: "application/octet-stream" }));
    h("a", { href: blobURL, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(blobURL), REVOKE_AFTER_MS);
    return true;
  } catch (problem) {
    toast(problem.status === 404 ? `“${name}” is no longer there.` : `“${name}” was not downloaded: ${errorText(problem)}`);
    return false;
  }
}
