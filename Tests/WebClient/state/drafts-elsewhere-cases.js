// What drafts promise when the same room is written in at two places.

import { FakeBrowser, same, until } from "../support/browser.js";
import { MessageServer } from "../support/message-server.js";

const content = (tab, roomId = "lobby") => tab.drafts.get(roomId).content;
const newBrowser = (open) => new FakeBrowser(new MessageServer(), open);

/** Types as a user does; the tab is stored and the server told. */
async function write(tab, words, roomId = "lobby") {
  tab.drafts.set(roomId, { content: words });
  await tab.drafts.flush();
  await tab.browser.calm();
}

export const draftsElsewhereCases = {
  "a draft of another device takes the place of one that was not changed here": async (open) => {
    const browser = newBrowser(open);
    const tab = await browser.openTab();
    tab.drafts.arrived("lobby", { content: "from the phone", reply_to: null });
    await browser.calm();
    same([content(tab), tab.told.at(-1)], ["from the phone", ["draft:lobby", { from: "elsewhere" }]]);
    tab.drafts.arrived("lobby", null);
    await browser.calm();
    same([content(tab), tab.drafts.rooms, await tab.database.list("drafts", "", [])], ["", [], []]);
  },

  "what the server echoes changes nothing, even late, while the user types on": async (open) => {
    const browser = newBrowser(open);
    const tab = await browser.openTab();
    tab.connection.online();
    await write(tab, "one");
    await write(tab, "two");
    tab.drafts.set("lobby", { content: "three" });
    for (const words of ["one", "two"]) tab.drafts.arrived("lobby", { content: words });
    await browser.calm();
    same([content(tab), tab.drafts.offered("lobby")], ["three", null]);
    tab.drafts.arrived("lobby", { content: "one" });
    await browser.calm();
    same(tab.drafts.offered("lobby").content, "one", "a third time it is the user's own doing");
  },

  "a focused composer is not written over: the words are offered, and taken when the user leaves it": async (open) => {
    const browser = newBrowser(open);
    const tab = await browser.openTab();
    tab.connection.online();
    await write(tab, "here");
    tab.drafts.setFocused("lobby");
    tab.drafts.arrived("lobby", { content: "here" }); // the echo
    tab.drafts.arrived("lobby", { content: "there" });
    await browser.calm();
    same([content(tab), tab.drafts.offered("lobby").content], ["here", "there"]);
    await browser.clock.advance(60_000);
    same(browser.server.drafts.get("lobby").content, "here", "the last call was that of `write`");
    same(browser.server.draftCalls.length, 1, "an offer is no change of the user's");
    tab.drafts.setFocused(null);
    same([content(tab), tab.drafts.offered("lobby")], ["there", null]);
  },

  "words written at two places: those here stay and are told, the others are offered, and survive the tab": async (open) => {
    const browser = newBrowser(open);
    const tab = await browser.openTab();
    await write(tab, "mine");
    tab.drafts.arrived("lobby", { content: "theirs" });
    await browser.calm();
    same([content(tab), tab.drafts.offered("lobby").content, tab.drafts.hasUntold], ["mine", "theirs", true]);
    tab.kill();
    const next = await browser.openTab();
    same([content(next), next.drafts.offered("lobby").content], ["mine", "theirs"]);
    next.connection.online();
    await until(() => browser.server.drafts.get("lobby")?.content === "mine");
    await browser.calm();
    next.drafts.accept("lobby");
    same([content(next), next.drafts.offered("lobby")], ["theirs", null]);
    await browser.clock.advance(2_000);
    await until(() => browser.server.drafts.get("lobby")?.content === "theirs", "the server is told");
  },

  "a dismissed offer is gone, and the words here are told": async (open) => {
    const browser = newBrowser(open);
    const tab = await browser.openTab();
    tab.drafts.arrived("lobby", { content: "old" });
    tab.drafts.setFocused("lobby");
    tab.drafts.arrived("lobby", { content: "theirs" });
    await browser.calm();
    tab.drafts.dismiss("lobby");
    tab.connection.online();
    await browser.clock.advance(2_000);
    await until(() => browser.server.drafts.get("lobby")?.content === "old");
    same(tab.drafts.offered("lobby"), null);
  },

  "a message that was just sent does not come back as a draft from a late /sync": async (open) => {
    const browser = newBrowser(open);
    const tab = await browser.openTab();
    tab.connection.online();
    await write(tab, "sent");
    tab.connection.offline();
    await tab.send("sent");
    tab.kill();
    const next = await browser.openTab();
    next.drafts.load([{ room_id: "lobby", me: { draft: { content: "sent", reply_to: null } } }]);
    await browser.calm();
    same(content(next), "");
    next.connection.online();
    await until(() => !browser.server.drafts.has("lobby"), "the server is told");
  },

  "/sync without drafts, or of a history before a backup, takes nothing away": async (open) => {
    const browser = newBrowser(open);
    const tab = await browser.openTab();
    tab.connection.online();
    await write(tab, "kept");
    tab.drafts.load([
      { room_id: "lobby", me: {} },
      { room_id: "garden", me: null },
    ]);
    await browser.calm();
    same(content(tab), "kept");
    tab.drafts.load([{ room_id: "lobby", me: { draft: null } }], { isSameHistory: false });
    await browser.calm();
    same(content(tab), "kept");
    await until(() => browser.server.draftCalls.length === 2, "the server has it again");
    tab.drafts.arrived("lobby", { content: "kept" });
    tab.drafts.load([{ room_id: "lobby", me: { draft: null } }]);
    await browser.calm();
    same(content(tab), "", "of the same history, it was deleted on another device");
  },

  "two tabs have the same draft; the one that is typed in is not written over": async (open) => {
    const browser = newBrowser(open);
    const [one, two] = [await browser.openTab(), await browser.openTab()];
    await write(one, "in one");
    await until(() => content(two) === "in one");
    two.drafts.setFocused("lobby");
    await write(one, "in one, more");
    await until(() => two.drafts.offered("lobby")?.content === "in one, more");
    same(content(two), "in one");
    two.drafts.set("lobby", { content: "in two" });
    await write(one, "in one again");
    await browser.calm();
    same(content(two), "in two");
  },

  "a tab that tells the server does not undo what another tab has written since": async (open) => {
    const browser = newBrowser(open);
    const one = await browser.openTab();
    await write(one, "first");
    const two = await browser.openTab();
    two.connection.online(); // tells the server of "first"
    one.drafts.set("lobby", { content: "second" });
    await one.drafts.flush();
    one.kill();
    await until(() => browser.server.draftCalls.length > 0);
    await browser.calm();
    same(content(await browser.openTab()), "second");
  },

  "what the user writes while the server's answer is stored stays": async (open) => {
    const browser = newBrowser(open);
    const tab = await browser.openTab();
    await write(tab, "first");
    tab.drafts.arrived("lobby", { content: "first" }); // waits for the database
    tab.drafts.set("lobby", { content: "second" });
    tab.drafts.flush();
    await browser.calm();
    same([content(tab), content(await browser.openTab())], ["second", "second"]);
  },

  "as somebody else, no draft goes to their account": async (open) => {
    const browser = newBrowser(open);
    const tab = await browser.openTab();
    tab.drafts.set("lobby", { content: "Alice's words" });
    tab.store.me = { user_id: "bob" };
    tab.connection.online("bob");
    await browser.clock.advance(60_000);
    same(browser.server.draftCalls, []);
    same((await browser.openTab("bob")).drafts.rooms, []);
  },

  "what is written before the last visit's drafts are loaded does not cost them": async (open) => {
    const browser = newBrowser(open);
    await write(await browser.openTab(), "of yesterday");
    const tab = await browser.openTab("alice", { killAt: 1e9 });
    tab.drafts.set("lobby", { content: "of today" });
    await tab.restored;
    same([content(tab), tab.drafts.offered("lobby").content], ["of today", "of yesterday"]);
  },

  "when storage is full the page knows; flush tries again": async (open) => {
    const browser = newBrowser(open);
    const tab = await browser.openTab();
    tab.database.isFull = true;
    await write(tab, "words");
    same(tab.drafts.hasUnstored, true);
    tab.database.isFull = false;
    await tab.drafts.flush();
    same([tab.drafts.hasUnstored, content(await browser.openTab())], [false, "words"]);
  },
};
