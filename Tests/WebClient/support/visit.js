// A page whose accounts open and close, without elements.

delete globalThis.BroadcastChannel; // the tabs of these tests are not of one browser
globalThis.location ??= { origin: "https://chat.example" };
if (!globalThis.navigator) globalThis.navigator = { onLine: true }; // before Node 21
export const stored = new Map();
globalThis.localStorage = {
  getItem: (key) => stored.get(key) ?? null,
  setItem: (key, value) => stored.set(key, value),
  removeItem: (key) => stored.delete(key),
};

export const { Account } = await import("../../../nginx/html/elements/account.js");
const { connectAccount, openAccount } = await import("../../../nginx/html/elements/open-account.js");
const { endSession } = await import("../../../nginx/html/elements/sign-out.js");
const { Visit } = await import("../../../nginx/html/elements/visit.js");
export const { DetailEvent } = await import("../../../nginx/html/net/event-stream.js");
const { Changes } = await import("../../../nginx/html/state/changes.js");
const { MemoryDatabase } = await import("../../../nginx/html/state/database.js");
const { Texts } = await import("../../../nginx/html/parts/texts.js");
const { words } = await import("../../../nginx/html/texts/en.js");
const { settle } = await import("./clock.js");
const { fakeEnvironment } = await import("./environment.js");

export const user = (id) => ({ user_id: id, username: id, display_name: id });
const room = {
  ...{ room_id: "r1", kind: "group", name: "Plaza", created_at: "2026-01-01T00:00:00Z", member_count: 2, last_seq: 0, last_message: null },
  me: { role: "member", delivered_seq: 0, preview_seq: 0, read_seq: 0, unread: 0, mentions: 0, notify: "all", muted_until: null },
};

class FakeConnection extends EventTarget {
  state = { name: "idle" };
  position = null;
  starts = [];
  sent = [];

  get isOnline() {
    return this.state.name === "online";
  }

  start(position = null) {
    this.starts.push(position);
    this.position = position;
  }

  stop() {
    this.position = null;
    this.become({ name: "idle" });
  }

  become(state) {
    this.state = state;
    this.dispatchEvent(new DetailEvent("state", state));
  }

  command(event, data) {
    this.sent.push([event, data]);
    return new Promise(() => {}); // no answer in these stories
  }

  send() {}
}

/** A page of one browser: `databases` and `stored` are what it keeps. */
export function open({ databases = new Map(), answers = [] } = {}) {
  const environment = fakeEnvironment();
  const connection = new FakeConnection();
  const asked = [];
  const shown = [];
  const state = { me: user("alice"), rooms: [room], users: [], cursor: 5, epoch: "one" };
  const own = { email: "alice@example.org", email_verified: true, pending_email: null, hide_read_receipts: false, operator: false };
  const api = {
    sync: async () => structuredClone(state),
    me: async () => ({ ...state.me, ...own }),
    invitations: async () => [],
    preferences: async () => ({}),
    putDraft: async () => ({}),
    deleteDraft: async () => null,
  };
  const session = Object.assign(new EventTarget(), { isOut: false, logout: async () => void (session.isOut = true) });
  const said = [];
  const context = {
    ...{ api, session, connection, environment, clock: environment, site: "https://chat.example/" },
    changes: new Changes({ schedule: (run) => setImmediate(run) }),
    texts: new Texts("en", words),
    attention: Object.assign(new EventTarget(), { hasAttention: false }),
    route: { roomId: null, reset: () => {} },
    toasts: { show: (text) => said.push(text) },
    dialogs: { closeAll: () => {}, confirm: async (question) => asked.push(question) && answers.shift() },
    panel: { close: () => {} },
  };
  const database = (id) => databases.get(id) ?? databases.set(id, new MemoryDatabase(null)).get(id);
  let splash = "";
  const page = {
    endSession,
    furnish: async () => {},
    connectAccount,
    openAccount: (of, id) => openAccount(of, id, async () => chat.storage?.() ?? database(id)),
  };
  const loadPage = async () => page;
  const view = {
    showSplash: (text) => shown.push("splash") && (splash = text),
    showSignIn: ({ notice }) => shown.push(`sign-in: ${notice}`),
    showMain: ({ isNew }) => shown.push(isNew ? "main, new" : "main"),
  };
  const visit = new Visit(context, view, { loadPage: () => chat.load() });
  const come = async () => {
    const position = await visit.resync(() => true);
    connection.position = position;
    connection.become({ name: "online" });
    connection.dispatchEvent(new DetailEvent("welcome", { user: state.me, limits: { chars: 4_000 } }));
    await settle();
  };
  const chat = { api, asked, come, connection, context, databases, environment, own, said, session, shown, state, visit };
  return Object.assign(chat, { loadPage, load: loadPage, storage: null, splash: () => splash });
}
