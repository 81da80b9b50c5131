// The full-text indexes of the names of users and of public rooms.
import Domain
import SQL
import SearchIndex
import TextSearch

/// Written in the transaction that creates, changes or deletes a name, so it is never behind. It returns candidates: only the name itself
/// decides. An FTS5 table has a row per user or room: the numbers of its terms.
///
/// Not by triggers: with trusted_schema off they may not write to virtual tables, and SQLite cannot fold.
struct NameIndex: Sendable {
  let dictionary: TermDictionary
  let terms: Statement
  let insert: Statement
  let delete: Statement
  let anyWith: Statement

  static let users = NameIndex(
    dictionary: .users,
    terms: "SELECT terms FROM user_names WHERE rowid = ?",
    insert: "INSERT INTO user_names (rowid, terms) VALUES (?, ?)",
    delete: "DELETE FROM user_names WHERE rowid = ?",
    anyWith: "SELECT 1 FROM user_names WHERE user_names MATCH ? LIMIT 1")

  static let rooms = NameIndex(
    dictionary: .rooms,
    terms: "SELECT terms FROM room_names WHERE rowid = ?",
    insert: "INSERT INTO room_names (rowid, terms) VALUES (?, ?)",
    delete: "DELETE FROM room_names WHERE rowid = ?",
    anyWith: "SELECT 1 FROM room_names WHERE room_names MATCH ? LIMIT 1")

  /// The text by which a user is found.
  static func text(ofUser username: String, _ displayName: String) -> String {
    // Most users keep their user name as display name.
    username == displayName ? username : "\(username) \(displayName)"
  }

  static func text(ofRoom name: String?, _ topic: String) -> String { "\(name ?? "") \(topic)" }

  /// Makes `owner` found by the words of `text` and no longer by its previous words.
  func set(_ text: String, of owner: Int64, _ transaction: Transaction) throws {
    let database = transaction.database
    let before = try numbers(of: owner, database)
    let now = try FoldedText(text).terms.map { term in
      try dictionary.number(of: term, database) ?? dictionary.add(term, database)
    }.sorted()
    guard now != before else { return }
    if !before.isEmpty { try database.run(delete, .integer(owner)) }
    if !now.isEmpty {
      try database.run(insert, .integer(owner), .text(now.map(String.init).joined(separator: " ")))
    }
    try removeUnused(before.filter { !now.contains($0) }, transaction)
  }

  /// Removes `owner` and the terms that were its alone.
  func remove(_ owner: Int64, _ transaction: Transaction) throws {
    let before = try numbers(of: owner, transaction.database)
    guard !before.isEmpty else { return }
    try transaction.database.run(delete, .integer(owner))
    try removeUnused(before, transaction)
  }

  private func numbers(of owner: Int64, _ database: Database) throws -> [Int64] {
    try database.first(terms, .integer(owner)) { $0.text(0).split(separator: " ").compactMap { Int64($0) } } ?? []
  }

  private func removeUnused(_ numbers: [Int64], _ transaction: Transaction) throws {
    for number in numbers where try transaction.database.first(anyWith, .text("\(number)"), read: { _ in true }) == nil {
      try dictionary.remove(number, transaction.database)
      try NameIndexes.noteRemoved(transaction)
    }
  }

  /// Indexes all users and rooms, for a migration.
  static func build(_ transaction: Transaction) throws {
    try transaction.database.forEach("SELECT id, username, display_name FROM users WHERE deleted_at IS NULL ORDER BY id") { row in
      try users.set(text(ofUser: row.text(1), row.text(2)), of: row.integer(0), transaction)
    }
    try transaction.database.forEach(
      "SELECT id, name, topic FROM rooms WHERE kind = ? ORDER BY id", .integer(RoomKind.public.rawValue)
    ) { row in
      try rooms.set(text(ofRoom: row.optionalText(1), row.text(2)), of: row.integer(0), transaction)
    }
  }
}
