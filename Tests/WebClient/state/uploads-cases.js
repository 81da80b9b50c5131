// What files that wait promise, for any database.

import { FakeBrowser, same, until } from "../support/browser.js";
import { MessageServer, problem } from "../support/message-server.js";

const file = (name, size = 4) => new File(["x".repeat(size)], name, { type: "image/png" });
const states = (tab, roomId = "lobby") => tab.uploads.in(roomId).map(({ name, state }) => `${name}: ${state}`);
const newBrowser = (open) => new FakeBrowser(new MessageServer(), open);

export const uploadsCases = {
  "files are uploaded in order, two at a time, and become attachments": async (open) => {
    const browser = newBrowser(open);
    const tab = await browser.openTab();
    tab.connection.online();
    await tab.uploads.add(
      "lobby",
      ["a", "b", "c"].map((name) => file(name)),
    );
    await until(() => states(tab).every((state) => state.endsWith("done")));
    same(states(tab), ["a: done", "b: done", "c: done"]);
    same(
      tab.uploads.attachments("lobby").map(({ name }) => name),
      ["a", "b", "c"],
    );
  },

  "a file that waits survives a reload with its bytes, and is uploaded then": async (open) => {
    const browser = newBrowser(open);
    const tab = await browser.openTab();
    await tab.uploads.add("lobby", [file("photo.png", 1_000)]);
    tab.kill();
    const next = await browser.openTab();
    same(states(next), ["photo.png: waiting"]);
    next.connection.online();
    await until(() => states(next)[0] === "photo.png: done");
    same(browser.server.files[0], { file_id: "f1", name: "photo.png", size: 1_000 });
  },

  "a file that was uploaded before a reload is not uploaded again, unless the server may have deleted it since": async (open) => {
    const browser = newBrowser(open);
    const tab = await browser.openTab();
    tab.connection.online();
    await tab.uploads.add("lobby", [file("a")]);
    await until(() => states(tab)[0] === "a: done");
    await browser.calm();
    tab.kill();
    const soon = await browser.openTab();
    soon.connection.online();
    await browser.calm();
    same([states(soon), browser.server.files.length], [["a: done"], 1]);
    soon.kill();
    await browser.clock.advance(13 * 3_600_000);
    const late = await browser.openTab();
    late.connection.online();
    await until(() => browser.server.files.length === 2);
    await until(() => states(late)[0] === "a: done");
    same(late.uploads.attachments("lobby")[0].file_id, "f2");
  },

  "a file is stored before it is uploaded, whenever the connection comes": async (open) => {
    const browser = newBrowser(open);
    const tab = await browser.openTab();
    const adding = tab.uploads.add("lobby", [file("a")]);
    tab.connection.online();
    await adding;
    await until(() => states(tab)[0] === "a: done");
    await browser.calm();
    tab.kill();
    const next = await browser.openTab();
    next.connection.online();
    await browser.calm();
    same([states(next), browser.server.files.length], [["a: done"], 1]);
  },

  "a tab killed while it uploads: the next one uploads the file": async (open) => {
    for (let killAt = 1; killAt < 40; killAt += 3) {
      const browser = newBrowser(open);
      const tab = await browser.openTab("alice", { killAt });
      const adding = tab.restored.then(() => {
        tab.connection.online();
        return tab.uploads.add("lobby", [file("a")]);
      });
      let isAdded = false;
      adding.then(() => (isAdded = true));
      await Promise.race([adding, tab.dead]);
      await browser.calm();
      tab.kill();
      const next = await browser.openTab();
      next.connection.online();
      await browser.calm();
      if (isAdded || states(next).length) await until(() => states(next).join() === "a: done", `killed at step ${killAt}`);
    }
  },

  "two tabs show the same files and upload each once": async (open) => {
    const browser = newBrowser(open);
    const [one, two] = [await browser.openTab(), await browser.openTab()];
    for (const tab of [one, two]) tab.connection.online();
    await one.uploads.add("lobby", [file("a")]);
    await until(() => states(two)[0] === "a: done");
    await until(() => states(one)[0] === "a: done");
    same(browser.server.files.length, 1);
    two.uploads.remove(two.uploads.in("lobby")[0].id);
    await until(() => states(one).length === 0);
    same(browser.server.deletedFiles, ["f1"]);
  },

  "a file that another tab has removed is not uploaded": async (open) => {
    const browser = newBrowser(open);
    const [one, two] = [await browser.openTab(), await browser.openTab()];
    await one.uploads.add("lobby", [file("a")]);
    await until(() => states(two).length === 1);
    await two.database.delete("uploads", two.uploads.in("lobby")[0].id); // the message to the other tab is still on its way
    one.connection.online();
    await until(() => states(one).length === 0);
    same(browser.server.files, [], "this tab looks into the database first");
  },

  "a file removed while it is uploaded is deleted when it arrives, in another tab as well": async (open) => {
    const browser = newBrowser(open);
    const [one, two] = [await browser.openTab(), await browser.openTab()];
    let remove = () => {};
    browser.server.fileFault = () => remove();
    remove = () => void two.database.delete("uploads", two.uploads.in("lobby")[0].id);
    await one.uploads.add("lobby", [file("a")]);
    await until(() => states(two).length === 1);
    one.connection.online();
    await until(() => browser.server.deletedFiles.length === 1);
    same([browser.server.deletedFiles, states(one)], [["f1"], []]);
  },

  "a refused file says why and is not sent; one of a wrong type is sent without it": async (open) => {
    const browser = newBrowser(open);
    const tab = await browser.openTab();
    tab.connection.online();
    browser.server.fileFault = (_, type) => (type ? problem(415, "file_type_mismatch") : null);
    const refusal = ({ size }) => (size > 50 ? "too big" : null);
    await tab.uploads.add("lobby", [file("big", 100), file("a"), file("bigger", 200), file("b")], refusal);
    await until(() => states(tab).join() === "big: failed,a: done,bigger: failed,b: done", "in the order in which they were chosen");
    same(tab.uploads.in("lobby")[0].error, "too big");
  },

  "after a break a file is tried again, six times; then the user may": async (open) => {
    const browser = newBrowser(open);
    const tab = await browser.openTab();
    let tries = 0;
    browser.server.fileFault = () => (++tries <= 6 ? problem(503, "down") : null);
    tab.connection.online();
    await tab.uploads.add("lobby", [file("a")]);
    await browser.passes(1_000, () => states(tab)[0] === "a: failed");
    same([tries, tab.uploads.in("lobby")[0].mayRetry], [6, true]);
    tab.uploads.retry(tab.uploads.in("lobby")[0].id);
    await until(() => states(tab)[0] === "a: done");
  },

  "files beyond the bound, or without storage, are uploaded, but not kept": async (open) => {
    const browser = newBrowser(open);
    const tab = await browser.openTab();
    await tab.uploads.add(
      "lobby",
      Array.from({ length: 51 }, (_, i) => file(`f${i}`)),
    );
    same([tab.uploads.in("lobby").filter((upload) => upload.is_stored).length, tab.uploads.hasUnstored], [50, true]);
    tab.uploads.clear("lobby");
    await browser.calm();
    tab.database.isFull = true;
    await tab.uploads.add("lobby", [file("a")]);
    same(tab.uploads.hasUnstored, true);
    tab.connection.online();
    await until(() => states(tab)[0] === "a: done");
    same((await browser.openTab()).uploads.in("lobby").length, 0);
  },

  "the files of a message that failed come back with it": async (open) => {
    const browser = newBrowser(open);
    const tab = await browser.openTab();
    tab.connection.online();
    await tab.uploads.add("lobby", [file("a")]);
    await until(() => states(tab)[0] === "a: done");
    browser.server.refuse = () => problem(403, "not_a_member");
    await tab.send("look");
    await until(() => tab.outbox.waiting === 0);
    await tab.outbox.takeBack(tab.outbox.messagesIn("lobby")[0].client_id, [tab.drafts, tab.uploads]);
    same([states(tab), tab.uploads.attachments("lobby")[0].file_id], [["a: done"], "f1"]);
    const next = await browser.openTab();
    same([states(next), next.drafts.get("lobby").content], [["a: done"], "look"]);
  },

  "as somebody else, no file is uploaded": async (open) => {
    const browser = newBrowser(open);
    const tab = await browser.openTab();
    await tab.uploads.add("lobby", [file("a")]);
    tab.store.me = { user_id: "bob" };
    tab.connection.online("bob");
    await browser.calm();
    same(browser.server.files, []);
  },
};
