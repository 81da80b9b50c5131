// Wires the page together: signing in and out, the open room, and the server's events.

import { createClient, errorText, uuid } from "./net/client.js";
import { EventReducer } from "./state/event-reducer.js";
import { History } from "./state/history.js";
import { Images } from "./state/images.js";
import { Outbox } from "./state/outbox.js";
import { ReadMarkerSync } from "./state/read-marker-sync.js";
import { Receipts } from "./state/receipts.js";
import { Store } from "./state/store.js";
import { Uploads } from "./state/uploads.js";
import { AccountView } from "./view/account.js";
import { confirm } from "./view/confirm.js";
import { ConnectionView } from "./view/connection.js";
import { CreateRoomView } from "./view/create-room.js";
import { DetailsView } from "./view/details.js";
import { DirectoryView } from "./view/directory.js";
import { byId } from "./view/dom.js";
import { memberCount } from "./view/format.js";
import { InvitationsView } from "./view/invitations.js";
import { definePrivateImage } from "./view/private-image.js";
import { ProfileView } from "./view/profile.js";
import { RoomView } from "./view/room.js";
import { RoomsView } from "./view/rooms.js";
import { SearchView } from "./view/search.js";
import { SettingsView } from "./view/settings.js";
import { TimelineView } from "./view/timeline.js";
import { toast } from "./view/toast.js";
import { UserView } from "./view/user.js";

const RESTORE_RETRY_MS = 3_000;
const IDLE_AFTER_MS = 60_000;

// ---- objects ----

const { session, api, connection } = createClient({ resync });
const store = new Store();
const outbox = new Outbox({ connection, store });
const uploads = new Uploads({ api, store, connection });
const images = new Images({ api });
const receipts = new Receipts({ api, store });
const history = new History({ api, store, receipts });
const readMarkerSync = new ReadMarkerSync({ connection, store });
const eventReducer = new EventReducer({
  store,
  fetchRoom: (roomId) => api.room(roomId),
  onGap: (roomId) => history.fillGap(roomId),
  onOwnMessage: ({ room_id: roomId, seq, client_id: clientId }) => {
    if (clientId) outbox.discard(clientId);
    readMarkerSync.advanceServerMarkers(roomId, { read_seq: seq }); // the server advances the author's marker
  },
  onOwnReceipt: (roomId, markers) => readMarkerSync.advanceServerMarkers(roomId, markers),
  onRoomRemoved: roomRemoved,
});

definePrivateImage(images);
const account = new AccountView({
  session, api,
  onSignedIn: () => { otherTabs?.postMessage("signed-in"); enter(); },
  onResetCancelled: () => restoreSession(),
});
const rooms = new RoomsView({ store });
const user = new UserView({ store, api, onWrite: openDirectRoom });
const timeline = new TimelineView({
  store, api, history, outbox, connection,
  onRead: (roomId, seq) => readMarkerSync.markRead(roomId, seq),
  onReply: (message) => room.replyTo(message),
  onAuthor: (message) => user.open(store.users.get(message.user_id) ?? message),
});
const details = new DetailsView({ store, api, user });
const search = new SearchView({ store, api });
new ProfileView({ store, api });
const settings = new SettingsView({ store, api, session });
const room = new RoomView({ store, api, timeline, outbox, uploads, connection, details });
new ConnectionView({ connection });
new DirectoryView({ store, api, onJoin: joinRoom });
new CreateRoomView({ api, onCreated: loadAndOpenRoom });
new InvitationsView({ store, api, onAccepted: loadAndOpenRoom });

// ---- signing in and out ----

const otherTabs = "BroadcastChannel" in window ? new BroadcastChannel("echochat") : null;
otherTabs?.addEventListener("message", ({ data }) => {
  if (data === "signed-in" && account.isShown) restoreSession();
});

let registrationCode = null; // of a link that was opened; for the next time that the user is asked to sign in

