// Addresses in a text: where they begin and end, and which of them may be followed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { findLinks, isSafeAddress } from "../../../nginx/html/parts/links.js";
import { withSeeds } from "../support/random.js";

/** Cases `[text, addresses as they are written]`. */
const CASES = [
  ["https://en.wikipedia.org/wiki/Swift_(programming_language)", ["https://en.wikipedia.org/wiki/Swift_(programming_language)"]],
  ["(see https://a.example/b)", ["https://a.example/b"]],
  ["(https://a.example/b_(c))", ["https://a.example/b_(c)"]],
  ["https://a.example/[b]]", ["https://a.example/[b]"]],
  ["https://a.example/b.", ["https://a.example/b"]],
  ["https://a.example/b?!", ["https://a.example/b"]],
  ["https://a.example/b…", ["https://a.example/b"]],
  ["https://a.example/b。", ["https://a.example/b"]],
  ["`https://a.example/b`", ["https://a.example/b"]],
  ["**https://a.example/b**", ["https://a.example/b"]],
  ['"https://a.example"', ["https://a.example"]],
  ["<https://a.example/b*>", ["https://a.example/b*"]],
  ["https://a.example/über/你好", ["https://a.example/über/你好"]],
  ["看https://a.example，好", ["https://a.example"]],
  ["HTTPS://A.EXAMPLE/x", ["HTTPS://A.EXAMPLE/x"]],
  ["https://a.example/?q=a&b=c#d", ["https://a.example/?q=a&b=c#d"]],
  ["http://localhost:8080/", ["http://localhost:8080/"]],
  ["http://[::1]:8080/x", ["http://[::1]:8080/x"]],
  ["www.a.example/b", ["www.a.example/b"]],
  ["see www.a.example.", ["www.a.example"]],
  ["www.", []],
  ["www.a", []],
  ["xwww.a.example", []],
  ["x.www.a.example", []],
  ["a@www.a.example", ["a@www.a.example"]],
  ["bob@a.example", ["bob@a.example"]],
  ["write to bob.b+c@mail.a.example, please", ["bob.b+c@mail.a.example"]],
  ["mailto:bob@a.example", ["bob@a.example"]],
  ["_bob@a.example_", ["bob@a.example"]],
  ["bob@a.example_x", []],
  ["(bob@a.example)", ["bob@a.example"]],
  ["@bob@a.example", []],
  ["bob@localhost", []],
  ["bob@a.example@b.example", []],
  ["é@a.example", []],
  ["https://user:x@a.example/y", ["https://user:x@a.example/y"]],
  ["https://", []],
  ["https://…", []],
  ["xhttps://a.example", []],
  ["javascript:alert(1)", []],
  ["ftp://a.example", []],
  ["https://a.example/b](https://c.example)", ["https://a.example/b", "https://c.example"]],
  ["https://a.example,https://b.example", ["https://a.example,https://b.example"]],
  ["https://a.example\nhttps://b.example", ["https://a.example", "https://b.example"]],
];

test("an address begins and ends where a reader would say", () => {
  for (const [text, expected] of CASES) {
    assert.deepEqual(
      findLinks(text).map(({ start, end }) => text.slice(start, end)),
      expected,
      text,
    );
  }
});

test("a bare host is opened by https, a mail address by the mail program", () => {
  assert.deepEqual(
    findLinks("www.a.example bob@b.example").map(({ address }) => address),
    ["https://www.a.example", "mailto:bob@b.example"],
  );
});

test("only the web and mail are followed", () => {
  for (const address of ["https://a.example", "http://a.example/x y".replace(" ", "%20"), "mailto:bob@a.example"])
    assert.ok(isSafeAddress(address), address);
  for (const address of [
    "javascript:x",
    "data:text/html,x",
    "https://",
    "https://a b.example",
    "ht\ntps://a.example",
    "\u0000https://a.example",
    "//a.example",
    "#x",
    "",
  ]) {
    assert.ok(!isSafeAddress(address), address);
  }
});

test("whatever the text is, links are in order, apart, and safe", () => {
  withSeeds(2000, (random) => {
    const text = random.text(
      [
        "https://",
        "http://",
        "www.",
        "a",
        ".example",
        "/",
        "(",
        ")",
        "[",
        "]",
        "@",
        ".",
        " ",
        "*",
        "<",
        ">",
        "你",
        "-",
        "_",
        "\n",
        "?",
        "\u202e",
      ],
      30,
    );
    let before = 0;
    for (const { start, end, address } of findLinks(text)) {
      assert.ok(before <= start && start < end && end <= text.length, JSON.stringify(text));
      assert.ok(isSafeAddress(address), address);
      before = end;
    }
  });
});
