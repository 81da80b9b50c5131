// Random lives of the cache: what it shows is what the server has.

import { same } from "../support/browser.js";
import { fill, History, newBrowser, openCache } from "../support/cached-history.js";
import { randomFrom } from "../support/environment.js";

/** Random events, pages, saves, tabs that open and die: what the cache shows is what the server has, whoever reads. */
export async function randomCache(open, seed, { steps = 120 } = {}) {
  const random = randomFrom(seed);
  const number = (max) => 1 + Math.floor(random() * max);
  const [browser, history] = [newBrowser(open), new History()];
  fill(history, "a", 30);
  let views = [await openCache(browser, history)];
  const late = [];
  for (let step = 0; step < steps; step += 1) {
    const view = views[number(views.length) - 1];
    const [act, seq] = [number(13), number(history.rooms.get("a").length)];
    if (act === 1) history.post("a");
    else if (act === 2) history.edit("a", seq, `edit ${step}`);
    else if (act === 3 && random() < 0.3) history.delete("a", seq);
    else if (act <= 5) history.react("a", seq, "👍", `u${number(2)}`, random() < 0.5);
    else if (act === 6) view.hear(Math.min(history.cursor, view.cursor + number(4)));
    else if (act === 7) await view.save();
    else if (act === 8) late.push([view, history.page("a", { before: seq + 1, limit: number(10) })]);
    else if (act === 9 && late.length) {
      const [reader, page] = late.splice(number(late.length) - 1, 1)[0];
      if (!reader.tab.isDead) await reader.cache.keep("a", page);
    } else if (act === 10 && views.length < 3) views.push(await openCache(browser, history));
    else if (act === 11 && random() < 0.5) view.tab.kill();
    else if (act === 12 && random() < 0.5) history.expire("a", Math.min(history.first("a") + number(5), history.rooms.get("a").length));
    else if (act === 13) await check(view, history, seq, `seed ${seed}, step ${step}`);
    views = views.filter(({ tab }) => !tab.isDead);
    if (views.length === 0) views.push(await openCache(browser, history));
  }
}

async function check(view, history, seq, what) {
  view.hear(); // what was missed follows before anything is shown as current
  const page = await view.cache.page("a", { before: seq + 1, limit: 5 });
  if (!page) return;
  const expected = history.page("a", { before: seq + 1, limit: 5 });
  same(page.messages, expected.messages.slice(-page.messages.length), what);
  if (!expected.has_before) same(page.has_before, page.messages.length < expected.messages.length, what);
}
