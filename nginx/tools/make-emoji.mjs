// Makes nginx/html/emoji/*.json, the emoji that the picker offers with their names, from Debian's unicode-cldr-core and unicode-data:
//
//   apt-get install unicode-cldr-core unicode-data && node nginx/tools/make-emoji.mjs [/usr/share/unicode]
//
// Order, groups and the full spelling (with U+FE0F, as the server has them) are those of emoji-test.txt; names and keywords are CLDR's.
// Skin tones are left out: the page adds them. So are emoji that one of the languages has no name for yet.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const UNICODE = process.argv[2] ?? "/usr/share/unicode";
const LANGUAGES = ["en", "de"];
const OUTPUT = new URL("../html/emoji/", import.meta.url);
const TONE = /[\u{1f3fb}-\u{1f3ff}]/u;
const GROUPS = {
  "Smileys & Emotion": "smileys",
  "People & Body": "people",
  "Animals & Nature": "nature",
  "Food & Drink": "food",
  "Travel & Places": "travel",
  Activities: "activities",
  Objects: "objects",
  Symbols: "symbols",
  Flags: "flags",
};

const read = (path) => readFileSync(`${UNICODE}/${path}`, "utf8");
const entities = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const decoded = (text) => text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name) => entities[name]);

/** The groups in order: name → emoji. */
function readGroups() {
  const groups = new Map();
  let group = null;
  for (const line of read("emoji/emoji-test.txt").split("\n")) {
    const heading = /^# group: (.*)$/.exec(line);
    if (heading) group = GROUPS[heading[1]] ?? null; // components are no emoji of their own
    const entry = /^([0-9A-F ]+?) *; fully-qualified/.exec(line);
    if (!group || !entry) continue;
    const emoji = String.fromCodePoint(...entry[1].split(" ").map((code) => Number.parseInt(code, 16)));
    if (TONE.test(emoji)) continue;
    if (!groups.has(group)) groups.set(group, []);
    groups.get(group).push(emoji);
  }
  return groups;
}

/** The names and keywords of a language, by the emoji without U+FE0F, as CLDR spells them. */
function readNames(language) {
  const names = new Map();
  const keywords = new Map();
  for (const folder of ["annotations", "annotationsDerived"]) {
    const xml = read(`cldr/common/${folder}/${language}.xml`);
    for (const [, emoji, type, text] of xml.matchAll(/<annotation cp="([^"]+)"( type="tts")?[^>]*>([^<]*)<\/annotation>/g)) {
      (type ? names : keywords).set(decoded(emoji), decoded(text));
    }
  }
  return { names, keywords };
}

const groups = readGroups();
const languages = new Map(LANGUAGES.map((language) => [language, readNames(language)]));
const bare = (emoji) => emoji.replaceAll("\ufe0f", "");
const isNamed = (emoji) => [...languages.values()].every(({ names }) => names.has(bare(emoji)));

mkdirSync(OUTPUT, { recursive: true });
for (const [language, { names, keywords }] of languages) {
  const written = [...groups].map(([group, all]) => {
    const lines = all.filter(isNamed).map((emoji) => {
      const name = names.get(bare(emoji));
      const words = (keywords.get(bare(emoji)) ?? "").split(" | ").filter((word) => word && word !== name);
      return JSON.stringify([emoji, name, words.join("|")]);
    });
    return `  ${JSON.stringify(group)}: [\n${lines.join(",\n")}\n  ]`;
  });
  const source = "Names: Unicode CLDR 41. Order: Unicode Emoji 15.0. Copyright 1991-2022 Unicode, Inc.; LICENSE.txt beside this file.";
  writeFileSync(new URL(`${language}.json`, OUTPUT), `{\n  "source": ${JSON.stringify(source)},\n${written.join(",\n")}\n}\n`);
}
