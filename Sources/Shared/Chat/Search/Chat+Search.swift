// Finding what was said.
package import Domain
import Posix
import Store
import Wire

/// What somebody looks for.
package struct MessageSearch: Sendable {
  package enum Order: Sendable { case newest, best }

  let words: SearchQuery
  /// As clients name them.
  let room: String?
  let author: String?
  /// Said from here on, and before there.
  let after: Timestamp?
  let before: Timestamp?
  let order: Order

  package init(words: SearchQuery, room: String?, author: String?, after: Timestamp?, before: Timestamp?, order: Order) {
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
  /// Best first: the hits are those from `floor` on, and the last that was shown had this score and position.
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

  /// Whether typing errors are being forgiven.
  package let forgiving: Bool
  /// Whether anything was found before it.
  package let found: Bool
  /// Hits stand before this position of the journal.
  package let position: Int64
  package let window: Window?

  package init(forgiving: Bool, found: Bool, position: Int64, window: Window? = nil) {
    self.forgiving = forgiving
    self.found = found
    self.position = position
    self.window = window
  }
}

package struct SearchHit: Sendable {
  package let json: [UInt8]
  package var excerpt: [Snippet.Part] { Snippet.parts(of: content, hits: ranges) }
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
  /// Rooms that one search looks into when none is named: those with the latest events.
  package static let searchRoomsMax = 500
  /// Best first: the newest hits, of which the best come first, before those that are older than all of them.
  package static let bestOfMax = 200
  /// Edits that the index may not know of yet; if there are more, it is not asked.
  static let pendingEditsMax = 2000
  /// What one page may cost, whatever is asked: questions to the index about terms, and about what they propose, each about 2 µs, and the
  /// same for what is read in the rooms. A page that reaches a bound ends early, and its cursor says how far was looked.
  static let searchStepsMax = 3000
  static let searchLooksMax = 4000

  /// Messages with all the words, of rooms that the principal is a member of now. If there are none, words that are like those asked for
  /// count too. A page may have fewer hits than `limit`, or none, although there are more: then it has a cursor, and whoever follows the
  /// cursors to the end has looked at everything.
  ///
  /// Newest first is one way back through everything, in portions. Best first takes the same way, `bestOfMax` hits at a time or as many as
  /// one portion has, and puts each such handful in order: the best of all that was ever said is known only to who has read it all.
  ///
  /// Throws what reading the named room throws.
  package func search(_ search: MessageSearch, after cursor: SearchCursor?, limit: Int, for principal: Principal) throws -> SearchPage {
    guard !search.words.words.isEmpty else { return SearchPage() }
    // Read before the file is opened: whoever finds another one there leaves the name of a later index alone.
    if let name = try readers.read(Meta.searchIndex), let page = try indexed(name, { try self.page(search, cursor, limit, principal, $0) })
    {
      return page
    }
    return try page(search, cursor, limit, principal, nil)
  }

  /// An index, on one snapshot, and how far it has come.
  typealias OpenIndex = (database: Database, state: SearchIndex.State)

  /// What `body` answers when it may ask the index of this name. Nil if there is none, or if it is damaged, of which the indexer then hears.
  private func indexed<Answer>(_ name: String, _ body: (OpenIndex) throws -> Answer) throws -> Answer? {
    // A connection that was opened before the file was replaced knows only the old one: it fails, or bears another name, once.
    for isSecond in [false, true] {
      var answer: Result<Answer, any Error>?
      do {
        answer = try indexReaders.read { index in
          try index.snapshot {
            guard let state = try SearchIndex.state(index), state.name == name, state.epoch == epoch else { return nil }
            do {
              return .success(try body((index, state)))
            } catch {
              // What others say of their failures is theirs.
              if index.failure != nil { throw error }
              return .failure(error)
            }
          }
        }
      } catch {
        if isSecond { try doubt(name, error) }
      }
      if let answer { return try answer.get() }
      indexReaders.empty()
    }
    return nil
  }

  private func doubt(_ name: String, _ error: any Error) throws {
    guard SearchIndex.isLost(path: settings.searchIndexPath, after: error) else { return Log.error("index of words: \(error)") }
    if try commit({ try Meta.invalidateSearchIndex(name, $0) }) { Log.error("the index of words is lost, another one is made: \(error)") }
  }

  private func page(
    _ search: MessageSearch, _ cursor: SearchCursor?, _ limit: Int, _ principal: Principal, _ index: OpenIndex?
  ) throws -> SearchPage {
    // The index was read first: what it does not have yet is then surely in the rooms, which are read after it.
    try readers.read { database in
      try database.snapshot {
        let scope = try SearchExecution(search, for: principal, index, cursor, database)
        let page = try scope.page(forgiving: cursor?.forgiving ?? false, limit: limit)
        guard page.hits.isEmpty, page.next == nil, cursor.map({ !$0.forgiving && !$0.found }) ?? true else { return page }
        // As it was typed it is nowhere.
        return try SearchExecution(search, for: principal, index, nil, database).page(forgiving: true, limit: limit)
      }
    }
  }
}