session.addEventListener("ended", () => showSignIn("Your session has ended. Sign in again."));
connection.addEventListener("state", ({ detail: { name } }) => {
  if (name === "signed-out") showSignIn("You were signed out. Sign in again.");
});

byId("sign-out").addEventListener("click", async () => {
  try {
    await session.logout();
    outbox.clear();
    showSignIn();
  } catch (problem) {
    toast(`You are still signed in: ${problem.message}`);
  }
});

/** Goes on with the session of an earlier visit, or asks the user to sign in; either way shows `notice`. */
async function restoreSession(notice = "") {
  try {
    if (await session.restore()) enter(notice);
    else showSignIn(notice);
  } catch (problem) {
    tryAgain(problem, () => restoreSession(notice));
  }
}

function tryAgain(problem, action) {
  byId("splash").textContent = `${problem.message} Trying again…`;
  setTimeout(action, problem.retryAfterMs ?? RESTORE_RETRY_MS);
}

function enter(notice = "") {
  byId("splash").hidden = false;
  byId("splash").textContent = "Opening EchoChat…";
  account.hide();
  connection.start();
  if (notice) toast(notice);
}

function showSignIn(notice = "") {
  leave();
  account.show(notice);
  if (registrationCode) account.showSignUp(registrationCode);
  registrationCode = null;
  showInviteNotice();
}

/** Closes all that belongs to the user who was signed in. */
function leave() {
  connection.stop();
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  openRoom(null);
  room.clearDrafts();
  images.clear();
  document.title = "EchoChat";
  byId("chat").hidden = true;
  byId("splash").hidden = true;
}

/** Tells a user without a session where the invite in the address leads. */
async function showInviteNotice() {
  const code = inviteCode();
  if (!code) return;
  try {
    const question = inviteText(await api.invite(code));
    if (account.isShown) account.setNotice(`${question} Sign in or create an account to join.`);
  } catch {
    // The address is tried again after signing in, and fails with its reason.
  }
}

/** Loads the whole state, for a connection that has no cursor to resume from. */
async function resync(isWanted) {
  const state = await api.sync();
  if (isWanted()) {
    const isAnotherUser = store.me?.user_id !== state.me.user_id;
    store.load(state);
    readMarkerSync.reset(state.rooms);
    if (isAnotherUser) {
      outbox.restore();
      images.clear();
    }
    settings.load();
    api.invitations().then((invitations) => store.setInvitations(invitations), () => {}); // events bring later ones
    byId("splash").hidden = true;
    byId("chat").hidden = false;
    openFromAddress();
  }
  return { cursor: state.cursor, epoch: state.epoch, userId: state.me.user_id };
}

// ---- events and presence ----

connection.addEventListener("server-event", ({ detail: frame }) => eventReducer.apply(frame));
connection.addEventListener("welcome", ({ detail: { limits } }) => {
  store.limits = limits ?? {};
  store.clearPresence(); // presence events for the online users follow; there are none for offline users
  sendPresence();
  if (room.roomId) history.open(room.roomId); // retries the loads that failed while the connection was lost
  room.fetchPresence();
});
document.addEventListener("visibilitychange", () => {
  clearTimeout(idleTimer);
  if (document.visibilityState === "visible") sendPresence();
  else idleTimer = setTimeout(sendPresence, IDLE_AFTER_MS); // a short look at another tab does not count as idle
});

let idleTimer = 0;

function sendPresence() {
  connection.send("set_presence", { state: document.visibilityState === "visible" ? "active" : "idle" });
}

function roomRemoved(removed, reason) {
  uploads.clear(removed.room_id);
  if (room.roomId === removed.room_id) {
    details.close();
    location.hash = "#/";
  }
  const name = store.roomName(removed);
  if (reason === "deleted") toast(`“${name}” was deleted.`);
  else if (reason !== "left") toast(`You are no longer in “${name}”.`);
}

// ---- rooms ----

addEventListener("hashchange", () => followMailLink() || openFromAddress());

