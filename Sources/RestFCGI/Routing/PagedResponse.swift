// Lists as clients receive them: `{"items":[…],"next_cursor":…|null}`.
import Wire

extension Response {
  /// `items` were asked for with one more than `limit`, to know whether there are more.
  static func list<Item>(
    _ items: [Item], limit: Int, cursor: (Item) -> Cursor, write: (inout JSONWriter, Item) -> Void
  ) -> Response {
    let page = items.prefix(limit)
    let body = JSONWriter.object(reservingBytes: 64 + 320 * page.count) { json in
      json.key("items")
      json.array { json in
        for item in page { write(&json, item) }
      }
      json.field("next_cursor", items.count > limit ? page.last.map { cursor($0).text } : nil)
    }
    return Response(status: 200, body: body)
  }
}
