// Message search: its requests, cursors and pages, and the choice of the full-text index.
import Configuration
public import Domain
import Posix
import SQL
import SearchIndex
import Store
public import TextSearch
import Wire

/// A search request.
public struct MessageSearch: Sendable {
  public enum Order: Sendable { case newest, best }

  let query: SearchQuery
  /// Public ids.
  let room: String?
  let author: String?
  /// Posted at or after this time, and before that one.
  let after: Timestamp?
  let before: Timestamp?
  let order: Order

  /// Throws if `text` is too long.
  public init(text: String, room: String?, author: String?, after: Timestamp?, before: Timestamp?, order: Order) throws(ChatError) {
    query = try SearchQuery(checking: text)
    self.room = room
    self.author = author
    self.after = after
    self.before = before
    self.order = order
  }
}

/// A position in the hits of a search.
public struct SearchCursor: Sendable {
  /// Best first: the window has the hits from position `floor` on; the last hit returned had this score and position.
  public struct Window: Sendable {
    public let floor: Int64
    public let score: Int64
    public let position: Int64

    public init(floor: Int64, score: Int64, position: Int64) {
      self.floor = floor
      self.score = score
      self.position = position
    }
  }

  /// Whether fuzzy matches count.
  public let fuzzy: Bool
  /// Whether any hit was returned before this cursor.
  public let found: Bool
  /// The next hits have lower journal positions.
  public let position: Int64
  public let window: Window?

  public init(fuzzy: Bool, found: Bool, position: Int64, window: Window? = nil) {
    self.fuzzy = fuzzy
    self.found = found
    self.position = position
    self.window = window
  }
}

extension SearchQuery {
  /// Checks a query for its length. `field` is the request's name for it.
  public init(checking text: String, field: String = "q") throws(ChatError) {
    do {
      self = try SearchQuery(text)
    } catch {
      throw .invalid(field, "length", "At most \(Self.charactersMax) characters.")
    }
  }
}

public struct SearchHit: Sendable {
  public let json: [UInt8]
  /// The excerpt around the hits: hits, and the texts between them.
  public var highlights: [(text: String, isHit: Bool)] { Snippet.parts(of: content, hits: ranges).map { ($0.text, $0.isHit) } }
  let content: String
  let ranges: [Range<Int>]
  let position: Int64
  let score: Int64
}

public struct SearchPage: Sendable {
  public var hits: [SearchHit] = []
  public var next: SearchCursor?
}

extension Chat {
  /// Rooms searched when none is named: those with the latest events.
  public static let searchRoomsMax = 500
  /// Best first: hits per window. Windows go from new to old; each is sorted by score.
  public static let bestWindowMax = 200
  /// Edits that the index may lack; with more of them the index is not used.
  static let pendingEditsMax = 2000
  /// Cost bounds of one page: index lookups of terms, and candidates examined, about 2 µs each. A page that reaches a bound ends early, and
  /// its cursor says how far the search came.
  static let searchStepsMax = 3000
  static let searchCostMax = 4000

  /// Messages with all the words, in rooms that the principal is a member of now. If there are none, fuzzy matches count too. A page may
  /// have fewer hits than `limit`, or none, although more exist: it then has a cursor, and following the cursors to the end finds all hits.
  ///
  /// Newest first scans backwards, page by page. Best first scans the same way in windows of `bestWindowMax` hits or of one page's cost, and
  /// sorts each window: sorting all hits would need reading everything.
  ///
  /// Throws what reading the named room throws.
  public func search(_ search: MessageSearch, after cursor: SearchCursor?, limit: Int, for principal: Principal) throws -> SearchPage {
    guard !search.query.words.isEmpty else { return SearchPage() }
    // Read before the file is opened, so that a reader that finds a different file invalidates only the index it expected.
    if let name = try readers.read(Meta.searchIndex),
      let page = try withIndex(name, { try self.page(search, cursor, limit, principal, $0) })
    {
      return page
    }
    return try page(search, cursor, limit, principal, nil)
  }

  /// An index, on one snapshot, with its state.
  typealias OpenIndex = (database: Database, state: SearchIndex.State)

  /// Runs `body` with the index of this name. Nil if there is none or it is damaged; a damaged index is invalidated, so that it is rebuilt.
  private func withIndex<Answer>(_ name: String, _ body: (OpenIndex) throws -> Answer) throws -> Answer? {
    // A connection opened before the file was replaced sees the old file: it fails, or has another name, once.
    for isRetry in [false, true] {
      var answer: Result<Answer, any Error>?
      do {
        answer = try indexReaders.read { index in
          try index.snapshot {
            guard let state = try SearchIndex.state(index), state.name == name, state.epoch == epoch else { return nil }
            do {
              return .success(try body((index, state)))
            } catch {
              // Other errors are not the index's.
              if index.failure != nil { throw error }
              return .failure(error)
            }
          }
        }
      } catch {
        if isRetry { try invalidateIndex(name, after: error) }
      }
      if let answer { return try answer.get() }
      indexReaders.empty()
    }
    return nil
  }

  private func invalidateIndex(_ name: String, after error: any Error) throws {
    guard SearchIndex.isLost(path: settings.searchIndexPath, after: error) else { return Log.error("search index: \(error)") }
    if try commit({ try Meta.invalidateSearchIndex(name, $0) }) { Log.error("the search index is damaged and will be rebuilt: \(error)") }
  }

  private func page(
    _ search: MessageSearch, _ cursor: SearchCursor?, _ limit: Int, _ principal: Principal, _ index: OpenIndex?
  ) throws -> SearchPage {
    // The index snapshot is older than the database snapshot, so every message is in one of them.
    try readers.read { database in
      try database.snapshot {
        let execution = try SearchExecution(search, for: principal, index, cursor, database)
        let page = try execution.page(fuzzy: cursor?.fuzzy ?? false, limit: limit)
        guard page.hits.isEmpty, page.next == nil, cursor.map({ !$0.fuzzy && !$0.found }) ?? true else { return page }
        // No exact match anywhere.
        return try SearchExecution(search, for: principal, index, nil, database).page(fuzzy: true, limit: limit)
      }
    }
  }
}
