// A page with one room, its real state, and a server in the page: for tests of the timeline in Chromium, and to look at it by hand.
// `?live`: by the clock of the browser, with somebody who writes now and then; `?dark`.

import { Element, h } from "../parts/element.js";
import { frame } from "../parts/frame.js";
import { openSheet } from "../parts/sheet.js";
import { chooseLanguage, loadTexts } from "../parts/texts.js";
import { Toasts } from "../parts/toast.js";
import { fakeAccount } from "./room-account.js";
import "../elements/room.js";
import "../elements/lightbox.js";
import { pageHost } from "./page-host.js";

globalThis.setImmediate ??= (run) => setTimeout(run);

class App extends Element {}
customElements.define("echo-app", App);

/** What the composer hears and the panel is told. */
const log = [];
const tell = (...entry) => log.push(entry);

/**
 * Shows the page. `prepare(server, clock)` fills it; `hasAttention` says whether the user looks. Everything is there as `window.page`.
 */
async function show({ prepare, isLive = false, hasAttention = true } = {}) {
  const texts = await loadTexts(chooseLanguage(["en"]));
  const account = await fakeAccount({ prepare, isLive, hasAttention, log });
  const { changes, clock } = account;
  const toastBox = h("div", { class: "toasts" });
  const route = {
    ...{ roomId: null, seq: null, view: "none" },
    open: (roomId, seq = null) => {
      Object.assign(route, { roomId, seq, view: "room" });
      changes.tell("route", { roomId, seq, view: "room" });
    },
  };
  const panel = {
    kind: null,
    open: (kind, data) => tell("panel", kind, data?.seq ?? data),
    close: () => tell("panel", null),
  };
  const compose = {
    reply: ({ seq }) => tell("reply", seq),
    edit: ({ seq }) => tell("edit", seq),
    focus: () => document.querySelector("echo-composer textarea")?.focus(),
  };
  const settings = { get: () => "", set: () => {} };
  const app = document.createElement("echo-app");
  app.context = {
    ...account,
    ...pageHost(),
    ...{ texts, frame, route, panel, compose, settings, emoji: () => Promise.reject(new Error("none")) },
    toasts: new Toasts(toastBox, { clock, dismissLabel: "Dismiss" }),
  };
  account.actions.openPicture = (file, files) => {
    const box = Object.assign(document.createElement("echo-lightbox"), { file, files });
    openSheet([box], { label: file.name, host: app, className: "lightbox-sheet" });
  };
  const room = document.createElement("echo-room");
  app.append(h("main", {}, room), toastBox);
  document.body.replaceChildren(app);
  room.querySelector("echo-composer").append(h("textarea", { "aria-label": "Message", rows: 1 }));
  return Object.assign(window.page, account, {
    app,
    context: app.context,
    room,
    route,
    timeline: room.querySelector("echo-timeline"),
    log,
  });
}

const observed = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve))));

/** Lets all be drawn that is planned, and the observers tell what they see. */
async function drawn(frames = 3) {
  for (let count = 0; count < frames; count += 1) await observed();
}

/** The seqs of the messages that are in the page, and of those whose lower edge is in the view. */
const shownSeqs = () => [...document.querySelectorAll("echo-message[data-seq]")].map((node) => Number(node.dataset.seq));
function seqsInView() {
  const view = page.timeline.parts.scroller.getBoundingClientRect();
  return [...document.querySelectorAll("echo-message[data-seq]")]
    .filter((node) => {
      const { top, bottom } = node.getBoundingClientRect();
      return top >= view.top - 1 && bottom <= view.bottom + 1;
    })
    .map((node) => Number(node.dataset.seq));
}
const node = (seq) => document.querySelector(`echo-message[data-seq="${seq}"]`);
const topOf = (seq) => node(seq).getBoundingClientRect().top;

window.page = { show, drawn, shownSeqs, seqsInView, node, topOf, log };

const query = new URLSearchParams(location.search);
if (query.has("dark")) document.documentElement.dataset.theme = "dark";
if (query.has("live")) {
  const { demo, chatter } = await import("./room-demo.js");
  const shown = await show({ prepare: demo, isLive: true });
  shown.route.open("garden");
  chatter(shown);
}
