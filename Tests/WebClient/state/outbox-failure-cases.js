// What the outbox promises when messages are refused, and when somebody else signs in.

import { FakeBrowser, same, until } from "../support/browser.js";
import { MessageServer, problem } from "../support/message-server.js";

const shown = (tab, roomId = "lobby") => tab.outbox.messagesIn(roomId).map(({ content, state }) => `${content}: ${state}`);
const sentAll = (tab) => until(() => tab.outbox.count === 0, "all is sent");

export const outboxFailureCases = {
  "a refusal for good keeps the words, also over a reload; the next message goes on": async (open) => {
    const browser = new FakeBrowser(new MessageServer(), open);
    browser.server.refuse = ({ content }) =>
      content === "bad" ? problem(403, "not_a_member", { message: "You are not a member." }) : null;
    const tab = await browser.openTab();
    tab.connection.online();
    tab.outbox.add("lobby", "bad");
    tab.outbox.add("lobby", "good");
    await until(() => tab.outbox.waiting === 0);
    same(shown(tab), ["bad: failed"]);
    same(browser.server.contents(), ["good"]);
    tab.kill();
    const next = await browser.openTab();
    next.connection.online();
    await browser.calm();
    const [{ content, error, code }] = next.outbox.messagesIn("lobby");
    same([content, error, code], ["bad", "You are not a member.", "not_a_member"]);
    same([next.outbox.count, next.outbox.waiting], [1, 0]);
    same(browser.server.sends, 2, "it is not sent again by itself");
    browser.server.refuse = () => null;
    await next.outbox.retry(next.outbox.messagesIn("lobby")[0].client_id);
    await sentAll(next);
    same(browser.server.contents(), ["good", "bad"]);
  },

  "a failed message goes back into the composer, before what was written since": async (open) => {
    const browser = new FakeBrowser(new MessageServer(), open);
    browser.server.refuse = () => problem(403, "not_a_member");
    const tab = await browser.openTab();
    tab.connection.online();
    await tab.send("please");
    await until(() => tab.outbox.waiting === 0);
    tab.drafts.set("lobby", { content: "more" });
    const [{ client_id: clientId }] = tab.outbox.messagesIn("lobby");
    same(await tab.outbox.takeBack(clientId, [tab.drafts, tab.uploads]), true);
    same([tab.outbox.count, tab.drafts.get("lobby").content], [0, "please\n\nmore"]);
    same(await tab.outbox.takeBack(clientId, [tab.drafts, tab.uploads]), false, "once only");
    tab.kill();
    const next = await browser.openTab();
    same([next.outbox.count, next.drafts.get("lobby").content], [0, "please\n\nmore"]);
  },

  "the rate limit holds back all that follows, in every tab, and costs no tries": async (open) => {
    const browser = new FakeBrowser(new MessageServer(), open);
    const [tab, other] = [await browser.openTab(), await browser.openTab()];
    browser.server.faults = Array.from({ length: 8 }, () => problem(429, "rate_limited", { retryAfterMs: 3_000 }));
    tab.connection.online();
    await tab.outbox.add("lobby", "first");
    await until(() => browser.server.sends === 1);
    await browser.calm();
    other.connection.online();
    await other.outbox.add("lobby", "second");
    await browser.calm();
    same(browser.server.sends, 1, "the other tab waits as well");
    await browser.passes(3_000, () => browser.server.messages.length === 2);
    same(browser.server.contents(), ["first", "second"]);
  },

  "after five server errors a message has failed; a lost connection is none": async (open) => {
    const browser = new FakeBrowser(new MessageServer(), open);
    const tab = await browser.openTab();
    browser.server.faults = Array.from({ length: 5 }, () => problem(503, "unavailable"));
    for (let i = 0; i < 10; i += 1) browser.server.faults.unshift(problem(0, "connection_lost"));
    tab.outbox.add("lobby", "words");
    for (let i = 0; i < 10; i += 1) {
      tab.connection.online();
      await until(() => browser.server.sends === i + 1);
      await browser.calm();
    }
    same(shown(tab), ["words: pending"]);
    tab.connection.online();
    await browser.passes(60_000, () => tab.outbox.waiting === 0);
    same([shown(tab), browser.server.sends], [["words: failed"], 15]);
  },

  "the end of the session leaves messages waiting; as somebody else they are neither shown nor sent": async (open) => {
    const browser = new FakeBrowser(new MessageServer(), open);
    const tab = await browser.openTab();
    browser.server.faults = [problem(401, "session_ended")];
    tab.connection.online();
    await tab.outbox.add("lobby", "Alice's words");
    await until(() => browser.server.sends === 1);
    await browser.calm();
    same(shown(tab), ["Alice's words: pending"]);
    tab.store.me = { user_id: "bob" }; // another tab has signed in as Bob, whose cookie this tab uses now
    tab.connection.online("bob");
    await browser.calm();
    const bob = await browser.openTab("bob");
    bob.connection.online();
    await browser.calm();
    same([browser.server.contents(), bob.outbox.count], [[], 0]);
    const alice = await browser.openTab("alice");
    alice.connection.online();
    await sentAll(alice);
    same(
      browser.server.messages.map(({ user_id, content }) => [user_id, content]),
      [["alice", "Alice's words"]],
    );
  },

  "while the connection is Bob's, Alice's tab sends nothing, whatever the store says": async (open) => {
    const browser = new FakeBrowser(new MessageServer(), open);
    const tab = await browser.openTab();
    tab.connection.online("bob");
    await tab.outbox.add("lobby", "Alice's words");
    await browser.calm();
    same(browser.server.sends, 0);
  },

  "while the store is Bob's, Alice's tab sends nothing, whatever the connection says": async (open) => {
    const browser = new FakeBrowser(new MessageServer(), open);
    const tab = await browser.openTab();
    tab.store.me = { user_id: "bob" };
    tab.connection.online("alice");
    await tab.outbox.add("lobby", "Alice's words");
    await browser.calm();
    same(browser.server.sends, 0);
  },

  "a failed message that was sent after all is not given back": async (open) => {
    const browser = new FakeBrowser(new MessageServer(), open);
    browser.server.refuse = () => problem(400, "invalid");
    const tab = await browser.openTab();
    tab.connection.online();
    await tab.outbox.add("lobby", "words");
    await until(() => tab.outbox.waiting === 0);
    await browser.calm();
    await tab.database.real.delete("unsent", "id-1"); // by another tab, whose message about it is still on its way
    same([await tab.outbox.takeBack("id-1", [tab.drafts]), tab.outbox.count, tab.drafts.get("lobby").content], [false, 0, ""]);
  },

  "an event that tells of an own message ends its wait, and a late failure does not bring it back": async (open) => {
    const browser = new FakeBrowser(new MessageServer(), open);
    const tab = await browser.openTab();
    browser.server.refuse = (message) => {
      browser.server.messages.push(message);
      return problem(400, "invalid");
    };
    tab.connection.online();
    tab.outbox.add("lobby", "once");
    await until(() => browser.server.sends === 1);
    await tab.outbox.confirmed(browser.server.messages[0]);
    await browser.calm();
    same([tab.outbox.count, (await browser.openTab()).outbox.count], [0, 0]);
  },
};
