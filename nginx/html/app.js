// Wires the page together: who is signed in, which room is open, and what happens when either changes.

import { createClient, uuid } from "./net/client.js";
import { History } from "./state/history.js";
import { Outbox } from "./state/outbox.js";
import { Pushes } from "./state/pushes.js";
import { Reading } from "./state/reading.js";
import { Receipts } from "./state/receipts.js";
import { Store } from "./state/store.js";
import { AccountView } from "./view/account.js";
import { ConnectionView } from "./view/connection.js";
import { CreationView } from "./view/creation.js";
import { DetailsView } from "./view/details.js";
import { DirectoryView } from "./view/directory.js";
import { byId } from "./view/dom.js";
import { note } from "./view/notes.js";
import { PersonView } from "./view/person.js";
import { ProfileView } from "./view/profile.js";
import { RoomView } from "./view/room.js";
import { RoomsView } from "./view/rooms.js";
import { SearchView } from "./view/search.js";
import { TimelineView } from "./view/timeline.js";

const OPEN_AGAIN_MS = 3_000;
const IDLE_AFTER_MS = 60_000;

// ---- the parts ----

const { session, api, connection } = createClient({ resync });
const store = new Store();
const outbox = new Outbox({ connection, store });
const receipts = new Receipts({ api, store });
const history = new History({ api, store, receipts });
const reading = new Reading({ connection, store });
const pushes = new Pushes({
  store,
  findRoom: (roomId) => api.room(roomId),
  onGap: (roomId) => history.fillGap(roomId),
  onMyMessage: ({ room_id: roomId, seq, client_id: clientId }) => {
    if (clientId) outbox.discard(clientId);
    reading.known(roomId, { read_seq: seq }); // who speaks has read
  },
  onMyMarks: (roomId, marks) => reading.known(roomId, marks),
  onLeft: left,
});

const account = new AccountView({ session, onSignedIn: () => { tabs?.postMessage("signed-in"); enter(); } });
const rooms = new RoomsView({ store });
const person = new PersonView({ store, api, onWrite: writeTo });
const timeline = new TimelineView({
  store, api, history, outbox, connection,
  onRead: (roomId, seq) => reading.read(roomId, seq),
  onReply: (message) => room.replyTo(message),
  onPerson: (message) => person.open(store.users.get(message.user_id) ?? message),
});
const details = new DetailsView({ store, api, person });
const search = new SearchView({ store, api });
new ProfileView({ store, api });
const room = new RoomView({ store, api, timeline, outbox, connection, details });
new ConnectionView({ connection });
new DirectoryView({ store, api, onJoin: join });
new CreationView({ api, onCreated: openFound });

// ---- signing in and out ----

const tabs = "BroadcastChannel" in window ? new BroadcastChannel("echochat") : null;
tabs?.addEventListener("message", ({ data }) => {
  if (data === "signed-in" && account.shown) begin();
});

session.addEventListener("ended", () => leave("Your session has ended. Sign in again."));
connection.addEventListener("state", ({ detail: { name } }) => {
  if (name === "signed-out") leave("You were signed out. Sign in again.");
});

byId("sign-out").addEventListener("click", async () => {
  try {
    await session.logout();
    outbox.clear();
    leave();
  } catch (problem) {
    note(`Still signed in: ${problem.message}`);
  }
});

async function begin() {
  try {
    if (await session.restore()) enter();
    else leave();
  } catch (problem) {
    byId("splash").textContent = `${problem.message} Trying again…`;
    setTimeout(begin, problem.retryAfterMs ?? OPEN_AGAIN_MS);
  }
}

function enter() {
  byId("splash").hidden = false;
  byId("splash").textContent = "Opening EchoChat…";
  account.hide();
  connection.start();
}

function leave(notice) {
  connection.stop();
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  openRoom(null);
  room.forget();
  document.title = "EchoChat";
  byId("chat").hidden = true;
  byId("splash").hidden = true;
  account.show(notice);
}

/** What the connection calls when it has no cursor to go on from. */
async function resync(isWanted) {
  const state = await api.sync();
  if (isWanted()) {
    const another = store.me?.user_id !== state.me.user_id;
    store.load(state);
    reading.reset(state.rooms);
    if (another) outbox.restore();
    byId("splash").hidden = true;
    byId("chat").hidden = false;
    openFromAddress();
  }
  return { cursor: state.cursor, epoch: state.epoch, userId: state.me.user_id };
}

// ---- news ----

connection.addEventListener("push", ({ detail: frame }) => pushes.apply(frame));
connection.addEventListener("welcome", () => {
  store.forgetPresence(); // who is here follows; of the others, nothing is heard
  sayPresence();
  if (room.roomId) history.open(room.roomId); // what failed while the line was down
  room.askWhetherHere();
});
document.addEventListener("visibilitychange", () => {
  clearTimeout(goingIdle);
  if (document.visibilityState === "visible") sayPresence();
  else goingIdle = setTimeout(sayPresence, IDLE_AFTER_MS); // a glance at another tab is no absence
});

let goingIdle = 0;

function sayPresence() {
  connection.tell("set_presence", { state: document.visibilityState === "visible" ? "active" : "idle" });
}

function left(gone, reason) {
  if (room.roomId === gone.room_id) {
    details.close();
    location.hash = "#/";
  }
  const name = store.roomName(gone);
  if (reason === "deleted") note(`“${name}” was deleted.`);
  else if (reason !== "left") note(`You are no longer in “${name}”.`);
}

// ---- rooms ----

addEventListener("hashchange", openFromAddress);

function openFromAddress() {
  const [, code] = /^#\/invite\/([^/]+)$/.exec(location.hash) ?? [];
  if (code) return acceptInvite(code);
  const [, roomId, seq] = /^#\/room\/([^/]+)(?:\/(\d+))?$/.exec(location.hash) ?? [];
  const isMine = store.rooms.has(roomId);
  openRoom(isMine ? roomId : null);
  if (!isMine || !seq) return;
  window.history.replaceState(null, "", `#/room/${roomId}`); // so that the same way can be gone again
  timeline.lead(Number(seq));
}

async function acceptInvite(code) {
  window.history.replaceState(null, "", "#/"); // once
  try {
    const found = await api.acceptInvite(code);
    await openFound(found.room_id);
  } catch (problem) {
    note(`The invitation was not accepted: ${problem.sentence ?? problem.message}`);
  }
}

let opened = null;

function openRoom(roomId) {
  if (opened === roomId) return;
  store.off(`room:${opened}`, drawTimeline);
  opened = roomId;
  if (roomId) store.on(`room:${roomId}`, drawTimeline);
  rooms.open(roomId);
  search.within(roomId);
  room.open(roomId);
}

function drawTimeline() {
  timeline.draw();
}

store.on("rooms", () => {
  if (opened && !store.rooms.has(opened)) openRoom(null);
  else if (!opened && !byId("chat").hidden) openFromAddress(); // the address named a room that has only now come
});

async function join(roomId) {
  if (!store.rooms.has(roomId)) await api.join(roomId);
  await openFound(roomId);
}

async function writeTo(userId) {
  const direct = await api.createRoom({ kind: "direct", members: [userId] }, uuid());
  details.close();
  await openFound(direct.room_id);
}

async function openFound(roomId) {
  if (!store.rooms.has(roomId)) await pushes.find(roomId);
  location.hash = `#/room/${roomId}`;
}

begin();
