// The index of names: by which terms the users and the public rooms are found.
import Domain

/// Written in the transaction that makes, changes or takes away a name, so it is never behind. What it answers is a proposal: only the
/// name as it stands decides. An FTS5 table has a row a user or room: the numbers of its terms.
///
/// Not by triggers: a schema that is not trusted may not write to virtual tables, and SQLite cannot fold.
struct Names: Sendable {
  let vocabulary: TermDictionary
  let terms: StaticString
  let insert: StaticString
  let delete: StaticString
  let anyWith: StaticString

  static let users = Names(
    vocabulary: .users,
    terms: "SELECT terms FROM user_names WHERE rowid = ?",
    insert: "INSERT INTO user_names (rowid, terms) VALUES (?, ?)",
    delete: "DELETE FROM user_names WHERE rowid = ?",
    anyWith: "SELECT 1 FROM user_names WHERE user_names MATCH ? LIMIT 1")

  static let rooms = Names(
    vocabulary: .rooms,
    terms: "SELECT terms FROM room_names WHERE rowid = ?",
    insert: "INSERT INTO room_names (rowid, terms) VALUES (?, ?)",
    delete: "DELETE FROM room_names WHERE rowid = ?",
    anyWith: "SELECT 1 FROM room_names WHERE room_names MATCH ? LIMIT 1")

  /// What a user is called, as she is looked for.
  static func text(ofUser username: String, _ displayName: String) -> String {
    // Most have not chosen another name for themselves.
    username == displayName ? username : "\(username) \(displayName)"
  }

  static func text(ofRoom name: String?, _ topic: String) -> String { "\(name ?? "") \(topic)" }

  /// Makes `owner` found by the words of `text`, and no longer by those of before.
  func set(_ text: String, of owner: Int64, _ transaction: Transaction) throws {
    let database = transaction.database
    let before = try numbers(of: owner, database)
    let now = try FoldedText(text).terms.map { term in
      try vocabulary.number(of: term, database) ?? vocabulary.add(term, database)
    }.sorted()
    guard now != before else { return }
    if !before.isEmpty { try database.run(delete, .integer(owner)) }
    if !now.isEmpty {
      try database.run(insert, .integer(owner), .text(now.map(String.init).joined(separator: " ")))
    }
    try forget(before.filter { !now.contains($0) }, database)
  }

  /// Whoever is gone is not found, and the words that were hers alone are gone too.
  func remove(_ owner: Int64, _ transaction: Transaction) throws {
    let before = try numbers(of: owner, transaction.database)
    guard !before.isEmpty else { return }
    try transaction.database.run(delete, .integer(owner))
    try forget(before, transaction.database)
  }

  private func numbers(of owner: Int64, _ database: Database) throws -> [Int64] {
    try database.first(terms, .integer(owner)) { $0.text(0).split(separator: " ").compactMap { Int64($0) } } ?? []
  }

  private func forget(_ numbers: [Int64], _ database: Database) throws {
    for number in numbers where try database.first(anyWith, .text("\(number)"), read: { _ in true }) == nil {
      try vocabulary.remove(number, database)
    }
  }

  /// For a database that has people and rooms, and no index of their names yet.
  static func takeInAll(_ transaction: Transaction) throws {
    try transaction.database.forEach("SELECT id, username, display_name FROM users WHERE deleted_at IS NULL ORDER BY id") { row in
      try users.set(text(ofUser: row.text(1), row.text(2)), of: row.integer(0), transaction)
    }
    try transaction.database.forEach("SELECT id, name, topic FROM rooms WHERE kind = 3 ORDER BY id") { row in
      try rooms.set(text(ofRoom: row.optionalText(1), row.text(2)), of: row.integer(0), transaction)
    }
  }
}
