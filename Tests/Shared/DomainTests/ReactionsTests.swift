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

  @Test func `a heart with and without the emoji selector is the same emoji`() throws {
    #expect(try Emoji("\u{2764}") == Emoji("\u{2764}\u{fe0f}"))
    #expect(try Emoji("☺").text == "☺\u{fe0f}")
  }

  @Test(arguments: [
    "", " ", "a", "1", "#", "👍👍", "👍 ", "+1", ":+1:", "é", "你", "\u{200d}", "\u{fe0f}", "\u{0}", "🇫", "<", "👍a", "\n",
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