/** Opens the room or asks about the invite in the address: `#/room/<room_id>`, `#/room/<room_id>/<seq>` or `#/invite/<code>`. */
function openFromAddress() {
  const code = inviteCode();
  if (code) return askAboutInvite(code);
  const [, roomId, seq] = /^#\/room\/([^/]+)(?:\/(\d+))?$/.exec(location.hash) ?? [];
  const isMember = store.rooms.has(roomId);
  openRoom(isMember ? roomId : null);
  if (!isMember || !seq) return;
  window.history.replaceState(null, "", `#/room/${roomId}`); // so that the same link works again
  timeline.scrollToMessage(Number(seq));
}

function inviteCode() {
  return /^#\/invite\/([^/]+)$/.exec(location.hash)?.[1];
}

function inviteText({ room, invited_by: inviter, member_count: count }) {
  return `${inviter.display_name || inviter.username} invites you to “${room.name}” (${memberCount(count)}).`;
}

/** Joins only if the user says so: anybody may have written the link. */
async function askAboutInvite(code) {
  window.history.replaceState(null, "", "#/"); // asked once only
  try {
    const invite = await api.invite(code);
    if (!store.rooms.has(invite.room.room_id)) {
      if (!(await confirm(`${inviteText(invite)} Join this room?`, "Join"))) return;
      await api.acceptInvite(code);
    }
    await loadAndOpenRoom(invite.room.room_id);
  } catch (problem) {
    toast(`The invitation was not accepted: ${errorText(problem)}`);
  }
}

let openRoomId = null;

function openRoom(roomId) {
  if (openRoomId === roomId) return;
  store.off(`room:${openRoomId}`, drawTimeline);
  openRoomId = roomId;
  if (roomId) store.on(`room:${roomId}`, drawTimeline);
  rooms.open(roomId);
  search.setRoom(roomId);
  room.open(roomId);
}

function drawTimeline() {
  timeline.draw();
}

store.on("rooms", () => {
  if (openRoomId && !store.rooms.has(openRoomId)) openRoom(null);
  else if (!openRoomId && !byId("chat").hidden) openFromAddress(); // the address may name a room that was just added
});

async function joinRoom(roomId) {
  if (!store.rooms.has(roomId)) await api.joinRoom(roomId);
  await loadAndOpenRoom(roomId);
}

async function openDirectRoom(userId) {
  const direct = await api.createRoom({ kind: "direct", members: [userId] }, uuid());
  details.close();
  await loadAndOpenRoom(direct.room_id);
}

async function loadAndOpenRoom(roomId) {
  if (!store.rooms.has(roomId)) await eventReducer.loadRoom(roomId);
  location.hash = `#/room/${roomId}`;
}

// ---- links in mails ----

/**
 * Follows a link of a mail or of the operator, if the address is one: `#verify=<token>`, `#reset=<token>` or `#register=<code>`. Its secret
 * is taken out of the address at once, so that it is in no history and no bookmark.
 */
function followMailLink() {
  const [, kind, secret] = /^#(verify|reset|register)=(.+)$/.exec(location.hash) ?? [];
  if (!kind) return false;
  window.history.replaceState(null, "", "#/");
  if (kind === "verify") confirmEmail(secret);
  else if (kind === "reset") showReset(secret);
  else showSignUp(secret);
  return true;
}

async function confirmEmail(token) {
  let notice = "Your e-mail address is confirmed.";
  try {
    await api.verifyEmail(token);
  } catch (problem) {
    if (problem.isTransient) return tryAgain(problem, () => confirmEmail(token));
    notice = problem.code === "email_taken" ? "This address belongs to another account now." : errorText(problem);
  }
  if (byId("chat").hidden) return restoreSession(notice);
  toast(notice);
  settings.load();
}

function showReset(token) {
  leave();
  account.showReset(token);
}

function showSignUp(code) {
  if (!byId("chat").hidden) return toast("You are signed in. To create another account, sign out first.");
  registrationCode = code;
  restoreSession();
}

if (!followMailLink()) restoreSession();
