// The connection banner: hidden while online, else it shows the reason and a button to reconnect.

import { byId } from "./dom.js";

const SHOW_AFTER_MS = 700; // a quicker reconnection is not shown

const STOP_REASONS = {
  closed: "The server ended this connection.",
  protocol_error: "The server refused this page. Reloading it may help.",
  suspended: "This account is suspended.",
  auth_timeout: "The sign-in took too long.",
};

export class ConnectionView {
  #connection;
  #countdownTimer = 0;
  #showTimer = 0;

  constructor({ connection }) {
    this.#connection = connection;
    connection.addEventListener("state", () => this.#draw());
    byId("connection-retry").addEventListener("click", () => connection.retryNow());
  }

  #draw() {
    const { name } = this.#connection.state;
    const banner = byId("connection");
    banner.dataset.state = name; // updated at once, even if the banner is shown later
    clearInterval(this.#countdownTimer);
    if (name === "waiting") this.#countdownTimer = setInterval(() => this.#drawText(), 1_000);

    if (name === "online" || name === "idle" || name === "signed-out") {
      clearTimeout(this.#showTimer);
      this.#showTimer = 0;
      banner.classList.remove("shown");
      this.#drawText();
    } else if (banner.classList.contains("shown")) {
      this.#drawText();
    } else {
      this.#showTimer ||= setTimeout(() => {
        banner.classList.add("shown");
        this.#drawText();
      }, SHOW_AFTER_MS);
    }
  }

  #drawText() {
    const { name, until, mandatory, reason } = this.#connection.state;
    const text = textFor(name, reason);
    if (byId("connection-text").textContent !== text) byId("connection-text").textContent = text;
    // The countdown is hidden from screen readers, which would read it aloud every second.
    const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1_000));
    byId("connection-count").textContent = name === "waiting" ? `Trying again in ${seconds} s.` : "";
    byId("connection-retry").hidden = !((name === "waiting" && !mandatory) || (name === "stopped" && reason !== "suspended"));
  }
}

function textFor(name, reason) {
  switch (name) {
    case "online": return "Connected";
    case "connecting": return "Connecting…";
    case "waiting": return navigator.onLine ? "Connection lost." : "You are offline.";
    case "stopped": return STOP_REASONS[reason] ?? STOP_REASONS.closed;
    default: return "";
  }
}
