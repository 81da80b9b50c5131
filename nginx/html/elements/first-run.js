// The first visit of a new user, in three steps on one screen: who they are, their first room, and the link that brings the others in.

import { Element, h, show, text } from "../parts/element.js";
import { errorLine, field, input, showError } from "./form.js";
import { problemText } from "./problem-text.js";

const STEPS = /** @type {const} */ (["who", "room", "invite"]);

/** Each step can be skipped. Emits `first-run-done` (detail: `{browses}`: the user wants to look at the public rooms). */
export class FirstRun extends Element {
  #step = 0;
  /** @type {any} */ #room = null;
  #key = ""; // of the room, the same for each try
  #link = "";

  /** @param {any} context */
  static template({ texts: { t } }) {
    const title = (/** @type {string} */ step) => [
      h("h1", {}, t(`first_run.${step}`)),
      h("p", { class: "hint" }, t(`first_run.${step}_hint`)),
    ];
    const picture = h(
      "label",
      { class: "button picture-button" },
      t("profile.choose_picture"),
      h("input", { type: "file", accept: "image/*", class: "visually-hidden", part: "file", "data-testid": "first-picture" }),
    );
    return [
      h(
        "main",
        { class: "sign-in first-run" },
        h(
          "form",
          { class: "card", part: "form", "data-testid": "first-run", novalidate: true },
          h("p", { class: "hint", part: "step", role: "status" }),
          h(
            "section",
            { part: "who" },
            ...title("who"),
            h("p", { class: "who" }, h("echo-picture", { part: "picture" }), picture),
            field(t("profile.name"), input("first-name", { autocomplete: "name", maxlength: 64 })),
          ),
          h(
            "section",
            { part: "room", hidden: true },
            ...title("room"),
            field(t("new_room.name"), input("first-room", { autocomplete: "off", maxlength: 80 }), { hint: t("first_run.room_example") }),
          ),
          h(
            "section",
            { part: "invite", hidden: true },
            ...title("invite"),
            field(t("invite.link"), input("first-link", { readonly: true }), {
              beside: h("button", { type: "button", part: "copy", "data-testid": "first-copy" }, t("action.copy")),
            }),
          ),
          errorLine("first-error"),
          h(
            "p",
            { class: "answers" },
            h("button", { type: "submit", class: "primary", part: "next", "data-testid": "first-next" }),
            h("button", { type: "button", part: "skip", "data-testid": "first-skip" }, t("action.skip")),
          ),
          h("button", { type: "button", class: "link", part: "browse", "data-testid": "first-browse" }, t("first_run.browse")),
        ),
      ),
    ];
  }

  connected() {
    const { parts } = this;
    const { environment, store } = this.context;
    this.#key ||= environment.randomUUID();
    parts["first-name"].value = store.me.display_name ?? "";
    parts.picture.setAttribute("user", store.me.user_id);
    this.listen(parts.form, "submit", (event) => {
      event.preventDefault();
      this.#next();
    });
    this.listen(parts.skip, "click", () => this.#skip());
    this.listen(parts.browse, "click", () => this.tell("first-run-done", { browses: true }));
    this.listen(parts.copy, "click", () => this.context.actions.copy(this.#link, "invite.copied"));
    this.listen(parts.file, "change", () => this.#setPicture());
    this.#draw();
  }

  #draw() {
    const { parts } = this;
    const { t } = this.context.texts;
    const step = STEPS[this.#step];
    for (const each of STEPS) show(parts[each], each === step);
    text(parts.step, t("first_run.step", { step: this.#step + 1, n: STEPS.length }));
    text(parts.next, t(step === "invite" ? "first_run.start" : step === "room" ? "action.create" : "action.next"));
    show(parts.skip, step !== "invite");
    show(parts.browse, step === "room");
    showError(parts.error, "");
    const shown = parts[{ who: "first-name", room: "first-room", invite: "first-link" }[step]];
    shown.focus();
    shown.select();
  }

  #skip() {
    if (STEPS[this.#step] === "room") return this.tell("first-run-done", {});
    this.#step += 1;
    this.#draw();
  }

  async #next() {
    const { parts } = this;
    const step = STEPS[this.#step];
    if (step === "invite") return this.tell("first-run-done", {});
    parts.next.disabled = true;
    try {
      await (step === "who" ? this.#saveName() : this.#createRoom());
      this.#step += 1;
      this.#draw();
    } catch (/** @type {any} */ problem) {
      const name = step === "who" ? "first-name" : "first-room";
      showError(parts.error, problemText(this.context.texts, problem), parts[name]);
    } finally {
      parts.next.disabled = false;
    }
  }

  async #saveName() {
    const { api, store } = this.context;
    const name = this.parts["first-name"].value.trim();
    if (name && name !== store.me.display_name) store.putUser(await api.updateMe({ display_name: name }));
  }

  async #createRoom() {
    const { actions, api, environment, route, texts } = this.context;
    const name = this.parts["first-room"].value.trim();
    if (!name) throw Object.assign(new Error(texts.t("new_room.enter_name")), { code: "empty" });
    this.#room ??= await actions.createRoom("group", name, [], { key: this.#key });
    const { code } = await api.createInvite(this.#room.room_id, environment.randomUUID());
    this.#link = route.inviteLink(code);
    this.parts["first-link"].value = this.#link;
  }

  async #setPicture() {
    const { actions, api, store } = this.context;
    const [file] = this.parts.file.files;
    if (file) await actions.try(async () => store.putUser(await api.setAvatar(file)));
    this.parts.file.value = "";
  }
}

customElements.define("echo-first-run", FirstRun);
