// Makes what the whole page shares, and starts it. The elements find it as their context.

import "./elements/app.js";
import "./elements/main.js";
import { Actions } from "./elements/actions.js";
import { ComposeDoor } from "./elements/compose-door.js";
import { Dialogs } from "./elements/dialogs.js";
import { mailLink } from "./elements/mail-link.js";
import { PanelDoor } from "./elements/panel-door.js";
import { Presence } from "./elements/presence.js";
import { Route } from "./elements/route.js";
import { Visit } from "./elements/visit.js";
import { browserEnvironment, createClient } from "./net/client.js";
import { loadEmoji } from "./parts/emoji.js";
import { frame } from "./parts/frame.js";
import { chooseLanguage, loadTexts } from "./parts/texts.js";
import { Toasts } from "./parts/toast.js";
import { Attention } from "./state/attention.js";
import { Changes, frameSchedule } from "./state/changes.js";
import { Settings } from "./state/settings.js";

const page = window;
const environment = browserEnvironment();
const changes = new Changes({ schedule: frameSchedule(page) });
const settings = new Settings({ storage: () => localStorage, changes, page });
const texts = await loadTexts(chooseLanguage(navigator.languages, settings.get("language") || null));
document.documentElement.lang = texts.language;

const app = /** @type {import("./elements/app.js").App} */ (document.querySelector("echo-app"));
const client = createClient({ environment, resync: (isWanted) => visit.resync(isWanted) });

/** @type {any} */
const context = { ...client, environment, clock: environment, changes, settings, texts, frame };
context.attention = new Attention(page);
context.route = new Route({ changes, page });
context.panel = new PanelDoor({ changes });
context.compose = new ComposeDoor({ changes });
context.dialogs = new Dialogs(app, texts);
context.toasts = new Toasts(/** @type {HTMLElement} */ (document.querySelector(".toasts")), {
  clock: environment,
  dismissLabel: texts.t("action.dismiss"),
});
context.emoji = () => loadEmoji(texts.language);
context.actions = new Actions(context);
const visit = new Visit(context, app, { path: new URL("./", document.baseURI).pathname });
context.visit = visit;
new Presence({ connection: client.connection, clock: environment, page });
app.context = context;
app.start();

page.addEventListener("pagehide", () => visit.pause());
page.addEventListener("beforeunload", (event) => visit.hasUnstored && event.preventDefault());
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && visit.pause());
page.addEventListener("hashchange", () => mailLink(context, app));
if (!mailLink(context, app)) visit.begin();
