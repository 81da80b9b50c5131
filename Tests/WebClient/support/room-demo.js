// Rooms to look at: what people write, with everything that a message can have.

const WORDS =
  "We meet at the old bridge at six and bring what we have; the plums are ripe, and somebody should look after the bees before it rains again".split(
    " ",
  );
const LONG = "A name that is as long as names can be and then goes on a little";
const DAY = 86_400_000;

export function demo(server, clock) {
  const people = { alice: "Alice", bob: "Bob", carol: "كارول الطويلة", dan: LONG };
  const userOf = server.user;
  server.user = (id) => ({ ...userOf.call(server, id), display_name: people[id] ?? userOf.call(server, id).display_name });
  server.addRoom("garden", ["me", "alice", "bob", "carol", "dan"], { kind: "public", name: "Garden club" });
  server.rooms.get("garden").room.topic = "Plums, bees and everything that grows; please no politics before breakfast";
  let at = clock.now() - 3 * DAY;
  const post = (userId, content, more = {}, minutes = 1) => {
    at += minutes * 60_000;
    return server.post("garden", userId, content, { created_at: new Date(at).toISOString(), ...more });
  };
  for (let index = 0; index < 400; index += 1) {
    const userId = ["alice", "bob", "carol", "dan", "me"][(index * 7) % 5];
    post(userId, WORDS.slice(index % 9, 4 + ((index * 5) % WORDS.length)).join(" ") || "Yes", {}, index % 3 ? 2 : 9);
  }
  post(
    "alice",
    "# not a heading\n**Bold**, *italic*, ~~gone~~, `code` and https://en.wikipedia.org/wiki/Swift_(programming_language)\n> a quote\n\n- one\n- two",
  );
  post("alice", '```swift\nfunc hello() {\n  print("Hello")\n}\n```');
  post("bob", "🎉🥳");
  const asked = post("bob", "Who brings the ladder, @me?", { mentions: ["me"] });
  post("me", "I do.", { reply_to: asked });
  server.react("garden", asked, "👍", "alice", true);
  server.react("garden", asked, "👍", "me", true);
  server.react("garden", asked, "🪜", "carol", true);
  post("dan", "x".repeat(4_000));
  post("carol", Array.from({ length: 40 }, (_, line) => `Line ${line + 1} of a long list`).join("\n"));
  post("carol", `a${"\u0301".repeat(300)} marks that are stacked`);
  const picture = { media_type: "image/png", size: 2_000, width: 640, height: 400, url: "/picture.png", thumbnail_url: "/picture.png" };
  const files = [
    { ...picture, file_id: "p1", name: "holiday.png" },
    { ...picture, file_id: "p2", name: "lake.png", width: 300, height: 600 },
    { file_id: "n1", name: "notes for Bob.txt", media_type: "text/plain", size: 1_536, url: "/notes.txt" },
    { file_id: "a1", name: "song.mp3", media_type: "audio/mpeg", size: 3_000_000, url: "/song.mp3" },
  ];
  server.files.set("/picture.png", drawing());
  post("alice", "From the lake", { attachments: files });
  const deleted = post("bob", "Oh no");
  server.delete("garden", deleted);
  const edited = post("me", "We meet at fife");
  server.edit("garden", edited, "We meet at five");
  post("me", "At the bridge");
  server.mark("garden", "me", { read_seq: 380 });
  server.mark("garden", "bob", { read_seq: edited });
  server.mark("garden", "alice", { read_seq: edited + 1 });
  server.mark("garden", "carol", { read_seq: edited + 1 });
  server.rooms.get("garden").members.get("me").marks.read_seq = 380;
  server.take();
}

/** A picture as an SVG would be refused: a small PNG of one colour. */
function drawing() {
  const bytes = atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");
  return new Blob([Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))], { type: "image/png" });
}

export function chatter({ server, deliver }) {
  setInterval(() => {
    server.post("garden", "bob", WORDS.slice(0, 3 + Math.floor(Math.random() * 12)).join(" "));
    deliver();
  }, 4_000);
}
