// What the outbox promises, for any database: outbox.test.js runs it in memory, browser-cases.js in IndexedDB.

import { FakeBrowser, same, until } from "../support/browser.js";
import { MessageServer } from "../support/message-server.js";

const shown = (tab, roomId = "lobby") => tab.outbox.messagesIn(roomId).map(({ content, state }) => `${content}: ${state}`);
const sentAll = (tab) => until(() => tab.outbox.count === 0, "all is sent");

export const outboxCases = {
  "messages are sent in order, and shown until they are": async (open) => {
    const browser = new FakeBrowser(new MessageServer(), open);
    const tab = await browser.openTab();
    for (const content of ["one", "two", "three"]) tab.outbox.add("lobby", content);
    same(shown(tab), ["one: pending", "two: pending", "three: pending"], "at once");
    same([tab.outbox.count, tab.outbox.waiting], [3, 3]);
    tab.connection.online();
    await sentAll(tab);
    same(browser.server.contents(), ["one", "two", "three"]);
    same(
      tab.store.messages.map(({ seq }) => seq),
      [1, 2, 3],
      "the store has the replies",
    );
  },

  "a message written offline survives the tab, and the next tab sends it": async (open) => {
    const browser = new FakeBrowser(new MessageServer(), open);
    const first = await browser.openTab();
    await first.send("still there?");
    first.kill();
    const second = await browser.openTab();
    same(shown(second), ["still there?: pending"]);
    second.connection.online();
    await sentAll(second);
    same(browser.server.contents(), ["still there?"]);
    same((await browser.openTab()).outbox.count, 0, "it is gone from the database");
  },

  "a tab killed between send and ok: the next one sends the same client_id, and the server has it once": async (open) => {
    const browser = new FakeBrowser(new MessageServer(), open);
    const first = await browser.openTab();
    browser.server.onStored = () => first.kill();
    first.connection.online();
    await first.outbox.add("lobby", "once");
    await first.dead;
    browser.server.onStored = () => {};
    const second = await browser.openTab();
    second.connection.online();
    await sentAll(second);
    same(browser.server.contents(), ["once"]);
    if (browser.server.sends !== 2) throw new Error(`the second tab should have asked again, not ${browser.server.sends}`);
  },

  "a lost reply is asked for again under the same client_id": async (open) => {
    const browser = new FakeBrowser(new MessageServer(), open);
    const tab = await browser.openTab();
    browser.server.faults = ["lost"];
    tab.connection.online();
    await tab.outbox.add("lobby", "once");
    await until(() => browser.server.sends === 1);
    await browser.passes(1_000, () => tab.outbox.count === 0);
    same([browser.server.contents(), browser.server.sends], [["once"], 2]);
  },

  "of two tabs, the one that is online sends what the other has written": async (open) => {
    const browser = new FakeBrowser(new MessageServer(), open);
    const [offline, online] = [await browser.openTab(), await browser.openTab()];
    online.connection.online();
    await offline.outbox.add("lobby", "from the other tab");
    await until(() => browser.server.messages.length === 1);
    await until(() => offline.outbox.count === 0, "the other tab sees that it is sent");
    same(offline.told.at(-1), ["unsent:lobby", { client_id: "id-1", what: "removed" }]);
  },

  "two tabs that are both online send each message once": async (open) => {
    const browser = new FakeBrowser(new MessageServer(), open);
    const tabs = [await browser.openTab(), await browser.openTab()];
    for (const tab of tabs) tab.connection.online();
    for (let i = 0; i < 6; i += 1) tabs[i % 2].outbox.add("lobby", `m${i}`);
    await Promise.all(tabs.map(sentAll));
    same(browser.server.contents().sort(), ["m0", "m1", "m2", "m3", "m4", "m5"]);
    same(browser.server.sends, 6, "the lock lets one tab at a time send");
  },

  "a tab that is frozen with the lock does not keep the others from sending": async (open) => {
    const browser = new FakeBrowser(new MessageServer(), open);
    browser.locks("echochat-outbox-alice", () => new Promise(() => {}));
    const tab = await browser.openTab();
    tab.connection.online();
    await tab.outbox.add("lobby", "patient");
    await browser.calm();
    same(browser.server.contents(), []);
    await browser.clock.advance(20_000);
    await sentAll(tab);
    same(browser.server.contents(), ["patient"]);
  },

  "a message discarded while it waits is not sent, in any tab": async (open) => {
    const browser = new FakeBrowser(new MessageServer(), open);
    const [tab, other] = [await browser.openTab(), await browser.openTab()];
    await tab.outbox.add("lobby", "regretted");
    await until(() => other.outbox.count === 1);
    await other.outbox.discard("id-1");
    await until(() => tab.outbox.count === 0);
    tab.connection.online();
    await browser.calm();
    same(browser.server.sends, 0);
  },

  "after sign-out nothing is sent; the user's choice is to keep or to forget what waits": async (open) => {
    const browser = new FakeBrowser(new MessageServer(), open);
    const tab = await browser.openTab();
    await tab.outbox.add("lobby", "kept");
    tab.outbox.stop();
    tab.connection.online();
    await browser.calm();
    same(browser.server.sends, 0);
    const next = await browser.openTab();
    same(shown(next), ["kept: pending"]);
    await next.outbox.clear();
    same([next.outbox.count, (await browser.openTab()).outbox.count], [0, 0]);
  },

  "files go with their message in one step": async (open) => {
    const browser = new FakeBrowser(new MessageServer(), open);
    const tab = await browser.openTab();
    tab.connection.online();
    await tab.uploads.add("lobby", [new File(["x"], "a.txt")]);
    await until(() => tab.uploads.in("lobby").every(({ state }) => state === "done"));
    tab.connection.offline();
    await tab.send("with a file");
    same([tab.uploads.in("lobby").length, tab.outbox.messagesIn("lobby")[0].attachments.length], [0, 1]);
    tab.kill();
    const next = await browser.openTab();
    same([next.uploads.in("lobby").length, next.drafts.get("lobby").content], [0, ""]);
    next.connection.online();
    await sentAll(next);
    same(browser.server.messages[0].attachments, ["f1"]);
  },
};
