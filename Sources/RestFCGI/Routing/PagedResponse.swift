// Lists as clients receive them, page by page: `{"items":[…],"next_cursor":…|null}`.
import Wire

extension Response {
  /// A page of at most `limit` items. `items` were fetched with a limit of one more, which tells whether there is a next page.
  static func page<Item>(
    _ items: [Item], limit: Int, cursor: (Item) -> PageCursor, write: (inout JSONWriter, Item) -> Void
  ) -> Response {
    let page = items.prefix(limit)
    return .page(page, next: items.count > limit ? page.last.map(cursor) : nil, itemBytes: 320, write: write)
  }

  /// A page of a list that knows by itself where the next page begins. `itemBytes` is the expected size of an item.
  static func page<Item>(
    _ items: some Collection<Item>, next: PageCursor?, itemBytes: Int, write: (inout JSONWriter, Item) -> Void
  ) -> Response {
    Response(next: next, reservingBytes: 64 + itemBytes * items.count) { json in
      json.object { json in
        json.key("items")
        json.array { json in
          for item in items { write(&json, item) }
        }
        json.field("next_cursor", next?.text)
      }
    }
  }

  /// A page after which `next` follows; `document` names it, too.
  init(next: PageCursor?, reservingBytes: Int, document: (inout JSONWriter) -> Void) {
    self.init(reservingBytes: reservingBytes, document: document)
    if let next { links = [PageLink(relation: .next, parameter: "cursor", value: next.text)] }
  }
}
