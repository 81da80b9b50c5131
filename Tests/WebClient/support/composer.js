// The composer in the page with all that is around it: real drafts, outbox and uploads on a database in memory, and a server that does what the
// test says. Also a page to look at: `makeComposer()` in the console of the page of Tests/EndToEnd/support/static_page.py.

import "../elements/composer.js";
import "../elements/notifier.js";
import { browserEnvironment } from "../net/environment.js";
import { Element, h } from "../parts/element.js";
import { loadEmoji } from "../parts/emoji.js";
import { frame } from "../parts/frame.js";
import { loadTexts } from "../parts/texts.js";
import { Changes } from "../state/changes.js";
import { Drafts } from "../state/drafts.js";
import { MemoryDatabase } from "../state/memory-database.js";
import { Outbox } from "../state/outbox.js";
import { Settings } from "../state/settings.js";
import { Store } from "../state/store.js";
import { Uploads } from "../state/uploads.js";
import { pageHost } from "./page-host.js";

class App extends Element {}
class Room extends Element {}

if (!customElements.get("echo-app")) customElements.define("echo-app", App);
if (!customElements.get("echo-room")) customElements.define("echo-room", Room);

export const USERS = ["me", "alice", "bob", "carol"].map((id) => ({
  ...{ user_id: id, username: id, display_name: id[0].toUpperCase() + id.slice(1), avatar_url: null },
}));

/** A server with the rooms `lobby` and `den`, and a direct room with Bob. */
class Server {
  commands = []; // [event, data]
  calls = []; // [name, …values]
  drafts = new Map();
  members = USERS;
  edits = [];
  editProblem = null;
  /** How an upload goes: it gets `onProgress` and the signal, and returns a file. */
  upload = async (file, { onProgress }) => {
    onProgress(1);
    return { file_id: `file-${file.name}`, name: file.name, size: file.size, media_type: file.type, url: "", thumbnail_url: null };
  };
  #seqs = { lobby: 3, den: 0, direct: 0 };

  api = {
    members: async (roomId, search, { signal }) => {
      this.calls.push(["members", roomId, search.q ?? ""]);
      await Promise.resolve();
      if (signal?.aborted) throw new Error("aborted");
      const q = search.q ?? "";
      return { items: this.members.filter(({ username }) => username.startsWith(q)).map((user) => ({ user })), next_cursor: null };
    },
    putDraft: async (roomId, draft) => void this.drafts.set(roomId, draft),
    deleteDraft: async (roomId) => void this.drafts.delete(roomId),
    uploadFile: (file, options) => this.upload(file, options),
    deleteFile: async (id) => void this.calls.push(["deleteFile", id]),
  };

  room(roomId, members = {}) {
    const me = { role: "member", delivered_seq: 3, preview_seq: 3, read_seq: 3, unread: 0, mentions: 0, notify: "all", muted_until: null };
    return {
      ...{ room_id: roomId, kind: "group", name: roomId, topic: "", created_at: "2026-01-01T00:00:00Z", member_count: 4 },
      ...{ last_seq: this.#seqs[roomId], last_message: null, with: null, me, ...members },
    };
  }

  message(userId, seq, content, members = {}) {
    const user = USERS.find(({ user_id }) => user_id === userId);
    return {
      ...{ room_id: "lobby", seq, content, client_id: null, reply_to: null, attachments: [], mentions: [], reactions: {} },
      ...{ created_at: "2026-01-01T00:00:00Z", edited_at: null, deleted: false, ...user, ...members },
    };
  }

  /** Takes a command as the server does. */
  async command(event, data) {
    this.commands.push([event, data]);
    const { room_id: roomId, content, client_id, reply_to = null, attachments = [] } = data;
    this.#seqs[roomId] += 1;
    const files = attachments.map((file_id) => ({ file_id, name: file_id }));
    return { message: this.message("me", this.#seqs[roomId], content, { room_id: roomId, client_id, reply_to, attachments: files }) };
  }
}

/** Puts the composer of the Lobby, in which Alice, Bob and the user have spoken, into the page. */
export async function makeComposer({ language = "en", isOnline = true, members = {}, room = {} } = {}) {
  const server = Object.assign(new Server(), members);
  const environment = browserEnvironment();
  const changes = new Changes({ schedule: (run) => frame.read(run) });
  const store = new Store({ changes, clock: environment });
  const rooms = [server.room("lobby", room), server.room("den"), server.room("direct", { kind: "direct", name: null, with: USERS[2] })];
  store.load({ me: USERS[0], users: USERS, rooms });
  const said = [server.message("alice", 1, "Tea or coffee?"), server.message("bob", 2, "Tea"), server.message("me", 3, "Coffee")];
  store.timeline("lobby").merge({ messages: said, has_before: false, has_after: false }, "around");
  const sent = [];
  const connection = Object.assign(new EventTarget(), {
    ...{ isOnline, wake() {}, send: (event, data) => sent.push([event, data]) },
    command: (event, data) => (connection.isOnline ? server.command(event, data) : Promise.reject({ code: "connection_lost" })),
  });
  const database = new MemoryDatabase();
  const shared = { database, api: server.api, connection, store, changes, environment };
  const route = { roomId: "lobby", seq: null, view: "room", opened: [], open: (...place) => route.opened.push(place) };
  const previewed = [];
  const context = {
    ...{ ...pageHost(), environment, clock: environment, api: server.api, connection, changes, store, database, route },
    ...{ outbox: new Outbox(shared), drafts: new Drafts(shared), uploads: new Uploads(shared) },
    settings: new Settings({ storage: () => null, changes }),
    texts: await loadTexts({ language, locale: language }),
    emoji: () => loadEmoji(language),
    attention: Object.assign(new EventTarget(), { hasAttention: true }),
    reading: { previewed: (roomId, seq) => previewed.push([roomId, seq]) },
    preferences: { get: () => undefined },
    actions: {
      edit: async (message, content) => {
        if (server.editProblem) throw server.editProblem;
        server.edits.push([message.seq, content]);
        store.editMessage({ ...message, content, edited_at: "2026-01-01T00:00:01Z" });
      },
    },
  };
  const app = document.createElement("echo-app");
  app.context = context;
  const composer = document.createElement("echo-composer");
  app.append(h("echo-room", { "data-testid": "room" }, h("div", { "data-testid": "history" }, "…"), composer));
  document.body.replaceChildren(app);
  /** Goes to another room, as a link does. */
  const go = (roomId) => {
    route.roomId = roomId;
    changes.tell("route", { roomId });
    changes.flush();
  };
  return { app, composer, context, server, sent, previewed, go, field: composer.parts.field };
}

/** Files as they are dropped or pasted. */
export function transferOf(files, texts = {}) {
  const transfer = new DataTransfer();
  for (const [name, content, type = "text/plain"] of files) transfer.items.add(new File([content], name, { type }));
  for (const [type, words] of Object.entries(texts)) transfer.setData(type, words);
  return transfer;
}
