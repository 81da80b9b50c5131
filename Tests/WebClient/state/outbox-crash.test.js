// Tabs are killed at every step that they take: no word is lost, and each message is stored once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeBrowser, nextTask, until } from "../support/browser.js";
import { randomFrom } from "../support/environment.js";
import { MessageServer, problem } from "../support/message-server.js";

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));
const RUNS = Number(process.env.RUNS ?? 40);

/** Opens a tab that lives, sends what waits, and returns where each word is: on the server, unsent or in a draft. */
async function recover(browser) {
  const tab = await browser.openTab();
  tab.connection.online();
  browser.server.faults = [];
  await browser.passes(10_000, () => tab.outbox.waiting === 0, "all is sent");
  const drafts = tab.drafts.rooms.map((roomId) => tab.drafts.get(roomId).content);
  return { tab, sent: browser.server.contents(), unsent: tab.outbox.messagesIn("lobby").map(({ content }) => content), drafts };
}

/** Each word that was stored once is in exactly one place. */
function checkPlaces(words, { sent, unsent, drafts }, what) {
  assert.equal(new Set(sent).size, sent.length, `${what}: sent twice: ${sent}`);
  for (const word of words) {
    const places = [sent.includes(word), unsent.includes(word), drafts.some((draft) => draft.split("\n\n").includes(word))];
    assert.equal(places.filter(Boolean).length, 1, `${what}: ${word} is on the server, unsent, in a draft: ${places}`);
  }
}

/** Two messages are sent, one is refused and taken back into the composer. `stored` gets the words that were stored as drafts. */
async function scenario(tab, stored) {
  await tab.restored;
  tab.connection.online();
  for (const word of ["one", "refused", "three"]) {
    tab.drafts.set("lobby", { content: word });
    await tab.drafts.flush();
    stored.push(word);
    tab.drafts.set("lobby", { content: word, reply_to: 1 });
    tab.drafts.flush(); // is under way when the words become a message
    await tab.outbox.add("lobby", word, { takenFrom: [tab.drafts] });
  }
  await until(() => tab.isDead || tab.outbox.waiting === 0);
  const [failed] = tab.outbox.messagesIn("lobby");
  if (failed) await tab.outbox.takeBack(failed.client_id, [tab.drafts]);
}

test("a tab killed at any step of sending loses no word and doubles none", async () => {
  let steps = Infinity;
  for (let killAt = 1; killAt <= steps; killAt += 1) {
    const browser = new FakeBrowser(new MessageServer());
    browser.server.refuse = ({ content }) => (content === "refused" ? problem(403, "not_a_member") : null);
    const tab = await browser.openTab("alice", { killAt });
    const stored = [];
    const end = scenario(tab, stored).then(() => (steps = tab.steps));
    await Promise.race([end, tab.dead]);
    await nextTask();
    const places = await recover(browser);
    checkPlaces(stored, places, `killed at step ${killAt}`);
    assert.ok(!places.sent.includes("refused"));
  }
  assert.ok(steps > 60 && steps < 1_000, `${steps} steps`);
});

const alive = (tabs) => tabs.filter(({ isDead }) => !isDead);

/** One random life of a browser: tabs open, write, go on and off line, fail and die. */
async function randomLife(seed) {
  const random = randomFrom(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const browser = new FakeBrowser(new MessageServer());
  const stored = [];
  const order = []; // of the messages of each tab
  let tabs = [];
  const open = async () => {
    const tab = await browser.openTab("alice", { killAt: random() < 0.5 ? 1 + Math.floor(random() * 120) : Infinity });
    await Promise.race([tab.restored, tab.dead]);
    Object.assign(tab, { written: [], room: `room ${order.length}` }); // one each: of two drafts of a room the newer wins
    order.push(tab.written);
    tabs.push(tab);
    if (random() < 0.7) tab.connection.online();
  };
  const write = async (tab, number) => {
    const [word, roomId] = [`w${number}`, tab.room];
    tab.drafts.set(roomId, { content: word });
    await tab.drafts.flush();
    stored.push(word);
    tab.written.push(word);
    await tab.outbox.add(roomId, word, { takenFrom: [tab.drafts] });
  };
  await open();
  for (let number = 0; number < 30; number += 1) {
    const tab = pick(tabs);
    const act = pick(["write", "write", "write", "on", "off", "fault", "time", "kill", "open"]);
    if (act === "write") await Promise.race([write(tab, number), tab.dead]);
    else if (act === "on") tab.connection.online();
    else if (act === "off") tab.connection.offline();
    else if (act === "fault") browser.server.faults.push(pick(["lost", problem(503, "down"), problem(429, "slow", { retryAfterMs: 500 })]));
    else if (act === "time") await browser.clock.advance(random() * 3_000);
    else if (act === "kill") tab.kill();
    else if (act === "open" && tabs.length < 3) await open();
    for (let task = random() * 4; task > 1; task -= 1) await nextTask();
    for (tabs = alive(tabs); tabs.length === 0; tabs = alive(tabs)) await open();
  }
  for (const tab of tabs) tab.kill();
  const { tab, sent, drafts } = await recover(browser);
  const unsent = order.flatMap((_, i) => tab.outbox.messagesIn(`room ${i}`).map(({ content }) => content));
  checkPlaces(stored, { sent, unsent, drafts }, `seed ${seed}`);
  for (const written of order) {
    const arrived = sent.filter((word) => written.includes(word));
    if (unsent.length === 0)
      assert.deepEqual(
        arrived,
        written.filter((word) => sent.includes(word)),
        `seed ${seed}: the order of a tab`,
      );
  }
}

test(`random lives of tabs lose no word and double none (SEED=${SEED})`, async () => {
  for (let run = 0; run < RUNS; run += 1) await randomLife(SEED + run);
});
