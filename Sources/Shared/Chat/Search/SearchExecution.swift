// One page of a search, read from a snapshot of the index and one of the database.
import Domain
import SQL
import SearchIndex
import Store
import TextSearch
import Wire

struct SearchExecution {
  let search: MessageSearch
  let cursor: SearchCursor?
  let author: UserRowID?
  let rooms: [RoomEnd]
  private let mine: Set<RoomRowID>
  /// The positions of possible hits.
  let range: ClosedRange<Int64>
  /// All messages up to this position are in the index; 0 if there is none.
  private let indexedThrough: Int64
  /// Messages among them that were edited since, the newest first.
  private let edited: [Candidate]
  let index: Database?
  let database: Database

  init(
    _ search: MessageSearch, for principal: Principal, _ index: Chat.OpenIndex?, _ cursor: SearchCursor?, _ database: Database
  ) throws {
    (self.search, self.cursor, self.database) = (search, cursor, database)
    let room = try search.room.map { try Chat.access(of: principal, to: $0, for: .read, database).room }
    rooms =
      try room.map { try Messages.end(of: $0, database).map { [$0] } ?? [] }
      ?? Messages.searchableRooms(of: principal.user.rowID, limit: Chat.searchRoomsMax, database)
    let mine = Set(rooms.map(\.room))
    self.mine = mine
    if let name = search.author {
      // An unknown author has no messages.
      author = try PublicID(name).flatMap { try Users.find($0, database)?.rowID } ?? UserRowID(0)
    } else {
      author = nil
    }
    let edits = try index.map { try Journal.edits(after: $0.state.editedThrough, limit: Chat.pendingEditsMax + 1, database) } ?? []
    guard let index, edits.count <= Chat.pendingEditsMax else {
      (self.index, indexedThrough, edited) = (nil, 0, [])
      range = Self.range(cursor, 0, .max)
      return
    }
    let range = try Self.range(search, cursor, index.database, database)
    (self.index, self.range, indexedThrough) = (index.database, range, index.state.completeThrough)
    edited = try Set(edits.map(\.row)).filter { mine.contains(MessageID(row: $0).room) }.compactMap { row in
      guard let position = try Messages.position(of: row, database), position <= index.state.completeThrough, range.contains(position)
      else { return nil }
      return Candidate(position: position, row: row)
    }.sorted { $0.position > $1.position }
  }

  /// The positions that the cursor and the times allow. Messages that are not in the index are newer than all that are.
  private static func range(
    _ search: MessageSearch, _ cursor: SearchCursor?, _ index: Database, _ database: Database
  ) throws -> ClosedRange<Int64> {
    func firstPosition(_ time: Timestamp) throws -> Int64 {
      try SearchIndex.firstPosition(index) { try Messages.isWritten($0, before: time, database) }
    }
    let first = try search.after.map(firstPosition) ?? 0
    guard let before = search.before else { return range(cursor, first, .max) }
    let end = try firstPosition(before)
    return range(cursor, first, try end <= SearchIndex.lastPosition(index) ? max(end, 1) - 1 : .max)
  }

  private static func range(_ cursor: SearchCursor?, _ first: Int64, _ last: Int64) -> ClosedRange<Int64> {
    let last = min(last, cursor.map { max($0.position, 1) - 1 } ?? .max)
    return min(max(first, cursor?.window?.floor ?? 0), last)...last
  }

  func page(fuzzy: Bool, limit: Int) throws -> SearchPage {
    if fuzzy, !search.query.words.contains(where: { $0.errorsMax > 0 }) { return SearchPage() }
    switch search.order {
    case .newest:
      let (hits, scannedThrough) = try newest(fuzzy: fuzzy, limit: limit + 1)
      var page = SearchPage(hits: Array(hits.prefix(limit)))
      page.next = (hits.count > limit ? page.hits.last?.position : scannedThrough).map { next(page, fuzzy, $0) }
      return page
    case .best:
      let (newest, scannedThrough) = try newest(fuzzy: fuzzy, limit: Chat.bestOfMax)
      let floor = scannedThrough ?? (newest.count < Chat.bestOfMax ? cursor?.window?.floor : newest.last?.position) ?? 0
      let best = newest.sorted { ($0.score, $0.position) > ($1.score, $1.position) }.filter { hit in
        cursor?.window.map { (hit.score, hit.position) < ($0.score, $0.position) } ?? true
      }
      var page = SearchPage(hits: Array(best.prefix(limit)))
      if best.count > limit, let last = page.hits.last, let latest = newest.first {
        let window = SearchCursor.Window(floor: floor, score: last.score, position: last.position)
        page.next = next(page, fuzzy, cursor?.position ?? latest.position + 1, window)
      } else if floor > 0 {
        page.next = next(page, fuzzy, floor)
      }
      return page
    }
  }

