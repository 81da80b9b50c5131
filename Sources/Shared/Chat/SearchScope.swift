// One search while it goes on, on two snapshots.
import Domain
import Store
import Wire

struct SearchScope {
  let search: MessageSearch
  let cursor: SearchCursor?
  let author: UserNumber?
  let rooms: [RoomNumber]
  private let mine: Set<RoomNumber>
  /// Where hits may stand.
  let range: ClosedRange<Int64>
  /// What the index may not know as it is, the newest first.
  private let said: [Proposal]
  let index: Database
  let database: Database

  init(
    _ search: MessageSearch, for actor: Actor, _ indexedThrough: Int64, _ cursor: SearchCursor?, _ index: Database, _ database: Database
  ) throws {
    (self.search, self.cursor, self.index, self.database) = (search, cursor, index, database)
    let room = try search.room.map { try Chat.access(of: actor, to: $0, for: .read, database).room }
    rooms = try room.map { [$0] } ?? Messages.searchableRooms(of: actor.user.number, limit: Chat.searchRoomsMax, database)
    let mine = Set(rooms)
    self.mine = mine
    if let name = search.author {
      // Nobody has said anything under a name that nobody bears.
      author = try PublicID(name).flatMap { try Users.find($0, database)?.number } ?? UserNumber(0)
    } else {
      author = nil
    }
    let range = try Self.range(search, cursor, indexedThrough, index, database)
    self.range = range
    var seen = Set<Int64>()
    said = try Journal.said(after: indexedThrough, in: room, limit: Chat.searchTailMax, database).compactMap { said in
      guard mine.contains(MessagePlace(row: said.row).room), seen.insert(said.row).inserted,
        let position = try said.position ?? Messages.position(of: said.row, database), range.contains(position)
      else { return nil }
      return Proposal(position: position, row: said.row)
    }.sorted { $0.position > $1.position }
  }

  /// The positions that the cursor and the times leave. What the index does not have yet is behind all that it has.
  private static func range(
    _ search: MessageSearch, _ cursor: SearchCursor?, _ indexedThrough: Int64, _ index: Database, _ database: Database
  ) throws -> ClosedRange<Int64> {
    var (first, last) = (Int64(0), cursor.map { max($0.position, 1) - 1 } ?? .max)
    if let after = search.after { first = try SearchIndex.firstPosition(from: after, index, database) }
    if let before = search.before {
      let end = try SearchIndex.firstPosition(from: before, index, database)
      if end <= (try SearchIndex.lastPosition(index)) { last = min(last, max(end, 1) - 1) }
    }
    return min(first, last)...last
  }

  func page(forgiving: Bool, limit: Int) throws -> SearchPage {
    if forgiving, !search.words.words.contains(where: { $0.errorsMax > 0 }) { return SearchPage() }
    let groups = try SearchIndex.groups(search.words, forgiving: forgiving, index)
    switch search.order {
    case .newest:
      let (hits, border) = try newest(groups, forgiving: forgiving, limit: limit + 1)
      var page = SearchPage(hits: Array(hits.prefix(limit)))
      if let position = hits.count > limit ? page.hits.last?.position : border {
        page.next = SearchCursor(forgiving: forgiving, position: position, shown: 0)
      }
      return page
    case .best:
      let (newest, border) = try newest(groups, forgiving: forgiving, limit: Chat.bestOfMax)
      let shown = Int(min(cursor?.shown ?? 0, Int64(newest.count)))
      let best = newest.sorted { ($0.score, $0.position) > ($1.score, $1.position) }.dropFirst(shown)
      var page = SearchPage(hits: Array(best.prefix(limit)))
      if best.count > limit, let latest = newest.first {
        page.next = SearchCursor(
          forgiving: forgiving, position: cursor?.position ?? latest.position + 1, shown: Int64(shown + page.hits.count))
      } else if let border {
        page.next = SearchCursor(forgiving: forgiving, position: border, shown: 0)
      }
      return page
    }
  }

  /// The newest hits in order; and, if a bound ended the search, the position from which on all was looked at.
  private func newest(_ groups: [[SearchTerm]]?, forgiving: Bool, limit: Int) throws -> (hits: [SearchHit], border: Int64?) {
    let asked = author.map { [[SearchTerm.author($0)]] } ?? []
    var proposals = Proposals(
      walk: try groups.map { try SearchWalk($0 + asked, rooms: rooms, in: range, index) }, said: said[...])
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

  /// Bytes of a message that take as long to compare as a question to the index does.
  private static let bytesPerLook = 64

  private func message(_ proposal: Proposal) throws -> SearchableMessage? {
    guard let row = try proposal.row ?? SearchIndex.messageRow(at: proposal.position, index), mine.contains(MessagePlace(row: row).room),
      let message = try Messages.searchable(row, database), message.position == proposal.position,
      author == nil || author == message.author
    else { return nil }
    // The times have a sharp border, though the way to it was found by halving.
    if let before = search.before, try Messages.wasSaid(row, before: before, database) != true { return nil }
    if let after = search.after, try Messages.wasSaid(row, before: after, database) != false { return nil }
    return message
  }

  /// The message decides: it may have been edited or deleted since the index took it in.
  private func hit(_ message: SearchableMessage, forgiving: Bool) -> SearchHit? {
    guard let content = MessageContent.text(inMessage: message.json),
      let match = search.words.match(FoldedText(content), forgiving: forgiving)
    else { return nil }
    return SearchHit(
      json: message.json, excerpt: Excerpt.parts(of: content, hits: match.ranges), position: message.position, score: match.score)
  }
}

/// What may be a hit.
private struct Proposal {
  let position: Int64
  /// Nil if the index has to be asked for it.
  let row: Int64?
}

/// What the index and the journal propose, the newest first.
private struct Proposals {
  private var walk: SearchWalk?
  private var said: ArraySlice<Proposal>
  private var indexed: ArraySlice<Int64> = []
  /// At the end: the position from which on all was proposed; nil if that is all there is.
  private(set) var border: Int64?

  init(walk: SearchWalk?, said: ArraySlice<Proposal>) {
    (self.walk, self.said) = (walk, said)
  }

  mutating func next() throws -> Proposal? {
    if indexed.isEmpty, walk != nil {
      if let found = try walk?.next(stepsMax: Chat.searchStepsMax) {
        indexed = found[...]
      } else {
        border = walk?.border
        walk = nil
      }
    }
    if let first = said.first, first.position >= indexed.first ?? border ?? 0 {
      if indexed.first == first.position { indexed.removeFirst() }
      return said.removeFirst()
    }
    return indexed.popFirst().map { Proposal(position: $0, row: nil) }
  }
}
