// What the outbox promises when storage is full or emptied, and of frames that are too long.

import { FakeBrowser, same, until } from "../support/browser.js";
import { MessageServer, problem } from "../support/message-server.js";

const shown = (tab, roomId = "lobby") => tab.outbox.messagesIn(roomId).map(({ content, state }) => `${content}: ${state}`);
const sentAll = (tab) => until(() => tab.outbox.count === 0, "all is sent");

export const outboxStorageCases = {
  "what cannot be stored is sent all the same, and the page knows that it must not close": async (open) => {
    const browser = new FakeBrowser(new MessageServer(), open);
    const tab = await browser.openTab();
    tab.database.isFull = true;
    same(await tab.outbox.add("lobby", "no room"), false);
    same([tab.outbox.hasUnstored, shown(tab)], [true, ["no room: pending"]]);
    tab.connection.online();
    await sentAll(tab);
    same([browser.server.contents(), browser.server.sends, tab.outbox.hasUnstored], [["no room"], 1, false]);
  },

  "a message that cannot be stored leaves its words in the draft of the next visit": async (open) => {
    const browser = new FakeBrowser(new MessageServer(), open);
    const tab = await browser.openTab();
    tab.drafts.set("lobby", { content: "precious" });
    await tab.drafts.flush();
    tab.database.isFull = true;
    await tab.outbox.add("lobby", "precious", { takenFrom: [tab.drafts] });
    await browser.clock.advance(10_000);
    same(tab.drafts.get("lobby").content, "", "the composer is empty");
    tab.kill();
    same((await browser.openTab()).drafts.get("lobby").content, "precious");
  },

  "a failure that cannot be stored is not tried again without end": async (open) => {
    const browser = new FakeBrowser(new MessageServer(), open);
    const tab = await browser.openTab();
    await tab.outbox.add("lobby", "bad");
    tab.database.isFull = true;
    browser.server.refuse = () => problem(400, "invalid");
    tab.connection.online();
    await until(() => tab.outbox.waiting === 0);
    await browser.calm();
    tab.connection.online();
    await browser.calm();
    same([browser.server.sends, shown(tab)], [1, ["bad: failed"]]);
  },

  "after somebody has emptied the database, what waits is stored again": async (open) => {
    const browser = new FakeBrowser(new MessageServer(), open);
    const tab = await browser.openTab();
    await tab.send("kept");
    await tab.send("as well");
    await tab.database.clear(["unsent", "drafts", "uploads"]);
    for (const listener of tab.database.listeners) listener({ reason: "emptied" });
    await tab.outbox.restore();
    await browser.calm();
    same(shown(tab), ["kept: pending", "as well: pending"]);
    same(
      tab.told.filter(([, { what }]) => what === "removed"),
      [],
      "nor does either blink",
    );
    await until(async () => (await browser.openTab()).outbox.count === 2, "they are stored again");
  },

  "a frame beyond the limit is never sent: the server would close the connection each time": async (open) => {
    const browser = new FakeBrowser(new MessageServer(), open);
    const tab = await browser.openTab();
    tab.connection.online();
    tab.outbox.add("lobby", "€".repeat(22_000));
    await until(() => tab.outbox.waiting === 0);
    same([browser.server.sends, tab.outbox.messagesIn("lobby")[0].code], [0, "too_long"]);
  },
};
