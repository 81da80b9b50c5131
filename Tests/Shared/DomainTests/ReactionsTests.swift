// Emoji and reactions.
import Domain
import TestSupport
import Testing

@Suite struct ReactionsTests {
  private static let alice = PublicID(trusted: "alice")
  private static let bob = PublicID(trusted: "bob")

  @Test(arguments: [
    "👍", "👍🏿", "❤️", "🇫🇷", "🏳️‍🌈", "👩‍👩‍👧‍👦", "👩🏻‍❤️‍💋‍👨🏿", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "#️⃣", "😀", "🫠",
  ])
  func `a character drawn as one picture is an emoji`(text: String) throws {
    #expect(try Emoji(text).text == text)
  }

  /// The spelling that emoji-test.txt calls fully-qualified, and others that show the same.
  @Test(arguments: [
    (
      "\u{1f44d}",
      ["\u{1f44d}\u{fe0f}", "\u{1f44d}\u{fe0f}\u{fe0f}", "\u{1f44d}\u{200d}", "\u{1f44d}\u{e0041}", "\u{1f44d}\u{e0041}\u{e007f}"]
    ),
    ("\u{2764}\u{fe0f}", ["\u{2764}", "\u{2764}\u{fe0f}\u{200d}"]),
    ("\u{263a}\u{fe0f}", ["\u{263a}"]),
    ("\u{a9}\u{fe0f}", ["\u{a9}"]),
    ("1\u{fe0f}\u{20e3}", ["1\u{20e3}", "1\u{20e3}\u{fe0f}", "1\u{fe0f}\u{20e3}\u{fe0f}"]),
    ("#\u{fe0f}\u{20e3}", ["#\u{20e3}"]),
    ("\u{1f44d}\u{1f3fd}", ["\u{1f44d}\u{fe0f}\u{1f3fd}", "\u{1f44d}\u{1f3fd}\u{fe0f}"]),
    ("\u{261d}\u{1f3fd}", ["\u{261d}\u{fe0f}\u{1f3fd}"]),
    ("\u{1f3f3}\u{fe0f}\u{200d}\u{1f308}", ["\u{1f3f3}\u{200d}\u{1f308}", "\u{1f3f3}\u{fe0f}\u{200d}\u{1f308}\u{fe0f}"]),
    (
      "\u{1f3f3}\u{fe0f}\u{200d}\u{26a7}\u{fe0f}",
      ["\u{1f3f3}\u{200d}\u{26a7}", "\u{1f3f3}\u{fe0f}\u{200d}\u{26a7}", "\u{1f3f3}\u{200d}\u{26a7}\u{fe0f}"]
    ),
    ("\u{1f468}\u{200d}\u{2764}\u{fe0f}\u{200d}\u{1f468}", ["\u{1f468}\u{200d}\u{2764}\u{200d}\u{1f468}"]),
    (
      "\u{1f575}\u{fe0f}\u{200d}\u{2642}\u{fe0f}",
      ["\u{1f575}\u{200d}\u{2642}", "\u{1f575}\u{200d}\u{2642}\u{fe0f}", "\u{1f575}\u{fe0f}\u{200d}\u{2642}"]
    ),
    ("\u{1f937}\u{1f3fb}\u{200d}\u{2640}\u{fe0f}", ["\u{1f937}\u{1f3fb}\u{200d}\u{2640}", "\u{1f937}\u{fe0f}\u{1f3fb}\u{200d}\u{2640}"]),
    ("\u{1f441}\u{fe0f}\u{200d}\u{1f5e8}\u{fe0f}", ["\u{1f441}\u{200d}\u{1f5e8}", "\u{1f441}\u{200d}\u{1f5e8}\u{fe0f}"]),
    ("\u{1f426}\u{200d}\u{2b1b}", ["\u{1f426}\u{200d}\u{2b1b}\u{fe0f}"]),
    ("\u{1f1e9}\u{1f1ea}", ["\u{1f1e9}\u{1f1ea}\u{fe0f}"]),
    (
      "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
      [
        "\u{1f3f4}\u{fe0f}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
        "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}\u{e007f}",
      ]
    ),
    ("\u{1f3f4}", ["\u{1f3f4}\u{fe0f}", "\u{1f3f4}\u{e0067}", "\u{1f3f4}\u{e007f}"]),
    ("\u{1f3f4}\u{200d}\u{2620}\u{fe0f}", ["\u{1f3f4}\u{200d}\u{2620}"]),
  ])
  func `all spellings of an emoji are one, the fully-qualified one`(text: String, others: [String]) throws {
    for spelling in [text] + others {
      #expect(
        try Array(Emoji(spelling).text.unicodeScalars) == Array(text.unicodeScalars),
        "\(spelling.unicodeScalars.map { String($0.value, radix: 16) })")
    }
  }

  @Test func `emoji that look different stay different`() throws {
    let different = ["👍", "👍🏻", "👍🏿", "👎", "🏴", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🏳️", "🏳️‍🌈", "🏳️‍⚧️", "1️⃣", "2️⃣", "❤️", "❤️‍🔥", "👩‍❤️‍👨", "👨‍❤️‍👨", "🇩🇪", "🇪🇩"]
    #expect(try Set(different.map { try Emoji($0).text }).count == different.count)
  }

  @Test(arguments: [
    "", " ", "a", "1", "#", "👍👍", "👍 ", "+1", ":+1:", "é", "你", "\u{200d}", "\u{fe0f}", "\u{0}", "🇫", "<", "👍a", "\n",
    "\u{fe0f}👍", "\u{200d}👍", "1\u{fe0f}", "🇩🇪🇫", "👍e\u{301}", "\u{1f3fb}\u{301}",
    "👍" + String(repeating: "\u{fe0f}", count: 30),
  ])
  func `anything else is refused`(text: String) {
    #expect(refusal { try Emoji(text) }?.fields.map(\.field) == ["emoji"])
  }

  /// Reactions that tests change, one statement an expectation.
  private final class Pot {
    var reactions = Reactions()
    func add(_ emoji: Emoji, _ user: PublicID) throws -> Bool { try reactions.add(emoji, by: user) }
    func remove(_ emoji: Emoji, _ user: PublicID) -> Bool { reactions.remove(emoji, by: user) }
  }

  @Test func `each user counts once per emoji, and an emoji without users is removed`() throws {
    let thumb = try Emoji("👍")
    let heart = try Emoji("❤️")
    let pot = Pot()
    #expect(try pot.add(thumb, Self.bob))
    #expect(try pot.add(thumb, Self.alice))
    #expect(try !pot.add(thumb, Self.bob))
    #expect(pot.reactions.byEmoji.map(\.users) == [[Self.bob, Self.alice]])
    #expect(!pot.remove(heart, Self.bob))
    #expect(pot.remove(thumb, Self.bob))
    #expect(!pot.remove(thumb, Self.bob))
    #expect(pot.remove(thumb, Self.alice))
    #expect(pot.reactions == Reactions() && pot.reactions.count == 0)
  }

  @Test func `a message has a bounded number of emoji and reactions, and an existing one can still be repeated at the bound`() throws {
    let pot = Pot()
    let emoji = try (UInt32(0)..<UInt32(Reactions.emojiMax)).compactMap { UnicodeScalar(0x1f600 + $0) }.map { try Emoji(String($0)) }
    for one in emoji { #expect(try pot.add(one, Self.alice)) }
    #expect(refusal { try pot.add(Emoji("👍"), Self.alice) }?.code == .conflict)
    #expect(try !pot.add(emoji[0], Self.alice))
    #expect(try pot.add(emoji[0], Self.bob))
    for number in pot.reactions.count..<Reactions.countMax { #expect(try pot.add(emoji[1], PublicID(trusted: "user\(number)"))) }
    #expect(pot.reactions.count == Reactions.countMax)
    #expect(refusal { try pot.add(emoji[1], Self.bob) }?.code == .conflict)
    #expect(pot.remove(emoji[1], Self.alice))
    #expect(try pot.add(emoji[1], Self.bob))
  }

  @Test func `equal reactions are written alike in whatever order they were added`() throws {
    let some = try ["👍", "❤️", "😀", "🇫🇷"].map { try Emoji($0) }
    var one = Reactions()
    for emoji in some { _ = try one.add(emoji, by: Self.alice) }
    var other = Reactions()
    for emoji in some.reversed() { _ = try other.add(emoji, by: Self.alice) }
    let stored = Reactions(Dictionary(uniqueKeysWithValues: some.map { ($0.text, [Self.alice]) }))
    #expect(one == other && one == stored)
  }
}
