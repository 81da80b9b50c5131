// One search while it goes on, on two snapshots.
import Domain
import Store
import Wire

struct SearchExecution {
  let search: MessageSearch
  let cursor: SearchCursor?
  let author: UserRowID?
  let rooms: [RoomEnd]
  private let mine: Set<RoomRowID>
  /// Where hits may stand.
  let range: ClosedRange<Int64>
  /// What the index has: nothing, if there is none.
  private let reach: Int64
  /// Of that, what it may not know as it is, the newest first.
  private let edited: [Proposal]
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
      // Nobody has said anything under a name that nobody bears.
      author = try PublicID(name).flatMap { try Users.find($0, database)?.rowID } ?? UserRowID(0)
    } else {
      author = nil
    }
    let edits = try index.map { try Journal.edits(after: $0.state.editedThrough, limit: Chat.pendingEditsMax + 1, database) } ?? []
    guard let index, edits.count <= Chat.pendingEditsMax else {
      (self.index, reach, edited) = (nil, 0, [])
      range = Self.range(cursor, 0, .max)
      return
    }
    let range = try Self.range(search, cursor, index.database, database)
    (self.index, self.range, reach) = (index.database, range, index.state.reach)
    edited = try Set(edits.map(\.row)).filter { mine.contains(MessageID(row: $0).room) }.compactMap { row in
      guard let position = try Messages.position(of: row, database), position <= index.state.reach, range.contains(position) else {
        return nil
      }
      return Proposal(position: position, row: row)
    }.sorted { $0.position > $1.position }
  }

  /// The positions that the cursor and the times leave. What the index does not have yet is behind all that it has.
  private static func range(
    _ search: MessageSearch, _ cursor: SearchCursor?, _ index: Database, _ database: Database
  ) throws -> ClosedRange<Int64> {
    let first = try search.after.map { try SearchIndex.firstPosition(from: $0, index, database) } ?? 0
    guard let before = search.before else { return range(cursor, first, .max) }
    let end = try SearchIndex.firstPosition(from: before, index, database)
    return range(cursor, first, try end <= SearchIndex.lastPosition(index) ? max(end, 1) - 1 : .max)
  }

  private static func range(_ cursor: SearchCursor?, _ first: Int64, _ last: Int64) -> ClosedRange<Int64> {
    let last = min(last, cursor.map { max($0.position, 1) - 1 } ?? .max)
    return min(max(first, cursor?.window?.floor ?? 0), last)...last
  }

  func page(forgiving: Bool, limit: Int) throws -> SearchPage {
    if forgiving, !search.words.words.contains(where: { $0.errorsMax > 0 }) { return SearchPage() }
    switch search.order {
    case .newest:
      let (hits, border) = try newest(forgiving: forgiving, limit: limit + 1)
      var page = SearchPage(hits: Array(hits.prefix(limit)))
      page.next = (hits.count > limit ? page.hits.last?.position : border).map { next(page, forgiving, $0) }
      return page
    case .best:
      let (newest, border) = try newest(forgiving: forgiving, limit: Chat.bestOfMax)
      let floor = border ?? (newest.count < Chat.bestOfMax ? cursor?.window?.floor : newest.last?.position) ?? 0
      let best = newest.sorted { ($0.score, $0.position) > ($1.score, $1.position) }.filter { hit in
        cursor?.window.map { (hit.score, hit.position) < ($0.score, $0.position) } ?? true
      }
      var page = SearchPage(hits: Array(best.prefix(limit)))
      if best.count > limit, let last = page.hits.last, let latest = newest.first {
        let window = SearchCursor.Window(floor: floor, score: last.score, position: last.position)
        page.next = next(page, forgiving, cursor?.position ?? latest.position + 1, window)
      } else if floor > 0 {
        page.next = next(page, forgiving, floor)
      }
      return page
    }
  }

  private func next(_ page: SearchPage, _ forgiving: Bool, _ position: Int64, _ window: SearchCursor.Window? = nil) -> SearchCursor {
    SearchCursor(forgiving: forgiving, found: cursor?.found == true || !page.hits.isEmpty, position: position, window: window)
  }

  /// The newest hits in order; and, if a bound ended the search, the position from which on all was looked at.
  private func newest(forgiving: Bool, limit: Int) throws -> (hits: [SearchHit], border: Int64?) {
    var proposals = Proposals(said: try said(), edited: edited[...], walk: try walk(forgiving: forgiving))
    var (hits, looks) = ([SearchHit](), 0)
    while hits.count < limit, let proposal = try proposals.next() {
      looks += 1
      if let message = try message(proposal) {
        looks += message.json.count / Self.bytesPerLook
        if let hit = hit(message, forgiving: forgiving) { hits.append(hit) }
      }
      if looks >= Chat.searchLooksMax { return (hits, proposal.position) }
    }
    return (hits, proposals.border)
  }

  /// Through what the index does not have.
  private func said() throws -> RecentMessageScan? {
    guard range.upperBound > reach else { return nil }
    return try RecentMessageScan(in: rooms, max(range.lowerBound, reach + 1)...range.upperBound, database)
  }

  /// Through what it has; nil if none of that can be a hit.
  private func walk(forgiving: Bool) throws -> PostingsIntersection? {
    guard let index, range.lowerBound <= reach, let groups = try SearchIndex.groups(search.words, forgiving: forgiving, index) else {
      return nil
    }
    let asked = author.map { [[SearchTerm.author($0)]] } ?? []
    return try PostingsIntersection(groups + asked, rooms: rooms.map(\.room), in: range.lowerBound...min(range.upperBound, reach), index)
  }

  /// Bytes of a message that take as long to compare as a question to the index does.
  private static let bytesPerLook = 64

  private func message(_ proposal: Proposal) throws -> SearchableMessage? {
    guard let message = try proposal.message ?? found(proposal), author == nil || author == message.author else { return nil }
    // The times have a sharp border, though the way to it was found by halving.
    if let before = search.before, try Messages.wasSaid(message.row, before: before, database) != true { return nil }
    if let after = search.after, try Messages.wasSaid(message.row, before: after, database) != false { return nil }
    return message
  }

  private func found(_ proposal: Proposal) throws -> SearchableMessage? {
    guard let row = try proposal.row ?? index.flatMap({ try SearchIndex.messageRow(at: proposal.position, $0) }),
      mine.contains(MessageID(row: row).room), let message = try Messages.searchable(row, database),
      message.position == proposal.position
    else { return nil }
    return message
  }

  /// The message decides: it may have been edited or deleted since the index took it in.
  private func hit(_ message: SearchableMessage, forgiving: Bool) -> SearchHit? {
    guard let content = MessageContent.text(inMessage: message.json),
      let match = search.words.match(FoldedText(content), forgiving: forgiving)
    else { return nil }
    return SearchHit(json: message.json, content: content, ranges: match.ranges, position: message.position, score: Int64(match.score))
  }
}

