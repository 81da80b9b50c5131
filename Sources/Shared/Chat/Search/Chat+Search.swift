// Searching messages.
package import Domain
import Posix
import SQL
import SearchIndex
import Store
package import TextSearch
import Wire

/// A search query and its filters.
package struct MessageSearch: Sendable {
  package enum Order: Sendable { case newest, best }

  let query: SearchQuery
  /// Public ids.
  let room: String?
  let author: String?
  /// Only messages from `after` on, and before `before`.
  let after: Timestamp?
  let before: Timestamp?
  let order: Order

  /// Throws if `text` is too long.
  package init(text: String, room: String?, author: String?, after: Timestamp?, before: Timestamp?, order: Order) throws(ChatError) {
    query = try SearchQuery(checking: text)
    self.room = room
    self.author = author
    self.after = after
    self.before = before
    self.order = order
  }
}

/// A position among the hits of a search.
package struct SearchCursor: Sendable {
  /// Best first: the hits are those from position `floor` on, and the last one of the page had this score and position.
  package struct Window: Sendable {
    package let floor: Int64
    package let score: Int64
    package let position: Int64

    package init(floor: Int64, score: Int64, position: Int64) {
      self.floor = floor
      self.score = score
      self.position = position
    }
  }

  /// Whether similar words are found, too.
  package let fuzzy: Bool
  /// Whether there were hits before it.
  package let found: Bool
  /// Hits are before this position of the journal.
  package let position: Int64
  package let window: Window?

  package init(fuzzy: Bool, found: Bool, position: Int64, window: Window? = nil) {
    self.fuzzy = fuzzy
    self.found = found
    self.position = position
    self.window = window
  }
}

extension SearchQuery {
  /// Checks a query for its length. `field` is the request's name for it.
  package init(checking text: String, field: String = "q") throws(ChatError) {
    do {
      self = try SearchQuery(text)
    } catch {
      throw .invalid(field, "length", "At most \(Self.charactersMax) characters.")
    }
  }
}

package struct SearchHit: Sendable {
  package let json: [UInt8]
  /// The part of the message around its hits: hits, and the texts between them.
  package var highlights: [(text: String, isHit: Bool)] { Snippet.parts(of: content, hits: ranges).map { ($0.text, $0.isHit) } }
  let content: String
  let ranges: [Range<Int>]
  let position: Int64
  let score: Int64
}

package struct SearchPage: Sendable {
  package var hits: [SearchHit] = []
  package var next: SearchCursor?
}

extension Chat {
  /// Rooms that one search covers when none is named: those with the latest events.
  package static let searchRoomsMax = 500
  /// Best first: hits that are sorted by score at a time, the newest first.
  package static let bestOfMax = 200
  /// Edits that the index may lack; if there are more, it is not used.
  static let pendingEditsMax = 2000
  /// The cost of one page, whatever is searched: queries to the index about terms, and about candidates, each about 2 µs, and the same for
  /// messages read in the rooms. A page that reaches a bound ends early, and its cursor says how far was scanned.
  static let searchStepsMax = 3000
  static let searchCostMax = 4000

  /// Messages with all the words, in rooms that the principal is a member of now. If there are none, similar words match too. A page may
  /// have fewer hits than `limit`, or none, although there are more: then it has a cursor, and following the cursors to the end scans
  /// everything.
  ///
  /// Newest first is one scan back through everything, in portions. Best first does the same scan, `bestOfMax` hits at a time or as many as
  /// one portion has, and sorts each of these sets: the best of all messages is known only after reading all of them.
  ///
  /// Throws what reading the named room throws.
  package func search(_ search: MessageSearch, after cursor: SearchCursor?, limit: Int, for principal: Principal) throws -> SearchPage {
    guard !search.query.words.isEmpty else { return SearchPage() }
    // Read before the file is opened, so that finding another file does not invalidate a later index.
    if let name = try readers.read(Meta.searchIndex),
      let page = try withIndex(name, { try self.page(search, cursor, limit, principal, $0) })
    {
      return page
    }
    return try page(search, cursor, limit, principal, nil)
  }

  /// An index, on one snapshot, and its state.
  typealias OpenIndex = (database: Database, state: SearchIndex.State)

  /// What `body` answers with the index of this name. Nil if there is none, or if it is damaged, and then it is invalidated.
  private func withIndex<Answer>(_ name: String, _ body: (OpenIndex) throws -> Answer) throws -> Answer? {
    // A connection that was opened before the file was replaced reads the old one, which fails or has another name: then a new one is tried.
    for isSecond in [false, true] {
      var answer: Result<Answer, any Error>?
      do {
        answer = try indexReaders.read { index in
          try index.snapshot {
            guard let state = try SearchIndex.state(index), state.name == name, state.epoch == epoch else { return nil }
            do {
              return .success(try body((index, state)))
            } catch {
              // Only errors of the index count here; others are the caller's.
              if index.failure != nil { throw error }
              return .failure(error)
            }
          }
        }
      } catch {
        if isSecond { try invalidate(name, error) }
      }
      if let answer { return try answer.get() }
      indexReaders.empty()
    }
    return nil
  }

  private func invalidate(_ name: String, _ error: any Error) throws {
    guard SearchIndex.isLost(path: settings.searchIndexPath, after: error) else { return Log.error("search index: \(error)") }
    if try commit({ try Meta.invalidateSearchIndex(name, $0) }) { Log.error("the search index is lost and will be rebuilt: \(error)") }
  }

  private func page(
    _ search: MessageSearch, _ cursor: SearchCursor?, _ limit: Int, _ principal: Principal, _ index: OpenIndex?
  ) throws -> SearchPage {
    // The index was read first: a message that it lacks is then in the rooms, which are read after it.
    try readers.read { database in
      try database.snapshot {
        let scope = try SearchExecution(search, for: principal, index, cursor, database)
        let page = try scope.page(fuzzy: cursor?.fuzzy ?? false, limit: limit)
        guard page.hits.isEmpty, page.next == nil, cursor.map({ !$0.fuzzy && !$0.found }) ?? true else { return page }
        // No message has the words as they were typed.
        return try SearchExecution(search, for: principal, index, nil, database).page(fuzzy: true, limit: limit)
      }
    }
  }
}
