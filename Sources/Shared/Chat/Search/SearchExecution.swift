// The execution of one search, on a snapshot of the index and one of the database.
import Domain
import SQL
import SearchIndex
import Store
import TextSearch
import Wire

/// Merges candidates from newer messages, the index and the edits that the index lacks, newest first, and checks the message of each.
struct SearchExecution {
  let search: MessageSearch
  let cursor: SearchCursor?
  let author: UserRowID?
  let rooms: [RoomEnd]
  private let roomSet: Set<RoomRowID>
  /// Positions of possible hits.
  let range: ClosedRange<Int64>
  /// The newest position in the index; 0 without an index.
  private let indexedThrough: Int64
  /// Indexed messages with edits that the index lacks, newest first.
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
    let roomSet = Set(rooms.map(\.room))
    self.roomSet = roomSet
    if let id = search.author {
      // An unknown author has no messages, as row id 0 has none.
      author = try PublicID(id).flatMap { try Users.find($0, database)?.rowID } ?? UserRowID(0)
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
    edited = try Set(edits.map(\.row)).filter { roomSet.contains(MessageID(row: $0).room) }.compactMap { row in
      guard let position = try Messages.position(of: row, database), position <= index.state.completeThrough, range.contains(position)
      else { return nil }
      return Candidate(position: position, row: row)
    }.sorted { $0.position > $1.position }
  }

  /// The positions within the cursor and the times. Messages that are not indexed yet come after all indexed ones. Where times do not rise
  /// with positions, they narrow nothing: the search takes more pages, and each message is compared with them all the same.
  private static func range(
    _ search: MessageSearch, _ cursor: SearchCursor?, _ index: Database, _ database: Database
  ) throws -> ClosedRange<Int64> {
    guard try search.after == nil && search.before == nil || Journal.timesRise(database) else { return range(cursor, 0, .max) }
    func firstPosition(_ time: Timestamp, deletedAreEarlier: Bool) throws -> Int64 {
      try SearchIndex.firstPosition(index, deletedAreEarlier: deletedAreEarlier) { try Messages.isWritten($0, before: time, database) }
    }
    let first = try search.after.map { try firstPosition($0, deletedAreEarlier: false) } ?? 0
    guard let before = search.before else { return range(cursor, first, .max) }
    let end = try firstPosition(before, deletedAreEarlier: true)
    return range(cursor, first, try end <= SearchIndex.lastPosition(index) ? max(end, 1) - 1 : .max)
  }

  private static func range(_ cursor: SearchCursor?, _ first: Int64, _ last: Int64) -> ClosedRange<Int64> {
    let last = min(last, cursor.map { max($0.position, 1) - 1 } ?? .max)
    return min(max(first, cursor?.window?.floor ?? 0), last)...last
  }

  func page(fuzzy: Bool, limit: Int) throws -> SearchPage {
    if fuzzy, !search.query.words.contains(where: \.isFuzzy) { return SearchPage() }
    switch search.order {
    case .newest:
      let (hits, scannedThrough) = try newest(fuzzy: fuzzy, limit: limit + 1)
      var page = SearchPage(hits: Array(hits.prefix(limit)))
      page.next = (hits.count > limit ? page.hits.last?.position : scannedThrough).map { next(page, fuzzy, $0) }
      return page
    case .best:
      let (newest, scannedThrough) = try newest(fuzzy: fuzzy, limit: Chat.bestWindowMax)
      let floor = scannedThrough ?? (newest.count < Chat.bestWindowMax ? cursor?.window?.floor : newest.last?.position) ?? 0
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

  /// The newest hits, newest first; and, if a cost bound ended the scan, the position down to which it is complete.
  private func newest(fuzzy: Bool, limit: Int) throws -> (hits: [SearchHit], scannedThrough: Int64?) {
    var candidates = CandidateStream(recent: try recentMessages(), edited: edited[...], postings: try postings(fuzzy: fuzzy))
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

  /// Messages newer than the index.
  private func recentMessages() throws -> RecentMessageScan? {
    guard range.upperBound > indexedThrough else { return nil }
    return try RecentMessageScan(in: rooms, max(range.lowerBound, indexedThrough + 1)...range.upperBound, database)
  }

  /// Positions from the index; nil if it has no hit.
  private func postings(fuzzy: Bool) throws -> PostingsIntersection? {
    guard let index, range.lowerBound <= indexedThrough, let groups = try SearchIndex.groups(search.query, fuzzy: fuzzy, index) else {
      return nil
    }
    let authorTerms = author.map { [[SearchTerm.author($0)]] } ?? []
    return try PostingsIntersection(
      groups + authorTerms, rooms: rooms.map(\.room), in: range.lowerBound...min(range.upperBound, indexedThrough), index)
  }

  /// Bytes of a message whose comparison costs as much as an index lookup.
  private static let bytesPerCost = 64

  private func message(_ candidate: Candidate) throws -> SearchableMessage? {
    guard let message = try candidate.message ?? storedMessage(candidate), author == nil || author == message.author else { return nil }
    // The range comes from a binary search over positions; the times themselves are exact.
    if let before = search.before, try Messages.isWritten(message.row, before: before, database) != true { return nil }
    if let after = search.after, try Messages.isWritten(message.row, before: after, database) != false { return nil }
    return message
  }

  private func storedMessage(_ candidate: Candidate) throws -> SearchableMessage? {
    guard let row = try candidate.row ?? index.flatMap({ try SearchIndex.messageRow(at: candidate.position, $0) }),
      roomSet.contains(MessageID(row: row).room), let message = try Messages.searchable(row, database),
      message.position == candidate.position
    else { return nil }
    return message
  }

  /// Matches the stored message, which may have been edited or deleted since it was indexed.
  private func hit(_ message: SearchableMessage, fuzzy: Bool) -> SearchHit? {
    guard let content = MessageContent.searchableText(inMessage: message.json),
      let match = search.query.match(FoldedText(content), fuzzy: fuzzy)
    else { return nil }
    return SearchHit(json: message.json, content: content, ranges: match.ranges, position: message.position, score: Int64(match.score))
  }
}

/// A possible hit.
private struct Candidate {
  let position: Int64
  /// The message's row; nil if only the index knows it.
  var row: Int64?
  /// The message, if it was read already.
  var message: SearchableMessage?
}

/// Candidates of all sources, newest first.
private struct CandidateStream {
  private var recent: RecentMessageScan?
  private var edited: ArraySlice<Candidate>
  private var postings: PostingsIntersection?
  private var indexed: ArraySlice<Int64> = []
  /// At the end: the position down to which the candidates are complete; nil if there are no more.
  private(set) var scannedThrough: Int64?

  init(recent: RecentMessageScan?, edited: ArraySlice<Candidate>, postings: PostingsIntersection?) {
    (self.recent, self.edited, self.postings) = (recent, edited, postings)
  }

  mutating func next() throws -> Candidate? {
    if let message = try recent?.next() { return Candidate(position: message.position, message: message) }
    recent = nil
    if indexed.isEmpty, postings != nil {
      if let positions = try postings?.next(stepsMax: Chat.searchStepsMax) {
        indexed = positions[...]
      } else {
        scannedThrough = postings?.scannedThrough
        postings = nil
      }
    }
    if let first = edited.first, first.position >= indexed.first ?? scannedThrough ?? 0 {
      if indexed.first == first.position { indexed.removeFirst() }
      return edited.removeFirst()
    }
    return indexed.popFirst().map { Candidate(position: $0) }
  }
}
