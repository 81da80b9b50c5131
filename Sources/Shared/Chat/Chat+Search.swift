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
  package static let searchRoomsMax = 200
  /// Best first: the newest hits of which the best are shown.
  package static let bestOfMax = 200
  /// Events that the index may lag behind; they are read one by one.
  static let searchTailMax = 20_000
  /// Proposals of the index that are looked at in one room.
  static let searchCandidatesMax = 2000

  /// Messages with all the words, of rooms that the actor is a member of now. If there are none, words that are like those asked for
  /// count too. Throws what reading the named room throws.
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
            return literal.hits.isEmpty ? try scope.page(forgiving: true, limit: limit) : literal
          }
        }
      }
    }
  }
}

/// One search while it goes on, on two snapshots.
private struct SearchScope {
  let search: MessageSearch
  let cursor: SearchCursor?
  let author: UserNumber?
  let rooms: [SearchableRoom]
  /// Rows that the index may not know as they are.
  let tail: [RoomNumber: [Int64]]
  let index: Database
  let database: Database

  init(
    _ search: MessageSearch, for actor: Actor, _ indexedThrough: Int64, _ cursor: SearchCursor?, _ index: Database, _ database: Database
  ) throws {
    (self.search, self.cursor, self.index, self.database) = (search, cursor, index, database)
    var room: RoomNumber?
    if let name = search.room {
      let access = try Chat.access(of: actor, to: name, for: .read, database)
      rooms = try Messages.searchableRoom(access.room, database).map { [$0] } ?? []
      room = access.room
    } else {
      rooms = try Messages.searchableRooms(of: actor.user.number, limit: Chat.searchRoomsMax, database)
    }
    if let name = search.author {
      // Nobody has said anything under a name that nobody bears.
      author = try PublicID(name).flatMap { try Users.find($0, database)?.number } ?? UserNumber(0)
    } else {
      author = nil
    }
    let rows = try Journal.searchableRows(after: indexedThrough, in: room, limit: Chat.searchTailMax, database)
    tail = Dictionary(grouping: rows) { RoomNumber($0 >> 32) }
  }

  func page(forgiving: Bool, limit: Int) throws -> SearchPage {
    if forgiving, !search.words.words.contains(where: { $0.errorsMax > 0 }) { return SearchPage() }
    let expression = try SearchIndex.expression(search.words, from: author, forgiving: forgiving, index)
    switch search.order {
    case .newest:
      let hits = try newest(expression, forgiving: forgiving, limit: limit + 1)
      var page = SearchPage(hits: Array(hits.prefix(limit)))
      if hits.count > limit, let last = page.hits.last {
        page.next = SearchCursor(forgiving: forgiving, position: last.position, shown: 0)
      }
      return page
    case .best:
      let newest = try newest(expression, forgiving: forgiving, limit: Chat.bestOfMax)
      let shown = Int(min(cursor?.shown ?? 0, Int64(newest.count)))
      let best = newest.sorted { ($0.score, $0.position) > ($1.score, $1.position) }.dropFirst(shown)
      var page = SearchPage(hits: Array(best.prefix(limit)))
      if best.count > limit, let latest = newest.first {
        page.next = SearchCursor(
          forgiving: forgiving, position: cursor?.position ?? latest.position + 1, shown: Int64(shown + page.hits.count))
      }
      return page
    }
  }

  /// The newest hits in order. Rooms come with the latest events first: once enough hits are newer than all that a room can have, the rest need not be asked.
  private func newest(_ expression: String?, forgiving: Bool, limit: Int) throws -> [SearchHit] {
    var hits: [SearchHit] = []
    for room in rooms {
      if hits.count >= limit, let last = hits.last, room.lastPosition <= last.position { break }
      hits += try self.hits(in: room, expression, forgiving: forgiving, limit: limit)
      hits.sort { $0.position > $1.position }
      hits.removeLast(max(0, hits.count - limit))
    }
    return hits
  }

  private func hits(in room: SearchableRoom, _ expression: String?, forgiving: Bool, limit: Int) throws -> [SearchHit] {
    let range = try rows(of: room)
    let fresh = Set(tail[room.number] ?? [])
    var hits = try fresh.filter(range.contains).compactMap { try hit($0, forgiving: forgiving) }
    guard let expression else { return hits }
    var (end, asked, found) = (range.upperBound, 0, 0)
    while found < limit, asked < Chat.searchCandidatesMax {
      let wanted = max(limit - found, 32)
      let rows = try SearchIndex.rows(matching: expression, from: range.lowerBound, through: end - 1, limit: wanted, index)
      for row in rows where !fresh.contains(row) && found < limit {
        guard let hit = try hit(row, forgiving: forgiving) else { continue }
        hits.append(hit)
        found += 1
      }
      guard rows.count == wanted, let last = rows.last else { break }
      end = last
      asked += rows.count
    }
    return hits
  }

  /// The rows of a room in which hits may stand.
  private func rows(of room: SearchableRoom) throws -> Range<Int64> {
    let first = try search.after.map { try Messages.firstRow(of: room, from: $0, database) } ?? room.number.number << 32 | 1
    var end = try search.before.map { try Messages.firstRow(of: room, from: $0, database) } ?? room.number.number << 32 | (room.lastSeq + 1)
    if let cursor { end = min(end, try Messages.firstRow(of: room, from: cursor.position, database)) }
    return first..<max(first, end)
  }

  /// The message decides: it may have been edited or deleted since the index took it in.
  private func hit(_ row: Int64, forgiving: Bool) throws -> SearchHit? {
    guard let message = try Messages.searchable(row, database), author == nil || author == message.author,
      let content = MessageContent.text(inMessage: message.json), let match = search.words.match(FoldedText(content), forgiving: forgiving)
    else { return nil }
    return SearchHit(
      json: message.json, excerpt: Excerpt.parts(of: content, hits: match.ranges), position: message.position, score: match.score)
  }
}
