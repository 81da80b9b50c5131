// The words of the interface: complete in each language, with numbers, names and sizes as it writes them.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { chooseLanguage, LANGUAGES, loadTexts, Texts } from "../../../nginx/html/parts/texts.js";

const folder = new URL("../../../nginx/html/texts/", import.meta.url);
const files = readdirSync(folder).map((name) => name.replace(/\.js$/, ""));
const all = new Map();
for (const language of files) all.set(language, (await import(new URL(`${language}.js`, folder))).words);

const forms = (words) => (typeof words === "string" ? [words] : [words.one, words.other]);
const parameters = (text) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

test("each language of the page has a file, and each file is a language of the page", () => {
  assert.deepEqual(files.sort(), Object.keys(LANGUAGES).sort());
});

test("every language has the same keys, the same parameters and the same plurals", () => {
  const english = all.get("en");
  assert.ok(Object.keys(english).length > 400);
  for (const [language, words] of all) {
    assert.deepEqual(Object.keys(words), Object.keys(english), language);
    for (const [key, value] of Object.entries(words)) {
      assert.equal(typeof value, typeof english[key], `${language} ${key}`);
      for (const [index, form] of forms(value).entries()) {
        assert.ok(form.trim(), `${language} ${key} is empty`);
        assert.deepEqual(parameters(form), parameters(forms(english[key])[index]), `${language} ${key}`);
      }
      if (typeof value !== "string") assert.deepEqual(Object.keys(value), ["one", "other"], `${language} ${key}`);
    }
  }
});

test("a plural counts with the parameter n", () => {
  for (const words of all.values()) {
    for (const [key, value] of Object.entries(words)) if (typeof value !== "string") assert.ok(value.other.includes("{n}"), key);
  }
});

test("texts say numbers, names and sizes as the language does", () => {
  const german = new Texts("de", all.get("de"), { locale: "de-DE" });
  assert.equal(german.t("room.members", { n: 1 }), "1 Mitglied");
  assert.equal(german.t("room.members", { n: 1234 }), "1.234 Mitglieder");
  assert.equal(german.list(["Alice", "Bob", "Carol"]), "Alice, Bob und Carol");
  assert.equal(german.fileSize(1.5 * 2 ** 20), "1,5 MB");
  const english = new Texts("en", all.get("en"), { locale: "en-GB" });
  assert.equal(english.t("timeline.typing_two", { first: "Alice", second: "Bob" }), "Alice and Bob are typing…");
  assert.equal(english.fileSize(1), "1 byte");
  assert.equal(english.fileSize(26_214_400), "25 MB");
  assert.equal(english.fileSize(Number.NaN), "");
});

test("a name that looks like a parameter stays what it is", () => {
  const { t } = new Texts("en", all.get("en"));
  assert.equal(t("timeline.typing_two", { first: "{second}", second: "$&" }), "{second} and $& are typing…");
});

test("a text takes nodes where a name stands", () => {
  const texts = new Texts("en", all.get("en"));
  const node = { nodeType: 1 };
  assert.deepEqual(texts.nodes("invite.offer", { name: node, room: "Design crit" }), [node, " invites you to ", "Design crit"]);
});

test("the language is the one that is set, else the first of the browser's that the page speaks", () => {
  assert.deepEqual(chooseLanguage(["fr-CH", "de-CH", "en-US"]), { language: "de", locale: "de-CH" });
  assert.deepEqual(chooseLanguage(["fr"]), { language: "en", locale: "en" });
  assert.deepEqual(chooseLanguage([]), { language: "en", locale: "en" });
  assert.deepEqual(chooseLanguage(["en-GB"], "de"), { language: "de", locale: "de" });
  assert.deepEqual(chooseLanguage(["en-GB"], "constructor"), { language: "en", locale: "en-GB" });
});

test("the file of a language is loaded by its name", async () => {
  assert.equal((await loadTexts({ language: "de", locale: "de-AT" })).t("action.join"), "Beitreten");
});

test("the direction of the page is that of its language", () => {
  assert.deepEqual(
    ["en", "de", "ar", "he", "fa", "ur"].map((language) => new Texts(language, {}).direction),
    ["ltr", "ltr", "rtl", "rtl", "rtl", "rtl"],
  );
});
