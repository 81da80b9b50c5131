// A user with rooms, for the tests of the sidebar: a real store, and what an element finds in the context, without a server.

const PEOPLE = { alice: "Alice", bob: "Bob", carol: "Zoë Carol", dan: "Dan" };
const BEGIN = Date.UTC(2026, 0, 5, 9);

export const user = (id) => ({ user_id: id, username: id, display_name: PEOPLE[id] ?? id, avatar_url: null, status_text: "" });

/** A room in which `last` of `messages` is `minute` minutes after the beginning; `read` of them are read. */
export function room(
  id,
  { kind = "group", name = id, other = null, messages = 0, read = messages, minute = 0, content = "words", ...me } = {},
) {
  const author = other ?? "alice";
  const created = new Date(BEGIN + minute * 60_000).toISOString();
  const { username, display_name } = user(author);
  const last = {
    ...{ room_id: id, seq: messages, user_id: author, username, display_name, content, client_id: null, reply_to: null, attachments: [] },
    ...{ mentions: [], reactions: {}, created_at: created, edited_at: null, deleted: false },
  };
  const marks = { delivered_seq: messages, preview_seq: read, read_seq: read };
  return {
    ...{ room_id: id, kind, name: kind === "direct" ? null : name, topic: "", created_at: created, member_count: 2, last_seq: messages },
    last_message: messages ? last : null,
    with: other && kind === "direct" ? user(other) : null,
    me: {
      role: "member",
      ...marks,
      unread: messages - read,
      mentions: 0,
      notify: "all",
      muted_until: null,
      marked_unread_seq: null,
      ...me,
    },
  };
}

/** `state` has the classes, which Node and a page find at different places. */
export function makeSidebar({ state: { Changes, Settings, Store }, rooms = [], texts, clock, schedule = () => {}, storage = null }) {
  const changes = new Changes({ schedule });
  const store = new Store({ changes, clock });
  store.load({ me: user("me"), users: Object.keys(PEOPLE).map(user), rooms });
  const settings = new Settings({ storage: () => storage, changes });
  const written = new Map();
  const unsent = new Map();
  return {
    ...{ changes, store, settings, texts, clock, calls: [] },
    drafts: {
      get: (roomId) => written.get(roomId) ?? { content: "", reply_to: null, edit: null },
      set(roomId, draft) {
        written.set(roomId, draft);
        changes.tell(`draft:${roomId}`, { from: "here" });
      },
    },
    outbox: {
      messagesIn: (roomId) => unsent.get(roomId) ?? [],
      set(roomId, messages) {
        unsent.set(roomId, messages);
        changes.tell(`unsent:${roomId}`, { client_id: "x", what: "changed" });
      },
    },
    /** A new message, as its event tells it. */
    post(roomId, author, content, more = {}) {
      const { last_seq: before } = store.rooms.get(roomId);
      const { username, display_name } = user(author);
      const created_at = new Date(clock.now()).toISOString();
      store.addMessage({
        ...{ room_id: roomId, seq: before + 1, user_id: author, username, display_name, content, client_id: null, reply_to: null },
        ...{ attachments: [], mentions: [], reactions: {}, created_at, edited_at: null, deleted: false, ...more },
      });
    },
  };
}
