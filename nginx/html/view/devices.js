// The part of the account settings that lists the devices that are signed in, and signs them out.

import { errorText } from "../net/client.js";
import { confirm } from "./confirm.js";
import { byId, h } from "./dom.js";
import { lastSeenText } from "./format.js";
import { paginate } from "./pagination.js";

export class DevicesView {
  #api;
  #generation = 0; // the list of an earlier call is discarded

  constructor({ api }) {
    this.#api = api;
    byId("devices-end-others").addEventListener("click", () => this.#endOthers());
  }

  /** Loads and shows the list. */
  async load() {
    const generation = ++this.#generation;
    if (!byId("devices-list").children.length) byId("devices-state").textContent = "Loading…";
    try {
      const page = await this.#api.sessions();
      if (generation !== this.#generation) return;
      paginate(byId("devices-list"), page, {
        load: (cursor) => this.#api.sessions(cursor),
        render: (session) => this.#item(session),
        onError: (problem) => this.#showError(problem),
      });
      byId("devices-state").textContent = "";
      byId("devices-end-others").hidden = page.items.length < 2 && !page.next_cursor;
    } catch (problem) {
      if (generation === this.#generation) this.#showError(problem);
    }
  }

  clear() {
    this.#generation += 1;
    byId("devices-list").replaceChildren();
    byId("devices-end-others").hidden = true;
  }

  #item({ session_id: sessionId, device_name: name, user_agent: userAgent, address, last_seen_at: at, current }) {
    const lastSeen = `last seen ${lastSeenText(at)}`;
    return h("li", { "data-testid": "device", "data-current": String(current) },
      h("span", { class: "names", title: userAgent },
        h("b", { dir: "auto" }, name),
        h("small", {}, [current ? "this device" : lastSeen, address].filter(Boolean).join(" · "))),
      current ? null : h("button", {
        type: "button", "aria-label": `Sign out ${name}, ${lastSeen}`, "data-testid": "end-device",
        onclick: (event) => this.#end(sessionId, event.currentTarget),
      }, "Sign out"));
  }

  async #end(sessionId, button) {
    button.disabled = true;
    await this.#change(() => this.#api.endSession(sessionId), "The device is signed out.");
  }

  async #endOthers() {
    if (!(await confirm("Sign out all other devices?", "Sign out"))) return;
    await this.#change(() => this.#api.endOtherSessions(), "All other devices are signed out.");
  }

  async #change(action, done) {
    let error = null;
    try {
      await action();
    } catch (problem) {
      if (problem.status !== 404) error = problem; // it has been signed out already
    }
    await this.load();
    if (error) this.#showError(error);
    else byId("devices-state").textContent = done;
  }

  #showError(problem) {
    byId("devices-state").textContent = errorText(problem);
  }
}
