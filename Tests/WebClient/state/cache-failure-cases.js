// What the cache promises when what is stored cannot be gone on with, or nothing can be stored.

import { same, until } from "../support/browser.js";
import { fill, History, newBrowser, openCache } from "../support/cached-history.js";

const contents = (page) => page?.messages.map(({ content }) => content);

export const cacheFailureCases = {
  "another epoch, another format, or events that were missed: nothing of before is shown": async (open) => {
    const [browser, history] = [newBrowser(open), new History()];
    fill(history, "a", 5);
    const first = await openCache(browser, history);
    await first.cache.keep("a", history.page("a", { before: 6, limit: 5 }));
    first.tab.kill();
    history.epoch = "e2";
    const second = await openCache(browser, history);
    same(await second.cache.page("a", { before: 6, limit: 5 }), null, "another epoch");
    await second.cache.keep("a", history.page("a", { before: 6, limit: 5 }));
    history.edit("a", 1, "missed");
    second.cursor = history.cursor;
    await second.replace(); // `resumed` was false
    same(await second.cache.page("a", { before: 6, limit: 5 }), null, "events were missed");
    second.tab.kill();
    await second.tab.database.real.put("state", "at", { ...(await second.tab.database.real.get("state", "at")), format: 0 });
    same((await openCache(browser, history)).loaded, null, "another format");
  },

  "one tab writes; when it ends the next goes on, if it has heard all since": async (open) => {
    const [browser, history] = [newBrowser(open), new History()];
    fill(history, "a", 5);
    const one = await openCache(browser, history);
    await one.cache.keep("a", history.page("a", { before: 6, limit: 5 }));
    await one.save();
    const two = await openCache(browser, history);
    history.edit("a", 2, "edited");
    two.hear();
    same(
      contents(await two.cache.page("a", { before: 6, limit: 5 })),
      ["a1", "edited", "a3", "a4", "a5"],
      "the second tab reads, with what it has heard",
    );
    const before = await one.tab.database.get("state", "at");
    await two.replace();
    await two.save();
    same(await one.tab.database.get("state", "at"), before, "it does not write");
    one.hear();
    await one.cache.keep("a", history.page("a", { before: 6, limit: 5 }));
    one.tab.kill(); // and never saves its cursor
    const isSaved = async () => {
      await two.save();
      return (await two.tab.database.get("state", "at"))?.cursor === history.cursor;
    };
    await until(isSaved, "the second writes");
    two.tab.kill();
    const three = await openCache(browser, history);
    same(contents(await three.cache.page("a", { before: 6, limit: 5 })) ?? contents(history.page("a", { before: 6, limit: 5 })), [
      "a1",
      "edited",
      "a3",
      "a4",
      "a5",
    ]);
  },

  "a writer that lagged behind clears what it cannot mend": async (open) => {
    const [browser, history] = [newBrowser(open), new History()];
    fill(history, "a", 5);
    const one = await openCache(browser, history);
    await one.cache.keep("a", history.page("a", { before: 6, limit: 5 }));
    one.tab.kill();
    history.edit("a", 2, "edited"); // nobody hears it
    const two = await openCache(browser, history);
    two.cursor = history.cursor;
    await two.replace();
    await one.tab.database.real.put("state", "at", { format: 1, epoch: "e1", cursor: 5, through: 5 }); // as if that had failed
    await one.tab.database.real.put("state", ["room", "a"], {
      room_id: "a",
      first: 1,
      last: 5,
      has_before: false,
      has_after: false,
      used_at: 0,
    });
    await two.save();
    same(await two.cache.page("a", { before: 6, limit: 5 }), null);
  },

  "a tab that ends at any moment leaves a state to begin with": async (open) => {
    const [browser, history] = [newBrowser(open), new History()];
    const one = await openCache(browser, history);
    const { real } = one.tab.database;
    const transact = real.transact.bind(real);
    const clear = real.clear.bind(real);
    const seen = [];
    const noted = async (work) => {
      const result = await work;
      seen.push((await transact(["state"], (tx) => tx.get("state", "dump")))?.seen ?? null);
      return result;
    };
    Object.assign(real, { transact: (...of) => noted(transact(...of)), clear: (...of) => noted(clear(...of)) });
    const two = await openCache(browser, history);
    fill(history, "a", 5);
    one.cursor = two.cursor = history.cursor;
    seen.length = 0;
    await one.replace();
    same([...new Set(seen)], [5], "the server's whole state, in one piece");
    const at = await transact(["state"], (tx) => tx.get("state", "at"));
    await transact(["state"], (tx) => tx.put("state", "at", { ...at, through: 2 })); // as if that had failed
    await one.cache.page("a", { before: 6, limit: 5 });
    await one.cache.keep("a", history.page("a", { before: 6, limit: 5 }));
    await two.replace();
    await two.cache.page("a", { before: 6, limit: 5 });
    same([...new Set(seen)], [5], "a room was opened, another tab took the state of the server");
  },

  "the tab that writes from now on is told: what it has was not stored": async (open) => {
    const [browser, history] = [newBrowser(open), new History()];
    const one = await openCache(browser, history);
    let times = 0;
    const two = await openCache(browser, history, { onWriter: () => (times += 1) });
    same(times, 0);
    one.tab.kill();
    await until(() => times === 1);
    fill(history, "a", 1);
    two.cursor = history.cursor;
    await two.replace();
    same((await two.tab.database.real.get("state", "at")).cursor, 1);
  },

  "a tab that does not write shows nothing of another epoch": async (open) => {
    const [browser, history] = [newBrowser(open), new History()];
    fill(history, "a", 5);
    const one = await openCache(browser, history);
    await one.cache.keep("a", history.page("a", { before: 6, limit: 5 }));
    const two = await openCache(browser, history);
    same(contents(await two.cache.page("a", { before: 6, limit: 1 })), ["a5"]);
    await one.tab.database.real.put("state", "at", { format: 1, epoch: "e0", cursor: 9, through: 9 });
    same(await two.cache.page("a", { before: 6, limit: 1 }), null);
  },

  "storage that fails costs only the cache": async (open) => {
    const [browser, history] = [newBrowser(open), new History()];
    fill(history, "a", 5);
    const { cache, save, tab } = await openCache(browser, history);
    tab.database.isFull = true;
    await save();
    await cache.keep("a", history.page("a", { before: 6, limit: 5 }));
    same(await cache.page("a", { before: 6, limit: 5 }), null);
  },
};
