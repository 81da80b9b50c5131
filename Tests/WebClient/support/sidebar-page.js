// The sidebar, or another element of its region, in a page of its own: a real store, and fakes of what leads elsewhere, which note what was asked.

import { Element, h, text } from "../parts/element.js";
import { frame } from "../parts/frame.js";
import { openSheet } from "../parts/sheet.js";
import { loadTexts } from "../parts/texts.js";
import { Toasts } from "../parts/toast.js";
import { Changes } from "../state/changes.js";
import { Settings } from "../state/settings.js";
import { Store } from "../state/store.js";
import { pageHost } from "./page-host.js";
import { makeSidebar, user } from "./sidebar.js";

const STYLES = ["sidebar", "rooms", "pickers", "catch-up"];
const ELEMENTS = ["sidebar", "room-list", "invitations", "me-menu", "switcher", "people", "new-room", "directory", "catch-up"];
const MEMBERS = ["sidebar", "catch-up"];

class TestApp extends Element {}

/** Stands for the picture of el-timeline. */
class TestPicture extends HTMLElement {
  static observedAttributes = ["name"];
  attributeChangedCallback() {
    this.setAttribute("aria-hidden", "true");
    text(this, [...(this.getAttribute("name") ?? "?")][0] ?? "?");
  }
}

/** Opens a page with `element` (`sidebar` or `catch-up`), as a user with these rooms sees it. */
export async function openPage({ rooms = [], element = "sidebar", language = "en", people = [], directory = [] } = {}) {
  document.head.append(h("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }));
  for (const style of STYLES) await addStyle(`styles/${style}.css`);
  await addStyle("support/sidebar.css");
  if (!customElements.get("test-app")) customElements.define("test-app", TestApp);
  if (!customElements.get("echo-picture")) customElements.define("echo-picture", TestPicture);
  for (const name of ELEMENTS) await import(`../elements/${name}.js`);
  const clock = {
    now: () => Date.now(),
    setTimeout: (run, ms) => window.setTimeout(run, ms),
    clearTimeout: (timer) => window.clearTimeout(timer),
  };
  const texts = await loadTexts({ language, locale: language });
  const storage = window.localStorage;
  const state = { Changes, Settings, Store };
  const context = makeSidebar({ state, rooms, texts, clock, storage, schedule: (run) => frame.read(run) });
  const app = new TestApp();
  const toasts = h("div", { class: "toasts" });
  Object.assign(context, pageHost(), { toasts: new Toasts(toasts, { clock, dismissLabel: "Dismiss" }), frame }, doors(context, app));
  context.api = fakeAPI(context, { people, directory });
  app.context = context;
  app.append(...MEMBERS.filter((name) => name === element).map((name) => h(`echo-${name}`, { class: "test-region" })), toasts);
  document.body.replaceChildren(app);
  window.context = context;
  await drawn();
  return context;
}

/** What was asked for since the last call. */
export function takeCalls() {
  return window.context.calls.splice(0);
}

/** Does all that is planned. */
export async function drawn() {
  frame.flush();
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve))));
}

function addStyle(href) {
  return new Promise((resolve) => {
    if (document.querySelector(`link[href="${href}"]`)) return resolve();
    document.head.append(h("link", { rel: "stylesheet", href, onload: resolve }));
  });
}

function doors(context, app) {
  const { calls, changes, store } = context;
  const note =
    (name) =>
    (...values) => {
      calls.push([name, ...values]);
      return Promise.resolve(true);
    };
  const route = { roomId: null, seq: null, view: "none", link: (roomId) => new URL(`#/room/${roomId}`, document.baseURI).href };
  route.open = (roomId) => {
    calls.push(["open", roomId]);
    Object.assign(route, { roomId, view: "room" });
    changes.tell("route", { roomId });
  };
  route.show = note("show");
  return {
    route,
    panel: { open: note("panel"), close: note("panel.close"), kind: null },
    dialogs: {
      open: (node, options) => openSheet([node], { ...options, host: app }),
      isOpen: (tag = "") => app.querySelector(`dialog[open] ${tag}`.trim()) !== null,
    },
    visit: { signOut: note("signOut") },
    actions: {
      copy: note("copy"),
      openRoom: note("openRoom"),
      createRoom: note("createRoom"),
      try: async (action) => action(),
    },
    marks: {
      readAll(roomId) {
        calls.push(["readAll", roomId]);
        store.advanceOwnMarks(roomId, { read_seq: store.rooms.get(roomId).last_seq });
        store.setMarkedUnread(roomId, null);
      },
      markUnread(roomId, seq) {
        calls.push(["markUnread", roomId, seq]);
        store.setMarkedUnread(roomId, seq);
      },
    },
    reading: { hold: note("hold"), setPreviewsInSight: (rows) => (context.previews = [...rows]) },
    environment: { randomUUID: () => "a-uuid" },
  };
}

function fakeAPI({ calls, store }, { people, directory }) {
  const matching = (items, q, name) => items.filter((item) => !q || name(item).toLowerCase().includes(q.toLowerCase()));
  return {
    users: async ({ q }) => ({ items: matching(people.map(user), q, ({ username }) => username), next_cursor: null }),
    userByName: async (name) => {
      if (people.includes(name)) return user(name);
      throw Object.assign(new Error("no"), { code: "no_such_user" });
    },
    publicRooms: async ({ q }) => ({ items: matching(directory, q, ({ name }) => name), next_cursor: null }),
    joinRoom: async (roomId) => void calls.push(["join", roomId]),
    acceptInvitation: async (roomId) => void calls.push(["accept", roomId]),
    declineInvitation: async (roomId) => void calls.push(["decline", roomId]),
    sessions: async () => ({ items: [{ session_id: "s1", device_name: "Chromium", current: true }], next_cursor: null }),
    updateMe: async (changes) => ({ ...store.me, ...changes }),
    setNotificationSettings: async (_, { level }) => ({ notify: level, muted_until: null }),
    messages: async (roomId, { after, limit }) => {
      const last = store.rooms.get(roomId).last_message;
      const seqs = Array.from({ length: Math.min(limit, last.seq - after) }, (_, at) => after + 1 + at);
      return { messages: seqs.map((seq) => ({ ...last, seq, content: seq === last.seq ? last.content : `Message **${seq}**` })) };
    },
  };
}