  private func next(_ page: SearchPage, _ fuzzy: Bool, _ position: Int64, _ window: SearchCursor.Window? = nil) -> SearchCursor {
    SearchCursor(fuzzy: fuzzy, found: cursor?.found == true || !page.hits.isEmpty, position: position, window: window)
  }

  /// The newest hits in order; and, if a bound ended the search, the position from which on everything was scanned.
  private func newest(fuzzy: Bool, limit: Int) throws -> (hits: [SearchHit], scannedThrough: Int64?) {
    var candidates = Candidates(newer: try newer(), edited: edited[...], walk: try walk(fuzzy: fuzzy))
    var (hits, cost) = ([SearchHit](), 0)
    while hits.count < limit, let candidate = try candidates.next() {
      cost += 1
      if let message = try message(candidate) {
        cost += message.json.count / Self.bytesPerCost
        if let hit = hit(message, fuzzy: fuzzy) { hits.append(hit) }
      }
      if cost >= Chat.searchCostMax { return (hits, candidate.position) }
    }
    return (hits, candidates.scannedThrough)
  }

  /// Messages that are not in the index.
  private func newer() throws -> RecentMessageScan? {
    guard range.upperBound > indexedThrough else { return nil }
    return try RecentMessageScan(in: rooms, max(range.lowerBound, indexedThrough + 1)...range.upperBound, database)
  }

  /// Messages in the index; nil if none of them can be a hit.
  private func walk(fuzzy: Bool) throws -> PostingsIntersection? {
    guard let index, range.lowerBound <= indexedThrough, let groups = try SearchIndex.groups(search.query, fuzzy: fuzzy, index) else {
      return nil
    }
    let authors = author.map { [[SearchTerm.author($0)]] } ?? []
    let range = range.lowerBound...min(range.upperBound, indexedThrough)
    return try PostingsIntersection(groups + authors, rooms: rooms.map(\.room), in: range, index)
  }

  /// Bytes of a message that take as long to compare as a query to the index.
  private static let bytesPerCost = 64

  private func message(_ candidate: Candidate) throws -> SearchableMessage? {
    guard let message = try candidate.message ?? found(candidate), author == nil || author == message.author else { return nil }
    // The range was found by halving and may be blurred: the times decide.
    if let before = search.before, try Messages.isWritten(message.row, before: before, database) != true { return nil }
    if let after = search.after, try Messages.isWritten(message.row, before: after, database) != false { return nil }
    return message
  }

  private func found(_ candidate: Candidate) throws -> SearchableMessage? {
    guard let row = try candidate.row ?? index.flatMap({ try SearchIndex.messageRow(at: candidate.position, $0) }),
      mine.contains(MessageID(row: row).room), let message = try Messages.searchable(row, database),
      message.position == candidate.position
    else { return nil }
    return message
  }

  /// The message decides: it may have been edited or deleted since it was indexed.
  private func hit(_ message: SearchableMessage, fuzzy: Bool) -> SearchHit? {
    guard let content = MessageContent.text(inMessage: message.json),
      let match = search.query.match(FoldedText(content), fuzzy: fuzzy)
    else { return nil }
    return SearchHit(json: message.json, content: content, ranges: match.ranges, position: message.position, score: Int64(match.score))
  }
}

/// A message that may be a hit.
private struct Candidate {
  let position: Int64
  /// Nil if the index has it.
  var row: Int64?
  /// Nil if it is not read yet.
  var message: SearchableMessage?
}

/// The candidates from rooms, index and journal, the newest first.
private struct Candidates {
  /// Messages newer than all in the index.
  private var newer: RecentMessageScan?
  /// Edited messages among those in the index.
  private var edited: ArraySlice<Candidate>
  private var walk: PostingsIntersection?
  private var indexed: ArraySlice<Int64> = []
  /// At the end: the position from which on all candidates were given; nil if there are no others.
  private(set) var scannedThrough: Int64?

  init(newer: RecentMessageScan?, edited: ArraySlice<Candidate>, walk: PostingsIntersection?) {
    (self.newer, self.edited, self.walk) = (newer, edited, walk)
  }

  mutating func next() throws -> Candidate? {
    if let message = try newer?.next() { return Candidate(position: message.position, message: message) }
    newer = nil
    if indexed.isEmpty, walk != nil {
      if let found = try walk?.next(stepsMax: Chat.searchStepsMax) {
        indexed = found[...]
      } else {
        scannedThrough = walk?.scannedThrough
        walk = nil
      }
    }
    if let first = edited.first, first.position >= indexed.first ?? scannedThrough ?? 0 {
      if indexed.first == first.position { indexed.removeFirst() }
      return edited.removeFirst()
    }
    return indexed.popFirst().map { Candidate(position: $0) }
  }
}
