// The reactions to a message.

/// By emoji, each with its users in the order in which they reacted.
public struct Reactions: Equatable, Sendable {
  /// Different emoji on one message.
  public static let emojiMax = 20
  /// Reactions to one message in all: bounds what they add to a page (about 13 KB a message).
  public static let countMax = 500

  /// Sorted by the bytes of the emoji, so that equal reactions are written alike. Every emoji has at least one user.
  public private(set) var byEmoji: [(emoji: String, users: [PublicID])] = []

  public init() {}

  /// From stored JSON, whose objects have no order.
  public init(_ stored: [String: [PublicID]]) {
    byEmoji = stored.map { (emoji: $0.key, users: $0.value) }.sorted { $0.emoji.utf8.lexicographicallyPrecedes($1.emoji.utf8) }
  }

  public var count: Int { byEmoji.reduce(0) { $0 + $1.users.count } }

  /// False if the user had reacted with it before. Throws if the message has too many reactions.
  public mutating func add(_ emoji: Emoji, by user: PublicID) throws(ChatError) -> Bool {
    let index = byEmoji.firstIndex { $0.emoji.utf8.elementsEqual(emoji.text.utf8) }
    if let index, byEmoji[index].users.contains(user) { return false }
    guard count < Self.countMax else { throw ChatError(.conflict, "A message has at most \(Self.countMax) reactions.") }
    if let index {
      byEmoji[index].users.append(user)
      return true
    }
    guard byEmoji.count < Self.emojiMax else { throw ChatError(.conflict, "A message has at most \(Self.emojiMax) different emoji.") }
    let position = byEmoji.firstIndex { emoji.text.utf8.lexicographicallyPrecedes($0.emoji.utf8) } ?? byEmoji.endIndex
    byEmoji.insert((emoji: emoji.text, users: [user]), at: position)
    return true
  }

  /// False if the user had not reacted with it.
  public mutating func remove(_ emoji: Emoji, by user: PublicID) -> Bool {
    guard let index = byEmoji.firstIndex(where: { $0.emoji.utf8.elementsEqual(emoji.text.utf8) }),
      let userIndex = byEmoji[index].users.firstIndex(of: user)
    else { return false }
    byEmoji[index].users.remove(at: userIndex)
    if byEmoji[index].users.isEmpty { byEmoji.remove(at: index) }
    return true
  }

  public static func == (a: Reactions, b: Reactions) -> Bool {
    a.byEmoji.elementsEqual(b.byEmoji) { $0.emoji == $1.emoji && $0.users == $1.users }
  }
}
