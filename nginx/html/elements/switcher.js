// Jumps to a room or a person by a few letters (Ctrl+K); without any, to what was active last.

import { attribute, Element, h, icon, text } from "../parts/element.js";
import { Choices, choiceList } from "./choices.js";
import { PeopleSearch } from "./people-search.js";
import { personChoice, updatePersonChoice } from "./person-row.js";
import { problemText } from "./problem-text.js";
import { faceNode, updateFace } from "./room-face.js";
import { summaryOf } from "./room-summary.js";
import { closeDialog } from "./sidebar-doors.js";
import { choicesFor } from "./switcher-choices.js";

/**
 * @typedef {import("../state/types.js").User} User
 * @typedef {import("./switcher-choices.js").Choice} Choice
 */

/** `echo-switcher` */
export class Switcher extends Element {
  /** @type {Choices<Choice>} */ #choices = /** @type {any} */ (null);
  /** @type {User[]} */ #people = [];
  #isComplete = true;

  /** @param {any} context */
  static template({ texts: { t } }) {
    return [
      h(
        "div",
        { class: "switcher-field" },
        icon("search"),
        h("input", {
          type: "text",
          part: "input",
          "data-testid": "switcher-input",
          "aria-label": t("switcher.title"),
          placeholder: t("switcher.hint"),
          autocapitalize: "none",
          spellcheck: "false",
          enterkeyhint: "go",
        }),
      ),
      choiceList("list", "switcher-list"),
      h("p", { class: "hint", role: "status", part: "state", "data-testid": "switcher-state" }),
    ];
  }

  connected() {
    const { context, parts } = this;
    const ending = new AbortController();
    const search = new PeopleSearch(context, (people, { isComplete }) => {
      this.#people = people;
      this.#isComplete = isComplete;
      this.#draw();
    });
    this.#choices = new Choices(
      {
        input: parts.input,
        list: parts.list,
        label: context.texts.t("switcher.title"),
        key: ({ key }) => key,
        make: (choice) => this.#make(choice),
        update: (node, choice) => this.#update(node, choice),
        onTake: (choice) => this.#take(choice),
        onEnter: (words) => this.#searchMessages(words),
      },
      ending.signal,
    );
    this.listen(parts.input, "input", () => {
      this.#choices.restart();
      search.search(parts.input.value);
    });
    this.watch("rooms", () => this.#draw());
    this.ending(() => {
      ending.abort();
      search.stop();
    });
    this.#draw();
    parts.input.focus();
  }

  #draw() {
    if (!this.isConnected) return;
    const { store, texts } = this.context;
    const query = this.parts.input.value;
    const choices = choicesFor(query, { store, people: this.#people });
    this.#choices.set(choices);
    const isSearching = query.trim() !== "" && !this.#isComplete;
    attribute(this.parts.list, "aria-busy", String(isSearching));
    text(this.parts.state, choices.length || !query.trim() ? "" : texts.t(isSearching ? "state.searching" : "switcher.none"));
  }

  /** @param {Choice} choice */
  #make(choice) {
    if ("user" in choice) return personChoice(choice.user, this.context);
    const node = h(
      "div",
      { class: "choice", "data-testid": "switcher-room", "data-room-id": choice.room.room_id },
      faceNode(),
      h("span", { class: "line choice-name", dir: "auto" }),
      h("span", { class: "line choice-hint", dir: "auto" }),
      h("span", { class: "badge" }),
    );
    this.#update(node, choice);
    return node;
  }

  /**
   * @param {HTMLElement} node
   * @param {Choice} choice
   */
  #update(node, choice) {
    if ("user" in choice) return updatePersonChoice(node, choice.user, this.context);
    const [face, name, hint, badge] = /** @type {HTMLElement[]} */ ([...node.children]);
    const summary = summaryOf(choice.room, this.context);
    updateFace(face, summary, this.context.texts);
    text(name, summary.name);
    text(hint, choice.room.kind === "direct" ? `@${choice.room.with?.username ?? ""}` : (choice.room.topic ?? ""));
    text(badge, summary.count);
    badge.hidden = !summary.count;
  }

  /** @param {Choice} choice */
  async #take(choice) {
    const { route, actions, texts } = this.context;
    if ("room" in choice) {
      closeDialog(this);
      route.open(choice.room.room_id);
      return;
    }
    try {
      await actions.createRoom("direct", "", [choice.user.user_id]);
      closeDialog(this);
    } catch (problem) {
      text(this.parts.state, problemText(texts, problem));
    }
  }

  /** @param {string} words */
  #searchMessages(words) {
    if (!words.trim()) return;
    closeDialog(this);
    this.context.panel.open("search", { q: words.trim() });
  }
}

customElements.define("echo-switcher", Switcher);
