// Shows how the line is: nothing while it holds, a bar with the reason and a way out while it does not.

import { byId } from "./dom.js";

const QUIET_MS = 700; // a reconnection quicker than this is nobody's concern

const STOPPED = {
  done: "The server ended this connection.",
  refused: "The server refused this page. Reloading it may help.",
  suspended: "This account is suspended.",
  late: "The sign-in took too long.",
};

export class ConnectionView {
  #connection;
  #ticking = 0;
  #quiet = 0;

  constructor({ connection }) {
    this.#connection = connection;
    connection.addEventListener("state", () => this.#show());
    byId("connection-retry").addEventListener("click", () => connection.retryNow());
  }

  #show() {
    const { name } = this.#connection.state;
    const bar = byId("connection");
    bar.dataset.state = name; // at once, whatever the eye is shown
    clearInterval(this.#ticking);
    if (name === "waiting") this.#ticking = setInterval(() => this.#word(), 1_000);

    if (name === "online" || name === "idle" || name === "signed-out") {
      clearTimeout(this.#quiet);
      this.#quiet = 0;
      bar.classList.remove("loud");
      this.#word();
    } else if (bar.classList.contains("loud")) {
      this.#word();
    } else {
      this.#quiet ||= setTimeout(() => {
        bar.classList.add("loud");
        this.#word();
      }, QUIET_MS);
    }
  }

  #word() {
    const { name, until, firm, why } = this.#connection.state;
    const sentence = sentenceFor(name, why);
    if (byId("connection-text").textContent !== sentence) byId("connection-text").textContent = sentence;
    // Apart, and for the eye only: read out, a countdown would drown everything else.
    const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1_000));
    byId("connection-count").textContent = name === "waiting" ? `Trying again in ${seconds} s.` : "";
    byId("connection-retry").hidden = !((name === "waiting" && !firm) || (name === "stopped" && why !== "suspended"));
  }
}

function sentenceFor(name, why) {
  switch (name) {
    case "online": return "Connected";
    case "connecting": return "Connecting…";
    case "waiting": return navigator.onLine ? "Connection lost." : "You are offline.";
    case "stopped": return STOPPED[why] ?? STOPPED.done;
    default: return "";
  }
}
