// Makes what the whole page shares, and starts it. The elements find it as their context.

import "./elements/app.js";
import "./elements/sign-in.js";
import { LastUser } from "./elements/last-user.js";
import { Route } from "./elements/route.js";
import { loadWhole, Visit } from "./elements/visit.js";
import { browserEnvironment, createClient } from "./net/client.js";
import { frame } from "./parts/frame.js";
import { chooseLanguage, loadTexts } from "./parts/texts.js";
import { Toasts } from "./parts/toast.js";
import { Attention } from "./state/attention.js";
import { Changes } from "./state/changes.js";
import { Settings } from "./state/settings.js";

const WORKER_AFTER_MS = 3_000; // it would compete with what is to be shown

const page = window;
const app = /** @type {import("./elements/app.js").App} */ (document.querySelector("echo-app"));
const site = new URL("./", document.baseURI).href;
if (new LastUser(new URL(site).pathname).get()) loadWhole(document).catch(() => {}); // while the words come; `visit` needs it
const environment = browserEnvironment();
const changes = new Changes({ schedule: (run) => frame.read(run) });
const settings = new Settings({ storage: () => localStorage, changes, page });
const client = createClient({ environment, resync: (isWanted) => visit.resync(isWanted) });
const texts = await loadTexts(chooseLanguage(navigator.languages, settings.get("language") || null));
Object.assign(document.documentElement, { lang: texts.language, dir: texts.direction });

/** @type {any} */
const context = { ...client, site, environment, clock: environment, changes, settings, texts, frame };
context.host = { root: document, look: document.documentElement, keys: page };
context.attention = new Attention(page);
context.route = new Route({ changes, page });
context.toasts = new Toasts(/** @type {HTMLElement} */ (document.querySelector(".toasts")), {
  clock: environment,
  dismissLabel: texts.t("action.dismiss"),
});
context.emoji = () => import("./parts/emoji.js").then(({ loadEmoji }) => loadEmoji(texts.language));
const visit = new Visit(context, app);
context.visit = visit;
app.context = context;
app.start();

// A browser that can install the page says so once, long before the settings are opened.
page.addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  setInstallPrompt(event);
});
page.addEventListener("appinstalled", () => setInstallPrompt(null));

/** @param {Event | null} prompt */
function setInstallPrompt(prompt) {
  context.host.installPrompt = prompt;
  changes.tell("install");
}

page.addEventListener("pagehide", () => visit.pause());
page.addEventListener("beforeunload", (event) => visit.hasUnstored && event.preventDefault());
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && visit.pause());

/** Follows the link of a mail, if the address is one. */
async function followMail() {
  if (!/^#(?:verify|reset|register)=/.test(location.hash)) return false;
  const { mailLink } = await import("./elements/mail-link.js");
  return mailLink(context, app);
}

page.addEventListener("hashchange", followMail);
if (!(await followMail())) visit.begin();
environment.setTimeout(() => {
  const worker = import("./elements/worker.js").catch(() => null); // without a connection, until the next visit
  worker.then((module) => module?.registerWorker(context));
}, WORKER_AFTER_MS);
