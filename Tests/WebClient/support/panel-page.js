// A page with the panel and the settings, a real store, and a server of the tests behind it: for the tests in Chromium, and to look at.

import { loadStyles } from "../elements/styles.js";
import { Element, h } from "../parts/element.js";
import { frame } from "../parts/frame.js";
import { loadTexts } from "../parts/texts.js";
import { Toasts } from "../parts/toast.js";
import { Changes } from "../state/changes.js";
import { Preferences } from "../state/preferences.js";
import { Settings } from "../state/settings.js";
import { Store } from "../state/store.js";
import { pageHost } from "./page-host.js";
import { FakePanelAPI } from "./panel-api.js";

class Host extends Element {}
customElements.define("test-host", Host);

/** What `context.panel` does. */
class Door {
  kind = null;
  data = null;

  constructor(changes) {
    this.changes = changes;
  }

  open(kind, data = null) {
    Object.assign(this, { kind, data });
    this.changes.tell("panel", { kind });
  }

  close() {
    if (this.kind) this.open(null);
  }
}

/** Alice's page. `role`: hers in the room `club`, which has `crowd` further members; `language` of the texts. */
export async function makePage({ language = "en", role = "owner", crowd = 0 } = {}) {
  const environment = { now: Date.now, setTimeout: setTimeout.bind(window), clearTimeout: clearTimeout.bind(window), random: Math.random };
  environment.randomUUID = () => `uuid-${(ids += 1)}`;
  let ids = 0;
  const changes = new Changes({ schedule: (run) => requestAnimationFrame(run) });
  const texts = await loadTexts({ language, locale: language });
  const store = new Store({ changes, clock: environment });
  const api = new FakePanelAPI({ role, crowd });
  store.load(api.sync());
  store.timeline("club").merge({ messages: structuredClone(api.messages_), has_before: false, has_after: false }, "around");
  store.setPresence("bob", { state: "active" });
  const toastBox = h("div", { class: "toasts" });
  const asked = [];
  const done = [];
  const answers = []; // to the questions of dialogs; yes by default
  const act =
    (name) =>
    (...values) => {
      done.push([name, ...values.map((value) => value?.seq ?? value)]);
      return Promise.resolve(true);
    };
  const context = {
    ...{ ...pageHost(), environment, clock: environment, changes, texts, store, api, frame },
    session: { service: async () => ({ mail: true }) },
    settings: new Settings({ storage: () => localStorage, changes }),
    preferences: new Preferences({ api, changes }),
    route: { roomId: "club", seq: null, view: "room", show: act("show"), inviteLink: (code) => `${document.baseURI}#/invite/${code}` },
    panel: new Door(changes),
    toasts: new Toasts(toastBox, { clock: environment, dismissLabel: "Dismiss" }),
    dialogs: {
      confirm: async (question) => {
        asked.push(question);
        return answers.shift() ?? true;
      },
    },
    actions: { pin: act("pin"), save: act("save"), leaveRoom: act("leaveRoom"), openDirect: act("openDirect") },
    compose: { reply: act("reply") },
    visit: { forgetAccount: act("forgetAccount") },
  };
  context.actions.try = async (run) => run();
  const host = h("test-host");
  host.context = context;
  document.body.replaceChildren(host, toastBox);
  // The picture of a user is an element of the timeline: where it is not built, its place is empty.
  await import("../elements/picture.js").catch(() => {});
  return Object.assign(window, { echo: { context, api, store, host, asked, done, answers, changes } }).echo;
}

/** Shows the panel; it is at the right edge of the page, as wide as there. */
export async function makePanel(options) {
  await import("../elements/panel.js");
  const page = await makePage(options);
  page.host.append(h("button", { type: "button", id: "opener" }, "Opener"), h("echo-panel"));
  return page;
}

/** Shows the settings in a sheet, at a section. */
export async function makeSettings(section, options) {
  const { STYLES } = await import("../elements/settings.js");
  await loadStyles(document, STYLES);
  const { openSheet } = await import("../parts/sheet.js");
  const page = await makePage(options);
  openSheet([h("echo-settings", { section })], { label: "Settings", host: page.host, className: "settings-sheet" });
  return page;
}
