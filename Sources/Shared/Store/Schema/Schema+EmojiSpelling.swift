// Migration 16, of rows: one spelling of each emoji in what is stored.
import Domain
import SQL

extension Schema {
  /// Nothing for SQL to do: `EmojiSpelling` spells the reactions that are stored as `Emoji` does.
  static let emojiSpelling = "-- Reactions by two spellings of one emoji become one."
}

/// Earlier programs kept every spelling of an emoji as a reaction of its own. Their groups are joined, each user once, in the messages and in
/// the events that a client which resumes gets.
enum EmojiSpelling {
  /// Rows that are read before they are written.
  private static let batchRows: Int64 = 500

  static func unify(_ transaction: Transaction) throws {
    let database = transaction.database
    var changed: Set<Int64> = []
    try unify(selectMessages, updateMessage, database) { changed.insert($0) }
    try unify(selectMessageEvents, updateEvent, database) { _ in }
    try unifyReactionEvents(of: changed, database)
  }

  /// Joins the groups in every row that `select` finds.
  private static func unify(_ select: Statement, _ update: Statement, _ database: Database, changed: (Int64) -> Void) throws {
    var last: Int64 = 0
    while true {
      let rows = try database.all(select, .integer(last), .integer(batchRows)) { (id: $0.integer(0), reactions: $0.text(1)) }
      for row in rows {
        last = row.id
        guard let joined = try joined(row.reactions, database) else { continue }
        try database.run(update, .text(joined), .integer(row.id))
        changed(row.id)
      }
      if rows.count < Int(batchRows) { return }
    }
  }

  /// The JSON of reactions with one group for each emoji; nil if it has that already.
  private static func joined(_ reactions: String, _ database: Database) throws -> String? {
    let stored = try database.all(selectUsers, .text(reactions)) { (emoji: $0.text(0), user: PublicID(trusted: $0.text(1))) }
    guard stored.contains(where: { !isSpelled($0.emoji) }) else { return nil }
    var users: [String: [PublicID]] = [:]
    for reaction in stored {
      let emoji = spelled(reaction.emoji)
      if users[emoji]?.contains(reaction.user) != true { users[emoji, default: []].append(reaction.user) }
    }
    let groups = try Reactions(users).byEmoji.map { group in
      let emoji = try database.first("SELECT json_quote(?)", .text(group.emoji)) { $0.text(0) } ?? ""
      return "\(emoji):[\(group.users.map { "\"\($0.text)\"" }.joined(separator: ","))]"
    }
    return "{\(groups.joined(separator: ","))}"
  }

  /// Spells the emoji of reaction events. Where one spelling was taken back while the user's other one stands, in one of these messages, the
  /// event says that it stands: else who replays the events would miss it.
  private static func unifyReactionEvents(of messages: Set<Int64>, _ database: Database) throws {
    var removals: [Reaction: Int64] = [:]
    var last: Int64 = 0
    while true {
      let events = try database.all(selectReactionEvents, .integer(last), .integer(batchRows)) { row in
        ReactionEvent(
          position: row.integer(0), isRemoval: row.integer(1) == EventKind.reactionRemoved.rawValue,
          reaction: Reaction(message: row.integer(2), emoji: row.text(3), user: row.text(4)))
      }
      for event in events {
        last = event.position
        var reaction = event.reaction
        if !isSpelled(reaction.emoji) {
          reaction.emoji = spelled(reaction.emoji)
          try database.run(updateReactionEvent, .text(reaction.emoji), .integer(event.position))
        }
        if messages.contains(reaction.message) { removals[reaction] = event.isRemoval ? event.position : nil }
      }
      if events.count < Int(batchRows) { break }
    }
    for (reaction, position) in removals {
      let stands = try database.first(selectStanding, .integer(reaction.message), .text(reaction.emoji), .text(reaction.user)) { _ in true }
      if stands != nil { try database.run(setAdded, .integer(position)) }
    }
  }

  private struct Reaction: Hashable {
    let message: Int64
    var emoji: String
    let user: String
  }

  private struct ReactionEvent {
    let position: Int64
    let isRemoval: Bool
    let reaction: Reaction
  }

  private static func spelled(_ emoji: String) -> String { (try? Emoji(emoji))?.text ?? emoji }

  /// Compares bytes: to Swift, two spellings may be equal.
  private static func isSpelled(_ emoji: String) -> Bool { spelled(emoji).utf8.elementsEqual(emoji.utf8) }
}

// MARK: Statements

extension EmojiSpelling {
  // In the text of a message the quotation marks are escaped: only a message with reactions has these bytes.
  private static let selectMessages: Statement = """
    SELECT id, json -> '$.reactions' FROM messages WHERE id > ? AND instr(json, '"reactions":{"') > 0 ORDER BY id LIMIT ?
    """
  private static let selectMessageEvents = Statement(
    composing: """
      SELECT position, data -> '$.reactions' FROM journal
      WHERE position > ? AND kind IN (\(EventKind.numbers([.newMessage, .messageEdited]))) AND instr(data, '"reactions":{"') > 0
      ORDER BY position LIMIT ?
      """)
  private static let updateMessage: Statement = "UPDATE messages SET json = json_set(json, '$.reactions', json(?)) WHERE id = ?"
  private static let updateEvent: Statement = "UPDATE journal SET data = json_set(data, '$.reactions', json(?)) WHERE position = ?"
  private static let selectUsers: Statement = "SELECT e.key, u.value FROM json_each(?) e, json_each(e.value) u"

  private static let selectReactionEvents = Statement(
    composing: """
      SELECT position, kind, room_id << 32 | (data ->> 'seq'), data ->> 'emoji', data ->> 'user_id' FROM journal
      WHERE position > ? AND kind IN (\(EventKind.numbers([.reactionAdded, .reactionRemoved]))) AND json_valid(data)
      ORDER BY position LIMIT ?
      """)
  private static let updateReactionEvent: Statement = "UPDATE journal SET data = json_set(data, '$.emoji', ?) WHERE position = ?"
  private static let setAdded = Statement(
    composing: "UPDATE journal SET kind = \(EventKind.reactionAdded.rawValue) WHERE position = ?")
  private static let selectStanding: Statement = """
    SELECT 1 FROM messages m, json_each(m.json, '$.reactions') e, json_each(e.value) u WHERE m.id = ? AND e.key = ? AND u.value = ?
    """
}
