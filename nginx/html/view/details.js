// Shows a room from behind: who is in it, how loud it is to me, and what its moderators and owners may change.

import { byId, h } from "./dom.js";
import { InvitesView } from "./invites.js";
import { ask } from "./notes.js";
import { fill } from "./pages.js";
import { avatar, people, presenceDot, wholeTime } from "./text.js";

const HOUR_MS = 3_600_000;

export class DetailsView {
  #store;
  #api;
  #person;
  #invites;
  #roomId = null;

  constructor({ store, api, person }) {
    this.#store = store;
    this.#api = api;
    this.#person = person;
    this.#invites = new InvitesView({ api });
    store.on("rooms", () => byId("details").open && this.#drawRoom());
    byId("details-leave").addEventListener("click", () => this.#leave());
    byId("details-delete").addEventListener("click", () => this.#delete());
    byId("details-level").addEventListener("change", (event) => this.#setNotify({ level: event.target.value }));
    byId("details-mute").addEventListener("change", (event) => this.#mute(event.target.value));
    byId("details-add").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#add();
    });
    byId("details-edit").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#edit();
    });
  }

  get #room() {
    return this.#store.rooms.get(this.#roomId);
  }

  get #isModerator() {
    return this.#room?.kind !== "direct" && ["owner", "moderator"].includes(this.#room?.me?.role);
  }

  open(roomId) {
    this.#roomId = roomId;
    if (!this.#room) return;
    byId("details-username").value = "";
    byId("details-name").value = this.#room.name ?? "";
    byId("details-new-topic").value = this.#room.topic ?? "";
    byId("details-change").open = false;
    byId("details-members").replaceChildren();
    byId("details-keeping").replaceChildren();
    this.#drawRoom();
    byId("details").showModal();
    this.#invites.open(this.#isModerator ? roomId : null);
    this.#list();
  }

  close() {
    if (byId("details").open) byId("details").close();
  }

  #drawRoom() {
    const room = this.#room;
    if (!room) return;
    const { notify = "all", muted_until: mutedUntil } = room.me ?? {};
    const isMuted = Boolean(mutedUntil && new Date(mutedUntil) > new Date());
    byId("details-title").textContent = this.#store.roomName(room);
    byId("details-topic").textContent = room.topic ?? "";
    byId("details-level").value = notify;
    byId("details-mute").value = isMuted ? "muted" : "";
    byId("details-muted").hidden = !isMuted;
    byId("details-muted").textContent = isMuted ? `Muted until ${wholeTime(mutedUntil)}` : "";
    byId("details-add").hidden = byId("details-change").hidden = !this.#isModerator;
    byId("details-leave").hidden = room.kind === "direct";
    byId("details-delete").hidden = room.kind === "direct" || room.me?.role !== "owner";
  }

  async #list() {
    const roomId = this.#roomId;
    this.#say("Loading…");
    try {
      const page = await this.#api.members(roomId);
      if (roomId !== this.#roomId) return;
      this.#fill(byId("details-members"), page, (cursor) => this.#api.members(roomId, cursor), (member) => this.#member(member));
      this.#say(people(this.#room?.member_count ?? page.items.length));
      if (this.#isModerator) await this.#listKeeping(roomId);
    } catch (problem) {
      this.#say(problem.sentence ?? problem.message);
    }
  }

  #member({ user, role }) {
    const name = this.#store.nameOf(user.user_id, user);
    return h("li", { "data-testid": "member", "data-user-id": user.user_id },
      h("button", {
        type: "button", class: "person", "aria-label": `${name}, ${role}`, "data-testid": "member-open",
        onclick: () => this.#person.open(user, { room: this.#room, role, onChange: () => this.#list() }),
      },
        avatar(user.user_id, name),
        h("span", { class: "names" },
          h("b", { dir: "auto" }, name, presenceDot(this.#store.presence.get(user.user_id)?.state)),
          h("small", { dir: "auto" }, [`@${user.username}`, user.status_text].filter(Boolean).join(" · "))),
        role !== "member" ? h("small", { class: "role", "data-testid": "role" }, role) : null));
  }

  // ---- what moderators keep an eye on ----

  async #listKeeping(roomId) {
    const [bans, reports] = await Promise.all([this.#api.bans(roomId), this.#api.reports(roomId)]);
    if (roomId !== this.#roomId) return;
    byId("details-keeping").replaceChildren(
      ...this.#section("Reported", reports, (cursor) => this.#api.reports(roomId, cursor), (report) => this.#report(report)),
      ...this.#section("Banned", bans, (cursor) => this.#api.bans(roomId, cursor), (ban) => this.#ban(ban)));
  }

  #section(title, page, load, item) {
    if (!page.items.length) return [];
    const list = h("ul", { class: "members" });
    this.#fill(list, page, load, item);
    return [h("h3", {}, title), list];
  }

  #fill(list, page, load, item) {
    fill(list, page, { load, item, failed: (problem) => this.#say(problem.sentence ?? problem.message) });
  }

  #report({ seq, reporter, reason, message }) {
    return h("li", { "data-testid": "report" },
      h("span", { class: "names" },
        h("a", { href: `#/room/${this.#roomId}/${seq}`, dir: "auto", onclick: () => this.close() }, (message?.content || `Message ${seq}`).slice(0, 120)),
        h("small", { dir: "auto" }, [`by ${this.#store.nameOf(reporter.user_id, reporter)}`, reason].filter(Boolean).join(": "))),
      h("button", { type: "button", "data-testid": "settle-report", onclick: () => this.#try(() => this.#api.settleReports(this.#roomId, seq)) }, "Settle"));
  }

  #ban({ user, reason }) {
    return h("li", { "data-testid": "banned" },
      h("span", { class: "names" }, h("b", { dir: "auto" }, this.#store.nameOf(user.user_id, user)),
        h("small", { dir: "auto" }, [`@${user.username}`, reason].filter(Boolean).join(" · "))),
      h("button", { type: "button", "data-testid": "unban", onclick: () => this.#try(() => this.#api.unban(this.#roomId, user.user_id)) }, "Unban"));
  }

  // ---- changing ----

  async #add() {
    const username = byId("details-username").value;
    if (!username.trim()) return;
    await this.#try(async () => {
      const user = await this.#api.userNamed(username);
      await this.#api.putMember(this.#roomId, user.user_id, "member");
      byId("details-username").value = "";
    });
  }

  async #edit() {
    await this.#try(async () => {
      this.#store.updateRoom(await this.#api.updateRoom(this.#roomId, {
        name: byId("details-name").value.trim(), topic: byId("details-new-topic").value.trim(),
      }));
      byId("details-change").open = false;
    });
  }

  #mute(choice) {
    if (choice === "muted") return;
    const until = choice ? new Date(Date.now() + Number(choice) * HOUR_MS).toISOString() : null;
    this.#setNotify({ muted_until: until });
  }

  async #setNotify(wish) {
    const { room_id: roomId, me } = this.#room;
    try {
      const { notify, muted_until } = await this.#api.setNotify(roomId, wish);
      Object.assign(me, { notify, muted_until });
    } catch (problem) {
      this.#say(problem.sentence ?? problem.message);
    }
    this.#store.touch("rooms"); // and after a refusal, what was chosen is drawn back
  }

  async #leave() {
    const room = this.#room;
    if (!room || !(await ask(`Leave “${this.#store.roomName(room)}”?`, "Leave"))) return;
    await this.#end(room, () => this.#api.leave(room.room_id));
  }

  async #delete() {
    const room = this.#room;
    if (!room || !(await ask(`Delete “${this.#store.roomName(room)}” and all that was said in it, for everyone?`, "Delete"))) return;
    await this.#end(room, () => this.#api.deleteRoom(room.room_id));
  }

  async #end(room, act) {
    try {
      await act();
      this.#store.removeRoom(room.room_id);
      this.close();
      location.hash = "#/";
    } catch (problem) {
      this.#say(problem.sentence ?? problem.message);
    }
  }

  async #try(change) {
    try {
      await change();
      await this.#list();
    } catch (problem) {
      this.#say(problem.sentence ?? problem.message);
    }
  }

  #say(sentence) {
    byId("details-state").textContent = sentence;
  }
}
