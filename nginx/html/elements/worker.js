// Registers the service worker, with which the page opens at once and offline; says when there is a new version, and goes where it says.

import { SITE, VERSION } from "./site.js";

const CHECK_AFTER_MS = 10_000; // when the page has its own work done
const CHECK_EVERY_MS = 60 * 60_000;
const POLICY = "echochat-worker"; // the only one that the site's Content-Security-Policy allows

/**
 * Does nothing where there are no workers: on plain http, in private windows of some browsers, under a policy that forbids it.
 * @param {any} context
 */
export async function registerWorker({ clock, route, texts, toasts }) {
  if (!("serviceWorker" in navigator)) return;
  const workers = navigator.serviceWorker;
  const address = `${SITE}sw.js`;
  try {
    await workers.register(trusted(address), { updateViaCache: "none" });
  } catch {
    return;
  }
  workers.addEventListener("message", ({ data }) => {
    if (data?.open) route.open(data.open.roomId, data.open.seq);
    if (data?.updated) toasts.show(texts.t("app.update"), { action: { label: texts.t("app.reload"), run: () => location.reload() } });
  });
  if (VERSION) navigator.locks?.request(`echochat-shell-${VERSION}`, { mode: "shared" }, () => new Promise(() => {})); // keeps its files
  const tell = async (/** @type {{ check: boolean }} */ { check }) => {
    const { active } = await workers.ready;
    const loaded = performance.getEntriesByType("resource").map(({ name }) => name.replace(/#.*$/, ""));
    active?.postMessage({ check, loaded: [...new Set(loaded)] });
  };
  const check = async () => {
    await tell({ check: true });
    clock.setTimeout(check, CHECK_EVERY_MS);
  };
  tell({ check: false }); // with the first visit's language, that visit may be a short one
  clock.setTimeout(check, CHECK_AFTER_MS);
}

/**
 * @param {string} address
 * @returns {any}
 */
function trusted(address) {
  const factory = /** @type {any} */ (globalThis).trustedTypes;
  return factory ? factory.createPolicy(POLICY, { createScriptURL: () => address }).createScriptURL("") : address;
}
