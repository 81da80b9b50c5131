// What a database promises, in memory and in IndexedDB.

import { FakeBrowser, same } from "../support/browser.js";
import { MessageServer } from "../support/message-server.js";

/** A database that is new. */
const opened = async (open) => (await new FakeBrowser(new MessageServer(), open).openTab()).database.real;
const keys = (rows) => rows.map(([key]) => key);

export const databaseCases = {
  "records are kept by table and key": async (open) => {
    const database = await opened(open);
    await database.put("state", "a", { n: 1 });
    await database.put("messages", "a", { n: 2 });
    await database.put("state", "a", { n: 3 });
    same([await database.get("state", "a"), await database.get("messages", "a")], [{ n: 3 }, { n: 2 }]);
    await database.delete("state", "a");
    await database.delete("state", "never there");
    same((await database.get("state", "a")) === undefined, true);
  },

  "a list has the keys from one to another, in the order of IndexedDB": async (open) => {
    const database = await opened(open);
    const ordered = [-1, 2, 10, "", "10", "2", "a", [], [1], ["a"], ["a", 2], ["a", 10], ["a", "b"], ["a", []], ["b"]];
    for (const key of [...ordered].reverse()) await database.put("messages", key, { key });
    same(keys(await database.list("messages", -1, ["b"])), ordered);
    same(
      keys(await database.list("messages", ["a"], ["a", []])),
      [["a"], ["a", 2], ["a", 10], ["a", "b"], ["a", []]],
      "all that begins so",
    );
    same(keys(await database.list("messages", "", [])), ["", "10", "2", "a", []], "all texts");
    same(keys(await database.list("messages", 3, 9)), []);
    same(keys(await database.list("messages", "b", "a")), [], "from behind");
  },

  "a range is deleted as it is listed": async (open) => {
    const database = await opened(open);
    for (const key of [1, 2, 3, 4]) await database.put("messages", ["room", key], key);
    await database.put("messages", ["other", 2], 2);
    await database.transact(["messages"], (tx) => tx.deleteRange("messages", ["room", 2], ["room", 3]));
    await database.transact(["messages"], (tx) => tx.deleteRange("messages", ["room", 9], ["room", 1]));
    same(keys(await database.list("messages", [], [[]])), [
      ["other", 2],
      ["room", 1],
      ["room", 4],
    ]);
  },

  "a transaction is stored whole or not at all, and its own error comes back": async (open) => {
    const database = await opened(open);
    await database.put("unsent", "a", 1);
    const mistake = new TypeError("a mistake");
    const work = database.transact(["unsent", "drafts"], async (tx) => {
      await tx.put("unsent", "a", 2);
      await tx.delete("unsent", "b");
      await tx.put("drafts", "a", 2);
      throw mistake;
    });
    same(await work.catch((error) => error === mistake), true);
    same([await database.get("unsent", "a"), (await database.get("drafts", "a")) ?? null], [1, null]);
  },

  "transactions on the same table follow each other": async (open) => {
    const database = await opened(open);
    await database.put("state", "n", 0);
    const add = () =>
      database.transact(["state"], async (tx) => {
        const n = await tx.get("state", "n");
        await tx.get("state", "other");
        await tx.put("state", "n", n + 1);
        return n;
      });
    const seen = await Promise.all(Array.from({ length: 20 }, add));
    same([seen, await database.get("state", "n")], [Array.from({ length: 20 }, (_, i) => i), 20]);
  },

  "what is stored does not change with the object it came from, or goes to": async (open) => {
    const database = await opened(open);
    const value = { list: [1], none: null };
    await database.put("state", "a", value);
    value.list.push(2);
    (await database.get("state", "a")).list.push(3);
    same(await database.get("state", "a"), { list: [1], none: null });
  },

  "a file comes back with its name, its type and its bytes": async (open) => {
    const database = await opened(open);
    await database.put("uploads", "a", { file: new File(["words"], "ü.txt", { type: "text/plain" }) });
    const { file } = await database.get("uploads", "a");
    same([file.name, file.type, await file.text()], ["ü.txt", "text/plain", "words"]);
  },

  "clear takes all, or some tables": async (open) => {
    const database = await opened(open);
    for (const table of ["state", "messages", "unsent"]) await database.put(table, "a", 1);
    await database.clear(["state", "messages"]);
    same([(await database.get("state", "a")) ?? null, await database.get("unsent", "a")], [null, 1]);
    await database.clear();
    same((await database.get("unsent", "a")) ?? null, null);
  },
};
