// Finding what was said.
package import Domain
import Store
import Wire

/// What somebody looks for.
package struct MessageSearch: Sendable {
  package enum Order: Sendable { case newest, best }

  let words: SearchWords
  /// As clients name them.
  let room: String?
  let author: String?
  /// Said from here on, and before there.
  let after: Timestamp?
  let before: Timestamp?
  let order: Order

  package init(words: SearchWords, room: String?, author: String?, after: Timestamp?, before: Timestamp?, order: Order) {
    self.words = words
    self.room = room
    self.author = author
    self.after = after
    self.before = before
    self.order = order
  }
}

/// A place in the hits of a search.
package struct SearchCursor: Sendable {
  /// Whether typing errors are being forgiven: decided on the first page.
  package let forgiving: Bool
  /// Hits stand before this position of the journal.
  package let position: Int64
  /// Best first: hits before that position that were shown already.
  package let shown: Int64

  package init(forgiving: Bool, position: Int64, shown: Int64) {
    self.forgiving = forgiving
    self.position = position
    self.shown = shown
  }
}

package struct SearchHit: Sendable {
  package let json: [UInt8]
  package let excerpt: [Excerpt.Part]
  let position: Int64
  let score: Int
}

package struct SearchPage: Sendable {
  package var hits: [SearchHit] = []
  package var next: SearchCursor?
}

extension Chat {
  /// Rooms that one search looks into when none is named: those with the latest events.
  package static let searchRoomsMax = 500
  /// Best first: the newest hits of which the best are shown.
  package static let bestOfMax = 200
  /// Events that the index may lag behind.
  static let searchTailMax = 20_000
  /// What one page may cost, whatever is asked: questions to the index about terms, and about what they propose, each about 2 µs. A page
  /// that reaches a bound ends early, and its cursor says how far was looked.
  static let searchStepsMax = 3000
  static let searchLooksMax = 4000

  /// Messages with all the words, of rooms that the actor is a member of now. If there are none, words that are like those asked for
  /// count too. A page may have fewer hits than `limit`, or none, although there are more: then it has a cursor. Throws what reading the
  /// named room throws.
  package func search(_ search: MessageSearch, after cursor: SearchCursor?, limit: Int, for actor: Actor) throws -> SearchPage {
    guard !search.words.words.isEmpty else { return SearchPage() }
    return try indexReaders.read { index in
      try index.snapshot {
        // The index is read first: what it does not have yet is then surely in the journal, which is read after it.
        let state = try SearchIndex.state(index)
        return try readers.read { database in
          try database.snapshot {
            let scope = try SearchScope(search, for: actor, state.epoch == epoch ? state.indexedThrough : 0, cursor, index, database)
            if let cursor { return try scope.page(forgiving: cursor.forgiving, limit: limit) }
            let literal = try scope.page(forgiving: false, limit: limit)
            return literal.hits.isEmpty && literal.next == nil ? try scope.page(forgiving: true, limit: limit) : literal
          }
        }
      }
    }
  }
}
