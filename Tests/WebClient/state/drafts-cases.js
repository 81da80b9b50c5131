// What drafts promise, for any database.

import { FakeBrowser, same, until } from "../support/browser.js";
import { MessageServer, problem } from "../support/message-server.js";

const content = (tab, roomId = "lobby") => tab.drafts.get(roomId).content;
const newBrowser = (open) => new FakeBrowser(new MessageServer(), open);

/** Types as a user does; the tab is stored and the server told. */
async function write(tab, words, roomId = "lobby") {
  tab.drafts.set(roomId, { content: words });
  await tab.drafts.flush();
  await tab.browser.calm();
}

export const draftsCases = {
  "what is written is stored within 300 ms of the first key, and survives a crash": async (open) => {
    const browser = newBrowser(open);
    const tab = await browser.openTab();
    tab.drafts.set("lobby", { content: "h" });
    await browser.clock.advance(200);
    tab.drafts.set("lobby", { content: "hello", reply_to: 3 });
    await browser.clock.advance(100);
    await browser.calm();
    tab.kill();
    const next = await browser.openTab();
    same(next.drafts.get("lobby"), { content: "hello", reply_to: 3, edit: null });
    same(next.drafts.rooms, ["lobby"]);
  },

  "flush stores at once, as the page does when it goes": async (open) => {
    const browser = newBrowser(open);
    const tab = await browser.openTab();
    tab.drafts.set("lobby", { content: "going" });
    tab.drafts.flush();
    await browser.calm();
    tab.kill();
    same(content(await browser.openTab()), "going");
  },

  "what was written just before the session ended is stored": async (open) => {
    const browser = newBrowser(open);
    const tab = await browser.openTab();
    tab.drafts.set("lobby", { content: "in mid-sent" });
    tab.drafts.stop();
    await browser.calm();
    same(content(await browser.openTab()), "in mid-sent");
  },

  "nothing of it is left after signing out": async (open) => {
    const browser = newBrowser(open);
    const tab = await browser.openTab();
    tab.drafts.set("lobby", { content: "not for others" });
    await tab.drafts.stop();
    await tab.database.clear();
    same(content(await browser.openTab()), "");
  },

  "an edit under way is kept beside the words, and both outlive the visit": async (open) => {
    const browser = newBrowser(open);
    const tab = await browser.openTab();
    tab.drafts.set("lobby", { content: "words", edit: { seq: 7, content: "rewritten" } });
    await tab.drafts.flush();
    const next = await browser.openTab();
    same(next.drafts.get("lobby"), { content: "words", reply_to: null, edit: { seq: 7, content: "rewritten" } });
    same(next.drafts.hasUntold, true, "the edit is on this device only");
    await next.drafts.clear("lobby");
    same((await browser.openTab()).drafts.rooms, []);
  },

  "the server is told two seconds after the last key, once, and at once of the end": async (open) => {
    const browser = newBrowser(open);
    const tab = await browser.openTab();
    tab.connection.online();
    for (const words of ["a", "ab", "abc"]) {
      tab.drafts.set("lobby", { content: words });
      await browser.clock.advance(1_500);
    }
    same(browser.server.draftCalls, []);
    await browser.clock.advance(500);
    await until(() => browser.server.draftCalls.length === 1);
    await browser.calm();
    same([browser.server.draftCalls, tab.drafts.hasUntold], [[["put", "lobby", "abc"]], false]);
    await tab.drafts.clear("lobby");
    await browser.clock.advance(100);
    await until(() => browser.server.draftCalls.length === 2);
    same([...browser.server.drafts], []);
    await until(async () => (await tab.database.get("drafts", "lobby")) === undefined, "nothing is left");
  },

  "a message sent before the server heard of its draft costs no call": async (open) => {
    const browser = newBrowser(open);
    const tab = await browser.openTab();
    tab.connection.online();
    tab.drafts.set("lobby", { content: "quick" });
    await tab.outbox.add("lobby", "quick", { takenFrom: [tab.drafts] });
    await browser.clock.advance(10_000);
    await browser.calm();
    same(browser.server.draftCalls, []);
  },

  "what was written offline is told at the next welcome, also of the next visit": async (open) => {
    const browser = newBrowser(open);
    const tab = await browser.openTab();
    await write(tab, "offline");
    await browser.clock.advance(5_000);
    same(browser.server.draftCalls, []);
    tab.kill();
    const next = await browser.openTab();
    next.connection.online();
    await until(() => browser.server.drafts.get("lobby")?.content === "offline");
  },

  "a call that fails is made again; words that the server refuses stay here and are not sent again": async (open) => {
    const browser = newBrowser(open);
    const tab = await browser.openTab();
    tab.connection.online();
    browser.server.draftFault = problem(503, "down");
    await write(tab, "again");
    same(browser.server.draftCalls.length, 1);
    browser.server.draftFault = null;
    await browser.passes(5_000, () => browser.server.drafts.has("lobby"));
    browser.server.draftFault = problem(422, "too_long");
    await write(tab, "too long");
    const calls = browser.server.draftCalls.length;
    await browser.clock.advance(600_000);
    tab.connection.online();
    await browser.calm();
    same([browser.server.draftCalls.length, content(tab)], [calls, "too long"]);
    browser.server.draftFault = null;
    await write(tab, "short");
    same(browser.server.drafts.get("lobby").content, "short");
  },
};
