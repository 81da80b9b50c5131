// Full-text search of messages.
import Chat
import Domain
import Wire

enum SearchHandler {
  static func messages(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let query = context.query
    guard let text = try query.value("q") else { throw ChatError.invalid("q", "missing", "What to search for.") }
    let search = try MessageSearch(
      text: text, room: try query.value("room_id"), author: try query.value("from"), after: try query.time("after"),
      before: try query.time("before"), order: try order(query))
    let limit = try query.limit()
    let cursor = try query.cursor(of: .messageHits).map(SearchCursor.init)
    let page = try context.chat.search(search, after: cursor, limit: limit, for: principal)
    return .page(page.hits, next: page.next.map { PageCursor($0) }, itemBytes: 640) { json, hit in
      json.searchHit(message: hit.json, highlights: hit.highlights)
    }
  }

  private static func order(_ query: Query) throws(ChatError) -> MessageSearch.Order {
    switch try query.value("sort") {
    case nil, "newest": .newest
    case "best": .best
    default: throw .invalid("sort", "value", "One of newest and best.")
    }
  }
}

extension SearchCursor {
  fileprivate init(_ cursor: PageCursor) {
    let numbers = cursor.numbers
    self.init(
      fuzzy: numbers[0] & 1 == 1, found: numbers[0] & 2 == 2, position: numbers[1],
      // No event has position 0.
      window: numbers[4] == 0 ? nil : Window(floor: numbers[2], score: numbers[3], position: numbers[4]))
  }
}

extension PageCursor {
  fileprivate init(_ cursor: SearchCursor) {
    let (window, flags) = (cursor.window, (cursor.fuzzy ? 1 : 0) | (cursor.found ? 2 : 0))
    self.init(.messageHits, Int64(flags), cursor.position, window?.floor ?? 0, window?.score ?? 0, window?.position ?? 0)
  }
}

extension Query {
  /// A time of RFC 3339, or a day, which stands for its first moment in UTC.
  fileprivate func time(_ name: String) throws(ChatError) -> Timestamp? {
    guard let text = try value(name) else { return nil }
    guard let time = Timestamp(anyRFC3339: text.utf8.count == 10 ? text + "T00:00:00Z" : text) else {
      throw .invalid(name, "format", "A time such as 2026-02-05T10:30:00Z, or a day such as 2026-02-05.")
    }
    return time
  }
}
