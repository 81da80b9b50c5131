// What the cache promises, for any database: what it shows equals what the server has, at any age, or it shows nothing.

import { same } from "../support/browser.js";
import { fill, History, newBrowser, openCache } from "../support/cached-history.js";

const contents = (page) => page?.messages.map(({ content }) => content);

export const cacheCases = {
  "the next visit begins with the state of the last one": async (open) => {
    const [browser, history] = [newBrowser(open), new History()];
    fill(history, "a", 3);
    const first = await openCache(browser, history);
    same(first.loaded, null);
    first.tab.kill();
    const second = await openCache(browser, history);
    same(second.loaded, { dump: { seen: 3 }, cursor: 3, epoch: "e1" });
  },

  "pages are read from what was kept, as far as it goes without a gap": async (open) => {
    const [browser, history] = [newBrowser(open), new History()];
    fill(history, "a", 100);
    const { cache } = await openCache(browser, history);
    await cache.keep("a", history.page("a", { before: 101, limit: 20 }));
    await cache.keep("a", history.page("a", { before: 81, limit: 20 }));
    same(await cache.page("a", { before: 101, limit: 3 }), history.page("a", { before: 101, limit: 3 }));
    same(await cache.page("a", { before: 70, limit: 50 }), { ...history.page("a", { before: 70, limit: 9 }), has_before: true });
    same(await cache.page("a", { after: 90, limit: 50 }), history.page("a", { after: 90, limit: 50 }));
    same(contents(await cache.page("a", { around: 90, limit: 4 })), ["a88", "a89", "a90", "a91"]);
    for (const query of [{ before: 61 }, { after: 10 }, { around: 60 }, { before: 102 }, { after: 100 }]) {
      same(await cache.page("a", { ...query, limit: 5 }), null, JSON.stringify(query));
    }
    same(await cache.page("b", { after: 0, limit: 5 }), null, "another room");
  },

  "expired messages leave the cache, and nothing is before the rest": async (open) => {
    const [browser, history] = [newBrowser(open), new History()];
    fill(history, "a", 20);
    fill(history, "b", 5);
    const view = await openCache(browser, history);
    await view.cache.keep("a", history.page("a", { before: 21, limit: 10 }));
    await view.cache.keep("b", history.page("b", { before: 6, limit: 10 }));
    history.expire("a", 15);
    history.expire("b", 6);
    view.hear();
    const page = await view.cache.page("a", { before: 21, limit: 10 });
    same([contents(page), page.has_before], [["a15", "a16", "a17", "a18", "a19", "a20"], false]);
    same(await view.cache.page("a", { around: 12, limit: 4 }), null);
    same(await view.cache.page("b", { before: 6, limit: 10 }), null, "it is asked for");
  },

  "a page that was read before messages expired brings back none of them": async (open) => {
    const [browser, history] = [newBrowser(open), new History()];
    fill(history, "a", 20);
    fill(history, "b", 5);
    const view = await openCache(browser, history);
    await view.cache.keep("a", history.page("a", { before: 21, limit: 4 }));
    const [late, wholeRoom] = [history.page("a", { before: 17, limit: 8 }), history.page("b", { before: 6, limit: 10 })];
    history.expire("a", 15);
    history.expire("b", 6);
    view.hear();
    await view.cache.keep("a", late);
    await view.cache.keep("b", wholeRoom);
    const page = await view.cache.page("a", { before: 21, limit: 10 });
    same([contents(page), page.has_before], [["a15", "a16", "a17", "a18", "a19", "a20"], false]);
    same(await view.cache.page("b", { before: 6, limit: 10 }), null, "it is asked for");
  },

  "a tab that only reads leaves out what has expired by the events that it has heard of": async (open) => {
    const [browser, history] = [newBrowser(open), new History()];
    fill(history, "a", 20);
    const writer = await openCache(browser, history);
    await writer.cache.keep("a", history.page("a", { before: 21, limit: 10 }));
    const reader = await openCache(browser, history);
    history.expire("a", 15);
    reader.hear();
    const page = await reader.cache.page("a", { before: 21, limit: 10 });
    same([contents(page), page.has_before], [["a15", "a16", "a17", "a18", "a19", "a20"], false]);
    same(await reader.cache.page("a", { before: 14, limit: 3 }), null, "all of it");
  },

  "a page apart replaces an older range, and an older page is not kept": async (open) => {
    const [browser, history] = [newBrowser(open), new History()];
    fill(history, "a", 100);
    const { cache } = await openCache(browser, history);
    await cache.keep("a", history.page("a", { before: 50, limit: 10 }));
    await cache.keep("a", history.page("a", { before: 101, limit: 10 }));
    same([await cache.page("a", { before: 50, limit: 5 }), contents(await cache.page("a", { before: 92, limit: 5 }))], [null, ["a91"]]);
    await cache.keep("a", history.page("a", { before: 50, limit: 10 }));
    same(contents(await cache.page("a", { before: 101, limit: 1 })), ["a100"]);
  },

  "events change stored messages, new ones follow, and a gap is told": async (open) => {
    const [browser, history] = [newBrowser(open), new History()];
    fill(history, "a", 5);
    const view = await openCache(browser, history);
    await view.cache.keep("a", history.page("a", { before: 6, limit: 5 }));
    history.edit("a", 2, "edited");
    history.delete("a", 3);
    history.react("a", 4, "👍", "carol", true);
    history.post("a", "new");
    view.hear();
    same(await view.cache.page("a", { before: 7, limit: 10 }), history.page("a", { before: 7, limit: 10 }));
    await view.save();
    view.tab.kill();
    const next = await openCache(browser, history);
    same(await next.cache.page("a", { before: 7, limit: 10 }), history.page("a", { before: 7, limit: 10 }), "the next visit");
    next.cache.apply({ event: "new_message", id: 999, data: { room_id: "a", seq: 9 } });
    same((await next.cache.page("a", { before: 7, limit: 1 })).has_after, true);
  },

  "of a room that was opened empty, the first messages are kept": async (open) => {
    const [browser, history] = [newBrowser(open), new History()];
    const view = await openCache(browser, history);
    await view.cache.keep("a", { messages: [], has_before: false, has_after: false });
    same(await view.cache.page("a", { after: 0, limit: 5 }), { messages: [], has_before: false, has_after: false });
    same(await view.cache.page("a", { before: 5, limit: 5 }), null);
    fill(history, "a", 2);
    view.hear();
    same(await view.cache.page("a", { before: 3, limit: 5 }), history.page("a", { before: 3, limit: 5 }));
    await view.cache.keep("a", { messages: [], has_before: false, has_after: false }); // it was late
    await view.save();
    view.tab.kill();
    const next = await openCache(browser, history);
    same(contents(await next.cache.page("a", { after: 0, limit: 5 })), ["a1", "a2"]);
  },

  "a page that was read before an event, and is kept after it, is mended": async (open) => {
    const [browser, history] = [newBrowser(open), new History()];
    fill(history, "a", 5);
    const view = await openCache(browser, history);
    const late = history.page("a", { before: 6, limit: 5 });
    history.edit("a", 2, "edited");
    history.delete("a", 3);
    view.hear();
    await view.save();
    await view.cache.keep("a", late);
    await view.save();
    view.tab.kill();
    const next = await openCache(browser, history);
    same(contents(await next.cache.page("a", { before: 6, limit: 5 })), ["a1", "edited", "", "a4", "a5"]);
  },

  "a room that the user has left is forgotten; one that others leave is not": async (open) => {
    const [browser, history] = [newBrowser(open), new History()];
    for (const roomId of ["a", "b", "c"]) fill(history, roomId, 2);
    const { cache } = await openCache(browser, history);
    for (const roomId of ["a", "b", "c"]) await cache.keep(roomId, history.page(roomId, { before: 3, limit: 5 }));
    cache.apply({ event: "member_left", id: 100, data: { room_id: "a", user: { user_id: "alice" } } });
    cache.apply({ event: "member_left", id: 101, data: { room_id: "b", user: { user_id: "bob" } } });
    cache.apply({ event: "room_deleted", id: 102, data: { room_id: "c" } });
    const pages = await Promise.all(["a", "b", "c"].map((roomId) => cache.page(roomId, { before: 3, limit: 5 })));
    same(
      pages.map((page) => page?.messages.length ?? null),
      [null, 2, null],
    );
  },

  "twenty rooms are kept, those opened last, and 500 messages of each": async (open) => {
    const [browser, history] = [newBrowser(open), new History()];
    fill(history, "r0", 700);
    for (let i = 1; i < 22; i += 1) fill(history, `r${i}`, 1);
    const { cache, tab } = await openCache(browser, history);
    for (let i = 0; i < 22; i += 1) {
      await browser.clock.advance(1);
      await cache.keep(`r${i}`, history.page(`r${i}`, { before: 2, limit: 5 }));
      if (i === 1) await cache.keep("r0", history.page("r0", { before: 2, limit: 1 }));
    }
    const rooms = await tab.database.list("state", ["room"], ["room", []]);
    same(rooms.length, 20);
    same([await cache.page("r0", { before: 2, limit: 1 }), await cache.page("r1", { before: 2, limit: 1 })], [null, null]);
    for (let before = 701; before > 1; before -= 100) await cache.keep("r0", history.page("r0", { before, limit: 100 }));
    same((await tab.database.list("messages", ["r0"], ["r0", []])).length, 500);
    const page = await cache.page("r0", { before: 202, limit: 10 });
    same([contents(page), page.has_before], [["r0201"], true]);
  },
};