/// What may be a hit.
private struct Proposal {
  let position: Int64
  /// Nil if the index has to be asked for it.
  var row: Int64?
  /// If it is at hand.
  var message: SearchableMessage?
}

/// What rooms, index and journal propose, the newest first.
private struct Proposals {
  /// What was said after all that the index has,
  private var said: RecentMessageScan?
  /// and what was edited of that.
  private var edited: ArraySlice<Proposal>
  private var walk: PostingsIntersection?
  private var indexed: ArraySlice<Int64> = []
  /// At the end: the position from which on all was proposed; nil if that is all there is.
  private(set) var border: Int64?

  init(said: RecentMessageScan?, edited: ArraySlice<Proposal>, walk: PostingsIntersection?) {
    (self.said, self.edited, self.walk) = (said, edited, walk)
  }

  mutating func next() throws -> Proposal? {
    if let message = try said?.next() { return Proposal(position: message.position, message: message) }
    said = nil
    if indexed.isEmpty, walk != nil {
      if let found = try walk?.next(stepsMax: Chat.searchStepsMax) {
        indexed = found[...]
      } else {
        border = walk?.border
        walk = nil
      }
    }
    if let first = edited.first, first.position >= indexed.first ?? border ?? 0 {
      if indexed.first == first.position { indexed.removeFirst() }
      return edited.removeFirst()
    }
    return indexed.popFirst().map { Proposal(position: $0) }
  }
}
