// Holds the state of the signed-in user: profile, users, rooms with their messages and markers; says what has changed.

import { MemberMarks } from "./member-marks.js";
import { MessageFlags } from "./message-flags.js";
import { Messages } from "./messages.js";
import { People } from "./people.js";
import { Rooms } from "./rooms.js";

/**
 * @typedef {import("./types.js").User} User
 * @typedef {import("./types.js").Room} Room
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").Invitation} Invitation
 */

/** One door to the parts that the state is made of; many of its methods are theirs. A name that the server does not give is empty. */
export class Store {
  #people;
  #rooms;
  #messages;
  #memberMarks;

  /** @type {any} the signed-in user; null before the first `load` */
  me = null;
  /** @type {Record<string, any>} of the server, by name */
  limits = {};
  /** @type {Map<string, Invitation>} room_id → */
  invitations = new Map();

  /** @param {{changes: import("./changes.js").Changes, clock: import("./types.js").Clock}} options */
  constructor({ changes, clock }) {
    this.changes = changes;
    /** Which messages are pinned or saved. */
    this.flags = new MessageFlags({ changes });
    const people = (this.#people = new People({ changes, clock }));
    const rooms = (this.#rooms = new Rooms({ changes, clock }));
    const memberMarks = (this.#memberMarks = new MemberMarks());
    const messages = (this.#messages = new Messages({ changes, rooms, people, memberMarks }));
    const { memberships } = rooms;

    this.displayName = people.displayName.bind(people);
    this.avatarURL = people.avatarURL.bind(people);
    this.setPresence = people.setPresence.bind(people);
    this.setOnline = people.setOnline.bind(people);
    this.clearPresence = people.clearPresence.bind(people);
    this.typingNames = people.typingNames.bind(people);

    this.putRoom = rooms.put.bind(rooms);
    this.updateRoom = rooms.update.bind(rooms);
    this.changeMemberCount = rooms.changeMemberCount.bind(rooms);
    this.roomsByActivity = rooms.byActivity.bind(rooms);
    this.unreadCount = memberships.unreadCount.bind(memberships);
    this.badgeCount = memberships.badgeCount.bind(memberships);
    this.firstUnread = memberships.firstUnread.bind(memberships);
    this.readThrough = memberships.readThrough.bind(memberships);
    this.previewThrough = memberships.previewThrough.bind(memberships);
    this.isExpired = memberships.isExpired.bind(memberships);
    this.updateMembership = memberships.update.bind(memberships);
    this.setMarkedUnread = memberships.setMarkedUnread.bind(memberships);
    this.serverMarks = memberships.serverMarks.bind(memberships);
    this.advanceOwnMarks = memberships.advance.bind(memberships);
    this.confirmOwnMarks = memberships.confirm.bind(memberships);

    this.timeline = messages.timeline.bind(messages);
    this.editMessage = messages.edit.bind(messages);
    this.deleteMessage = messages.delete.bind(messages);
    this.expireMessages = messages.expire.bind(messages);
    this.setReaction = messages.setReaction.bind(messages);
    this.advanceMarks = messages.advanceMarks.bind(messages);
    this.deliveryStatus = memberMarks.delivery.bind(memberMarks);
    this.marksOf = memberMarks.of.bind(memberMarks);
    this.putMember = memberMarks.put.bind(memberMarks);
  }

  get users() {
    return this.#people.users;
  }

  get presence() {
    return this.#people.presence;
  }

  /** How many are online in rooms too large for names, by room_id. */
  get online() {
    return this.#people.online;
  }

  get rooms() {
    return this.#rooms.byId;
  }

  /** How far the other members of each room have come, as far as known. */
  get marks() {
    return this.#memberMarks.rooms;
  }

  /**
   * Replaces the state by the response of /sync.
   *
   * @param {{me: User, rooms: Room[], users?: User[]}} sync
   */
  load({ me, rooms, users = [] }) {
    const isSameUser = this.me?.user_id === me.user_id;
    this.#begin(isSameUser ? { ...this.me, ...me } : me, users); // with what only the user sees of themself
    if (!isSameUser) this.setInvitations([]);
    this.#rooms.reset(rooms, isSameUser);
    this.#messages.clear();
  }

  /** What the cache keeps for the next visit, which `restore` takes: all but the messages, and what does not last. */
  dump() {
    return structuredClone({
      me: this.me,
      limits: this.limits,
      users: [...this.users.values()],
      rooms: this.#rooms.dump(),
      marks: this.#memberMarks.dump(),
      invitations: [...this.invitations.values()],
      flags: this.flags.dump(),
    });
  }

  /** @param {ReturnType<Store["dump"]>} dump */
  restore(dump) {
    const { me, limits, users, rooms, marks, invitations, flags } = structuredClone(dump);
    this.#begin(me, users);
    this.flags.restore(flags);
    this.limits = limits;
    this.#rooms.restore(rooms);
    this.#messages.clear();
    this.#memberMarks.restore(marks);
    this.setInvitations(invitations);
  }

  #begin(/** @type {User} */ me, /** @type {User[]} */ users) {
    this.me = me;
    this.#people.reset([...users, me]);
    this.#memberMarks.rooms.clear();
    this.flags.clear();
    this.changes.tell("me");
  }

  removeRoom(/** @type {string} */ roomId) {
    this.flags.forgetRoom(roomId);
    this.#people.forgetRoom(roomId);
    this.#rooms.remove(roomId);
    this.#messages.forgetRoom(roomId);
  }

  /** Of a direct room, the name of the other user. */
  roomName(/** @type {Room} */ room) {
    if (room.kind === "direct") return room.with ? this.displayName(room.with.user_id, room.with) : "";
    return room.name ?? "";
  }

  setInvitations(/** @type {Invitation[]} */ invitations) {
    this.invitations = new Map(invitations.map((invitation) => [invitation.room_id, invitation]));
    this.changes.tell("invitations");
  }

  putInvitation(/** @type {Invitation} */ invitation) {
    this.setInvitations([...this.invitations.values(), invitation]);
  }

  removeInvitation(/** @type {string} */ roomId) {
    if (this.invitations.delete(roomId)) this.changes.tell("invitations");
  }

  // ---- members and messages ----

  putUser(/** @type {User | null | undefined} */ user) {
    this.#people.put(user);
    if (user?.user_id !== this.me.user_id) return;
    this.me = { ...this.me, ...user };
    this.changes.tell("me");
  }

  /** Another user has joined a room. */
  memberJoined(/** @type {string} */ roomId, /** @type {User} */ user) {
    const room = this.rooms.get(roomId);
    if (!room) return;
    this.#memberMarks.join(roomId, user.user_id, room.last_seq);
    this.changeMemberCount(roomId, 1);
  }

  memberLeft(/** @type {string} */ roomId, /** @type {User} */ user) {
    this.#memberMarks.leave(roomId, user.user_id);
    this.changeMemberCount(roomId, -1);
    this.changes.tell(`timeline:${roomId}`, { room: roomId, seq: null, what: "seen" });
  }

  /** Adds a message from an event or a reply, in any order. False if messages before it are missing. */
  addMessage(/** @type {Message} */ message) {
    return this.#messages.add(message, this.me.user_id);
  }

  setTyping(/** @type {Parameters<People["setTyping"]>[0]} */ typing) {
    if (typing.user_id !== this.me.user_id) this.#people.setTyping(typing);
  }
}
